"""The bodies of webhooks, with the fields and the key order real ones have.

Pure: meeting, run and stay in, a dict ready for `canonical` out. Ids of meetings are text in run-time events and
numbers in management and registration events; `start_time` of a run is the real start while `duration` stays the
scheduled length in minutes. All of that is Zoom's own inconsistency, kept on purpose.
Source: Zoom's webhook OpenAPI document; key order and `public_ip` from live captures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.simulator.account import INSTANT, Instance, Meeting, Occurrence, Registrant, Stay
from server.simulator.clock import epoch_ms, zoom_time
from server.simulator.config import HostUser

Body = dict[str, Any]

# The settings `meeting.updated` may report, by Zoom's document.
_REPORTED_SETTINGS = frozenset(
    {
        "host_video",
        "participant_video",
        "join_before_host",
        "jbh_time",
        "mute_upon_entry",
        "audio",
        "auto_recording",
        "use_pmi",
        "waiting_room",
        "watermark",
        "approval_type",
        "registration_type",
        "alternative_hosts",
        "meeting_authentication",
        "authentication_option",
        "meeting_invitees",
        "email_in_attendee_report",
    }
)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes `JSON.stringify` would make: no spaces, raw UTF-8.

    Source: receivers that verify over re-serialised JSON accept nothing else.
    """
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def parsed(raw: bytes) -> object:
    """The JSON of an answer, or None when it is none."""
    try:
        return json.loads(raw)
    except ValueError:
        return None


def started(account_id: str, meeting: Meeting, run: Instance, now: datetime) -> Body:
    """A run has begun."""
    return {
        "event": "meeting.started",
        "payload": {"account_id": account_id, "object": _run_object(meeting, run)},
        "event_ts": epoch_ms(now),
    }


def ended(account_id: str, meeting: Meeting, run: Instance, now: datetime) -> Body:
    """A run is over."""
    return {
        "event": "meeting.ended",
        "payload": {"account_id": account_id, "object": _run_object(meeting, run, run.end_time)},
        "event_ts": epoch_ms(now),
    }


def _run_object(meeting: Meeting, run: Instance, end_time: datetime | None = None) -> Body:
    known: Body = {
        "duration": meeting.duration_min,
        "start_time": zoom_time(run.start_time),
        "timezone": meeting.timezone,
    }
    if end_time is not None:
        known["end_time"] = zoom_time(end_time)
    return known | {
        "topic": meeting.topic,
        "id": str(meeting.id),
        "type": meeting.type,
        "uuid": run.uuid,
        "host_id": meeting.host.id,
        "host_email": meeting.host.email,
    }


def participant(event: str, account_id: str, meeting: Meeting, run: Instance, stay: Stay, now: datetime) -> Body:
    """Somebody joined, left, or moved between waiting room and room; `event` is the full name."""
    person: Body = {}
    if event == "meeting.participant_left":
        person["leave_time"] = zoom_time(stay.leave_time or now)
    person |= {"public_ip": stay.public_ip, "user_id": stay.user_id, "user_name": stay.name}
    if not stay.is_host:
        person["registrant_id"] = stay.registrant_id
    person |= {"participant_user_id": stay.participant_user_id, "id": stay.participant_user_id}
    if event == "meeting.participant_joined":
        person["join_time"] = zoom_time(stay.join_time or now)
    elif event == "meeting.participant_left":
        person["leave_reason"] = stay.leave_reason
    else:
        person["date_time"] = zoom_time(now)
    person |= {"email": stay.email, "participant_uuid": stay.participant_uuid}
    return _participant_body(event, account_id, meeting, run.uuid, run.start_time, person, now)


def before_host(event: str, account_id: str, meeting: Meeting, stay: Stay, now: datetime) -> Body:
    """Somebody waits for the host, stopped waiting, or came in before the host: the short shape these events have."""
    person: Body = {"id": stay.participant_user_id, "user_name": stay.name}
    if event != "meeting.participant_jbh_waiting":
        person["registrant_id"] = stay.registrant_id
    start = meeting.running.start_time if meeting.running else meeting.start_time or now
    body = _participant_body(event, account_id, meeting, meeting.uuid, start, person, now)
    if event == "meeting.participant_jbh_waiting_left":
        body["payload"]["object"]["id"] = meeting.id  # a number here alone, by Zoom's document
    return body


def _participant_body(
    event: str, account_id: str, meeting: Meeting, uuid: str, start: datetime, person: Body, now: datetime
) -> Body:
    return {
        "payload": {
            "account_id": account_id,
            "object": {
                "uuid": uuid,
                "participant": person,
                "id": str(meeting.id),
                "type": meeting.type,
                "topic": meeting.topic,
                "host_id": meeting.host.id,
                "duration": meeting.duration_min,
                "start_time": zoom_time(start),
                "timezone": meeting.timezone,
            },
        },
        "event_ts": epoch_ms(now),
        "event": event,
    }


def created(account_id: str, operator: HostUser, meeting: Meeting, join_url: str, now: datetime) -> Body:
    """A meeting was made."""
    settings = meeting.settings
    subject = _managed_object(meeting) | {
        "join_url": join_url,
        "password": meeting.password,
        "creation_source": "open_api",
        "settings": {
            "use_pmi": settings["use_pmi"],
            "alternative_hosts": settings["alternative_hosts"],
            "meeting_invitees": settings["meeting_invitees"],
            "join_before_host": settings["join_before_host"],
            "jbh_time": settings["jbh_time"],
        },
    }
    if meeting.occurrences:
        subject["occurrences"] = [occurrence_json(one) for one in meeting.occurrences]
    if meeting.recurrence:
        subject["recurrence"] = recurrence_json(meeting.recurrence)
    return _managed("meeting.created", account_id, operator, {"operation": "all"}, subject, now)


def updated(
    account_id: str, operator: HostUser, meeting: Meeting, changed: Body, before: Body, scope: str, now: datetime
) -> Body:
    """A meeting was changed; `changed` and `before` hold the changed fields alone."""
    return {
        "event": "meeting.updated",
        "payload": {
            "account_id": account_id,
            "operator": operator.email,
            "operator_id": operator.id,
            "object": {"id": meeting.id, **changed},
            "scope": scope,
            "time_stamp": epoch_ms(now),
            "old_object": {"id": meeting.id, **before},
        },
        "event_ts": epoch_ms(now),
    }


def removed(
    event: str, account_id: str, operator: HostUser, meeting: Meeting, single: str | None, now: datetime
) -> Body:
    """A meeting, or one occurrence of it, was deleted or recovered."""
    subject = _managed_object(meeting)
    if single is not None:
        subject["occurrences"] = [
            {"occurrence_id": one.occurrence_id, "start_time": zoom_time(one.start_time)}
            for one in meeting.occurrences
            if one.occurrence_id == single
        ]
    elif event == "meeting.recovered":
        subject.setdefault("start_time", zoom_time(meeting.created_at))
    return _managed(event, account_id, operator, {"operation": "all" if single is None else "single"}, subject, now)


def registration(
    event: str,
    account_id: str,
    operator: HostUser | None,
    meeting: Meeting,
    person: Registrant,
    join_url: str,
    now: datetime,
) -> Body:
    """Somebody registered, or their registration was decided on."""
    registrant: Body = {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
    }
    if event == "meeting.registration_created":
        registrant["status"] = person.status
    if event in ("meeting.registration_created", "meeting.registration_approved"):
        registrant["join_url"] = join_url
    subject = _managed_object(meeting)
    subject.setdefault("start_time", zoom_time(meeting.created_at))
    subject["registrant"] = registrant
    payload: Body = {"account_id": account_id}
    if operator is not None:
        payload |= {"operator": operator.email, "operator_id": operator.id}
    return {"event": event, "payload": payload | {"object": subject}, "event_ts": epoch_ms(now)}


def url_validation(plain_token: str, now: datetime) -> Body:
    """The challenge Zoom sends when an endpoint is saved and every 72 hours."""
    return {"payload": {"plainToken": plain_token}, "event_ts": epoch_ms(now), "event": "endpoint.url_validation"}


def _managed(event: str, account_id: str, operator: HostUser, extra: Body, subject: Body, now: datetime) -> Body:
    payload: Body = {"account_id": account_id, "operator": operator.email, "operator_id": operator.id, **extra}
    return {"event": event, "payload": payload | {"object": subject}, "event_ts": epoch_ms(now)}


def _managed_object(meeting: Meeting) -> Body:
    subject: Body = {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
    }
    if meeting.start_time is not None and meeting.type != INSTANT:
        subject["start_time"] = zoom_time(meeting.start_time)
    return subject | {"duration": meeting.duration_min, "timezone": meeting.timezone}


def occurrence_json(one: Occurrence) -> Body:
    """One date of a series as Zoom lists it."""
    return {
        "occurrence_id": one.occurrence_id,
        "start_time": zoom_time(one.start_time),
        "duration": one.duration_min,
        "status": one.status,
    }


def recurrence_json(recurrence: Mapping[str, Any]) -> Body:
    """The recurrence as JSON."""
    return {name: zoom_time(v) if isinstance(v, datetime) else v for name, v in recurrence.items()}


def comparable(meeting: Meeting) -> Body:
    """The fields of a meeting that an update may change, as `meeting.updated` writes them."""
    fields: Body = {"topic": meeting.topic, "type": meeting.type}
    if meeting.start_time is not None:
        fields["start_time"] = zoom_time(meeting.start_time)
    fields |= {
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
        "password": meeting.password,
        "agenda": meeting.agenda,
        "occurrences": [occurrence_json(one) for one in meeting.occurrences],
        "recurrence": recurrence_json(meeting.recurrence or {}),
        "tracking_fields": [{k: f[k] for k in ("field", "value") if k in f} for f in meeting.tracking_fields],
        "settings": {k: v for k, v in meeting.settings.items() if k in _REPORTED_SETTINGS},
    }
    return fields


def differences(before: Body, after: Body) -> tuple[Body, Body]:
    """What changed between two `comparable` values: the new fields and the old ones, settings one by one."""
    new: Body = {}
    old: Body = {}
    for name in after.keys() | before.keys():
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if isinstance(was, dict) and isinstance(now, dict) and name == "settings":
            names = sorted(key for key in now.keys() | was.keys() if now.get(key) != was.get(key))
            new[name] = {key: now[key] for key in names if key in now}
            old[name] = {key: was[key] for key in names if key in was}
        else:
            if now is not None:
                new[name] = now
            if was is not None:
                old[name] = was
    return new, old
