"""What has happened, as values in the past tense.

A fact may come twice, late, or by another door (Zoom's notification, our own action, reconciliation), so none is
ever refused and each carries the time at which it was true. This file does not know who told us, or who will hear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    """Where in Zoom a participant is. Breakout rooms count as the room; the waiting room does not."""

    ROOM = "room"
    BREAKOUT = "breakout"
    WAITING_ROOM = "waiting_room"


@dataclass(frozen=True, slots=True)
class Which:
    """How news name a meeting: by our id, or by Zoom's id (of a series: the occurrence nearest to the time told).

    Shape: at least one of the two is not empty; `occurrence_id` only where Zoom gave one.
    """

    zoom_id: str = ""
    meeting_id: str = ""
    occurrence_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One connection of somebody to one run of a meeting, as Zoom describes it.

    Shape:  `key` is Zoom's `user_id`, new on every join; everything else may be empty.
    Source: Zoom's webhook reference; a guest's e-mail and ids come as empty strings.
    """

    key: str
    name: str = ""
    email: str = ""
    zoom_user_id: str = ""
    registrant_id: str = ""
    participant_uuid: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a recurring meeting."""

    id: str
    start_time: datetime
    duration_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A thing that happened; `at` is when it was true (aware UTC), not when we heard."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFact(Fact):
    """A fact about one meeting."""

    which: Which


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(MeetingFact):
    """A meeting was scheduled.

    Shape: `details` holds fields named in `meeting.EDITABLE`; what is missing is not known. `occurrences` is not
           empty for a series with fixed times. `secrets` (Zoom's own join link, the passcode) go to a safe place of
           their own and into no view.
    """

    details: Mapping[str, object]
    occurrences: tuple[Occurrence, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated(MeetingFact):
    """Some fields of a meeting were changed to what `details` says."""

    details: Mapping[str, object]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(MeetingFact):
    """A person called the meeting off; it stays in sight as cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted(MeetingFact):
    """The meeting is gone from Zoom; `by_person` says that somebody here asked for it to be hidden."""

    by_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(MeetingFact):
    """A deleted meeting was brought back in Zoom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceFact(MeetingFact):
    """A fact about one run of a meeting.

    Shape:  `uuid` is Zoom's id of the run; `started_at` is the run's actual start as far as the news tell it.
    Source: notifications of started, ended and participants all carry the actual start in `start_time`.
    """

    uuid: str
    started_at: datetime | None = None
    topic: str = ""
    duration_min: int = 0
    timezone: str = ""
    host_email: str = ""
    zoom_host_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(InstanceFact):
    """A run began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(InstanceFact):
    """A run is over; `from_zoom` is false when we say so because Zoom agreed to our request a moment ago."""

    from_zoom: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined(InstanceFact):
    """Somebody came into the room, a breakout room or the waiting room."""

    participant: Participant
    place: Place = Place.ROOM


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(InstanceFact):
    """Somebody left that place; for the waiting room also: was let in."""

    participant: Participant
    place: Place = Place.ROOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked(MeetingFact):
    """A person pressed Join. It is not attendance."""

    click_id: str
    person_id: str
    person_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanged(Fact):
    """Rights in one class were given or taken; the four sets name people by id."""

    class_id: str
    enrolled: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    unassigned: frozenset[str] = frozenset()
