"""The whole house for tests: the real server on a real port, a school in a real database, and a Zoom on another port.

Everything is as `rollcall serve` puts it together, without demo: the server asks the simulator over HTTP, the
simulator posts signed notifications to the server. Only time may be in the test's hands.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from realtime.ports import Clock
from server.app import House, SystemClock, house
from server.data_folder import DataFolder
from server.serving import Server, bound, local_url
from server.settings import Options, Settings
from server.zoom.signature import signed_headers
from tests.support.people import PASSWORD
from tests.support.seeded import BIOLOGY, MATH, PEOPLE, Someone, rows, sign_in_everybody, template
from tests.support.zoom_side import ACCOUNT, CLIENT, CLIENT_SECRET, PATIENCE_S, SECRET, ZOOM, ZoomSide, zoom_side

__all__ = [
    "BIOLOGY",
    "MATH",
    "PATIENCE_S",
    "PEOPLE",
    "SECRET",
    "ZOOM",
    "Served",
    "ShiftedClock",
    "Visitor",
    "WholeHouse",
    "environment",
    "until",
    "whole_house",
]


class ShiftedClock:
    """The machine's clock, which a test may set forward or back."""

    def __init__(self) -> None:
        self.by = timedelta()
        self._machine = SystemClock()

    def now(self) -> datetime:
        return self._machine.now() + self.by


@dataclass
class Visitor:
    """Somebody at the REST API; answers are checked by whoever asks."""

    http: httpx.AsyncClient
    who: Someone | None

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, **more)

    async def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        return await self.http.post(path, json=body, **more)

    async def patch(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        return await self.http.patch(path, json=body, **more)

    async def delete(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.delete(path, **more)

    async def create(self, **fields: Any) -> dict[str, Any]:
        """A new meeting of the mathematics class, now, unless said otherwise."""
        body = {"topic": "Fractions", "class_id": MATH} | fields
        answer = await self.post("/api/zoom/meetings", {k: v for k, v in body.items() if v is not None})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["meeting"]
        return made

    async def meeting(self, meeting_id: str) -> dict[str, Any]:
        answer = await self.get(f"/api/zoom/meetings/{meeting_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["meeting"]
        return found


@dataclass(kw_only=True)
class Served:
    """A house somebody serves, its Zoom, and who may visit."""

    url: str
    folder: Path
    clock: Clock
    zoom: ZoomSide
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def by(self, key: str) -> Visitor:
        """Somebody by key, with a login; `""` is somebody without."""
        who = PEOPLE.get(key)
        if key not in self._clients:
            client = httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_S)
            if who is not None:
                client.headers["authorization"] = f"Bearer {who.token}"
            self._clients[key] = client
        return Visitor(self._clients[key], who)

    async def fresh_login(self, key: str) -> Visitor:
        """Somebody who signs in now, with the password that all of them have."""
        visitor = self.by(key)
        said = {"email": PEOPLE[key].email, "password": PASSWORD}
        answer = await self.by("").post("/api/auth/login", said, headers={"origin": self.url})
        assert answer.status_code == 200, answer.text
        visitor.http.headers["authorization"] = f"Bearer {answer.json()['token']}"
        return visitor

    @property
    def admin(self) -> Visitor:
        return self.by("ada")

    @property
    def database_path(self) -> Path:
        return self.folder / "rollcall.db"

    async def notify(self, raw: bytes, **headers: str) -> httpx.Response:
        """Post a notification as Zoom does: signed, now."""
        signed = signed_headers(SECRET, raw, self.clock.now()) | {"content-type": "application/json"} | headers
        return await self.by("").http.post("/api/zoom/webhook", content=raw, headers=signed)

    async def tell(self, event: str, obj: dict[str, Any], **payload: Any) -> httpx.Response:
        """A notification of this kind about this object, posted as Zoom does."""
        message = {
            "event": event,
            "payload": {"account_id": ACCOUNT, "object": obj, **payload},
            "event_ts": int(self.clock.now().timestamp() * 1000),
        }
        return await self.notify(json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode())

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the database, read beside the server."""
        return rows(self.database_path, query, *values)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


@dataclass(kw_only=True)
class WholeHouse(Served):
    """A house that the test itself serves; its parts may be looked at."""

    parts: House


@asynccontextmanager
async def whole_house(folder: Path, **more: Any) -> AsyncIterator[WholeHouse]:
    """A school's server and its Zoom, for as long as the block runs.

    Shape: `clock` if time shall be in the test's hands; all else are settings beside the usual ones.
    """
    try:
        async with _opened(folder, **more) as served:
            yield served
    except ExceptionGroup as group:  # of the house's tasks; a test that fails is one of them
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise


@asynccontextmanager
async def _opened(folder: Path, *, clock: Clock | None = None, **variables: str) -> AsyncIterator[WholeHouse]:
    clock = clock or ShiftedClock()
    seeded = await template()
    (folder / "rollcall.db").write_bytes(seeded)
    sign_in_everybody(folder / "rollcall.db", clock.now())
    async with zoom_side(clock) as zoom:
        settings = Settings(_env_file=None, **(environment(zoom.url) | variables))  # type: ignore[arg-type]  # by alias
        options = Options(host="127.0.0.1", port=0, data=folder, demo=False)
        with bound("127.0.0.1", 0) as listening, DataFolder(folder, demo=False) as kept:
            url = local_url(listening)
            async with house(settings, options, kept, url, clock) as ready, _answering(ready, listening):
                zoom.simulator.webhook_url = f"{url}/api/zoom/webhook"
                served = WholeHouse(url=url, folder=folder, clock=clock, zoom=zoom, parts=ready)
                try:
                    yield served
                finally:
                    zoom.simulator.webhook_url = None
                    await served.close()


@asynccontextmanager
async def _answering(ready: House, listening: Any) -> AsyncIterator[None]:
    is_up = asyncio.Event()

    async def up() -> None:
        is_up.set()

    server = Server(ready, up)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        async with asyncio.timeout(PATIENCE_S):
            await is_up.wait()
        yield
    finally:
        server.should_exit = True
        await serving


def environment(zoom_url: str) -> dict[str, str]:
    """The settings of a school whose Zoom is at this address."""
    return {
        "ZOOM_ACCOUNT_ID": ACCOUNT,
        "ZOOM_CLIENT_ID": CLIENT,
        "ZOOM_CLIENT_SECRET": CLIENT_SECRET,
        "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET,
        "ZOOM_API_URL": f"{zoom_url}/v2",
        "ZOOM_OAUTH_URL": f"{zoom_url}/oauth/token",
        "ROLLCALL_SECRET_KEY": "k" * 32,
        "ROLLCALL_ZOOM_HOST": PEOPLE["ada"].email,
    }


async def until(is_so: Callable[[], object], what: str = "") -> None:
    """Wait for something that no event announces."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():  # noqa: ASYNC110  # what is waited for has no event
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(what or "it did not come to be so in time") from None
