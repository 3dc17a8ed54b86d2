from datetime import UTC, datetime
from typing import Any

import pytest

from server.simulator.recurrence import occurrence_starts

FIRST = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)  # a Monday, nine o'clock in Stockholm before the clocks change


def days(recurrence: dict[str, Any], first: datetime = FIRST) -> list[str]:
    return [start.strftime("%m-%d %H:%M") for start in occurrence_starts(first, "Europe/Stockholm", recurrence)]


def test_a_class_at_nine_stays_at_nine_when_the_clocks_change() -> None:
    weekly = {"type": 2, "weekly_days": "2", "end_times": 3}
    assert days(weekly) == ["10-19 07:00", "10-26 08:00", "11-02 08:00"]


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        ({"type": 1, "end_times": 3}, ["10-19", "10-20", "10-21"]),
        ({"type": 1, "repeat_interval": 10, "end_times": 2}, ["10-19", "10-29"]),
        ({"type": 2, "end_times": 2}, ["10-19", "10-26"]),
        ({"type": 2, "weekly_days": "1,3", "end_times": 3}, ["10-20", "10-25", "10-27"]),
        ({"type": 2, "weekly_days": "2", "repeat_interval": 2, "end_times": 2}, ["10-19", "11-02"]),
        ({"type": 3, "monthly_day": 31, "end_times": 3}, ["10-31", "12-31", "01-31"]),
        ({"type": 3, "monthly_week": -1, "monthly_week_day": 6, "end_times": 2}, ["10-30", "11-27"]),
        ({"type": 3, "monthly_week": 1, "monthly_week_day": 2, "end_times": 2}, ["11-02", "12-07"]),
        ({"type": 1}, ["10-19"]),
        ({"type": 1, "end_date_time": datetime(2026, 10, 21, 23, tzinfo=UTC)}, ["10-19", "10-20", "10-21"]),
    ],
)
def test_a_series_falls_on_the_days_its_rule_names(recurrence: dict[str, Any], expected: list[str]) -> None:
    assert [day[:5] for day in days(recurrence)] == expected


def test_a_series_has_at_most_fifty_dates() -> None:
    assert len(days({"type": 1, "end_times": 60})) == 50
    assert len(days({"type": 3, "monthly_day": 31, "end_date_time": datetime(3000, 1, 1, tzinfo=UTC)})) == 50
