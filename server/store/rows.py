"""Rows of the database to values of the core, and back."""

import json

from sqlalchemy import RowMapping

from realtime.attendance import Candidate
from realtime.facts import Participant, Place
from realtime.lifecycle import Audience, ClassRef, HostRef, Instance, Meeting, Status
from realtime.log import Event, Hearing, Move
from realtime.visits import Visit
from server.store.tables import from_ms, to_ms

_SAME = (
    "id",
    "zoom_id",
    "occurrence_id",
    "series",
    "topic",
    "agenda",
    "start_time",
    "duration_min",
    "timezone",
    "uuid",
    "opened_at",
    "started_at",
    "ended_at",
    "ended_by_zoom",
    "cancelled_at",
    "deleted_at",
    "hidden_at",
    "recovered_at",
    "participant_count",
    "here_count",
    "expected_count",
    "click_count",
    "is_scheduled",
    "revision",
    "learner_revision",
)


def meeting_row(meeting: Meeting) -> dict[str, object]:
    """A meeting as it is kept; the names of its class and host are kept with those."""
    return {
        **{name: getattr(meeting, name) for name in _SAME},
        "class_id": meeting.class_.id if meeting.class_ else None,
        "audience": meeting.audience.value,
        "host_id": meeting.host.id,
        "host_name": meeting.host.name,
        "host_email": meeting.host.email,
        "host_zoom_id": meeting.host.zoom_user_id,
        "settings": dict(meeting.settings),
        "status": meeting.status.value,
        "field_times": {name: to_ms(at) for name, at in meeting.field_times.items()},
    }


def meeting_of(row: RowMapping) -> Meeting:
    """A meeting from its row joined with `class_name`, and with `user_name` and `user_email` of a host known here."""
    return Meeting(
        **{name: row[name] for name in _SAME},
        class_=ClassRef(row["class_id"], row["class_name"]) if row["class_id"] else None,
        audience=Audience(row["audience"]),
        host=HostRef(
            row["host_id"],
            row["user_name"] or row["host_name"],
            row["user_email"] or row["host_email"],
            row["host_zoom_id"],
        ),
        settings=row["settings"],
        status=Status(row["status"]),
        field_times={name: from_ms(at) for name, at in row["field_times"].items()},
    )


_INSTANCE = (
    "uuid",
    "meeting_id",
    "opened_at",
    "started_at",
    "ended_at",
    "ended_by_zoom",
    "present",
    "here",
    "seen",
)


def instance_row(run: Instance) -> dict[str, object]:
    """A run as it is kept."""
    return {name: getattr(run, name) for name in _INSTANCE}


def instance_of(row: RowMapping) -> Instance:
    """A run from its row."""
    return Instance(**{name: row[name] for name in _INSTANCE})


def visit_row(visit: Visit) -> dict[str, object]:
    """A visit as it is kept."""
    return {
        "id": visit.id,
        "uuid": visit.uuid,
        "attendee": visit.attendee,
        "place": visit.place.value,
        "participant_key": visit.participant.key,
        "name": visit.participant.name,
        "email": visit.participant.email,
        "zoom_user_id": visit.participant.zoom_user_id,
        "registrant_id": visit.participant.registrant_id,
        "participant_uuid": visit.participant.participant_uuid,
        "joined": [to_ms(at) for at in visit.joined],
        "left": [to_ms(at) for at in visit.left],
        "revision": visit.revision,
    }


def visit_of(row: RowMapping) -> Visit:
    """A visit from its row."""
    return Visit(
        uuid=row["uuid"],
        place=Place(row["place"]),
        participant=Participant(
            key=row["participant_key"],
            name=row["name"],
            email=row["email"],
            zoom_user_id=row["zoom_user_id"],
            registrant_id=row["registrant_id"],
            participant_uuid=row["participant_uuid"],
        ),
        attendee=row["attendee"],
        joined=tuple(from_ms(at) for at in row["joined"]),
        left=tuple(from_ms(at) for at in row["left"]),
        revision=row["revision"],
    )


def candidate_of(row: RowMapping, classes: frozenset[str], teaches: frozenset[str]) -> Candidate:
    """A person from a row of `users`."""
    return Candidate(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        name_key=row["name_key"],
        role=row["role"],
        zoom_user_id=row["zoom_user_id"],
        classes=classes,
        teaches=teaches,
    )


def event_row(event: Event) -> dict[str, object]:
    """An event as it is kept in the log."""
    return {
        "seq": event.seq,
        "id": event.id,
        "type": event.type,
        "at": event.at,
        "hearings": json.dumps([[sorted(h.rooms), h.body] for h in event.hearings], ensure_ascii=False),
        "moves": json.dumps([[m.person_id, sorted(m.enter), sorted(m.leave)] for m in event.moves]),
    }


def event_of(row: RowMapping) -> Event:
    """An event from the log."""
    return Event(
        seq=row["seq"],
        id=row["id"],
        type=row["type"],
        at=row["at"],
        hearings=tuple(Hearing(frozenset(rooms), body) for rooms, body in json.loads(row["hearings"])),
        moves=tuple(Move(who, frozenset(enter), frozenset(leave)) for who, enter, leave in json.loads(row["moves"])),
    )
