"""What the simulated Zoom remembers: users, meetings, runs of them, and who stood in which room.

Plain values in memory; nothing here sends, waits or answers. Facts modelled on Zoom: a meeting keeps its id for life
while every run of it has a uuid of its own; one stay of one person has a new `user_id` and a new row; a deleted
meeting can be recovered for seven days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# pydantic, which reads these values back from a file, wants this one before Python 3.12.
from typing_extensions import TypedDict

from server.simulator.config import HostUser
from server.simulator.identifiers import (
    new_encrypted_passcode,
    new_key,
    new_meeting_id,
    new_participant_uuid,
    new_passcode,
    new_uuid,
)

INSTANT = 1
SCHEDULED = 2
RECURRING_NO_FIXED_TIME = 3
RECURRING_FIXED_TIME = 8

RECOVERABLE_FOR = timedelta(days=7)


class Place(StrEnum):
    """Where a participant is; the words of Zoom's report where it has them."""

    BEFORE_HOST = "waiting_for_host"
    WAITING_ROOM = "in_waiting_room"
    IN_MEETING = "in_meeting"
    GONE = "left"


@dataclass(slots=True)
class Stay:
    """One stay of one participant, from the door to the way out."""

    user_id: str
    name: str
    email: str
    came_at: datetime
    place: Place
    registrant_id: str = ""
    participant_user_id: str = ""
    device: str = ""
    is_host: bool = False
    is_announced: bool = False
    """Whether Zoom has told that this person waits for the host."""
    participant_uuid: str = field(default_factory=new_participant_uuid)
    public_ip: str = "192.0.2.1"
    join_time: datetime | None = None
    leave_time: datetime | None = None
    leave_reason: str = ""


@dataclass(slots=True)
class Instance:
    """One run of a meeting."""

    uuid: str
    start_time: datetime
    end_time: datetime | None = None
    stays: list[Stay] = field(default_factory=list)

    def present(self) -> list[Stay]:
        """Those in the room now, in the order they came."""
        return [stay for stay in self.stays if stay.place is Place.IN_MEETING]

    def waiting(self) -> list[Stay]:
        """Those in the waiting room now."""
        return [stay for stay in self.stays if stay.place is Place.WAITING_ROOM]

    def rows(self) -> list[Stay]:
        """Those who were in the room at any time: one row per join, as reports list them."""
        return [stay for stay in self.stays if stay.join_time is not None]


class Recurrence(TypedDict, total=False):
    """How a meeting repeats, under Zoom's own names."""

    type: int
    repeat_interval: int
    weekly_days: str
    monthly_day: int
    monthly_week: int
    monthly_week_day: int
    end_times: int
    end_date_time: datetime


@dataclass(slots=True)
class Occurrence:
    """One date of a recurring meeting."""

    occurrence_id: str
    start_time: datetime
    duration_min: int
    status: str = "available"


@dataclass(slots=True)
class Registrant:
    """One person registered for a meeting, with a link of their own."""

    id: str
    email: str
    first_name: str
    last_name: str
    token: str
    status: str
    create_time: datetime
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def display_name(self) -> str:
        """The name shown in the room."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class Meeting:
    """One scheduled meeting and all its runs."""

    id: int
    host: HostUser
    type: int
    topic: str
    created_at: datetime
    start_time: datetime | None
    duration_min: int
    timezone: str
    agenda: str = ""
    password: str = ""
    encrypted_password: str = field(default_factory=new_encrypted_passcode)
    settings: dict[str, Any] = field(default_factory=dict)
    recurrence: Recurrence | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    tracking_fields: list[dict[str, Any]] = field(default_factory=list)
    next_uuid: str = field(default_factory=new_uuid)
    running: Instance | None = None
    past: list[Instance] = field(default_factory=list)
    before_host: list[Stay] = field(default_factory=list)
    registrants: dict[str, Registrant] = field(default_factory=dict)
    deleted_at: datetime | None = None
    is_over: bool = False
    """An instant meeting that has ended: gone from every list, known to reports."""

    @property
    def uuid(self) -> str:
        """The uuid of the run now, or of the one that would be next."""
        return self.running.uuid if self.running else self.next_uuid

    @property
    def has_registration(self) -> bool:
        """Whether people must register."""
        return bool(self.settings.get("approval_type", 2) != 2)

    def everyone(self) -> list[Stay]:
        """Everybody at the door or inside now."""
        inside = [stay for stay in self.running.stays if stay.place is not Place.GONE] if self.running else []
        return [*self.before_host, *inside]


class Account:
    """The Zoom account: its users and their meetings.

    Shape:  ids of meetings are looked up as text, the way they come in a path.
    """

    def __init__(self, users: Sequence[HostUser], meetings: Iterable[Meeting] = ()) -> None:
        if not users:
            raise ValueError("a Zoom account needs at least one user")
        self.users = tuple(users)
        self._meetings: dict[str, Meeting] = {}
        for meeting in meetings:
            # The user may have another name by now; without its host a meeting is gone, as in Zoom.
            if (host := self.user(meeting.host.id)) is not None:
                meeting.host = host
                self.add(meeting)

    @property
    def owner(self) -> HostUser:
        """The user in whose name the app acts."""
        return self.users[0]

    def user(self, key: str) -> HostUser | None:
        """The user of this id or e-mail."""
        wanted = key.casefold()
        return next((user for user in self.users if user.id == key or user.email.casefold() == wanted), None)

    def new_id(self) -> int:
        """A meeting id nobody has."""
        while str(candidate := new_meeting_id()) in self._meetings:
            continue
        return candidate

    def add(self, meeting: Meeting) -> None:
        """Remember a new meeting."""
        self._meetings[str(meeting.id)] = meeting

    def meeting(self, meeting_id: str) -> Meeting | None:
        """The meeting of this id, unless it was deleted or is over for good."""
        meeting = self._meetings.get(meeting_id)
        return None if meeting is None or meeting.deleted_at is not None or meeting.is_over else meeting

    def deleted(self, meeting_id: str, now: datetime) -> Meeting | None:
        """A deleted meeting that can still be recovered."""
        meeting = self._meetings.get(meeting_id)
        if meeting is None or meeting.deleted_at is None or now - meeting.deleted_at > RECOVERABLE_FOR:
            return None
        return meeting

    def meetings(self, host: HostUser | None = None) -> list[Meeting]:
        """All meetings that still stand, of one host or of all, oldest first."""
        return [
            meeting
            for meeting in self._meetings.values()
            if meeting.deleted_at is None and not meeting.is_over and (host is None or meeting.host.id == host.id)
        ]

    def past(self, key: str) -> tuple[Meeting, Instance] | None:
        """The run of this uuid, or the latest run of this meeting id, ended or not."""
        meeting = self._meetings.get(key)
        if meeting is not None:
            latest = meeting.running or (meeting.past[-1] if meeting.past else None)
            return (meeting, latest) if latest else None
        for meeting in self._meetings.values():
            for instance in (*meeting.past, *((meeting.running,) if meeting.running else ())):
                if instance.uuid == key:
                    return meeting, instance
        return None

    def runs(self, host: HostUser) -> list[tuple[Meeting, Instance]]:
        """Every ended run of one host's meetings, oldest first."""
        return [(m, run) for m in self._meetings.values() if m.host.id == host.id for run in m.past]

    def known(self, meeting_id: str) -> Meeting | None:
        """The meeting of this id whatever became of it."""
        return self._meetings.get(meeting_id)

    def everything(self) -> list[Meeting]:
        """Every meeting whatever became of it, oldest first."""
        return list(self._meetings.values())


def new_passcode_pair() -> tuple[str, str]:
    """A passcode and what stands for it in a join link."""
    return new_passcode(), new_encrypted_passcode()


def new_registrant(email: str, first_name: str, last_name: str, status: str, now: datetime) -> Registrant:
    """A person who has just registered."""
    return Registrant(new_key(), email, first_name, last_name, new_key() + new_key(), status, now)
