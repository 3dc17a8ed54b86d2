"""A simulated Zoom on a port of its own, for tests of the whole house."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from realtime.ports import Clock
from server.serving import bound, local_url
from server.simulator import HostUser, Simulator, SimulatorConfig, create_simulator
from server.simulator.clock import ScaledClock
from tests.support.seeded import HOSTS, PEOPLE

PATIENCE_S = 10.0
SECRET = "canary-webhook-secret-token"
ZOOM = "https://school.zoom.us"  # where the simulator says its join pages are, so that they are Zoom's
ACCOUNT, CLIENT, CLIENT_SECRET = "accountOfTheSchool", "clientOfTheSchool", "canary-client-secret"


class SharedTime(ScaledClock):
    """Zoom's time in the hands of the same test: its instants are the house's, its waits are the wall's."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()


@dataclass
class ZoomSide:
    """A simulated Zoom on its own port; its rooms are opened and filled by control calls."""

    simulator: Simulator
    url: str
    http: httpx.AsyncClient
    lost: list[str]

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/control/{path}", json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def start(self, meeting: Mapping[str, Any]) -> None:
        await self.control(f"meetings/{meeting['zoom_meeting_id']}/start")

    async def end(self, meeting: Mapping[str, Any]) -> None:
        await self.control(f"meetings/{meeting['zoom_meeting_id']}/end")

    async def join(self, meeting: Mapping[str, Any], name: str, email: str = "") -> dict[str, Any]:
        answer = await self.control(f"meetings/{meeting['zoom_meeting_id']}/join", name=name, email=email)
        found: dict[str, Any] = answer["participant"]
        return found

    async def leave(self, meeting: Mapping[str, Any], participant: Mapping[str, Any]) -> None:
        path = f"meetings/{meeting['zoom_meeting_id']}/leave"
        await self.control(path, participant=participant["user_id"])

    async def go_wrong(self, *api: dict[str, Any], webhooks: list[dict[str, Any]] | None = None) -> None:
        """From now on these calls and notifications go wrong; without any, all is well again."""
        await self.control("faults", api=list(api), webhooks=webhooks or [])

    def lose_answer(self, method: str, path_end: str) -> None:
        """The next such call is done, and the answer to it is lost on the way."""
        self.lost.append(f"{method} {path_end}")

    async def room(self, meeting: Mapping[str, Any]) -> dict[str, Any]:
        """The meeting's room as Zoom sees it now."""
        answer = await self.http.get(f"/control/meetings/{meeting['zoom_meeting_id']}")
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()["meeting"]
        return found

    async def meetings(self, host: str) -> list[str]:
        """The ids of somebody's meetings, asked of Zoom's own API."""
        form = {"grant_type": "account_credentials", "account_id": ACCOUNT}
        token = (await self.http.post("/oauth/token", data=form, auth=(CLIENT, CLIENT_SECRET))).json()["access_token"]
        path = f"/v2/users/{PEOPLE[host].email}/meetings"
        answer = await self.http.get(path, headers={"authorization": f"Bearer {token}"})
        assert answer.is_success, answer.text
        return [str(each["id"]) for each in answer.json()["meetings"]]

    async def knows(self, zoom_id: str) -> bool:
        """Whether Zoom has this meeting."""
        return (await self.http.get(f"/control/meetings/{zoom_id}")).status_code == 200

    async def sent(self) -> list[dict[str, Any]]:
        answer = await self.http.get("/control/webhooks")
        found: list[dict[str, Any]] = answer.json()["webhooks"]
        return found

    async def arrived(self, event: str, count: int = 1) -> None:
        """Return once so many notifications of this kind were answered."""
        async with asyncio.timeout(PATIENCE_S):
            # Nothing announces it: Zoom is asked as one would ask Zoom.
            while [each["event"] for each in await self.sent()].count(event) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def settled(self) -> None:
        """Return once every notification so far had its first answer."""
        async with asyncio.timeout(PATIENCE_S):
            while not (await self.http.get("/control/webhooks")).json()["idle"]:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.005)


def _losing(app: ASGIApp, lost: list[str]) -> ASGIApp:
    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        called = f"{scope.get('method', '')} {scope.get('path', '')}"
        which = next(
            (each for each in lost if called.startswith(each.split()[0]) and called.endswith(each.split()[1])), None
        )
        if which is None:
            await app(scope, receive, send)
            return
        lost.remove(which)

        async def nowhere(message: Message) -> None:
            return None

        await app(scope, receive, nowhere)
        await Response("<html>", 502)(scope, receive, send)

    return outer


class _Up(uvicorn.Server):
    """A uvicorn that says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@asynccontextmanager
async def zoom_side(clock: Clock, **changes: Any) -> AsyncIterator[ZoomSide]:
    """The school's Zoom account; notifications go nowhere until the simulator's `webhook_url` is set."""
    known: dict[str, Any] = {
        "account_id": ACCOUNT,
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "webhook_secret": SECRET,
        "public_url": ZOOM,
        "users": tuple(_host(key) for key in HOSTS),
    }
    simulator = create_simulator(SimulatorConfig(**(known | changes)), SharedTime(clock))
    listening = bound("127.0.0.1", 0)
    lost: list[str] = []
    config = uvicorn.Config(_losing(simulator.app, lost), lifespan="off", log_config=None, access_log=False, ws="none")
    config.timeout_graceful_shutdown = 1
    server = _Up(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    url = local_url(listening)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await server.is_up.wait()
        async with simulator.running(), httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as http:
            yield ZoomSide(simulator, url, http, lost)
    finally:
        server.should_exit = True
        await serving


def _host(key: str) -> HostUser:
    first, last = PEOPLE[key].name.split()
    return HostUser(f"zoomUserOf{key:0>12}", PEOPLE[key].email, first, last)
