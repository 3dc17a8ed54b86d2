from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.zoom.gateway import ListedMeeting, MeetingPlan, ZoomMeeting
from server.zoom.plans import body_of_change, body_of_new, may_be_made_from, not_taken

NOW = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)
START = datetime(2026, 10, 20, 13, 0, 0, 999, tzinfo=UTC)
WEEKLY = {"type": 1, "repeat_interval": 7, "end_times": 3, "strange": True}


def plan(**changes: Any) -> MeetingPlan:
    return replace(MeetingPlan(topic="Matte", start_time=START, duration_min=45), **changes)


def test_a_new_meeting_is_scheduled_and_says_only_what_the_plan_says() -> None:
    assert body_of_new(plan()) == {
        "type": 2,
        "topic": "Matte",
        "start_time": "2026-10-20T13:00:00Z",
        "duration": 45,
    }
    assert body_of_new(MeetingPlan()) == {"type": 2}


def test_all_that_a_plan_can_say_is_asked() -> None:
    whole = plan(agenda="", timezone="Europe/Stockholm", passcode="4k7Tq2", settings={"waiting_room": True, "x": 1})
    assert body_of_change(whole) == {
        "topic": "Matte",
        "agenda": "",
        "start_time": "2026-10-20T13:00:00Z",
        "duration": 45,
        "timezone": "Europe/Stockholm",
        "password": "4k7Tq2",
        "settings": {"waiting_room": True},
    }


def test_an_instant_of_another_zone_is_asked_in_utc() -> None:
    east = START.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo)
    assert body_of_change(plan(start_time=east))["start_time"] == "2026-10-20T13:00:00Z"


def test_a_series_is_asked_on_the_clocks_of_its_zone_so_that_winter_does_not_move_it() -> None:
    body = body_of_new(plan(timezone="Europe/Stockholm", recurrence=WEEKLY))
    assert body["type"] == 8
    assert body["start_time"] == "2026-10-20T15:00:00"
    assert body["recurrence"] == {"type": 1, "repeat_interval": 7, "end_times": 3}


@pytest.mark.parametrize("timezone", [None, "Moon/Crater", "../etc/passwd", "\x00"])
def test_a_series_without_a_zone_we_know_is_asked_in_utc(timezone: str | None) -> None:
    assert body_of_new(plan(timezone=timezone, recurrence=WEEKLY))["start_time"] == "2026-10-20T13:00:00Z"


def meeting(**changes: Any) -> ZoomMeeting:
    whole = ZoomMeeting(id="1", topic="Matte", start_time=START.replace(microsecond=0), duration_min=45)
    return replace(whole, **changes)


def test_what_zoom_has_as_asked_is_taken() -> None:
    assert not_taken(plan(), meeting()) == ()
    assert not_taken(plan(topic=" Matte  7B "), meeting(topic="Matte 7B")) == ()
    assert not_taken(MeetingPlan(), meeting()) == ()
    assert not_taken(plan(recurrence=WEEKLY), meeting(start_time=START + timedelta(days=2))) == ()


def test_what_zoom_has_otherwise_is_named() -> None:
    asked = plan(agenda="x", timezone="Asia/Manila", passcode="new", settings={"auto_recording": "cloud", "odd": 1})
    found = meeting(topic="Other", start_time=START + timedelta(hours=1), settings={"auto_recording": "none"})
    assert set(not_taken(asked, found)) == {
        "topic",
        "agenda",
        "start_time",
        "timezone",
        "passcode",
        "settings.auto_recording",
        "settings.odd",
    }


def listed(**changes: Any) -> ListedMeeting:
    row = ListedMeeting(id="1", topic="Matte", start_time=START.replace(microsecond=0), created_at=NOW)
    return replace(row, **changes)


def test_a_meeting_made_just_now_as_planned_may_be_ours() -> None:
    fits = may_be_made_from(plan(), NOW)
    assert fits(listed())
    assert fits(listed(created_at=NOW - timedelta(seconds=90)))  # Zoom's clock is behind


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "Other"},
        {"start_time": START + timedelta(minutes=1)},
        {"start_time": None},
        {"created_at": None},
        {"created_at": NOW - timedelta(minutes=3)},
        {"type": 8},
    ],
)
def test_another_meeting_is_not_taken_for_ours(change: dict[str, Any]) -> None:
    assert not may_be_made_from(plan(), NOW)(listed(**change))


@pytest.mark.parametrize("start", [None, NOW - timedelta(days=1)])
def test_a_meeting_planned_for_now_or_before_begins_when_it_is_made(start: datetime | None) -> None:
    assert may_be_made_from(plan(start_time=start), NOW)(listed(start_time=NOW))


def test_a_series_is_listed_with_another_date_than_its_start() -> None:
    assert may_be_made_from(plan(recurrence=WEEKLY), NOW)(listed(type=8, start_time=START + timedelta(days=2)))


def test_a_plan_does_not_print_its_passcode() -> None:
    assert "4k7Tq2" not in repr(plan(passcode="4k7Tq2"))
