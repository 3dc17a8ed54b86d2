"""A meeting, its runs, and what a fact makes of them.

Zoom may deliver twice and in any order, and each run of a meeting has its own uuid. So a meeting remembers what was
told (when it was scheduled, its newest run, when it was cancelled, deleted, recovered), and its status is a function
of what is remembered, not of the status before: any order of the same facts ends alike. `TRANSITIONS` says which
moves that makes possible and what each of them tells. This file does not know who hears it, or who was in the room.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from operator import attrgetter

from realtime.details import edit, filled
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
from realtime.meeting import EDITABLE, Audience, ClassRef, HostRef, Instance, Meeting, Status, changed

__all__ = [
    "CANCELLED",
    "DELETED",
    "EDITABLE",
    "ENDED",
    "STARTED",
    "TRANSITIONS",
    "WAITING",
    "Audience",
    "ClassRef",
    "HostRef",
    "Instance",
    "Meeting",
    "Status",
    "Step",
    "advance",
    "follow",
    "implied",
    "is_visible_change",
    "meeting_id_for",
    "named",
    "showing",
    "standing",
    "told",
    "touched",
]

WAITING, STARTED, ENDED, CANCELLED, DELETED = Status

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
        WAITING: "meetingStatusUpdate",  # the run turned out to be of another date of the series
        CANCELLED: "meetingStatusUpdate",
    },
    ENDED: {
        STARTED: "meetingStarted",  # the host came back: a new run
        ENDED: "meetingEnded",  # a new run, of which we hear the end first
        DELETED: "meetingStatusUpdate",
        WAITING: "meetingStatusUpdate",
        CANCELLED: "meetingStatusUpdate",
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


# What nobody is shown: how it is remembered, and by which account in Zoom.
_HIDDEN = frozenset(
    {"field_times", "is_scheduled", "ended_by_zoom", "opened_at", "uuid", "host", "revision", "learner_revision"}
    | {"cancelled_at", "deleted_at", "hidden_at", "recovered_at"}
)
_SEEN = attrgetter(*(field.name for field in fields(Meeting) if field.name not in _HIDDEN))


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
    if which.meeting_id:
        return next((m for m in meetings if m.id == which.meeting_id), None)
    candidates = [m for m in meetings if m.zoom_id == which.zoom_id and not m.is_series]
    if which.occurrence_id:
        candidates = [m for m in candidates if m.occurrence_id == which.occurrence_id]
    return min(candidates, key=lambda m: (_distance(m.start_time, at), m.start_time or at, m.id), default=None)


def _distance(start: datetime | None, at: datetime) -> timedelta:
    return timedelta.max if start is None else abs(start - at)


def standing(meeting: Meeting) -> Status:
    """The status that follows from all that is remembered of a meeting."""
    if meeting.is_series:
        return DELETED  # its dates are what people see
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
    if isinstance(fact, InstanceFact):
        run = _run(meeting, fact, instance)
        return replace(told(meeting, follow(filled(meeting, fact), run)), instance=run)
    match fact:
        case Created():
            after = replace(edit(meeting, fact.details, fact.at), is_scheduled=True)
        case Updated():
            after = edit(meeting, fact.details, fact.at)
        case Cancelled():
            after = replace(meeting, cancelled_at=_first(meeting.cancelled_at, fact.at))
        case Deleted(by_person=True):
            after = replace(meeting, hidden_at=_last(meeting.hidden_at, fact.at))
        case Deleted():
            after = replace(meeting, deleted_at=_last(meeting.deleted_at, fact.at))
        case Recovered():
            after = replace(meeting, recovered_at=_last(meeting.recovered_at, fact.at))
        case _:
            after = meeting
    return told(meeting, after, created=isinstance(fact, Created) and not meeting.is_scheduled)


def follow(meeting: Meeting, run: Instance) -> Meeting:
    """The meeting showing its newest run: of started runs the latest; one where people only wait yields to them."""
    if run.uuid != meeting.uuid and meeting.opened_at is not None:
        shown = (meeting.started_at is not None, meeting.started_at or meeting.opened_at, meeting.uuid)
        if _newness(run) < shown:
            return meeting
    return _shows(meeting, run)


def showing(meeting: Meeting, runs: Iterable[Instance]) -> Meeting:
    """The meeting showing the newest of these, which are all of its runs."""
    run = max(runs, key=_newness, default=None)
    if run is not None:
        return _shows(meeting, run)
    none = replace(meeting, uuid="", opened_at=None, started_at=None, ended_at=None, ended_by_zoom=False)
    return replace(none, participant_count=0, here_count=0)


def _newness(run: Instance) -> tuple[bool, datetime, str]:
    return (run.started_at is not None, run.started_at or run.opened_at, run.uuid)


def _shows(meeting: Meeting, run: Instance) -> Meeting:
    counts = (run.present, run.here) if run.ended_at is None else (0, 0)
    return changed(
        meeting,
        uuid=run.uuid,
        opened_at=run.opened_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        ended_by_zoom=run.ended_by_zoom,
        participant_count=counts[0],
        here_count=counts[1],
    )


def _run(meeting: Meeting, fact: InstanceFact, instance: Instance | None) -> Instance:
    """The run as this fact leaves it. Anybody in the room, even leaving it, is a sign that it was started."""
    has_started = not (isinstance(fact, ParticipantJoined | ParticipantLeft) and fact.place is Place.WAITING_ROOM)
    started_at = (fact.started_at or fact.at) if has_started else None
    run = instance or Instance(uuid=fact.uuid, meeting_id=meeting.id, opened_at=started_at or fact.at)
    opened_at = min(run.opened_at, started_at or fact.at)
    run = changed(run, opened_at=opened_at, started_at=_first(run.started_at, started_at))
    if not isinstance(fact, Ended):
        return run
    if fact.from_zoom == run.ended_by_zoom:
        return changed(run, ended_at=_first(run.ended_at, fact.at))
    # Zoom's own time of the end replaces ours, and ours never replaces Zoom's.
    return replace(run, ended_at=fact.at, ended_by_zoom=True) if fact.from_zoom else run


def told(before: Meeting, after: Meeting, *, created: bool = False) -> Step:
    """The step with the event that tells it: the move's own, or one that shows the change, or none."""
    after = changed(after, status=standing(after))
    is_known = before.revision > 0
    if after == before or (after.status is DELETED and not is_known):
        return Step(after)  # nobody needs to hear that what they never heard of is gone
    tells: tuple[str, ...] = ()
    moved = after.status is not before.status or (after.uuid != before.uuid and after.started_at is not None)
    if created and after.status is not DELETED:
        tells += ("meetingCreated",)
    if moved and after.status in TRANSITIONS[before.status]:
        tells += (TRANSITIONS[before.status][after.status],)
    if not tells and (not is_known or is_visible_change(before, after)):
        tells = ("meetingStatusUpdate",)  # also where nothing can be seen of it: it is kept, so fresh pages show it
    return Step(touched(after) if tells else after, None, tells)


def touched(meeting: Meeting, *, for_learners: bool = True) -> Meeting:
    """The meeting with its revision raised, because something that somebody sees has changed."""
    step = 1 if for_learners else 0
    return replace(meeting, revision=meeting.revision + 1, learner_revision=meeting.learner_revision + step)


def is_visible_change(before: Meeting, after: Meeting) -> bool:
    """Whether somebody who sees the meeting sees that it has changed."""
    return after.status is not DELETED and _visible(before) != _visible(after)


def _visible(meeting: Meeting) -> object:
    host = meeting.host
    return (_SEEN(meeting), host.id, host.name, host.email)


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
