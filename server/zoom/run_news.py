"""News about one run of a meeting into facts: begun, over, who came and who left.

It exists beside `schedule_news` because here `start_time` is the moment the run really began, and every one of these
names the run by its uuid. Zoom tells these instants in whole seconds, so ours are whole seconds too: the same moment
told twice is one moment. It does not know who a participant is.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from realtime.facts import Ended, Participant, ParticipantJoined, ParticipantLeft, Place, Started, Which
from server.zoom.fields import (
    Email,
    Instant,
    Key,
    Line,
    Loose,
    MeetingId,
    Minutes,
    RunUuid,
    Zone,
    key,
    rows,
)
from server.zoom.news import Misshapen, News, Reader

_Move = tuple[type[ParticipantJoined] | type[ParticipantLeft], Place]

# Whom a kind says to have come, and to have gone, in this order. Admitted means out of the waiting room: that the
# person is in the room is told by a joined of its own. Put in the waiting room is both, as no left is told then.
MOVES: Mapping[str, tuple[_Move, ...]] = {
    "meeting.participant_joined": ((ParticipantJoined, Place.ROOM),),
    "meeting.participant_left": ((ParticipantLeft, Place.ROOM),),
    "meeting.participant_joined_waiting_room": ((ParticipantJoined, Place.WAITING_ROOM),),
    "meeting.participant_left_waiting_room": ((ParticipantLeft, Place.WAITING_ROOM),),
    "meeting.participant_admitted": ((ParticipantLeft, Place.WAITING_ROOM),),
    "meeting.participant_put_in_waiting_room": (
        (ParticipantLeft, Place.ROOM),
        (ParticipantJoined, Place.WAITING_ROOM),
    ),
    "meeting.participant_joined_breakout_room": ((ParticipantJoined, Place.BREAKOUT),),
    "meeting.participant_left_breakout_room": ((ParticipantLeft, Place.BREAKOUT),),
}


class _Run(Loose):
    id: MeetingId
    uuid: RunUuid
    host_id: Key = ""
    host_email: Email = ""
    topic: Line = ""
    start_time: Instant = None
    end_time: Instant = None
    duration: Minutes = 0
    timezone: Zone = ""


class _Person(Loose):
    """Who came or went. `user_id` is new on every join, in a breakout room too; there the main room's is `parent`."""

    user_id: Key = ""
    user_name: Line = ""
    email: Email = ""
    id: Key = ""
    participant_user_id: Key = ""
    participant_uuid: Key = ""
    registrant_id: Key = ""
    join_time: Instant = None
    leave_time: Instant = None
    date_time: Instant = None


class _RunOfPerson(_Run):
    participant: _Person


class _RunNews(Loose):
    object: _Run


class _PersonNews(Loose):
    object: _RunOfPerson


class _OfRun(TypedDict):
    which: Which
    uuid: str
    started_at: datetime | None
    topic: str
    duration_min: int
    timezone: str
    host_email: str
    zoom_host_id: str


def _started(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    run = _RunNews.model_validate(payload).object
    return (Started(at=_moment(run.start_time, event_at), **_of(run)),), f"{kind}|{run.uuid}"


def _ended(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    run = _RunNews.model_validate(payload).object
    return (Ended(at=_moment(run.end_time, event_at), **_of(run)),), f"{kind}|{run.uuid}"


def _moved(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    run = _PersonNews.model_validate(payload).object
    person = run.participant
    # Zoom's examples have `date_time` where the reference and real notifications have `join_time` or `leave_time`.
    told = person.leave_time if MOVES[kind][0][0] is ParticipantLeft else person.join_time
    told = told or person.date_time
    who = _participant(person)
    at = _moment(told, event_at)
    facts = tuple(fact(at=at, participant=who, place=place, **_of(run)) for fact, place in MOVES[kind])
    # Without a time of its own it may be told twice with two times of sending: the facts bear that, a key would lie.
    return facts, f"{kind}|{run.uuid}|{who.key}|{at.isoformat()}" if told else ""


def _recorded(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    """No facts; but it is known to come twice with other bytes, other links and the same files."""
    told = payload.get("object")
    run = told if isinstance(told, dict) else {}
    uuid = key(run.get("uuid"))
    files = sorted(key(row.get("id")) for row in rows(run.get("recording_files")))
    if not uuid or not all(files):
        return (), ""
    return (), f"{kind}|{uuid}|{hashlib.sha256('|'.join(files).encode()).hexdigest()[:32]}"


def _participant(person: _Person) -> Participant:
    """The person as Zoom knows them; a name alone must do when Zoom gives no id."""
    known_by = person.user_id or person.participant_uuid or (person.user_name and f"name:{person.user_name}")
    if not known_by:
        raise Misshapen("Somebody came or went, and payload.object.participant has nothing to know them by.")
    return Participant(
        key=known_by,
        name=person.user_name,
        email=person.email,
        zoom_user_id=person.participant_user_id or person.id,
        registrant_id=person.registrant_id,
        participant_uuid=person.participant_uuid,
    )


def _of(run: _Run) -> _OfRun:
    return {
        "which": Which(zoom_id=run.id),
        "uuid": run.uuid,
        "started_at": run.start_time and run.start_time.replace(microsecond=0),
        "topic": run.topic,
        "duration_min": run.duration,
        "timezone": run.timezone,
        "host_email": run.host_email,
        "zoom_host_id": run.host_id,
    }


def _moment(told: datetime | None, event_at: datetime | None) -> datetime:
    at = told or event_at
    if at is None:
        raise Misshapen("It does not say when it happened.")
    return at.replace(microsecond=0)


READERS: Mapping[str, Reader] = {
    "meeting.started": _started,
    "meeting.ended": _ended,
    "recording.completed": _recorded,
    **dict.fromkeys(MOVES, _moved),
}
