"""Joining and starting: the link everybody presses, and the ways older dashboards tell of a press.

`/join/{meeting}` is a plain link, so that it works without scripts and is not held up by one: it sees who is asking,
notes the click, and redirects to Zoom.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from realtime.audience import join_path
from realtime.bodies import instant, optional_instant
from realtime.errors import AuthExpired, AuthRequired, RollcallError
from realtime.ports import Clock, Login
from server.audit import Doer
from server.commands import ID
from server.doors.addresses import client_address
from server.joining import Joining
from server.routes.bodies import read
from server.routes.refusals import refusal_page
from server.scheduling import Scheduling

LoginOf = Callable[[Mapping[str, Any]], Awaitable[Login]]


class OldClick(BaseModel):
    """A press of Join as older dashboards tell it. Who pressed is known from the session; nothing else is believed."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    meetingId: str = Field(pattern=ID)  # noqa: N815  # the wire's name


class JoinRoutes:
    """The routes, with the parts they call."""

    def __init__(
        self, login_of: LoginOf, scheduling: Scheduling, joining: Joining, clock: Clock, timezone: str
    ) -> None:
        self._login_of = login_of
        self._scheduling = scheduling
        self._joining = joining
        self._clock = clock
        self._timezone = timezone

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/join/{id}", self.join, methods=["GET"]),
            Route("/start/{id}", self.start, methods=["GET"]),
            Route("/api/zoom/meetings/{id}/join", self.own_link, methods=["GET"]),
            Route("/api/zoom/track-link-click", self.track, methods=["POST"]),
        ]

    async def join(self, request: Request) -> Response:
        """Note the click and lead to Zoom; whoever is not signed in signs in first and comes back."""
        meeting_id = request.path_params["id"]
        try:
            person = (await self._login_of(request.scope)).person
            meeting = await self._scheduling.visible(person, meeting_id)
            self._joining.require_open(meeting)
            url = await self._joining.link(meeting)
        except (AuthRequired, AuthExpired):
            return sign_in_first("join", meeting_id)
        except RollcallError as error:
            return refusal_page(error, self._timezone)
        if is_prefetch(request):
            return NOT_IN_ADVANCE
        if request.method == "GET":  # a HEAD is a look at the link by a mail program, not a press
            await self._joining.try_to_note_click(person, meeting)
        return RedirectResponse(url, 303, {"cache-control": "no-store"})

    async def start(self, request: Request) -> Response:
        """Lead the host to a start link made for this moment."""
        meeting_id = request.path_params["id"]
        try:
            person = (await self._login_of(request.scope)).person
            await self._scheduling.startable(person, meeting_id)
            if is_prefetch(request) or request.method != "GET":  # a look makes no link that starts a class
                return NOT_IN_ADVANCE
            doer = Doer(person, client_address(request.scope))
            url = await self._scheduling.start_link(doer, meeting_id)
        except (AuthRequired, AuthExpired):
            return sign_in_first("start", meeting_id)
        except RollcallError as error:
            return refusal_page(error, self._timezone)
        return RedirectResponse(url, 303, {"cache-control": "no-store"})

    async def own_link(self, request: Request) -> Response:
        """The caller's own link and when it is open; closed is 403 with the time at which it opens."""
        person = (await self._login_of(request.scope)).person
        meeting = await self._scheduling.visible(person, request.path_params["id"])
        window = self._joining.require_open(meeting)
        told = {
            "opens_at": optional_instant(window.opens_at),
            "closes_at": optional_instant(window.closes_at),
            "is_open": window.is_open,
        }
        return JSONResponse({"success": True, "join_url": join_path(meeting.id), "window": told})

    async def track(self, request: Request) -> Response:
        """Keep a press of Join that a page tells of; twice within ten seconds is once."""
        person = (await self._login_of(request.scope)).person
        told = await read(request, OldClick)
        meeting = await self._scheduling.visible(person, told.meetingId)
        tracking_id = await self._joining.note_click(person, meeting)
        click = {
            "meetingId": meeting.id,
            "meetingTopic": meeting.topic,
            "name": person.name,
            "email": person.email,
            "userId": person.id,
            "clickTime": instant(self._clock.now()),
        }
        answer = {"success": True, "clickData": click, "message": "Your click was noted.", "trackingId": tracking_id}
        return JSONResponse(answer)


# What tells a browser that it has to come again when somebody really presses.
NOT_IN_ADVANCE = Response(status_code=503, headers={"cache-control": "no-store"})


def is_prefetch(request: Request) -> bool:
    """Whether a browser asks before anybody pressed: what it got then it would show without asking again."""
    told = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    return any(purpose.startswith("prefetch") for purpose in told)


def sign_in_first(verb: str, meeting_id: str) -> Response:
    """The way to the login page and back."""
    back = f"/{verb}/{quote(meeting_id, safe='')}"
    return RedirectResponse(f"/login?next={quote(back, safe='')}", 303)
