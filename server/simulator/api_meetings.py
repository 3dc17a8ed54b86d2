"""Meetings over the API: make, list, read, change, delete, end and recover them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from server.simulator import notifications
from server.simulator.account import (
    INSTANT,
    RECURRING_FIXED_TIME,
    RECURRING_NO_FIXED_TIME,
    SCHEDULED,
    Meeting,
    Occurrence,
    new_passcode_pair,
)
from server.simulator.api import LIGHT, MEDIUM, Call, Endpoint
from server.simulator.clock import epoch_ms
from server.simulator.config import BASIC, HostUser
from server.simulator.errors import ZoomRefusal, invalid_fields, no_meeting, no_user
from server.simulator.fields import DEFAULT_SETTINGS, read_fields
from server.simulator.recurrence import occurrence_starts
from server.simulator.representations import join_url, meeting_json, meeting_row, next_start
from server.simulator.world import World

LIST_TYPES = ("scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings")


def host_of(call: Call) -> HostUser:
    """The user named in the path.

    Errors: 401 for `me`, which has no meaning without a person behind the token; 404 code 1001.
    """
    key = call.params[0]
    if key == "me":
        raise ZoomRefusal(401, 124, "This API does not support client credentials for authorization.")
    user = call.world.account.user(key)
    if user is None:
        raise no_user(key)
    return user


def meeting_of(call: Call) -> Meeting:
    """The meeting named in the path.

    Errors: 300 when it is no number, 404 code 3001.
    """
    key = call.params[0]
    if not (key.isascii() and key.isdigit()):
        raise ZoomRefusal(400, 300, "Invalid meeting id.")
    meeting = call.world.account.meeting(key)
    if meeting is None:
        raise no_meeting(key)
    return meeting


async def create(call: Call) -> Response:
    """POST /users/{}/meetings."""
    world, now = call.world, call.world.clock.now()
    host = _scheduled_for(call, host_of(call))
    given = read_fields(call.body, host.timezone, creating=True)
    count_write(world, host, now)
    meeting = build_meeting(world, host, given, now, default_password=call.body.get("default_password") is not False)
    world.account.add(meeting)
    url = join_url(world.addresses.public_url, meeting)
    body = notifications.created(world.config.account_id, world.account.owner, meeting, url, now)
    world.tell(body, meeting)
    return JSONResponse(_whole(call, meeting, now), 201)


def _scheduled_for(call: Call, host: HostUser) -> HostUser:
    key = call.body.get("schedule_for")
    if not key:
        return host
    if call.body.get("type") == INSTANT:
        message = (
            "Instant meetings do not support the `schedule_for` parameter, "
            "and you can't schedule an instant meeting for another user."
        )
        raise ZoomRefusal(400, 3000, message)
    user = call.world.account.user(key) if isinstance(key, str) else None
    if user is None:
        message = (
            "The value that you entered in the `schedule_for` field is invalid. Enter a valid value and try again."
        )
        raise ZoomRefusal(400, 300, message)
    return user


def count_write(world: World, host: HostUser, now: datetime) -> None:
    """Count one create or update of this host's meetings today.

    Errors: 429 with Zoom's words once the day's hundred are used.
    Units:  a day is a UTC day.
    """
    today, most = now.date().isoformat(), world.config.meeting_writes_per_day
    for key in [key for key in world.writes if key[1] != today]:
        del world.writes[key]
    used = world.writes.get((host.id, today), 0)
    if used >= most:
        message = (
            f"You have exceeded the daily rate limit ({most}) of Meeting Create/Update API requests permitted for this "
            "particular user. You may resume these requests at GMT 00:00:00."
        )
        raise ZoomRefusal(429, 429, message, headers={"x-ratelimit-limit": str(most), "x-ratelimit-remaining": "0"})
    world.writes[(host.id, today)] = used + 1


def build_meeting(
    world: World, host: HostUser, given: Mapping[str, Any], now: datetime, *, default_password: bool = True
) -> Meeting:
    """A new meeting of `host` from checked fields, with Zoom's defaults for what was not said."""
    kind = given.get("type", SCHEDULED)
    start = given.get("start_time")
    if kind in (INSTANT, RECURRING_NO_FIXED_TIME):
        start = None
    elif start is None or start < now:
        start = now.replace(microsecond=0)
    password, encrypted = new_passcode_pair()
    meeting = Meeting(
        id=world.account.new_id(),
        host=host,
        type=kind,
        topic=given.get("topic") or "Zoom Meeting",
        created_at=now,
        start_time=start,
        duration_min=given.get("duration_min", 60),
        timezone=given.get("timezone", host.timezone),
        agenda=given.get("agenda", ""),
        password=given.get("password", password if default_password else ""),
        encrypted_password=encrypted,
        settings={**DEFAULT_SETTINGS, **given.get("settings", {})},
        recurrence=given.get("recurrence") if kind in (RECURRING_NO_FIXED_TIME, RECURRING_FIXED_TIME) else None,
        tracking_fields=given.get("tracking_fields", []),
    )
    _respect_plan(meeting)
    _expand(meeting)
    return meeting


def _respect_plan(meeting: Meeting) -> None:
    # Registration needs a licensed host; for a basic one the wish is dropped without a word.
    if meeting.host.type == BASIC:
        meeting.settings["approval_type"] = 2


def _expand(meeting: Meeting) -> None:
    if meeting.type != RECURRING_FIXED_TIME or not meeting.recurrence or meeting.start_time is None:
        meeting.occurrences = []
        return
    starts = occurrence_starts(meeting.start_time, meeting.timezone, meeting.recurrence)
    meeting.occurrences = [Occurrence(str(epoch_ms(start)), start, meeting.duration_min) for start in starts]


async def read(call: Call) -> Response:
    """GET /meetings/{}."""
    meeting, now = meeting_of(call), call.world.clock.now()
    body = _whole(call, meeting, now, all_occurrences=call.query.get("show_previous_occurrences") == "true")
    if wanted := call.query.get("occurrence_id"):
        one = notifications.occurrence_json(_occurrence(meeting, wanted))
        body |= {"start_time": one["start_time"], "duration": one["duration"]}
    return JSONResponse(body)


def _whole(call: Call, meeting: Meeting, now: datetime, *, all_occurrences: bool = True) -> dict[str, Any]:
    world = call.world
    zak = world.zak_for(meeting.host)
    return meeting_json(meeting, world.addresses.public_url, zak, now, all_occurrences=all_occurrences)


def _occurrence(meeting: Meeting, occurrence_id: str) -> Occurrence:
    for one in meeting.occurrences:
        if one.occurrence_id == occurrence_id and one.status == "available":
            return one
    raise ZoomRefusal(400, 300, "Invalid parameter: `occurrence_id`.")


async def change(call: Call) -> Response:
    """PATCH /meetings/{}: 204 with no body, whatever was corrected on the way."""
    world, meeting, now = call.world, meeting_of(call), call.world.clock.now()
    given = read_fields(call.body, meeting.timezone, creating=False)
    wanted = call.query.get("occurrence_id")
    one = _occurrence(meeting, wanted) if wanted else None
    count_write(world, meeting.host, now)
    before = notifications.comparable(meeting)
    if given.get("start_time") is not None and given["start_time"] < now:
        del given["start_time"]
    if one is not None:
        one.start_time = given.get("start_time", one.start_time)
        one.duration_min = given.get("duration_min", one.duration_min)
    else:
        _apply(meeting, given)
    changed, old = notifications.differences(before, notifications.comparable(meeting))
    if changed or old:
        scope = "single" if one is not None else "all"
        owner = world.account.owner
        body = notifications.updated(world.config.account_id, owner, meeting, changed, old, scope, now)
        world.tell(body, meeting)
    return Response(status_code=204)


def _apply(meeting: Meeting, given: Mapping[str, Any]) -> None:
    for name in ("topic", "agenda", "password", "duration_min", "timezone", "type", "tracking_fields"):
        if name in given:
            setattr(meeting, name, given[name])
    if meeting.type in (INSTANT, RECURRING_NO_FIXED_TIME):
        meeting.start_time = None
    elif "start_time" in given:
        meeting.start_time = given["start_time"]
    meeting.settings |= given.get("settings", {})
    _respect_plan(meeting)
    if "recurrence" in given:
        meeting.recurrence = given["recurrence"]
    if {"recurrence", "start_time", "duration_min", "timezone", "type"} & given.keys():
        _expand(meeting)


async def delete(call: Call) -> Response:
    """DELETE /meetings/{}, or one occurrence of it."""
    world, meeting, now = call.world, meeting_of(call), call.world.clock.now()
    wanted = call.query.get("occurrence_id")
    if wanted:
        _occurrence(meeting, wanted).status = "deleted"
    elif meeting.running is not None:
        raise ZoomRefusal(400, 3002, "Sorry, you cannot delete this meeting since it is in progress.")
    else:
        world.rooms.send_home(meeting)
        meeting.deleted_at = now
    owner = world.account.owner
    body = notifications.removed("meeting.deleted", world.config.account_id, owner, meeting, wanted or None, now)
    world.tell(body, meeting)
    return Response(status_code=204)


async def set_status(call: Call) -> Response:
    """PUT /meetings/{}/status: end the run, or recover a deleted meeting."""
    world, now, action = call.world, call.world.clock.now(), call.body.get("action")
    if action == "recover":
        meeting = world.account.deleted(call.params[0], now)
        if meeting is None:
            raise no_meeting(call.params[0])
        meeting.deleted_at = None
        owner = world.account.owner
        body = notifications.removed("meeting.recovered", world.config.account_id, owner, meeting, None, now)
        world.tell(body, meeting)
    elif action == "end":
        world.rooms.end(meeting_of(call))
    else:
        raise invalid_fields([("action", "Invalid field.")])
    return Response(status_code=204)


async def listing(call: Call) -> Response:
    """GET /users/{}/meetings."""
    host, now = host_of(call), call.world.clock.now()
    kind = call.query.get("type", "scheduled")
    if kind not in LIST_TYPES:
        raise invalid_fields([("type", "Invalid field.")])
    rows = _rows(call.world, host, kind, now)
    rows = [row for row in rows if _within(row, call.query, kind)]
    return JSONResponse(call.world.pages.cut("meetings", rows, call.query, f"meetings:{host.id}:{kind}", now))


def _rows(world: World, host: HostUser, kind: str, now: datetime) -> list[dict[str, Any]]:
    url = world.addresses.public_url
    if kind == "previous_meetings":
        return [meeting_row(m, url, run.start_time, run.uuid) for m, run in reversed(world.account.runs(host))]
    meetings = world.account.meetings(host)
    if kind == "live":
        return [meeting_row(m, url, m.running.start_time) for m in meetings if m.running]
    planned = [m for m in meetings if m.type != INSTANT]
    if kind == "scheduled":
        return [meeting_row(m, url, next_start(m, now)) for m in planned]
    dates = [(start, m) for m in planned for start, length in _dates(m) if start + length > now]
    return [meeting_row(m, url, start) for start, m in sorted(dates, key=lambda date: date[0])]


def _dates(meeting: Meeting) -> list[tuple[datetime, timedelta]]:
    if meeting.occurrences:
        available = [one for one in meeting.occurrences if one.status == "available"]
        return [(one.start_time, timedelta(minutes=one.duration_min)) for one in available]
    return [(meeting.start_time, timedelta(minutes=meeting.duration_min))] if meeting.start_time else []


def _within(row: Mapping[str, Any], query: Mapping[str, str], kind: str) -> bool:
    if kind == "live":
        return True
    day = str(row.get("start_time", ""))[:10]
    begin, end = query.get("from", "")[:10], query.get("to", "")[:10]
    return not day or ((not begin or day >= begin) and (not end or day <= end))


def _scopes(name: str) -> tuple[str, str]:
    return name, f"{name}:admin"


ENDPOINTS = (
    Endpoint("POST", "/users/{}/meetings", LIGHT, _scopes("meeting:write:meeting"), create),
    Endpoint("GET", "/users/{}/meetings", MEDIUM, _scopes("meeting:read:list_meetings"), listing),
    Endpoint("GET", "/meetings/{}", LIGHT, _scopes("meeting:read:meeting"), read),
    Endpoint("PATCH", "/meetings/{}", LIGHT, _scopes("meeting:update:meeting"), change),
    Endpoint("DELETE", "/meetings/{}", LIGHT, _scopes("meeting:delete:meeting"), delete),
    Endpoint("PUT", "/meetings/{}/status", LIGHT, _scopes("meeting:update:status"), set_status),
)
