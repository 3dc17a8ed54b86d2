from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from realtime.attendance import name_key
from realtime.audience import Role
from realtime.lifecycle import Audience
from server import demo
from server.people.classes import classes_of
from tests.support.house import House, house
from tests.support.people import person_with_rights


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as school:
        yield school


def test_the_school_has_one_admin_four_teachers_and_thirty_students() -> None:
    people = demo.sample_school().people
    assert {role: sum(p.role is role for p in people) for role in Role} == {
        Role.ADMIN: 1,
        Role.TEACHER: 4,
        Role.STUDENT: 30,
        Role.OBSERVER: 0,
    }
    assert len({p.email for p in people}) == len({name_key(p.name) for p in people}) == 35
    assert all(p.email.isascii() and p.email.endswith("@demo.school") for p in people)


def test_every_student_is_in_one_class_and_whoever_hosts_is_known_to_zoom() -> None:
    school = demo.sample_school()
    enrolled = [email for each in school.classes for email in each.students]
    assert sorted(enrolled) == sorted(p.email for p in school.people if p.role is Role.STUDENT)
    assert school.hosts()[0].email == demo.ADMIN
    assert {p.role for p in school.hosts()} == {Role.ADMIN, Role.TEACHER}
    assert len({p.zoom_user_id for p in school.hosts()}) == 5
    assert {len(p.zoom_user_id) for p in school.hosts()} == {22}


async def test_the_three_logins_work_and_see_their_classes(school: House) -> None:
    assert await demo.seed_people(school.database, school.passwords, school.clock)
    seen = {}
    for email in (demo.ADMIN, demo.TEACHER, demo.STUDENT):
        signed = await school.sign_in(email, demo.PASSWORD, address="127.0.0.1", user_agent="")
        listed = (await classes_of(school.database, signed.person)).classes
        seen[email] = {each.name: each.student_count for each in listed}
    assert seen == {
        demo.ADMIN: {"Grade 7 Luna": 10, "Grade 9 Rizal": 12, "Grade 10 Aguinaldo": 8},
        demo.TEACHER: {"Grade 7 Luna": 10, "Grade 9 Rizal": 12},
        demo.STUDENT: {"Grade 9 Rizal": 12},
    }


async def test_a_school_with_people_in_it_is_left_alone(school: House) -> None:
    await demo.seed_people(school.database, school.passwords, school.clock)
    before = await school.users.page()
    assert not await demo.seed_people(school.database, school.passwords, school.clock)
    assert await school.users.page() == before


async def test_every_host_may_schedule_where_they_host(school: House) -> None:
    await demo.seed_people(school.database, school.passwords, school.clock)
    for meeting in demo.week_of_meetings(school.clock.now(), "Asia/Manila"):
        user = await school.users.by_email(meeting.host_email)
        person = await person_with_rights(school.database, user.id) if user else None
        assert person is not None
        if meeting.class_id is not None:
            assert (meeting.class_id, "schedule") in person.may


@pytest.mark.parametrize("timezone", ["Asia/Manila", "UTC", "America/New_York"])
@pytest.mark.parametrize("day", range(8))
@pytest.mark.parametrize("hour", [0, 7, 15, 23])
def test_whenever_it_starts_a_class_is_about_to_begin_and_nothing_collides(timezone: str, day: int, hour: int) -> None:
    now = datetime(2026, 3, 2, hour, 58, 31, tzinfo=UTC) + timedelta(days=day)
    meetings = demo.week_of_meetings(now, timezone)
    first = min(meetings, key=lambda meeting: meeting.start)
    assert timedelta(minutes=10) <= first.start - now + timedelta(seconds=31) <= timedelta(minutes=15)
    assert first.class_id == "rizal"
    assert all(now < meeting.start < now + timedelta(days=7) for meeting in meetings)
    assert {meeting.audience for meeting in meetings} == {Audience.CLASS, Audience.EVERYONE, Audience.STAFF}
    for host in {meeting.host_email for meeting in meetings}:
        theirs = sorted((m for m in meetings if m.host_email == host), key=lambda m: m.start)
        for one, next_one in pairwise(theirs):
            assert one.start + timedelta(minutes=one.duration_min) <= next_one.start
