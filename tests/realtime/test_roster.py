import json
from dataclasses import replace
from typing import Any

from realtime.audience import learners_of, rooms_of, teachers_of
from realtime.facts import RosterChanged
from realtime.lifecycle import Audience
from realtime.log import Event, Move, heard
from tests.support.builders import (
    ANA,
    ANA_BY_MAIL,
    ANA_BY_NAME,
    CARA,
    CARA_BY_MAIL,
    HOST,
    NINTH,
    OTHER_TEACHER,
    TEACHER,
    Run,
    edited,
    id_of,
    minute,
    scheduled,
)
from tests.support.memory import Memory
from tests.support.scenarios import roster

RUN = Run()


def a_class(*more: Any) -> Memory:
    school = Memory()
    school.tell(scheduled(), RUN.started(), RUN.joined(ANA_BY_MAIL, 61), *more)
    school.events.clear()
    return school


def body(event: Event, rooms: frozenset[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(heard(event, rooms) or "{}")
    return told


def test_who_is_enrolled_enters_the_room_and_is_shown_the_meetings() -> None:
    school = a_class()
    school.tell(roster(65, enrolled=CARA.id))
    first = school.events[0]
    assert (first.type, first.moves) == ("scopeAdded", (Move(CARA.id, enter=frozenset({learners_of("c9")})),))
    told = body(first, rooms_of(CARA))
    assert [m["id"] for m in told["meetings"]] == [id_of("81")]
    assert "clickCount" not in told["meetings"][0]
    assert told["activeParticipants"] == []


def test_who_is_withdrawn_leaves_the_room_and_is_told_what_to_forget() -> None:
    school = a_class()
    school.tell(roster(65, withdrawn=ANA.id))
    first = school.events[0]
    assert (first.type, first.moves) == ("scopeRemoved", (Move(ANA.id, leave=frozenset({learners_of("c9")})),))
    assert body(first, rooms_of(ANA)) == {"meetingIds": [id_of("81")]}


def test_a_teacher_who_is_assigned_is_shown_the_people_too() -> None:
    school = a_class()
    school.tell(roster(65, assigned=OTHER_TEACHER.id))
    assert school.names() == ["scopeAdded"]
    assert school.events[0].moves[0].enter == {teachers_of("c9")}
    told = body(school.events[0], rooms_of(OTHER_TEACHER))
    assert [p["name"] for p in told["activeParticipants"]] == ["Ana Reyes"]
    assert "clickCount" in told["meetings"][0]


def test_a_teacher_who_is_unassigned_forgets_and_is_shown_what_anybody_may_see() -> None:
    school = a_class(edited("81", 62, audience=Audience.EVERYONE))
    school.tell(roster(65, unassigned=TEACHER.id))
    assert school.names() == ["scopeRemoved", "scopeAdded"]
    assert [len(e.moves) for e in school.events] == [1, 0]
    assert "clickCount" not in body(school.events[1], rooms_of(TEACHER))["meetings"][0]


def test_what_was_so_already_changes_nothing_and_is_not_told() -> None:
    school = a_class()
    school.tell(roster(65, enrolled=ANA.id), roster(65, withdrawn=CARA.id), roster(65, assigned=TEACHER.id))
    assert (school.names(), school.world.rights) == ([], [])


def test_a_right_that_opens_no_room_is_kept_and_not_told() -> None:
    school = a_class()
    school.tell(roster(65, enrolled=HOST.id))
    assert school.names() == ["meetingStatusUpdate"]  # one more is expected
    assert [(r.person_id, r.given) for r in school.world.rights] == [(HOST.id, True)]


def test_staff_are_told_how_many_are_expected_now_and_learners_are_not() -> None:
    school = a_class()
    before = school.world.meetings[id_of("81")]
    school.tell(roster(65, enrolled=CARA.id))
    after = school.world.meetings[id_of("81")]
    assert (before.expected_count, after.expected_count) == (4, 5)
    assert (after.revision, after.learner_revision) == (before.revision + 1, before.learner_revision)
    update = next(e for e in school.events if e.type == "meetingStatusUpdate")
    assert heard(update, rooms_of(ANA)) is None
    assert body(update, rooms_of(TEACHER))["expectedCount"] == 5


def test_who_is_in_the_room_becomes_expected_with_the_enrolment_and_hears_so() -> None:
    school = a_class(RUN.joined(CARA_BY_MAIL, 64))
    school.events.clear()
    school.tell(roster(65, enrolled=CARA.id))
    assert school.world.meetings[id_of("81")].here_count == 2
    assert school.names() == ["scopeAdded", "meetingStatusUpdate", "participantStatusUpdate", "attendanceUpdated"]
    assert body(school.events[2], rooms_of(TEACHER))["participant"]["expected"] is True
    assert body(school.events[3], rooms_of(CARA))["own"] == {"state": "here"}


def test_a_name_says_who_somebody_is_only_while_they_are_of_the_class() -> None:
    school = a_class(RUN.left(ANA_BY_MAIL, 62), RUN.joined(ANA_BY_NAME, 63))
    run = school.world.instances[RUN.uuid]
    assert (run.present, run.here) == (1, 1)
    school.tell(roster(65, withdrawn=ANA.id))
    run = school.world.instances[RUN.uuid]
    assert (run.present, run.here, run.seen) == (1, 0, 2)
    assert school.world.attendees_of(RUN.uuid) == [f"{RUN.uuid}/p:{ANA.id}", f"{RUN.uuid}/z:PU-12"]
    school.tell(roster(66, enrolled=ANA.id))
    assert school.world.attendees_of(RUN.uuid) == [f"{RUN.uuid}/p:{ANA.id}"]


def test_a_meeting_that_is_over_keeps_who_was_expected() -> None:
    school = a_class(RUN.ended(90))
    school.events.clear()
    before = school.world.meetings[id_of("81")]
    school.tell(roster(95, withdrawn=ANA.id))
    assert school.world.meetings[id_of("81")] == before
    assert school.names() == ["scopeRemoved"]


def test_meetings_that_no_page_shows_are_not_sent() -> None:
    school = Memory()
    school.tell(scheduled(), scheduled("99", start_time=minute(60 * 24 * 30)))
    school.events.clear()
    school.tell(roster(1, enrolled=CARA.id))
    assert [m["id"] for m in body(school.events[0], rooms_of(CARA))["meetings"]] == [id_of("81")]


def test_people_nobody_knows_are_passed_over() -> None:
    school = a_class()
    school.tell(RosterChanged(at=minute(65), class_id="c9", enrolled=frozenset({"nobody"})))
    assert school.names() == []


def test_a_meeting_scheduled_after_the_change_in_the_same_batch_expects_the_new_number() -> None:
    school = Memory()
    school.tell(roster(0, enrolled=CARA.id), scheduled(at=1))
    assert school.world.meetings[id_of("81")].expected_count == 5
    assert replace(school.world.members[CARA.id], studies=CARA.studies) == CARA
    assert school.world.people.by_id[CARA.id].classes == {"c10", NINTH.id}
