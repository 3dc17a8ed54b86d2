"""One simulated Zoom, put together: the ASGI app and the life of its background work."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from server.simulator import api_meetings, api_past, api_registrants, api_users
from server.simulator.account import Account
from server.simulator.api import Api, misfortune, new_tracking_id
from server.simulator.clock import ScaledClock, SimulatorClock
from server.simulator.config import SimulatorConfig
from server.simulator.control import Control
from server.simulator.faults import Faults
from server.simulator.keeper import Keeper
from server.simulator.memory import Memory, lasting
from server.simulator.notifications import Body
from server.simulator.oauth import Tokens
from server.simulator.outbox import Outbox
from server.simulator.pages import RoomPages
from server.simulator.rooms import Rooms
from server.simulator.world import Addresses, World

_ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Simulator:
    """A Zoom of our own over HTTP.

    Shape:  mount or serve `app`. Served alone its lifespan starts and stops the background work; mounted, whoever
            mounts it calls `start` and `close`, or holds `running()` open.
    """

    def __init__(self, config: SimulatorConfig, clock: SimulatorClock | None = None) -> None:
        self.config = config
        self._addresses = Addresses(config.public_url, config.webhook_url)
        clock = clock or ScaledClock(config.clock_factor)
        self._keeper = Keeper(config.state_file, clock, self._memory)
        remembered = self._keeper.load(config.account_id)
        account = Account(config.users, remembered.meetings)
        faults = Faults()
        url, changed = (lambda: self._addresses.webhook_url), self._keeper.changed
        outbox = Outbox(config, clock, faults, url, secrets.token_urlsafe(16), changed)
        outbox.take_over(remembered.letters)

        def tell(body: Body, lane: str) -> None:
            changed()
            outbox.put(body, lane)

        self._world = World(
            config=config,
            addresses=self._addresses,
            clock=clock,
            account=account,
            tokens=Tokens(config, clock),
            outbox=outbox,
            rooms=Rooms(config, account, clock, tell),
            faults=faults,
            changed=changed,
            writes={(host, day): count for host, day, count in remembered.writes},
        )
        self._api = Api(
            self._world,
            (*api_meetings.ENDPOINTS, *api_registrants.ENDPOINTS, *api_users.ENDPOINTS, *api_past.ENDPOINTS),
        )
        self._control = Control(self._world)
        self._pages = RoomPages(self._world)
        self._pages.restore(remembered.tickets)
        self._is_running = False
        self.app: ASGIApp = self._build()

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go; None sends nothing."""
        return self._addresses.webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._addresses.webhook_url = url

    @property
    def public_url(self) -> str:
        """The simulator's own address as browsers reach it."""
        return self._addresses.public_url

    @public_url.setter
    def public_url(self, url: str) -> None:
        self._addresses.public_url = url

    @property
    def api_url(self) -> str:
        """The base of the REST API as a client on this machine reaches it."""
        return self.public_url.rstrip("/") + self.config.api_prefix

    @property
    def oauth_url(self) -> str:
        """The token endpoint."""
        return self.public_url.rstrip("/") + self.config.oauth_path

    async def start(self) -> None:
        """Begin to deliver webhooks, and go on with what was under way; a second start changes nothing."""
        if self._is_running:
            return
        self._is_running = True
        self._keeper.open()
        self._world.outbox.open()
        self._world.rooms.open()
        self._pages.open()

    def play(self, meeting_id: str, cast: Sequence[tuple[str, str]]) -> None:
        """Let a class play itself in this meeting; the cast are names and e-mail addresses.

        Errors: LookupError when there is no such meeting, or too much is playing already.
        """
        self._control.play(meeting_id, cast)

    async def close(self) -> None:
        """Stop every background task and wait for it, then save what is to be remembered."""
        self._is_running = False
        await self._control.close()
        await self._pages.close()
        await self._world.rooms.close()
        await self._world.outbox.close()
        await self._keeper.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Simulator]:
        """The simulator at work for as long as this is held open."""
        await self.start()
        try:
            yield self
        finally:
            await self.close()

    def _memory(self) -> Memory:
        world = self._world
        return Memory(
            account_id=self.config.account_id,
            meetings=lasting(world.account.everything(), world.clock.now()),
            writes=[(host, day, count) for (host, day), count in world.writes.items()],
            letters=world.outbox.unsettled(),
            tickets=self._pages.tickets(),
        )

    # -- the app ---------------------------------------------------------------------------------------------------

    def _build(self) -> ASGIApp:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with self.running():
                yield

        inner = Starlette(
            routes=[
                Route(self.config.oauth_path, self._token, methods=_ANY_METHOD),
                *self._control.routes(),
                *self._pages.routes(),
            ],
            lifespan=lifespan,
        )
        return _Front(inner, self._zoom_call, self.config)

    async def _token(self, request: Request) -> Response:
        return await self._world.tokens.answer(request, self.public_url.rstrip("/"))

    async def _zoom_call(self, request: Request, path: str) -> Response | None:
        """The answer of Zoom's own surface; None when the token endpoint should answer after all."""
        answer = await misfortune(self._world, request, path)
        if answer is None and path.startswith(self.config.api_prefix + "/"):
            answer = await self._api.answer(request)
        return answer


class _Front:
    """Sends Zoom's own paths to the API and all others to the app, and stamps every answer with a tracking id."""

    def __init__(self, inner: ASGIApp, zoom_call: Any, config: SimulatorConfig) -> None:
        self._inner = inner
        self._zoom_call = zoom_call
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return

        async def stamped(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-zm-trackingid", new_tracking_id().encode())]
            await send(message)

        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(self._config.api_prefix + "/") or path == self._config.oauth_path:
            answer = await self._zoom_call(Request(scope, receive), path)
            if answer is not None:
                await answer(scope, receive, stamped)
                return
        await self._inner(scope, receive, stamped)


def create_simulator(config: SimulatorConfig, clock: SimulatorClock | None = None) -> Simulator:
    """A simulated Zoom for this account; `clock` lets a test move time by hand."""
    return Simulator(config, clock)
