"""Runs that are over, and Zoom's reports about them.

By meeting id the latest run is meant, by uuid that run. Reports list one row per join and say nothing of those who
only waited; before the end they are refused, as Zoom's are.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from server.simulator.account import Instance, Meeting
from server.simulator.api import HEAVY, LIGHT, MEDIUM, Call, Endpoint
from server.simulator.clock import zoom_time
from server.simulator.errors import ZoomRefusal, no_meeting
from server.simulator.representations import participant_rows, past_meeting_json


def _ended_run(call: Call) -> tuple[Meeting, Instance]:
    found = call.world.account.past(call.params[0])
    if found is None:
        raise ZoomRefusal(404, 3001, f"Meeting {call.params[0]} not found or has expired.")
    meeting, run = found
    if run.end_time is None:
        # Asked by id while a new run is on, Zoom still reports the one before.
        if call.params[0] != str(meeting.id) or not meeting.past:
            raise ZoomRefusal(404, 3001, "Meeting ID is invalid or not end.")
        run = meeting.past[-1]
    return meeting, run


async def past_meeting(call: Call) -> Response:
    """GET /past_meetings/{}."""
    meeting, run = _ended_run(call)
    return JSONResponse(past_meeting_json(meeting, run, call.world.clock.now(), is_report=False))


async def instances(call: Call) -> Response:
    """GET /past_meetings/{}/instances: every ended run, oldest first."""
    meeting = call.world.account.known(call.params[0])
    if meeting is None:
        raise no_meeting(call.params[0])
    rows = [{"uuid": run.uuid, "start_time": zoom_time(run.start_time)} for run in meeting.past]
    return JSONResponse({"meetings": rows})


async def past_participants(call: Call) -> Response:
    """GET /past_meetings/{}/participants."""
    _, run = _ended_run(call)
    return _participants(call, run, is_report=False)


async def report(call: Call) -> Response:
    """GET /report/meetings/{}."""
    meeting, run = _ended_run(call)
    return JSONResponse(past_meeting_json(meeting, run, call.world.clock.now(), is_report=True))


async def report_participants(call: Call) -> Response:
    """GET /report/meetings/{}/participants."""
    _, run = _ended_run(call)
    return _participants(call, run, is_report=True)


def _participants(call: Call, run: Instance, *, is_report: bool) -> Response:
    now = call.world.clock.now()
    with_registrants = call.query.get("include_fields") == "registrant_id"
    rows = participant_rows(run, now, is_report=is_report, with_registrants=with_registrants)
    subject = f"participants:{run.uuid}:{is_report}"
    return JSONResponse(call.world.pages.cut("participants", rows, call.query, subject, now))


def _scopes(name: str) -> tuple[str, str]:
    return name, f"{name}:admin"


ENDPOINTS = (
    Endpoint("GET", "/past_meetings/{}", LIGHT, _scopes("meeting:read:past_meeting"), past_meeting),
    Endpoint("GET", "/past_meetings/{}/instances", MEDIUM, _scopes("meeting:read:list_past_instances"), instances),
    Endpoint(
        "GET",
        "/past_meetings/{}/participants",
        MEDIUM,
        _scopes("meeting:read:list_past_participants"),
        past_participants,
    ),
    Endpoint("GET", "/report/meetings/{}", HEAVY, ("report:read:meeting:admin",), report),
    Endpoint(
        "GET",
        "/report/meetings/{}/participants",
        HEAVY,
        ("report:read:list_meeting_participants:admin",),
        report_participants,
    ),
)
