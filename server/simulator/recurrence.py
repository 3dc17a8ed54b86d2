"""The dates of a recurring meeting with fixed times.

Pure: from the first start and Zoom's `recurrence` object to the list of starts, in the meeting's own time zone, so
that a class at nine stays at nine when the clocks change.
Source: Zoom, "Create a meeting", fields `recurrence.*`.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAILY, WEEKLY, MONTHLY = 1, 2, 3
MOST_OCCURRENCES = 50


def occurrence_starts(first: datetime, timezone: str, recurrence: Mapping[str, Any]) -> list[datetime]:
    """Every start of the series, the first included, at most fifty.

    Units:  aware UTC in and out.
    """
    zone = ZoneInfo(timezone)
    local = first.astimezone(zone)
    until = recurrence.get("end_date_time")
    last = until if isinstance(until, datetime) else None
    count = min(int(recurrence.get("end_times") or (MOST_OCCURRENCES if last else 1)), MOST_OCCURRENCES)
    starts: list[datetime] = []
    for day in _days(local.date(), recurrence):
        start = datetime.combine(day, local.time(), zone).astimezone(UTC)
        if len(starts) >= count or (last is not None and start > last):
            break
        starts.append(start)
    return starts


def _days(first: date, recurrence: Mapping[str, Any]) -> Iterator[date]:
    interval = max(1, int(recurrence.get("repeat_interval") or 1))
    match recurrence["type"]:
        case 1:
            yield from (first + timedelta(days=interval * n) for n in range(MOST_OCCURRENCES + 1))
        case 2:
            yield from _weekly(first, interval, str(recurrence.get("weekly_days") or _zoom_weekday(first)))
        case _:
            yield from _monthly(first, interval, recurrence)


def _zoom_weekday(day: date) -> int:
    """1 is Sunday, as Zoom counts."""
    return day.isoweekday() % 7 + 1


def _weekly(first: date, interval: int, weekly_days: str) -> Iterator[date]:
    wanted = sorted({int(part) for part in weekly_days.split(",")})
    sunday = first - timedelta(days=first.isoweekday() % 7)
    for week in range(MOST_OCCURRENCES + 1):
        for weekday in wanted:
            day = sunday + timedelta(weeks=week * interval, days=weekday - 1)
            if day >= first:
                yield day


def _monthly(first: date, interval: int, recurrence: Mapping[str, Any]) -> Iterator[date]:
    # Months in which the day does not exist are passed over; twelve times the bound leaves room for them.
    for step in range(MOST_OCCURRENCES * 12):
        month = first.month - 1 + step * interval
        year, month = first.year + month // 12, month % 12 + 1
        if year > 9_000:
            return
        day = _day_of_month(year, month, first, recurrence)
        if day is not None and day >= first:
            yield day


def _day_of_month(year: int, month: int, first: date, recurrence: Mapping[str, Any]) -> date | None:
    length = calendar.monthrange(year, month)[1]
    week = recurrence.get("monthly_week")
    if week is None:
        number = int(recurrence.get("monthly_day") or first.day)
        return date(year, month, number) if number <= length else None
    weekday = int(recurrence.get("monthly_week_day") or _zoom_weekday(first))
    days = [date(year, month, n) for n in range(1, length + 1) if _zoom_weekday(date(year, month, n)) == weekday]
    return days[-1] if int(week) == -1 else days[int(week) - 1]
