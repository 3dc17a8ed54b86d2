"""What is known of a meeting, and of each of its runs: values only.

It exists apart from `lifecycle.py` so that what a meeting is can be read without what may happen to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar


class Status(StrEnum):
    """Where a meeting stands; Zoom's own words for the first two."""

    WAITING = "waiting"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"
    DELETED = "deleted"


WAITING, STARTED, ENDED, CANCELLED, DELETED = Status


class Audience(StrEnum):
    """Who is invited."""

    CLASS = "class"
    EVERYONE = "everyone"
    STUDENTS = "students"
    STAFF = "staff"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class ClassRef:
    """The class a meeting is for."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class HostRef:
    """Who hosts; `id` is ours and empty for somebody we do not know."""

    id: str = ""
    name: str = ""
    email: str = ""
    zoom_user_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One scheduled meeting, or one occurrence of a series, with its newest run.

    Shape: `uuid` is the newest run's, empty before the first; the counts are that run's, and zero when it is over.
           `field_times` says for each edited field when it was told, so that an older edit never undoes a newer one;
           each setting is a field of its own. What stands for a whole series has itself as its `series`: nobody
           attends it, and each date of the series knows what it knows.
           `revision` counts changes of what staff see; `learner_revision` those that learners are told of, so that
           the step between two says nothing about what staff heard in between.
    """

    id: str
    zoom_id: str = ""
    occurrence_id: str = ""
    series: str = ""
    topic: str = ""
    agenda: str = ""
    start_time: datetime | None = None
    duration_min: int = 60
    timezone: str = ""
    class_: ClassRef | None = None
    audience: Audience = Audience.PERSONAL
    host: HostRef = HostRef()
    settings: Mapping[str, object] = field(default_factory=dict)
    status: Status = WAITING
    uuid: str = ""
    opened_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by_zoom: bool = False
    cancelled_at: datetime | None = None
    deleted_at: datetime | None = None
    hidden_at: datetime | None = None
    recovered_at: datetime | None = None
    participant_count: int = 0
    here_count: int = 0
    expected_count: int = 0
    click_count: int = 0
    is_scheduled: bool = False
    field_times: Mapping[str, datetime] = field(default_factory=dict)
    revision: int = 0
    learner_revision: int = 0

    @property
    def is_series(self) -> bool:
        """Whether this stands for all the dates of a series and is no meeting itself."""
        return self.series == self.id

    @property
    def is_running(self) -> bool:
        """Whether people may be in it now: it has begun or may begin."""
        return self.status in (Status.WAITING, Status.STARTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One run of a meeting. `opened_at` is the first sign of it, `started_at` is None while people only wait.

    Shape: `present` counts different people in the room now, `here` the expected ones among them, `seen` all who came.
    """

    uuid: str
    meeting_id: str
    opened_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by_zoom: bool = False
    present: int = 0
    here: int = 0
    seen: int = 0


EDITABLE = frozenset(
    {"topic", "agenda", "start_time", "duration_min", "timezone", "class_", "audience", "host", "settings"}
)


Held = TypeVar("Held", "Meeting", "Instance", "HostRef")


def changed(value: Held, **fields: Any) -> Held:
    """The value with these fields, and the very same value when they are so already.

    Shape: most news change nothing of a meeting but its counts, and to copy forty fields costs more than to compare
           a few.
    """
    return value if all(getattr(value, name) == told for name, told in fields.items()) else replace(value, **fields)
