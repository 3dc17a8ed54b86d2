"""The room as a web page: the link people click, and the host's start link.

A page holds a seat by a ticket it got when its owner pressed Join; asking for the state of the room keeps the seat,
silence or a farewell gives it up. Everything people typed is escaped on its way into HTML and otherwise travels as
JSON, which the page's script writes as text.
"""

from __future__ import annotations

import asyncio
import html
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server.simulator.account import Meeting, Place, Registrant, Stay
from server.simulator.errors import ControlRefusal
from server.simulator.requests import check_origin, read_object, text_of
from server.simulator.rooms import DISCONNECTED
from server.simulator.tasks import TaskOwner
from server.simulator.world import World

STATIC = Path(__file__).parent / "static"
MOST_SEATS = 5_000
MOST_PEOPLE_SHOWN = 300

_SAFETY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_SERVED = {"room.css": "text/css", "room.js": "text/javascript"}
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Seat:
    """One open page in a room."""

    meeting: Meeting
    stay: Stay
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right of one open page to one stay, in words that outlive the process."""

    ticket: str
    meeting: str
    user_id: str


class RoomPages:
    """Serves the pages, their two files, and the calls their script makes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seats: dict[str, Seat] = {}
        self._tasks = TaskOwner("room pages")
        self._sweeper: asyncio.Task[None] | None = None
        self._page = Template((STATIC / "room.html").read_text("utf-8"))
        self._files = {name: (STATIC / name).read_bytes() for name in _SERVED}

    def open(self) -> None:
        """Begin to notice pages that fall silent; those there are get the whole time to speak."""
        now = self._world.clock.now()
        for seat in self._seats.values():
            seat.seen_at = now
        if self._seats:
            self._watch()

    async def close(self) -> None:
        """Stop noticing."""
        await self._tasks.close()

    def tickets(self) -> list[Ticket]:
        """Who holds which seat, for a page to find it again after a restart."""
        held = self._seats.items()
        return [
            Ticket(key, str(seat.meeting.id), seat.stay.user_id)
            for key, seat in held
            if seat.stay.place is not Place.GONE
        ]

    def restore(self, tickets: Iterable[Ticket]) -> None:
        """Give pages their seats back, and everybody else who stands in a room one that nobody holds.

        Shape:  a seat that nobody holds falls silent like any other: whose page or script went with the process that
                was, leaves.
        """
        now = self._world.clock.now()
        held: dict[tuple[str, str], list[str]] = {}
        for one in tickets:
            held.setdefault((one.meeting, one.user_id), []).append(one.ticket)
        for meeting in self._world.account.everything():
            for stay in meeting.everyone():
                for ticket in held.get((str(meeting.id), stay.user_id)) or [_new_ticket()]:
                    self._seats[ticket] = Seat(meeting, stay, now)

    def routes(self) -> list[BaseRoute]:
        """Everything below the simulator that a browser asks for."""
        calls: tuple[tuple[str, Handler], ...] = (
            ("join", self._join),
            ("start", self._start),
            ("state", self._state),
            ("leave", self._leave),
            ("admit", self._admit),
            ("end", self._end),
        )
        return [
            Route("/j/{id}", self._show_join, methods=["GET"]),
            Route("/w/{id}", self._show_join, methods=["GET"]),
            Route("/s/{id}", self._show_start, methods=["GET"]),
            Route("/static/{name}", self._file, methods=["GET"]),
            *(Route(f"/room/{{id}}/{name}", _guard(handler), methods=["POST"]) for name, handler in calls),
        ]

    # -- pages -----------------------------------------------------------------------------------------------------

    async def _show_join(self, request: Request) -> Response:
        meeting = self._world.account.meeting(request.path_params["id"])
        if meeting is None:
            return self._nowhere("This meeting link is not valid. (3001)")
        query = request.query_params
        person = _by_token(meeting, query.get("tk", ""))
        if "tk" in query and person is None:
            return self._nowhere("This registration link is not valid any more.")
        needs_passcode = bool(meeting.password) and query.get("pwd") != meeting.encrypted_password and person is None
        return self._show(
            meeting,
            door="join",
            name=(person.display_name if person else query.get("uname", ""))[:128],
            email=(person.email if person else query.get("email", ""))[:128],
            key=person.token if person else query.get("pwd", "")[:256],
            needs_passcode=needs_passcode,
        )

    async def _show_start(self, request: Request) -> Response:
        meeting = self._world.account.meeting(request.path_params["id"])
        zak = request.query_params.get("zak", "")
        if meeting is None or not self._world.holds_zak(zak, meeting.host):
            return self._nowhere("This start link is not valid or has expired. Ask for a fresh one.")
        return self._show(meeting, door="start", name=meeting.host.display_name, email=meeting.host.email, key=zak)

    def _show(
        self, meeting: Meeting, *, door: str, name: str, email: str, key: str, needs_passcode: bool = False
    ) -> Response:
        shown = {
            "meeting": str(meeting.id),
            "topic": meeting.topic,
            "host": meeting.host.display_name,
            "door": door,
            "name": name,
            "email": email,
            "key": key,
            "message": "",
        }
        attributes = {"passcode_hidden": "" if needs_passcode else "hidden"}
        return self._html({name: html.escape(text) for name, text in shown.items()} | attributes)

    def _nowhere(self, message: str) -> Response:
        empty = dict.fromkeys(("meeting", "topic", "host", "name", "email", "key"), "")
        shown = empty | {"door": "none", "message": html.escape(message), "passcode_hidden": "hidden"}
        return self._html(shown | {"topic": "No meeting here"}, 404)

    def _html(self, shown: dict[str, str], status: int = 200) -> Response:
        return HTMLResponse(self._page.substitute(shown), status, headers=_SAFETY)

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files:
            return Response("not found", 404, media_type="text/plain")
        headers = {"x-content-type-options": "nosniff", "cache-control": "no-cache"}
        return Response(self._files[name], media_type=_SERVED[name], headers=headers)

    # -- what the script of a page asks ----------------------------------------------------------------------------

    async def _join(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        key = text_of(body, "key", longest=256)
        person = _by_token(meeting, key)
        if person is None and not _opens(meeting, key, text_of(body, "passcode")):
            raise ControlRefusal(403, "The passcode is wrong.")
        name = text_of(body, "name", default=None)
        # Opening a link is not signing in: an e-mail typed here is shown, but makes nobody a user of the account.
        email, registrant_id = text_of(body, "email"), person.id if person else ""
        stay = self._world.rooms.join(meeting, name, email, registrant_id, "page", is_signed_in=False)
        return self._seated(meeting, stay)

    async def _start(self, request: Request) -> Response:
        meeting, body = self._meeting(request), await read_object(request)
        if not self._world.holds_zak(text_of(body, "key", longest=256), meeting.host):
            raise ControlRefusal(403, "This start link is not valid or has expired.")
        host = self._world.rooms.start(meeting)
        if host is None:
            raise ControlRefusal(409, "The host could not come in.")
        return self._seated(meeting, host)

    def _seated(self, meeting: Meeting, stay: Stay) -> Response:
        if len(self._seats) >= MOST_SEATS:
            raise ControlRefusal(409, "Too many pages are open.")
        self._watch()
        ticket = _new_ticket()
        self._seats[ticket] = Seat(meeting, stay, self._world.clock.now())
        self._world.changed()
        return JSONResponse({"ticket": ticket} | _state(meeting, stay), headers={"cache-control": "no-store"})

    async def _state(self, request: Request) -> Response:
        _, seat = await self._seat(request)
        seat.seen_at = self._world.clock.now()
        return JSONResponse(_state(seat.meeting, seat.stay), headers={"cache-control": "no-store"})

    async def _leave(self, request: Request) -> Response:
        ticket, _ = await self._seat(request)
        self._give_up(ticket, crashed=False)
        return Response(status_code=204)

    async def _admit(self, request: Request) -> Response:
        body = await read_object(request)
        seat = self._host_seat(body)
        stay = self._world.rooms.find(seat.meeting, text_of(body, "participant"))
        if stay is None:
            raise ControlRefusal(404, "There is nobody to let in.")
        self._world.rooms.admit(seat.meeting, stay)
        return JSONResponse(_state(seat.meeting, seat.stay))

    async def _end(self, request: Request) -> Response:
        seat = self._host_seat(await read_object(request))
        self._world.rooms.end(seat.meeting)
        return JSONResponse(_state(seat.meeting, seat.stay))

    def _meeting(self, request: Request) -> Meeting:
        meeting = self._world.account.meeting(request.path_params["id"])
        if meeting is None:
            raise ControlRefusal(404, "This meeting does not exist any more.")
        return meeting

    async def _seat(self, request: Request) -> tuple[str, Seat]:
        ticket = text_of(await read_object(request), "ticket", default=None)
        seat = self._seats.get(ticket)
        if seat is None:
            raise ControlRefusal(410, "This page has left the room.")
        return ticket, seat

    def _host_seat(self, body: dict[str, Any]) -> Seat:
        seat = self._seats.get(text_of(body, "ticket", default=None))
        if seat is None or not seat.stay.is_host:
            raise ControlRefusal(403, "Only the host may do this.")
        return seat

    # -- giving up seats -------------------------------------------------------------------------------------------

    def _give_up(self, ticket: str, *, crashed: bool) -> None:
        seat = self._seats.pop(ticket)
        self._world.changed()
        # A page that was loaded anew may sit on the same chair before the old one says goodbye.
        if any(other.stay is seat.stay for other in self._seats.values()):
            return
        if crashed:
            self._world.rooms.leave(seat.meeting, seat.stay, DISCONNECTED)
        else:
            self._world.rooms.leave(seat.meeting, seat.stay)

    def _watch(self) -> None:
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = self._tasks.spawn(self._sweep())

    async def _sweep(self) -> None:
        """Notice pages that fell silent, for as long as any page is open."""
        patience = timedelta(seconds=self._world.config.heartbeat_timeout_s)
        while True:
            await self._world.clock.wait_on_the_wall(patience.total_seconds() / 6)
            oldest = self._world.clock.now() - patience
            for ticket in [ticket for ticket, seat in self._seats.items() if seat.seen_at < oldest]:
                self._give_up(ticket, crashed=True)
            if not self._seats:
                return


def _guard(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            check_origin(request)
            return await handler(request)
        except ControlRefusal as refusal:
            return refusal.answer()

    return guarded


def _new_ticket() -> str:
    return secrets.token_urlsafe(24)


def _by_token(meeting: Meeting, token: str) -> Registrant | None:
    people = meeting.registrants.values()
    return next((one for one in people if token and one.token == token and one.status == "approved"), None)


def _opens(meeting: Meeting, key: str, passcode: str) -> bool:
    return not meeting.password or key == meeting.encrypted_password or passcode == meeting.password


def _state(meeting: Meeting, stay: Stay) -> dict[str, Any]:
    """What one page may know: the people in the room once inside, and, for the host, who waits."""
    state: dict[str, Any] = {"place": stay.place.value, "is_host": stay.is_host, "people": [], "waiting": []}
    run = meeting.running
    if run is not None and stay.place is Place.IN_MEETING:
        present = run.present()
        state["count"] = len(present)
        state["people"] = [{"name": one.name, "is_host": one.is_host} for one in present[:MOST_PEOPLE_SHOWN]]
        if stay.is_host:
            waiting = run.waiting()[:MOST_PEOPLE_SHOWN]
            state["waiting"] = [{"name": one.name, "participant": one.user_id} for one in waiting]
    return state
