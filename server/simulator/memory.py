"""What outlives a restart, and the bytes it becomes.

Pure: values to bytes and back. It exists because a product in demo mode remembers its meetings, so the Zoom they live
in must too. Access tokens, start keys, page tokens, ordered misfortunes and the log of deliveries are left out: they
are asked for anew, or nobody misses them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter

from server.simulator.account import INSTANT, RECURRING_NO_FIXED_TIME, Instance, Meeting
from server.simulator.outbox import Letter
from server.simulator.pages import Ticket

KEPT_FOR = timedelta(days=30)


@dataclass(slots=True, kw_only=True)
class Memory:
    """Everything one simulator remembers; `format` changes when an older reader would misread it."""

    account_id: str
    meetings: list[Meeting] = field(default_factory=list)
    writes: list[tuple[str, str, int]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    format: Literal[1] = 1


_MEMORY = TypeAdapter(Memory)


def written(memory: Memory) -> bytes:
    """The memory as JSON."""
    return _MEMORY.dump_json(memory)


def read(raw: bytes) -> Memory:
    """The memory that was written.

    Errors: ValueError when it is cut, of another format, or was never one; the message quotes it, secrets included.
    """
    return _MEMORY.validate_json(raw)


def lasting(meetings: Iterable[Meeting], now: datetime) -> list[Meeting]:
    """The meetings worth remembering, without their runs of long ago."""
    oldest = now - KEPT_FOR
    return [_without_old_runs(one, oldest) for one in meetings if not _is_long_over(one, oldest)]


def _is_long_over(meeting: Meeting, oldest: datetime) -> bool:
    if meeting.running is not None or meeting.before_host:
        return False
    if meeting.deleted_at is not None:
        return meeting.deleted_at < oldest
    if any(_is_recent(run, oldest) for run in meeting.past):
        return False
    if meeting.type == INSTANT:
        return meeting.created_at < oldest
    if meeting.type == RECURRING_NO_FIXED_TIME or meeting.start_time is None:
        return False
    starts = [one.start_time for one in meeting.occurrences] or [meeting.start_time]
    return max(starts) < oldest - timedelta(minutes=meeting.duration_min)  # a start may be at the end of the calendar


def _without_old_runs(meeting: Meeting, oldest: datetime) -> Meeting:
    recent = [run for run in meeting.past if _is_recent(run, oldest)]
    return meeting if len(recent) == len(meeting.past) else replace(meeting, past=recent)


def _is_recent(run: Instance, oldest: datetime) -> bool:
    return run.end_time is None or run.end_time >= oldest
