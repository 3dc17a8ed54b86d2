"""A meeting, its runs, and what a fact makes of them.

Zoom may deliver twice and in any order, and each run of a meeting has its own uuid. So a meeting remembers what was
told (when it was scheduled, its newest run, when it was cancelled, deleted, recovered), and its status is a function
of what is remembered, not of the status before: any order of the same facts ends alike. `TRANSITIONS` says which
moves that makes possible and what each of them tells. This file does not know who hears it, or who was in the room.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from realtime.facts import (
    Cancelled,
    Created,
    Deleted,
    Ended,
    InstanceFact,
    MeetingFact,
    ParticipantJoined,
    ParticipantLeft,
    Place,
    Recovered,
    Updated,
    Which,
)


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


# From where to where a meeting can move, and which event tells it.
TRANSITIONS: Mapping[Status, Mapping[Status, str]] = {
    WAITING: {
        STARTED: "meetingStarted",
        ENDED: "meetingEnded",  # the end came first: the start is late, or lost
        CANCELLED: "meetingStatusUpdate",
        DELETED: "meetingStatusUpdate",
    },
    STARTED: {
        STARTED: "meetingStarted",  # again: a new run
        ENDED: "meetingEnded",
        DELETED: "meetingStatusUpdate",
    },
    ENDED: {
        STARTED: "meetingStarted",  # the host came back: a new run
        ENDED: "meetingEnded",  # a new run, of which we hear the end first
        DELETED: "meetingStatusUpdate",
    },
    CANCELLED: {
        STARTED: "meetingStarted",  # somebody opened the room all the same
        ENDED: "meetingEnded",
        DELETED: "meetingStatusUpdate",
    },
    DELETED: {  # Zoom keeps a deleted meeting for seven days; what ran before stays true
        WAITING: "meetingStatusUpdate",
        STARTED: "meetingStatusUpdate",
        ENDED: "meetingStatusUpdate",
        CANCELLED: "meetingStatusUpdate",  # Zoom's notification of our own cancelling came first
    },
}


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
           `field_times` says for each edited field when it was told, so that an older edit never undoes a newer one.
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


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a meeting, of one of its runs, and which events tell it (none: no one needs to know)."""

    meeting: Meeting
    instance: Instance | None = None
    tells: tuple[str, ...] = ()


def meeting_id_for(zoom_id: str, occurrence_id: str = "") -> str:
    """Our id of a Zoom meeting: the same whoever hears of it first, and not to be confused with Zoom's."""
    return "m" + hashlib.sha256(f"{zoom_id}/{occurrence_id}".encode()).hexdigest()[:15]


def named(meetings: Iterable[Meeting], which: Which, at: datetime) -> Meeting | None:
    """The meeting that news mean; of a series the occurrence nearest in time, the earlier one when two are as near."""
    candidates = [m for m in meetings if which.meeting_id == m.id or (which.zoom_id and which.zoom_id == m.zoom_id)]
    if which.occurrence_id:
        candidates = [m for m in candidates if m.occurrence_id == which.occurrence_id]
    return min(candidates, key=lambda m: (_distance(m.start_time, at), m.start_time or at, m.id), default=None)


def _distance(start: datetime | None, at: datetime) -> timedelta:
    return timedelta.max if start is None else abs(start - at)


def standing(meeting: Meeting) -> Status:
    """The status that follows from all that is remembered of a meeting."""
    gone_at = max(filter(None, (meeting.hidden_at, None if meeting.cancelled_at else meeting.deleted_at)), default=None)
    if gone_at is not None and (meeting.recovered_at is None or gone_at > meeting.recovered_at):
        return DELETED  # what was cancelled here is deleted in Zoom as well: that echo hides nothing
    if meeting.started_at is not None or meeting.ended_at is not None:
        return STARTED if meeting.ended_at is None else ENDED
    return WAITING if meeting.cancelled_at is None else CANCELLED


def advance(meeting: Meeting, fact: MeetingFact, instance: Instance | None = None) -> Step:
    """What `fact` makes of `meeting` and of the run it is about, and what should be told.

    Shape:  facts in any order and number. `instance` is the run with the fact's uuid, if we know it.
    Errors: none; a late or repeated fact is remembered, not refused.
    Source: Zoom may deliver twice and out of order; each run of a meeting has its own uuid.
    """
    match fact:
        case Created():
            known = edit(meeting, fact.details, fact.at)
            return _told(meeting, replace(known, is_scheduled=True), created=not meeting.is_scheduled)
        case Updated():
            return _told(meeting, edit(meeting, fact.details, fact.at))
        case Cancelled():
            return _told(meeting, replace(meeting, cancelled_at=_first(meeting.cancelled_at, fact.at)))
        case Deleted(by_person=True):
            return _told(meeting, replace(meeting, hidden_at=_last(meeting.hidden_at, fact.at)))
        case Deleted():
            return _told(meeting, replace(meeting, deleted_at=_last(meeting.deleted_at, fact.at)))
        case Recovered():
            return _told(meeting, replace(meeting, recovered_at=_last(meeting.recovered_at, fact.at)))
        case InstanceFact():
            run = _run(meeting, fact, instance)
            return _told(meeting, follow(filled(meeting, fact), run), run)
    return Step(meeting, instance)


def edit(meeting: Meeting, details: Mapping[str, object], at: datetime) -> Meeting:
    """The meeting with those details that are not older than what is known of the same field.

    Shape: of two words told for the same moment the same one wins in any order. Settings are told in part. The same
           host told twice becomes one that has all that was said of them.
    """
    newer = {k: v for k, v in details.items() if k in EDITABLE and _is_newer(meeting, k, v, at)}
    if isinstance(settings := newer.get("settings"), Mapping):
        newer["settings"] = {**meeting.settings, **settings}
    times = {**meeting.field_times, **dict.fromkeys(newer, at)}
    if isinstance(host := details.get("host"), HostRef) and host.zoom_user_id == meeting.host.zoom_user_id:
        newer["host"] = _merged(meeting.host, host)
    return replace(meeting, **newer, field_times=times)  # type: ignore[arg-type]  # names are checked against EDITABLE


def _is_newer(meeting: Meeting, name: str, value: object, at: datetime) -> bool:
    known_at = meeting.field_times.get(name)
    if known_at == at:
        return repr(value) > repr(getattr(meeting, name))
    return known_at is None or at > known_at


def _merged(known: HostRef, told: HostRef) -> HostRef:
    return HostRef(
        known.id or told.id, known.name or told.name, known.email or told.email, known.zoom_user_id or told.zoom_user_id
    )


def follow(meeting: Meeting, run: Instance) -> Meeting:
    """The meeting showing its newest run: of started runs the latest; one where people only wait yields to them."""
    if run.uuid != meeting.uuid and _is_older(run, meeting):
        return meeting
    is_over = run.ended_at is not None
    return replace(
        meeting,
        uuid=run.uuid,
        opened_at=run.opened_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        ended_by_zoom=run.ended_by_zoom,
        participant_count=0 if is_over else run.present,
        here_count=0 if is_over else run.here,
    )


def _is_older(run: Instance, meeting: Meeting) -> bool:
    if meeting.opened_at is None:
        return False
    shown = (meeting.started_at is not None, meeting.started_at or meeting.opened_at, meeting.uuid)
    return (run.started_at is not None, run.started_at or run.opened_at, run.uuid) < shown


def _run(meeting: Meeting, fact: InstanceFact, instance: Instance | None) -> Instance:
    """The run as this fact leaves it. Anybody in the room, even leaving it, is a sign that it was started."""
    has_started = not (isinstance(fact, ParticipantJoined | ParticipantLeft) and fact.place is Place.WAITING_ROOM)
    started_at = (fact.started_at or fact.at) if has_started else None
    run = instance or Instance(uuid=fact.uuid, meeting_id=meeting.id, opened_at=started_at or fact.at)
    run = replace(
        run,
        opened_at=min(run.opened_at, started_at or fact.at),
        started_at=_first(run.started_at, started_at),
    )
    if not isinstance(fact, Ended):
        return run
    if fact.from_zoom == run.ended_by_zoom:
        return replace(run, ended_at=_first(run.ended_at, fact.at))
    # Zoom's own time of the end replaces ours, and ours never replaces Zoom's.
    return replace(run, ended_at=fact.at, ended_by_zoom=True) if fact.from_zoom else run


def _told(before: Meeting, after: Meeting, run: Instance | None = None, *, created: bool = False) -> Step:
    """The step with the event that tells it: the move's own, or one that shows the change, or none."""
    after = replace(after, status=standing(after))
    if after == before:
        return Step(after, run)
    tells: tuple[str, ...] = ()
    moved = after.status is not before.status or (after.uuid != before.uuid and after.started_at is not None)
    if created and after.status is not DELETED:
        tells += ("meetingCreated",)
    if moved and after.status in TRANSITIONS[before.status]:
        tells += (TRANSITIONS[before.status][after.status],)
    elif not tells and _is_visible_change(before, after):
        tells = ("meetingStatusUpdate",)
    return Step(touched(after) if tells else after, run, tells)


def touched(meeting: Meeting, *, for_learners: bool = True) -> Meeting:
    """The meeting with its revision raised, because something that somebody sees has changed."""
    step = 1 if for_learners else 0
    return replace(meeting, revision=meeting.revision + 1, learner_revision=meeting.learner_revision + step)


def _is_visible_change(before: Meeting, after: Meeting) -> bool:
    hidden = {"field_times": {}, "is_scheduled": False, "ended_by_zoom": False, "opened_at": None, "uuid": ""}
    gone = {"cancelled_at": None, "deleted_at": None, "hidden_at": None, "recovered_at": None}
    plain = [replace(m, **hidden, **gone) for m in (before, after)]  # type: ignore[arg-type]  # names of fields above
    return plain[0] != plain[1] and after.status is not DELETED


def _first(known: datetime | None, told: datetime | None) -> datetime | None:
    return min(filter(None, (known, told)), default=None)


def _last(known: datetime | None, told: datetime) -> datetime:
    return told if known is None else max(known, told)


def implied(which: Which) -> Meeting:
    """A meeting of which we know only that there is one: Zoom's word that it was made is late or lost."""
    return Meeting(
        id=which.meeting_id or meeting_id_for(which.zoom_id, which.occurrence_id),
        zoom_id=which.zoom_id,
        occurrence_id=which.occurrence_id,
    )


def filled(meeting: Meeting, fact: InstanceFact) -> Meeting:
    """The meeting with its blanks filled by what news of a run say on the side; any word on purpose counts more."""
    told = meeting.field_times
    starts = [t for t in (meeting.start_time, fact.started_at) if t is not None]
    host = HostRef(email=fact.host_email, zoom_user_id=fact.zoom_host_id)
    is_same_host = meeting.host.zoom_user_id in ("", host.zoom_user_id)
    return replace(
        meeting,
        topic=meeting.topic if "topic" in told or not fact.topic else meeting.topic or fact.topic,
        start_time=meeting.start_time if "start_time" in told else min(starts, default=None),
        duration_min=meeting.duration_min if "duration_min" in told else fact.duration_min or meeting.duration_min,
        timezone=meeting.timezone or fact.timezone,
        host=_merged(meeting.host, host) if is_same_host else meeting.host,
    )
