import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from realtime import audience
from realtime.audience import BOARDS, Person
from realtime.bodies import BoardMeeting
from realtime.lifecycle import DELETED, Audience, HostRef, Meeting, Status
from realtime.log import Event, heard
from realtime.tellings import is_told, meeting_events, staff_update, staff_who_heard
from tests.support.builders import ADMIN, ANA, CARA, HOST, NINTH, OTHER_TEACHER, TEACHER, TENTH, minute

BEFORE = Meeting(
    id="m1",
    topic="Algebra",
    class_=NINTH,
    audience=Audience.CLASS,
    host=HostRef(HOST.id, HOST.name, HOST.email),
    is_scheduled=True,
    revision=5,
    learner_revision=2,
)
UPDATE = ("meetingStatusUpdate",)


def changed(**more: object) -> Meeting:
    return replace(BEFORE, revision=6, learner_revision=3, **more)  # type: ignore[arg-type]  # its fields


def hears(events: Iterable[Event], rooms: Person | Iterable[str]) -> list[tuple[str, str]]:
    """The names of what somebody hears, each with the status or the ids it tells."""
    mine = audience.rooms_of(rooms) if isinstance(rooms, Person) else frozenset(rooms)
    told = [(event.type, heard(event, mine)) for event in events]
    found = [(name, json.loads(body)) for name, body in told if body is not None]
    return [(name, body.get("status", body.get("meetingIds"))) for name, body in found]


def test_a_change_is_told_once_to_each_in_their_own_words() -> None:
    events = meeting_events(BEFORE, changed(topic="Geometry"), UPDATE, minute(1))
    for reader in (ADMIN, TEACHER, HOST, ANA, [BOARDS]):
        assert hears(events, reader) == [("meetingStatusUpdate", "waiting")]
    assert hears(events, CARA) == hears(events, OTHER_TEACHER) == []
    assert "clickCount" in (heard(events[0], audience.rooms_of(TEACHER)) or "")
    assert "clickCount" not in (heard(events[0], audience.rooms_of(ANA)) or "")


def test_nothing_to_tell_is_no_event() -> None:
    assert meeting_events(BEFORE, changed(), (), minute(1)) == []


def test_a_new_meeting_is_told_as_what_it_is_and_nobody_is_told_goodbye() -> None:
    unknown = replace(BEFORE, revision=0, is_scheduled=False, class_=None, audience=Audience.PERSONAL)
    events = meeting_events(unknown, changed(), ("meetingCreated",), minute(1))
    for reader in (ADMIN, TEACHER, HOST, ANA, [BOARDS]):
        assert hears(events, reader) == [("meetingCreated", "waiting")]


def test_who_sees_it_for_the_first_time_hears_it_is_created_before_all_else_and_others_do_not() -> None:
    events = meeting_events(BEFORE, changed(audience=Audience.EVERYONE), UPDATE, minute(1))
    assert hears(events, CARA) == [("meetingCreated", "waiting"), ("meetingStatusUpdate", "waiting")]
    assert hears(events, OTHER_TEACHER) == hears(events, CARA)
    for reader in (ADMIN, TEACHER, HOST, ANA, [BOARDS]):
        assert hears(events, reader) == [("meetingStatusUpdate", "waiting")]


def test_a_meeting_that_is_over_is_not_told_as_created_to_anyone() -> None:
    before = replace(BEFORE, status=Status.ENDED)
    events = meeting_events(before, replace(before, audience=Audience.EVERYONE, revision=6), UPDATE, minute(1))
    assert hears(events, CARA) == [("meetingStatusUpdate", "ended")]


def test_who_loses_sight_of_it_hears_it_is_deleted_in_words_they_knew() -> None:
    events = meeting_events(
        BEFORE,
        changed(class_=TENTH, topic="About a pupil", host=HostRef(OTHER_TEACHER.id, OTHER_TEACHER.name)),
        UPDATE,
        minute(1),
    )
    for reader in (ANA, TEACHER, HOST):
        assert hears(events, reader)[-1] == ("meetingStatusUpdate", "deleted")
        words = heard(events[-1], audience.rooms_of(reader)) or ""
        assert [word in words for word in ("Algebra", "About", "Theo", "Grade 10")] == [True, False, False, False]
    assert json.loads(heard(events[-1], audience.rooms_of(ANA)) or "")["revision"] == 3
    assert json.loads(heard(events[-1], audience.rooms_of(TEACHER)) or "")["revision"] == 6
    assert hears(events, CARA) == [("meetingCreated", "waiting"), ("meetingStatusUpdate", "waiting")]
    assert hears(events, [BOARDS]) == [("meetingStatusUpdate", "waiting")]


def test_a_board_that_loses_sight_of_it_hears_it_in_a_boards_words() -> None:
    events = meeting_events(BEFORE, changed(audience=Audience.PERSONAL), UPDATE, minute(1))
    words = json.loads(heard(events[-1], [BOARDS]) or "")
    assert (words["status"], words.keys()) == ("deleted", BoardMeeting.__annotations__.keys())


def test_who_was_of_the_staff_and_is_only_invited_now_forgets_it_first() -> None:
    before = replace(BEFORE, audience=Audience.EVERYONE)
    events = meeting_events(before, replace(changed(host=HostRef()), audience=Audience.EVERYONE), UPDATE, minute(1))
    assert hears(events, HOST) == [("scopeRemoved", ["m1"]), ("meetingStatusUpdate", "waiting")]
    assert hears(events, TEACHER) == [("meetingStatusUpdate", "waiting")]


@pytest.mark.parametrize(("revision", "status"), [(0, Status.WAITING), (5, DELETED)])
def test_nobody_is_told_goodbye_of_what_they_did_not_know(revision: int, status: Status) -> None:
    before = replace(BEFORE, revision=revision, status=status)
    events = meeting_events(before, changed(audience=Audience.PERSONAL), UPDATE, minute(1))
    assert hears(events, ANA) == hears(events, [BOARDS]) == []
    assert not is_told(before)
    assert staff_who_heard(before) == frozenset()


def test_what_only_staff_see_only_staff_hear() -> None:
    events = [staff_update(BEFORE, minute(1))]
    assert hears(events, ANA) == hears(events, [BOARDS]) == []
    assert hears(events, HOST) == [("meetingStatusUpdate", "waiting")]
