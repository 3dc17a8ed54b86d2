import pytest

from realtime.audience import Person, Role
from realtime.lifecycle import Audience, ClassRef, HostRef, Meeting
from server.people import access

RIZAL = Meeting(id="m1", class_=ClassRef("rizal", "Rizal"), audience=Audience.CLASS, host=HostRef(id="host"))


def person(role: Role, who: str = "someone", *may: str, teaches: tuple[str, ...] = ("rizal",)) -> Person:
    return Person(
        id=who,
        name="N",
        email="n@school.test",
        role=role,
        teaches=frozenset(teaches if role is Role.TEACHER else ()),
        studies=frozenset({"rizal"} if role is Role.STUDENT else ()),
        may=frozenset(("rizal", permission) for permission in may),
    )


CALLERS = {
    "admin": person(Role.ADMIN),
    "observer": person(Role.OBSERVER),
    "teacher who schedules": person(Role.TEACHER, "t1", "schedule"),
    "teacher who ends": person(Role.TEACHER, "t2", "end"),
    "teacher without permission": person(Role.TEACHER, "t3"),
    "teacher of another class": person(Role.TEACHER, "t4", teaches=("luna",)),
    "former teacher": person(Role.TEACHER, "t5", "schedule", "end", teaches=()),
    "host": person(Role.TEACHER, "host", teaches=()),
    "host who became an observer": person(Role.OBSERVER, "host"),
    "student": person(Role.STUDENT),
}

MAY: dict[access.Question, set[str]] = {
    access.may_edit: {"admin", "teacher who schedules", "host"},
    access.may_start: {"admin", "teacher who schedules", "host"},
    access.may_end: {"admin", "teacher who ends", "host"},
    access.sees_staff_view: set(CALLERS) - {"teacher of another class", "former teacher", "student"},
    access.sees: set(CALLERS) - {"teacher of another class", "former teacher"},
}


@pytest.mark.parametrize("question", MAY, ids=lambda question: question.__name__)
def test_of_a_meeting_exactly_these_may(question: access.Question) -> None:
    assert {who for who, caller in CALLERS.items() if question(caller, RIZAL)} == MAY[question]


def test_a_meeting_of_a_class_is_made_by_admins_and_teachers_who_schedule_there() -> None:
    assert {who for who, each in CALLERS.items() if access.may_schedule(each, "rizal")} == {
        "admin",
        "teacher who schedules",
    }
    assert {who for who, each in CALLERS.items() if access.may_schedule(each, None)} == {"admin"}
    assert not access.may_schedule(CALLERS["teacher who schedules"], "luna")


def test_the_schools_own_affairs_are_the_admins() -> None:
    for question in (access.may_see_metrics, access.may_control_simulator):
        assert [who for who, each in CALLERS.items() if question(each)] == ["admin"]
    assert {who for who, each in CALLERS.items() if access.sees_every_class(each)} == {
        "admin",
        "observer",
        "host who became an observer",
    }
