from dataclasses import replace
from datetime import timedelta

import pytest

from realtime import audience
from realtime.audience import ADMINS, BOARDS, EVERYONE, STUDENTS, TEACHERS, Role, View
from realtime.bodies import BoardMeeting, LearnerMeeting, MeetingSettings, StaffMeeting
from realtime.lifecycle import Audience, ClassRef, HostRef, Meeting, Status
from tests.support.builders import (
    ADMIN,
    ANA,
    CARA,
    HOST,
    NINTH,
    OBSERVER,
    OTHER_TEACHER,
    SCHOOL,
    TEACHER,
    minute,
)

NOW = minute(70)
MEETING = Meeting(
    id="m1",
    zoom_id="81",
    occurrence_id="o1",
    series="s1",
    topic="Algebra",
    agenda="Page 7",
    start_time=minute(60),
    timezone="UTC",
    class_=NINTH,
    audience=Audience.CLASS,
    host=HostRef(HOST.id, HOST.name, HOST.email, "Z-account-of-hana"),
    settings={"waiting_room": True, "passcode_hint": "never", "start_url": "never"},
    status=Status.STARTED,
    uuid="the-uuid",
    started_at=minute(60),
    participant_count=5,
    here_count=3,
    expected_count=4,
    click_count=2,
    revision=9,
    learner_revision=4,
)


def test_each_role_is_in_its_rooms_and_no_other() -> None:
    assert audience.rooms_of(ADMIN) == {EVERYONE, ADMINS, "user:admin-ada", "host:admin-ada"}
    assert audience.rooms_of(OBSERVER) == {EVERYONE, ADMINS, "user:observer-otto", "host:observer-otto"}
    tess = {"class:c9:teachers", "user:teacher-tess", "host:teacher-tess"}
    assert audience.rooms_of(TEACHER) == {EVERYONE, TEACHERS, *tess}
    assert audience.rooms_of(ANA) == {EVERYONE, STUDENTS, "class:c9", "user:pupil-ana"}


def test_what_somebody_was_before_a_change_of_role_opens_no_room() -> None:
    former = replace(TEACHER, role=Role.STUDENT)
    assert audience.rooms_of(former) == {EVERYONE, STUDENTS, "user:teacher-tess"}
    assert audience.rooms_of(replace(ANA, role=Role.TEACHER)) == {
        EVERYONE,
        TEACHERS,
        "user:pupil-ana",
        "host:pupil-ana",
    }


@pytest.mark.parametrize(
    ("invited", "class_", "learners"),
    [
        (Audience.CLASS, NINTH, {ANA.id}),
        (Audience.CLASS, None, set()),
        (Audience.EVERYONE, NINTH, {ANA.id, CARA.id, OTHER_TEACHER.id}),
        (Audience.STUDENTS, NINTH, {ANA.id, CARA.id}),
        (Audience.STAFF, NINTH, {OTHER_TEACHER.id}),
        (Audience.PERSONAL, NINTH, set()),
    ],
)
def test_who_is_invited_sees_the_meeting_as_a_learner(
    invited: Audience, class_: ClassRef | None, learners: set[str]
) -> None:
    meeting = replace(MEETING, audience=invited, class_=class_)
    people = (ADMIN, OBSERVER, TEACHER, OTHER_TEACHER, HOST, ANA, CARA)
    seen = {p.id: audience.view_for(audience.rooms_of(p), meeting) for p in people}
    assert {key for key, view in seen.items() if view is View.LEARNER} == learners | (
        {TEACHER.id} if class_ is None and invited in (Audience.EVERYONE, Audience.STAFF) else set()
    )
    staff = {ADMIN.id, OBSERVER.id, HOST.id} | ({TEACHER.id} if class_ else set())
    assert {key for key, view in seen.items() if view is View.STAFF} == staff


@pytest.mark.parametrize("invited", Audience)
def test_a_student_is_staff_of_no_meeting_even_as_its_host(invited: Audience) -> None:
    hosted = replace(MEETING, audience=invited, host=HostRef(ANA.id, ANA.name, ANA.email))
    assert audience.view_for(audience.rooms_of(ANA), hosted) in (View.LEARNER, None)
    assert audience.view_for(audience.rooms_of(HOST), replace(MEETING, audience=invited)) is View.STAFF


@pytest.mark.parametrize("invited", Audience)
def test_a_board_shows_nothing_that_only_some_are_invited_to(invited: Audience) -> None:
    seen = audience.view_for({BOARDS}, replace(MEETING, audience=invited))
    assert seen is (None if invited in (Audience.STAFF, Audience.PERSONAL) else View.BOARD)


def test_somebody_in_rooms_of_two_views_gets_the_first() -> None:
    everyone = replace(MEETING, audience=Audience.EVERYONE)
    assert audience.view_for(audience.rooms_of(ADMIN), everyone) is View.STAFF
    assert audience.view_for([], everyone) is None


@pytest.mark.parametrize(
    ("view", "shape"), [(View.STAFF, StaffMeeting), (View.LEARNER, LearnerMeeting), (View.BOARD, BoardMeeting)]
)
def test_a_view_has_exactly_the_fields_that_are_named(view: View, shape: type) -> None:
    assert audience.view(MEETING, view).keys() == shape.__annotations__.keys()


@pytest.mark.parametrize("view", View)
def test_no_view_shows_what_opens_the_room_or_names_an_account(view: View) -> None:
    shown = str(audience.view(MEETING, view))
    assert all(secret not in shown for secret in ("Z-account-of-hana", "the-uuid", "never", "start_url"))


def test_a_learner_reads_neither_who_is_expected_nor_how_often_staff_heard() -> None:
    learner = audience.learner_view(MEETING)
    assert learner["revision"] == 4
    assert learner["host"] == {"name": "Hana Host"}
    hidden = {"zoom_meeting_id", "expectedCount", "hereCount", "clickCount", "settings"}
    assert hidden & learner.keys() == set()
    assert audience.board_view(MEETING)["revision"] == 4


def test_staff_read_the_whole_meeting() -> None:
    staff = audience.staff_view(MEETING)
    assert staff["settings"] == {"waiting_room": True}
    assert (staff["zoom_meeting_id"], staff["series"], staff["class"]) == ("81", "s1", {"id": "c9", "name": "Grade 9"})
    assert (staff["join_url"], staff["start_time"]) == ("/join/m1", "2026-09-14T09:00:00Z")
    assert audience.staff_view(replace(MEETING, class_=None, series="", start_time=None))["class"] is None


def test_only_settings_that_are_on_the_wire_are_shown() -> None:
    assert frozenset(MeetingSettings.__annotations__) == audience.SHOWN_SETTINGS


def test_join_leads_through_us() -> None:
    assert audience.learner_view(MEETING)["join_url"] == audience.join_path("m1") == "/join/m1"


@pytest.mark.parametrize(
    ("status", "start_h", "ended_h", "is_shown"),
    [
        (Status.STARTED, -900, None, True),
        (Status.STARTED, None, None, True),
        (Status.WAITING, None, None, True),
        (Status.WAITING, -24, None, True),
        (Status.WAITING, -24.1, None, False),
        (Status.WAITING, 14 * 24, None, True),
        (Status.WAITING, 14 * 24 + 0.1, None, False),
        (Status.ENDED, -30, -24, True),
        (Status.ENDED, -30, -24.1, False),
        (Status.ENDED, 5, None, False),
        (Status.CANCELLED, None, None, False),
        (Status.CANCELLED, 5, None, True),
        (Status.CANCELLED, -25, None, False),
        (Status.DELETED, 0, None, False),
    ],
)
def test_pages_show_what_is_not_over_and_near_and_what_was_over_for_less_than_a_day(
    status: Status, start_h: float | None, ended_h: float | None, is_shown: bool
) -> None:
    meeting = replace(
        MEETING,
        status=status,
        start_time=None if start_h is None else NOW + timedelta(hours=start_h),
        ended_at=None if ended_h is None else NOW + timedelta(hours=ended_h),
    )
    assert audience.is_shown(meeting, NOW) is is_shown


def test_nobody_of_the_school_shares_a_room_of_one_person() -> None:
    mine = [audience.room_of(p.id) for p in SCHOOL]
    assert len(set(mine)) == len(SCHOOL)
    for person in SCHOOL:
        assert audience.rooms_of(person) & set(mine) == {audience.room_of(person.id)}
