from datetime import UTC, datetime, timedelta

import pytest

from realtime.lifecycle import Meeting, Status
from server.joining import window

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def meeting(status: Status = Status.WAITING, start: datetime | None = START, duration_min: int = 60) -> Meeting:
    return Meeting(id="m1", start_time=start, duration_min=duration_min, status=status)


@pytest.mark.parametrize(
    ("minutes", "is_open"), [(-15.1, False), (-15, True), (0, True), (60, True), (90, True), (90.1, False)]
)
def test_the_window_reaches_from_a_quarter_before_to_half_an_hour_after_the_scheduled_end(
    minutes: float, is_open: bool
) -> None:
    found = window(meeting(), START + timedelta(minutes=minutes))
    assert found.is_open is is_open
    assert found.opens_at == START - timedelta(minutes=15)
    assert found.closes_at == START + timedelta(minutes=90)


@pytest.mark.parametrize("minutes", [-600, 0, 600])
def test_while_live_it_is_always_open(minutes: float) -> None:
    assert window(meeting(Status.STARTED), START + timedelta(minutes=minutes)).is_open


def test_what_ended_early_can_be_entered_until_the_window_closes_as_the_host_may_come_back() -> None:
    assert window(meeting(Status.ENDED), START + timedelta(minutes=89)).is_open
    assert not window(meeting(Status.ENDED), START + timedelta(minutes=91)).is_open


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.DELETED])
def test_what_is_off_is_closed_at_any_time(status: Status) -> None:
    for minutes in (-15, 0, 90):
        assert not window(meeting(status), START + timedelta(minutes=minutes)).is_open


def test_a_meeting_without_a_start_is_open_until_it_is_over() -> None:
    for status in Status:
        found = window(meeting(status, start=None), START)
        assert found.is_open is (status in (Status.WAITING, Status.STARTED))
        assert found.opens_at is None
