"""The simulator's answers and webhooks against Zoom's own OpenAPI documents.

Where Zoom's documents and Zoom's real behaviour differ, the simulator follows the behaviour; each such place is named
in this file with its reason, and nothing else is let pass.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from server.simulator import api_meetings, api_past, api_registrants, api_users
from tests.server.simulator.house import OWNER, Endpoint, Zoom, endpoint, zoom

Json = dict[str, Any]

# Real bodies carry these, Zoom's documents do not have them (live captures of July 2026).
EXTRA_IN_PARTICIPANTS = ("public_ip",)

formats = FormatChecker(formats=())


@formats.checks("email")
def is_email(value: object) -> bool:
    """An address or nothing: guests have an empty one in real bodies, which breaks the document's own format."""
    return not isinstance(value, str) or value == "" or "@" in value


@formats.checks("date-time")
def is_instant(value: object) -> bool:
    """Whole seconds in UTC, the only way Zoom writes one."""
    return not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None


@pytest.fixture(scope="session")
def api(zoom_documents: Path) -> Json:
    """Every documented call of the Meetings and Users documents."""
    paths: Json = {}
    for name in ("zoom-meetings.openapi.json", "zoom-users.openapi.json"):
        paths |= json.loads((zoom_documents / name).read_text("utf-8"))["paths"]
    return paths


@pytest.fixture(scope="session")
def webhooks(zoom_documents: Path) -> Json:
    """The schema of each event's body."""
    document = json.loads((zoom_documents / "zoom-meetings-webhooks.openapi.json").read_text("utf-8"))
    return {
        event: resolved(document, item["post"]["requestBody"]["content"]["application/json"]["schema"])
        for event, item in document["webhooks"].items()
    }


def resolved(document: Json, part: Any) -> Any:
    """The part with each reference into the document replaced by what it names."""
    if isinstance(part, list):
        return [resolved(document, one) for one in part]
    if not isinstance(part, dict):
        return part
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return {name: resolved(document, one) for name, one in part.items()}
    named: Any = document
    for step in reference.removeprefix("#/").split("/"):
        named = named[step.replace("~1", "/").replace("~0", "~")]
    return resolved(document, named)


def faults(schema: Json, body: object) -> list[str]:
    """What is wrong with `body`, one line each."""
    found = Draft202012Validator(schema, format_checker=formats).iter_errors(body)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def documented(schema: Json) -> set[str]:
    """The names of an object's fields, those of its `allOf` parts included."""
    names = set(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        names |= documented(part)
    return names


def properties(schema: Json) -> Json:
    """The fields of an object, those of its `allOf` parts included."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found |= properties(part)
    return found


def undocumented(schema: Json, body: object, at: str = "") -> Iterator[str]:
    """Fields the document does not know."""
    if isinstance(body, list):
        for one in body:
            yield from undocumented(schema.get("items", {}), one, at + "[]")
    elif isinstance(body, dict) and documented(schema):
        known = properties(schema)
        for name, value in body.items():
            if name not in known:
                yield f"{at}.{name}"
            else:
                yield from undocumented(known[name], value, f"{at}.{name}")


def response_schema(api: Json, method: str, path: str, status: int) -> Json:
    found: Json = api[path][method]["responses"][str(status)]["content"]["application/json"]["schema"]
    return found


async def weekly_class(z: Zoom) -> Json:
    """A series with registration and a waiting room: every field the simulator knows is in use."""
    recurrence = {"type": 2, "repeat_interval": 1, "weekly_days": "2", "end_times": 5}
    return await z.meeting(
        topic="Matematik 7B – grupp 2",
        agenda="Bråk",
        type=8,
        recurrence=recurrence,
        tracking_fields=[{"field": "course", "value": "7B", "visible": True}],
        settings={"approval_type": 0, "waiting_room": True, "meeting_invitees": [{"email": "noah@pupil.example"}]},
    )


async def finished_class(z: Zoom) -> Json:
    """A meeting with a run behind it: the host, a registered pupil, a guest without e-mail."""
    made = await z.meeting(settings={"approval_type": 0})
    person = {"email": "noah@pupil.example", "first_name": "Noah", "last_name": "Lindqvist"}
    registered = (await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=person)).json()
    await z.start(made)
    await z.join(made, "", registrant_id=registered["registrant_id"])
    guest = await z.join(made, "Alva Nyström")
    await z.time.pass_by(600)
    await z.leave(made, guest)
    await z.end(made)
    return made


GETS = [
    ("/meetings/{meetingId}", {}),
    ("/users", {}),
    ("/users/{userId}", {}),
    ("/users/{userId}/token", {"type": "zak"}),
    *(("/users/{userId}/meetings", {"type": kind}) for kind in ("scheduled", "live", "upcoming", "previous_meetings")),
    ("/past_meetings/{meetingId}", {}),
    ("/past_meetings/{meetingId}/instances", {}),
    ("/past_meetings/{meetingId}/participants", {}),
    ("/report/meetings/{meetingId}", {}),
    ("/report/meetings/{meetingId}/participants", {"include_fields": "registrant_id"}),
    ("/meetings/{meetingId}/registrants", {}),
]


@pytest.mark.parametrize(("path", "query"), GETS)
async def test_what_is_read_fits_its_document(api: Json, path: str, query: dict[str, str]) -> None:
    async with zoom() as z:
        made = await finished_class(z)
        await weekly_class(z)
        live = await z.meeting()
        await z.start(live)
        answer = await z.http.get(
            "/v2" + path.replace("{meetingId}", str(made["id"])).replace("{userId}", OWNER.id), params=query
        )
    assert answer.status_code == 200
    schema = response_schema(api, "get", path, 200)
    assert faults(schema, answer.json()) == []
    assert list(undocumented(schema, answer.json())) == []
    rows = [answer.json().get(name, [1]) for name in ("users", "meetings", "participants", "registrants")]
    assert all(rows), "an empty list proves nothing"


async def test_what_is_made_fits_its_document(api: Json) -> None:
    async with zoom() as z:
        made = await weekly_class(z)
        person = {"email": "noah@pupil.example", "first_name": "Noah", "last_name": "Lindqvist"}
        registered = await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=person)
        single = await z.meeting(settings={"approval_type": 0})
        batch = await z.http.post(f"/v2/meetings/{single['id']}/batch_registrants", json={"registrants": [person]})
    for path, body in {
        "/users/{userId}/meetings": made,
        "/meetings/{meetingId}/registrants": registered.json(),
        "/meetings/{meetingId}/batch_registrants": batch.json(),
    }.items():
        schema = response_schema(api, "post", path, 201)
        assert faults(schema, body) == [], path
        assert list(undocumented(schema, body)) == [], path


def test_a_wrong_body_would_be_found(webhooks: Json) -> None:
    schema = webhooks["meeting.ended"]
    body = {"event": "meeting.ended", "event_ts": "1", "payload": {"account_id": "a", "object": {"id": 1, "colour": 2}}}
    told = " ".join([*faults(schema, body), *undocumented(schema, body)])
    for part in ("event_ts: '1'", "object/id: 1 is not", "'uuid' is a required", "'end_time' is a required", ".colour"):
        assert part in told


async def test_every_endpoint_exists_in_zooms_documents_with_the_scopes_it_checks(api: Json) -> None:
    calls = (*api_meetings.ENDPOINTS, *api_registrants.ENDPOINTS, *api_users.ENDPOINTS, *api_past.ENDPOINTS)
    shapes = {
        (method, "/".join("{}" if part.startswith("{") else part for part in path.split("/"))): operation
        for path, item in api.items()
        for method, operation in item.items()
    }
    for call in calls:
        operation = shapes[(call.method.lower(), call.path)]
        text = json.dumps(operation)
        assert [scope for scope in call.scopes if f"`{scope}`" not in text] == [], call.path
        assert f"`{call.label.upper()}`" in text, call.path


async def test_a_past_meeting_read_by_its_uuid_fits_too(api: Json) -> None:
    async with zoom() as z:
        made = await finished_class(z)
        (run,) = (await z.http.get(f"/v2/past_meetings/{made['id']}/instances")).json()["meetings"]
        uuid = quote(quote(run["uuid"], safe=""), safe="")
        past = (await z.http.get(f"/v2/past_meetings/{uuid}")).json()
    assert past["uuid"] == run["uuid"]
    assert faults(response_schema(api, "get", "/past_meetings/{meetingId}", 200), past) == []


async def everything_happens(z: Zoom, hook: Endpoint) -> None:
    """Every event the simulator knows, at least once."""
    made = await z.meeting(settings={"waiting_room": True, "approval_type": 1})
    path = f"/v2/meetings/{made['id']}"
    ids = []
    for number in range(3):
        person = {"email": f"p{number}@pupil.example", "first_name": f"P{number}", "last_name": "L"}
        ids.append((await z.http.post(f"{path}/registrants", json=person)).json()["registrant_id"])
    for action, one in zip(("approve", "deny", "cancel"), ids, strict=True):
        await z.http.put(f"{path}/registrants/status", json={"action": action, "registrants": [{"id": one}]})
    await z.http.patch(path, json={"topic": "Neu", "start_time": "2026-10-01T08:00:00Z", "settings": {"audio": "voip"}})
    early, gone = await z.join(made, "Early"), await z.join(made, "Gone")
    await z.time.until_someone_waits(30.0)
    await z.time.pass_by(30)
    await z.leave(made, gone)
    await z.start(made)
    await z.join(made, "", registrant_id=ids[0])
    for step in ("admit", "waiting-room", "admit"):
        await z.control(f"meetings/{made['id']}/{step}", participant=early["user_id"])
    shy = await z.join(made, "Shy")
    await z.leave(made, shy)
    await z.end(made)
    await z.http.delete(path)
    await z.http.put(f"{path}/status", json={"action": "recover"})
    series = await weekly_class(z)
    first = series["occurrences"][0]["occurrence_id"]
    await z.http.patch(f"/v2/meetings/{series['id']}", params={"occurrence_id": first}, json={"duration": 30})
    await z.http.delete(f"/v2/meetings/{series['id']}", params={"occurrence_id": first})
    weekly = {"type": 2, "repeat_interval": 2, "weekly_days": "3", "end_times": 3}
    await z.http.patch(f"/v2/meetings/{series['id']}", json={"recurrence": weekly})
    for kind in (1, 3):
        await z.start(await z.meeting(type=kind))
    open_room = await z.meeting(settings={"join_before_host": True})
    await z.join(open_room, "First")
    await hook.until_event("meeting.participant_jbh_joined")
    await hook.until_event("meeting.updated", 3)
    await hook.until_event("meeting.recovered")
    await hook.until_event("meeting.started", 4)


TOLD = {
    "meeting.created",
    "meeting.updated",
    "meeting.deleted",
    "meeting.recovered",
    "meeting.started",
    "meeting.ended",
    "meeting.participant_joined",
    "meeting.participant_left",
    "meeting.participant_joined_waiting_room",
    "meeting.participant_put_in_waiting_room",
    "meeting.participant_left_waiting_room",
    "meeting.participant_admitted",
    "meeting.participant_jbh_waiting",
    "meeting.participant_jbh_waiting_left",
    "meeting.participant_jbh_joined",
    "meeting.registration_created",
    "meeting.registration_approved",
    "meeting.registration_denied",
    "meeting.registration_cancelled",
}


async def test_every_webhook_fits_its_document(webhooks: Json) -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        await everything_happens(z, hook)
    assert set(hook.events()) == TOLD
    wrong = {}
    for one in hook.received:
        body = copy.deepcopy(one.body)
        for name in EXTRA_IN_PARTICIPANTS:
            body["payload"]["object"].get("participant", {}).pop(name, None)
        schema = webhooks[one.event]
        found = [*faults(schema, body), *(f"unknown: {name}" for name in undocumented(schema, body))]
        if found:
            wrong[one.event] = found
    assert wrong == {}
