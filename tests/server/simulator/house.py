"""What the simulator's tests share: time moved by hand, a simulator reached over HTTP, and an endpoint that records."""

from __future__ import annotations

import asyncio
import heapq
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server.simulator import BASIC, HostUser, Simulator, SimulatorConfig, create_simulator

ACCOUNT, CLIENT, SECRET, WEBHOOK_SECRET = "kF9aXw2LTbqN5sVe7YdRzg", "clientId01", "clientSecret01", "webhookSecret01"
OWNER = HostUser("uH4nPzQ0SyWm1cJxT8oKLA", "t.berglund@school.example", "Tove", "Berglund", timezone="Europe/Stockholm")
OTHER = HostUser("aH4nPzQ0SyWm1cJxT8oKLB", "n.okafor@school.example", "Nnamdi", "Okafor")
FREE = HostUser("bH4nPzQ0SyWm1cJxT8oKLC", "free@school.example", "Fria", "Basic", type=BASIC)
PUBLIC_URL = "http://zoom.test"
NOON = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)
PATIENCE_S = 10.0


class ManualTime:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._order = count()
        self._sleepers: list[tuple[datetime, int, float, asyncio.Future[None]]] = []
        self._slept = asyncio.Event()
        self.factor = 1.0

    def now(self) -> datetime:
        return self._now

    async def wait(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        until = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (until, next(self._order), seconds, future))
        self._slept.set()
        await future

    wait_on_the_wall = wait

    def set_factor(self, factor: float) -> None:
        self.factor = factor

    async def until_someone_waits(self, seconds: float) -> None:
        """Return once a wait of exactly this length has begun and is still on."""
        async with asyncio.timeout(PATIENCE_S):
            while not any(length == seconds and not f.done() for _, _, length, f in self._sleepers):
                self._slept.clear()
                await self._slept.wait()

    def waits(self) -> list[float]:
        """The lengths of the waits that are on."""
        return sorted(length for _, _, length, future in self._sleepers if not future.done())

    async def pass_by(self, seconds: float) -> None:
        """Move time on, waking each sleeper at its own moment."""
        target = self._now + timedelta(seconds=seconds)
        while self._sleepers and self._sleepers[0][0] <= target:
            until, _, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, until)
            if not future.done():
                future.set_result(None)
                await settle()
        self._now = target
        await settle()


async def settle() -> None:
    """Let tasks that are ready run until they wait again."""
    for _ in range(10):
        await asyncio.sleep(0)


def config(**changes: Any) -> SimulatorConfig:
    """An account with two licensed hosts and a basic one."""
    usual: dict[str, Any] = {
        "account_id": ACCOUNT,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "webhook_secret": WEBHOOK_SECRET,
        "public_url": PUBLIC_URL,
        "users": (OWNER, OTHER, FREE),
    }
    return SimulatorConfig(**(usual | changes))


@dataclass
class Zoom:
    """A running simulator and a client with a token for it."""

    simulator: Simulator
    time: ManualTime
    http: httpx.AsyncClient

    async def meeting(self, host: HostUser = OWNER, **fields: Any) -> dict[str, Any]:
        """A new meeting, tomorrow unless said otherwise."""
        start = (self.time.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = await self.http.post(f"/v2/users/{host.id}/meetings", json={"start_time": start} | fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def control(self, path: str, expected: int | None = None, **body: Any) -> dict[str, Any]:
        """A control call that must succeed, or must answer `expected`."""
        answer = await self.http.post(f"/control/{path}", json=body)
        assert (answer.status_code == expected) if expected else answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def join(self, meeting: dict[str, Any], name: str, **fields: Any) -> dict[str, Any]:
        """Somebody joins; the participant as control answers it."""
        found: dict[str, Any] = (await self.control(f"meetings/{meeting['id']}/join", name=name, **fields))[
            "participant"
        ]
        return found

    async def leave(self, meeting: dict[str, Any], participant: dict[str, Any]) -> None:
        await self.control(f"meetings/{meeting['id']}/leave", participant=participant["user_id"])

    async def start(self, meeting: dict[str, Any], **fields: Any) -> None:
        await self.control(f"meetings/{meeting['id']}/start", **fields)

    async def end(self, meeting: dict[str, Any]) -> None:
        await self.control(f"meetings/{meeting['id']}/end")


async def token(http: httpx.AsyncClient) -> str:
    """A fresh access token."""
    form = {"grant_type": "account_credentials", "account_id": ACCOUNT}
    answer = await http.post("/oauth/token", data=form, auth=(CLIENT, SECRET))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


@asynccontextmanager
async def zoom(
    app: Callable[[Simulator], ASGIApp] | None = None, time: ManualTime | None = None, **changes: Any
) -> AsyncIterator[Zoom]:
    """A simulator on manual time, with a token; `app` may wrap it, `time` may have begun before."""
    time = time or ManualTime()
    simulator = create_simulator(config(**changes), time)
    transport = httpx.ASGITransport(app(simulator) if app else simulator.app)
    async with simulator.running(), httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
        http.headers["authorization"] = f"Bearer {await token(http)}"
        yield Zoom(simulator, time, http)


@dataclass
class Received:
    """One delivery as it arrived."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    @property
    def event(self) -> str:
        return str(self.body["event"])

    def is_signed_with(self, secret: str) -> bool:
        """Zoom's rule, written a second time on purpose."""
        message = f"v0:{self.headers['x-zm-request-timestamp']}:".encode() + self.raw
        return self.headers["x-zm-signature"] == "v0=" + hmac.new(secret.encode(), message, sha256).hexdigest()


@dataclass
class Endpoint:
    """A webhook endpoint on a real port that remembers what came and answers as told."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    challenge_secret: str = WEBHOOK_SECRET
    hold: asyncio.Event | None = None
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: Request) -> Response:
        raw = await request.body()
        async with self.arrived:
            self.received.append(Received(dict(request.headers), raw))
            self.arrived.notify_all()
        if self.hold is not None:
            await self.hold.wait()
        body = json.loads(raw)
        if body["event"] == "endpoint.url_validation":
            plain = body["payload"]["plainToken"]
            sealed = hmac.new(self.challenge_secret.encode(), plain.encode(), sha256).hexdigest()
            return JSONResponse({"plainToken": plain, "encryptedToken": sealed})
        status = self.answers.pop(0) if self.answers else 204
        return Response(status_code=status, headers={"location": "/elsewhere"} if 300 <= status < 400 else {})

    async def until(self, number: int) -> list[Received]:
        """Return once so many have arrived."""
        async with asyncio.timeout(PATIENCE_S), self.arrived:
            await self.arrived.wait_for(lambda: len(self.received) >= number)
        return self.received

    async def until_event(self, event: str, number: int = 1) -> list[Received]:
        """Return the deliveries of one event once there are so many."""
        async with asyncio.timeout(PATIENCE_S), self.arrived:
            await self.arrived.wait_for(lambda: len(self.of(event)) >= number)
        return self.of(event)

    def of(self, event: str) -> list[Received]:
        return [one for one in self.received if one.event == event]

    def events(self) -> list[str]:
        return [one.event for one in self.received]


class AnnouncingServer(uvicorn.Server):
    """A uvicorn that says when it listens."""

    def __init__(self, settings: uvicorn.Config) -> None:
        super().__init__(settings)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serve(app: ASGIApp) -> AsyncIterator[str]:
    """The app on a real port of this machine; yields its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings = uvicorn.Config(app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1)
        server = AnnouncingServer(settings)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await server.up.wait()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def endpoint() -> AsyncIterator[Endpoint]:
    """A recording endpoint, listening."""
    recorder = Endpoint()
    async with serve(Starlette(routes=[Route("/hook", recorder.answer, methods=["POST"])])) as address:
        recorder.url = f"{address}/hook"
        try:
            yield recorder
        finally:
            if recorder.hold is not None:
                recorder.hold.set()
