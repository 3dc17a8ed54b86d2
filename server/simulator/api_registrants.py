"""Registrants over the API: add one, add thirty, list, decide, remove.

Registration exists only where `approval_type` is not 2, which needs a licensed host. The order of a batch answer is
not promised by Zoom, so this one turns it round: a client must match by e-mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from server.simulator import notifications
from server.simulator.account import SCHEDULED, Meeting, Registrant, new_registrant
from server.simulator.api import HEAVY, LIGHT, MEDIUM, Call, Endpoint
from server.simulator.api_meetings import meeting_of
from server.simulator.clock import zoom_time
from server.simulator.errors import ZoomRefusal, invalid_fields
from server.simulator.representations import registrant_join_url, registrant_row

MOST_IN_A_BATCH = 30
MOST_REGISTRANTS = 4_999
MANUAL_APPROVAL = 1
# Text fields of a registration Zoom gives back; what is not here is not kept.
_EXTRA = ("address", "city", "country", "zip", "state", "phone", "industry", "org", "job_title", "comments")
_EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")


async def add(call: Call) -> Response:
    """POST /meetings/{}/registrants."""
    meeting = meeting_of(call)
    if not meeting.has_registration:
        raise ZoomRefusal(400, 300, f"Registration has not been enabled for this meeting: {meeting.id}.")
    person = _register(call, meeting, call.body)
    body: dict[str, Any] = {"id": meeting.id, "registrant_id": person.id, "topic": meeting.topic}
    if meeting.start_time is not None:
        body["start_time"] = zoom_time(meeting.start_time)
    if person.status == "approved":
        body["join_url"] = _url(call, meeting, person)
    if meeting.occurrences:
        body["occurrences"] = [notifications.occurrence_json(one) for one in meeting.occurrences]
    return JSONResponse(body, 201)


async def add_batch(call: Call) -> Response:
    """POST /meetings/{}/batch_registrants: at most thirty, type 2 only; all or none."""
    meeting = meeting_of(call)
    if meeting.type != SCHEDULED:
        message = (
            "This API can only be used for scheduled meeting(meeting type: 2). "
            "Batch registration is not supported for other meeting types."
        )
        raise ZoomRefusal(400, 303, message)
    if not meeting.has_registration:
        raise ZoomRefusal(400, 404, f"Registration has not been enabled for this meeting: {meeting.id}.")
    people = call.body.get("registrants")
    if not isinstance(people, list) or not 1 <= len(people) <= MOST_IN_A_BATCH:
        raise invalid_fields([("registrants", f"Enter 1 to {MOST_IN_A_BATCH} registrants.")])
    for fields in people:
        _check(fields)
    added = [_register(call, meeting, fields, is_approved=call.body.get("auto_approve") is True) for fields in people]
    rows = [
        {"email": person.email, "registrant_id": person.id}
        | ({"join_url": _url(call, meeting, person)} if person.status == "approved" else {})
        for person in reversed(added)
    ]
    return JSONResponse({"registrants": rows}, 201)


def _check(fields: object) -> Mapping[str, Any]:
    faults = []
    given = fields if isinstance(fields, dict) else {}
    email, first_name = given.get("email"), given.get("first_name")
    if not isinstance(email, str) or len(email) > 128 or not _EMAIL.fullmatch(email):
        faults.append(("email", "Invalid field."))
    if not isinstance(first_name, str) or not 1 <= len(first_name) <= 64:
        faults.append(("first_name", "Invalid field."))
    if not isinstance(given.get("last_name", ""), str) or len(str(given.get("last_name", ""))) > 64:
        faults.append(("last_name", "Invalid field."))
    if faults:
        raise invalid_fields(faults)
    return given


def _register(call: Call, meeting: Meeting, fields: object, *, is_approved: bool = False) -> Registrant:
    given, now = _check(fields), call.world.clock.now()
    email = given["email"]
    known = next((one for one in meeting.registrants.values() if one.email.casefold() == email.casefold()), None)
    if known is not None and known.status == "approved":
        # Registering again gives the same registration back, with the names as they are now.
        known.first_name, known.last_name = given["first_name"], given.get("last_name", "")
        return known
    if len(meeting.registrants) >= MOST_REGISTRANTS:
        raise ZoomRefusal(400, 3043, "Meeting has reached maximum attendee capacity.")
    is_approved = is_approved or given.get("auto_approve") is True
    pending = meeting.settings["approval_type"] == MANUAL_APPROVAL and not is_approved
    status = "pending" if pending else "approved"
    person = new_registrant(email, given["first_name"], given.get("last_name", ""), status, now)
    person.extra = {name: given[name] for name in _EXTRA if isinstance(given.get(name), str)}
    meeting.registrants[person.id] = person
    _tell(call, "meeting.registration_created", meeting, person)
    return person


def _url(call: Call, meeting: Meeting, person: Registrant) -> str:
    return registrant_join_url(call.world.addresses.public_url, meeting, person)


def _tell(call: Call, event: str, meeting: Meeting, person: Registrant) -> None:
    world, url = call.world, _url(call, meeting, person)
    operator = None if event == "meeting.registration_created" else world.account.owner
    now = world.clock.now()
    world.tell(notifications.registration(event, world.config.account_id, operator, meeting, person, url, now), meeting)


async def listing(call: Call) -> Response:
    """GET /meetings/{}/registrants."""
    meeting, status = meeting_of(call), call.query.get("status", "approved")
    if status not in ("pending", "approved", "denied"):
        raise invalid_fields([("status", "Invalid field.")])
    people = [one for one in meeting.registrants.values() if one.status == status]
    rows = [registrant_row(one, _url(call, meeting, one)) for one in people]
    subject = f"registrants:{meeting.id}:{status}"
    return JSONResponse(call.world.pages.cut("registrants", rows, call.query, subject, call.world.clock.now()))


_DECISIONS = {
    "approve": ("approved", "meeting.registration_approved"),
    "deny": ("denied", "meeting.registration_denied"),
    "cancel": ("cancelled", "meeting.registration_cancelled"),
}


async def decide(call: Call) -> Response:
    """PUT /meetings/{}/registrants/status."""
    meeting, action = meeting_of(call), call.body.get("action")
    if action not in _DECISIONS:
        raise invalid_fields([("action", "Invalid field.")])
    status, event = _DECISIONS[action]
    named = call.body.get("registrants", [])
    if not isinstance(named, list) or len(named) > MOST_IN_A_BATCH or not all(isinstance(one, dict) for one in named):
        raise invalid_fields([("registrants", f"Enter up to {MOST_IN_A_BATCH} registrants.")])
    for one in named:
        person = _named(meeting, one)
        if person is not None and person.status != status:
            person.status = status
            _tell(call, event, meeting, person)
    return Response(status_code=204)


def _named(meeting: Meeting, given: Mapping[str, Any]) -> Registrant | None:
    people = meeting.registrants.values()
    return next((one for one in people if given.get("id") == one.id or given.get("email") == one.email), None)


async def remove(call: Call) -> Response:
    """DELETE /meetings/{}/registrants/{}."""
    meeting = meeting_of(call)
    if not meeting.has_registration:
        raise ZoomRefusal(400, 300, f"Registration has not been enabled for this meeting: {meeting.id}.")
    person = meeting.registrants.pop(call.params[1], None)
    if person is None:
        message = (
            "The value that you entered for the Registrant ID field is invalid. Enter a valid value and try again."
        )
        raise ZoomRefusal(400, 300, message)
    _tell(call, "meeting.registration_cancelled", meeting, person)
    return Response(status_code=204)


def _scopes(name: str) -> tuple[str, str]:
    return name, f"{name}:admin"


ENDPOINTS = (
    Endpoint("GET", "/meetings/{}/registrants", MEDIUM, _scopes("meeting:read:list_registrants"), listing),
    Endpoint("POST", "/meetings/{}/registrants", LIGHT, _scopes("meeting:write:registrant"), add),
    Endpoint("POST", "/meetings/{}/batch_registrants", HEAVY, _scopes("meeting:write:batch_registrants"), add_batch),
    Endpoint("PUT", "/meetings/{}/registrants/status", MEDIUM, _scopes("meeting:update:registrant_status"), decide),
    Endpoint("DELETE", "/meetings/{}/registrants/{}", LIGHT, _scopes("meeting:delete:registrant"), remove),
)
