"""The strings one can pull: rooms, people, scripts, misfortunes, time.

For people with a terminal and for tests; Zoom has nothing like it. Whoever mounts the simulator may ask for more
than being on this machine (`authorize_control`).

    POST /control/meetings/{id}/start         {host?: false}  the host opens the room, or it opens without one
    POST /control/meetings/{id}/end
    POST /control/meetings/{id}/join          {name, email?, registrant_id?, device?} -> {participant: {user_id, …}}
    POST /control/meetings/{id}/leave         {participant: user_id, crashed?}
    POST /control/meetings/{id}/admit         {participant}   from the waiting room
    POST /control/meetings/{id}/waiting-room  {participant}   back into it
    GET  /control/meetings/{id}               who is where
    POST /control/script                      {name: "class", meeting?, people?: [{name, email?, registrant_id?}],
                                               length_s?: 900, or null to leave the room open}
    POST /control/faults                      {api: [{method?, path?, status?, times?, retry_after?, body?,
                                               content_type?, slow_s?}],
                                               webhooks: [{events?, times?, drop?, duplicate?, new_request_id?,
                                               reorder?, delay_s?, forge?}]}; replaces all rules, {} clears them
    POST /control/clock                       {factor}        how fast Zoom's own waits pass
    POST /control/validate                    sends the URL challenge -> {valid, status}
    POST /control/tokens/revoke               every access token becomes invalid
    GET  /control/webhooks                    {webhooks: [{event, attempt, status, at, …}]}, newest last; a negative
                                              status is Zoom's own code (-1 timeout, -2 refused), 0 was never sent
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.simulator import notifications, script
from server.simulator.account import Account, Meeting, Stay
from server.simulator.api_meetings import build_meeting
from server.simulator.clock import zoom_time
from server.simulator.errors import ControlRefusal
from server.simulator.outbox import Letter
from server.simulator.representations import join_url
from server.simulator.requests import check_origin, read_object, text_of
from server.simulator.rooms import DISCONNECTED, LEFT
from server.simulator.signing import encrypted_token, tracking_id
from server.simulator.tasks import TaskOwner
from server.simulator.world import World

log = logging.getLogger(__name__)

MOST_PEOPLE = 1_000
MOST_SCRIPTS = 50
FASTEST = 100_000.0
Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """Answers `/control/…`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scripts = TaskOwner("script")

    async def close(self) -> None:
        """Stop the scripts."""
        await self._scripts.close()

    def routes(self) -> list[Route]:
        """Every control call."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/control/meetings/{id}/start", self._start),
            ("POST", "/control/meetings/{id}/end", self._end),
            ("POST", "/control/meetings/{id}/join", self._join),
            ("POST", "/control/meetings/{id}/leave", self._leave),
            ("POST", "/control/meetings/{id}/admit", self._admit),
            ("POST", "/control/meetings/{id}/waiting-room", self._put_in_waiting_room),
            ("GET", "/control/meetings/{id}", self._show),
            ("POST", "/control/script", self._script),
            ("POST", "/control/faults", self._faults),
            ("POST", "/control/clock", self._clock),
            ("POST", "/control/validate", self._validate),
            ("POST", "/control/tokens/revoke", self._revoke),
            ("GET", "/control/webhooks", self._webhooks),
        )
        return [Route(path, self._guard(handler), methods=[method]) for method, path, handler in table]

    def _guard(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                check_origin(request)
                authorize = self._world.config.authorize_control
                if authorize is not None and not await authorize(request):
                    raise ControlRefusal(403, "this simulator's controls are not yours to pull")
                answer = await handler(request)
            except ControlRefusal as refusal:
                return refusal.answer()
            if request.method != "GET":
                self._world.changed()
            return answer

        return guarded

    # -- rooms and people ------------------------------------------------------------------------------------------

    async def _start(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        host = self._world.rooms.start(meeting, with_host=body.get("host", True) is not False)
        shown = {"participant": participant_json(host)} if host else {}
        return JSONResponse({"meeting": room_json(meeting), **shown})

    async def _end(self, request: Request) -> Response:
        meeting = self._meeting(request)
        if not self._world.rooms.end(meeting):
            raise ControlRefusal(409, "this meeting is not running")
        return JSONResponse({"meeting": room_json(meeting)})

    async def _join(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        registrant_id = text_of(body, "registrant_id")
        name = text_of(body, "name", default="" if registrant_id else None)
        stay = self._world.rooms.join(meeting, name, text_of(body, "email"), registrant_id, text_of(body, "device"))
        return JSONResponse({"participant": participant_json(stay)}, 201)

    async def _leave(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        stay = self._participant(meeting, body)
        self._world.rooms.leave(meeting, stay, DISCONNECTED if body.get("crashed") is True else LEFT)
        return JSONResponse({"participant": participant_json(stay)})

    async def _admit(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        stay = self._participant(meeting, body)
        self._world.rooms.admit(meeting, stay)
        return JSONResponse({"participant": participant_json(stay)})

    async def _put_in_waiting_room(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        self._world.rooms.put_in_waiting_room(meeting, self._participant(meeting, body))
        return JSONResponse({"meeting": room_json(meeting)})

    async def _show(self, request: Request) -> Response:
        return JSONResponse({"meeting": room_json(self._meeting(request))})

    def _meeting(self, request: Request) -> Meeting:
        meeting = self._world.account.meeting(request.path_params["id"])
        if meeting is None:
            raise ControlRefusal(404, "there is no such meeting")
        return meeting

    def _participant(self, meeting: Meeting, body: dict[str, Any]) -> Stay:
        given = body.get("participant")
        key = given.get("user_id") if isinstance(given, dict) else given
        stay = self._world.rooms.find(meeting, key) if isinstance(key, str) else None
        if stay is None:
            raise ControlRefusal(404, "this meeting has no such participant: give the user_id that join answered")
        return stay

    # -- scripts ---------------------------------------------------------------------------------------------------

    async def _script(self, request: Request) -> Response:
        body = await read_object(request)
        if text_of(body, "name", default="class") != "class":
            raise ControlRefusal(400, "the only script is 'class'")
        if len(self._scripts) >= MOST_SCRIPTS:
            raise ControlRefusal(409, f"{MOST_SCRIPTS} scripts are playing already")
        length_s = body.get("length_s", script.DEFAULT_LENGTH_S)
        is_number = isinstance(length_s, int | float) and not isinstance(length_s, bool)
        if length_s is not None and (not is_number or not 60 <= length_s <= 86_400):
            raise ControlRefusal(400, "'length_s' must be from 60 to 86400, or null to leave the room open")
        meeting = self._scripted_meeting(body)
        people = _people(body, meeting)
        self._play(meeting, people, length_s)
        return JSONResponse({"script": "class", "meeting": str(meeting.id), "people": len(people)}, 202)

    def play(self, meeting_id: str, cast: Sequence[tuple[str, str]]) -> None:
        """The scripted class in this meeting, with these names and e-mail addresses.

        Errors: LookupError when there is no such meeting, or too much is playing already.
        """
        meeting = self._world.account.meeting(meeting_id)
        if meeting is None or len(self._scripts) >= MOST_SCRIPTS:
            raise LookupError(meeting_id)
        self._play(meeting, [script.Person(name, email) for name, email in cast], script.DEFAULT_LENGTH_S)

    def _play(self, meeting: Meeting, people: Sequence[script.Person], length_s: float | None) -> None:
        self._scripts.spawn(script.play_class(self._world.rooms, self._world.clock, meeting, people, length_s))

    def _scripted_meeting(self, body: dict[str, Any]) -> Meeting:
        """The meeting asked for, or the one due next, or a new one."""
        wanted = body.get("meeting")
        if wanted is not None:
            meeting = self._world.account.meeting(str(wanted))
            if meeting is None:
                raise ControlRefusal(404, "there is no such meeting")
            return meeting
        return next_due(self._world.account) or self._new_meeting()

    def _new_meeting(self) -> Meeting:
        world, now = self._world, self._world.clock.now()
        meeting = build_meeting(world, world.account.owner, {"topic": "A scripted class"}, now)
        world.account.add(meeting)
        url = join_url(world.addresses.public_url, meeting)
        body = notifications.created(world.config.account_id, world.account.owner, meeting, url, now)
        world.tell(body, meeting)
        return meeting

    # -- misfortune, time, webhooks --------------------------------------------------------------------------------

    async def _faults(self, request: Request) -> Response:
        body = await read_object(request)
        if unknown := sorted(set(body) - {"api", "webhooks", "reset"}):
            raise ControlRefusal(400, f"unknown fields: {', '.join(unknown)[:200]}")
        self._world.faults.replace(body)
        return JSONResponse({"faults": self._world.faults.described()})

    async def _clock(self, request: Request) -> Response:
        factor = (await read_object(request)).get("factor")
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0.01 <= factor <= FASTEST:
            raise ControlRefusal(400, f"'factor' must be a number from 0.01 to {FASTEST:.0f}")
        self._world.clock.set_factor(float(factor))
        return JSONResponse({"factor": factor})

    async def _webhooks(self, request: Request) -> Response:
        return JSONResponse({"webhooks": list(self._world.outbox.log), "idle": self._world.outbox.is_idle})

    async def _revoke(self, request: Request) -> Response:
        self._world.tokens.revoke_all()
        return JSONResponse({"revoked": True})

    async def _validate(self, request: Request) -> Response:
        """Send the challenge as Zoom does when an endpoint is saved, and judge the reply."""
        if self._world.addresses.webhook_url is None:
            raise ControlRefusal(409, "no webhook URL is set")
        plain = secrets.token_urlsafe(16)
        body = notifications.url_validation(plain, self._world.clock.now())
        letter = Letter(body["event"], "", notifications.canonical(body), tracking_id(plain))
        status, raw = await self._world.outbox.post(letter)
        self._world.outbox.note(letter, status)
        wanted = {"plainToken": plain, "encryptedToken": encrypted_token(self._world.config.webhook_secret, plain)}
        is_valid = status == 200 and notifications.parsed(raw) == wanted
        return JSONResponse({"valid": is_valid, "status": status, "at": zoom_time(self._world.clock.now())})


def next_due(account: Account) -> Meeting | None:
    """The planned meeting that starts first and is not running yet."""
    meetings = [meeting for meeting in account.meetings() if meeting.running is None]
    dated = [meeting for meeting in meetings if meeting.start_time is not None]
    return min(dated, key=lambda meeting: meeting.start_time or meeting.created_at, default=None)


def _people(body: dict[str, Any], meeting: Meeting) -> list[script.Person]:
    given = body.get("people")
    if given is None:
        registered = [one for one in meeting.registrants.values() if one.status == "approved"]
        if registered:
            return [script.Person(one.display_name, one.email, one.id) for one in registered]
        return script.invented_people()
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_PEOPLE:
        raise ControlRefusal(400, f"'people' must be a list of 1 to {MOST_PEOPLE}")
    people = []
    for one in given:
        if not isinstance(one, dict):
            raise ControlRefusal(400, "each of 'people' must be {name, email}")
        registrant_id = text_of(one, "registrant_id")
        if registrant_id and registrant_id not in meeting.registrants:
            raise ControlRefusal(404, "this meeting has no such registrant")
        people.append(script.Person(text_of(one, "name", default=None), text_of(one, "email"), registrant_id))
    return people


def participant_json(stay: Stay) -> dict[str, Any]:
    """A participant as control calls answer it; `user_id` is the key for leave and admit."""
    return {
        "user_id": stay.user_id,
        "participant_uuid": stay.participant_uuid,
        "user_name": stay.name,
        "email": stay.email,
        "registrant_id": stay.registrant_id,
        "participant_user_id": stay.participant_user_id,
        "device": stay.device,
        "is_host": stay.is_host,
        "status": stay.place.value,
        "join_time": zoom_time(stay.join_time) if stay.join_time else None,
        "leave_time": zoom_time(stay.leave_time) if stay.leave_time else None,
    }


def room_json(meeting: Meeting) -> dict[str, Any]:
    """A meeting's room as control calls answer it."""
    run = meeting.running
    return {
        "id": str(meeting.id),
        "uuid": meeting.uuid,
        "topic": meeting.topic,
        "status": "started" if run else "waiting",
        "participants": [participant_json(stay) for stay in meeting.everyone()],
    }
