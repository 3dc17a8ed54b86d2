"""What the tests of the client share: a Zoom that answers what it is told, and a client that is in no hurry to wait."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from realtime.ports import Clock
from server.zoom.client import ZoomClient
from server.zoom.tokens import Credentials
from server.zoom.wire import Patience
from tests.support.clock import ManualClock

# Loopback, as http is refused elsewhere; the transport asks the app whatever the address.
BASE = "http://127.0.0.1"
API, TOKEN = f"{BASE}/v2", f"{BASE}/oauth/token"
CREDENTIALS = Credentials("account", "client", "canary-client-secret")
HASTE = Patience(total_s=5, first_wait_s=0, jitter_s=0, look_again_s=0)
MEETING = {"id": 88123456789, "topic": "Matte", "status": "waiting"}


Saying = Response | Exception | ASGIApp
"""An answer, or what a network does instead, or an app that takes its time."""


def html(status: int) -> Response:
    """What a proxy says."""
    return Response("<html>Bad Gateway</html>", status, media_type="text/html")


def refusal(status: int, code: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """What Zoom says when it says no."""
    return JSONResponse({"code": code, "message": message, **more}, status, headers)


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    body: Any


@dataclass
class ScriptedZoom:
    """Answers API calls with what is in `answers`, in turn, the last one for ever; gives a new token each time."""

    answers: list[Saying] = field(default_factory=list)
    tokens: list[Saying] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    logins: list[Request] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if scope["path"] == "/oauth/token":
            self.logins.append(request)
            await self._answer(self.tokens or [self._token()], scope, receive, send)
            return
        raw = await request.body()
        self.asked.append(
            Asked(
                request.method,
                scope["raw_path"].decode(),
                dict(request.query_params),
                request.headers["authorization"].removeprefix("Bearer "),
                json.loads(raw) if raw else None,
            )
        )
        await self._answer(self.answers, scope, receive, send)

    async def _answer(self, answers: list[Saying], scope: Scope, receive: Receive, send: Send) -> None:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        await answer(scope, receive, send)

    def _token(self) -> Response:
        value = f"canary-token-{len(self.logins)}"
        return JSONResponse({"access_token": value, "token_type": "bearer", "expires_in": 3600, "scope": "a b"})


@dataclass
class House:
    """A client, the Zoom it asks, and the time it goes by."""

    client: ZoomClient
    zoom: ScriptedZoom
    clock: ManualClock


@asynccontextmanager
async def house(*answers: Saying, patience: Patience = HASTE) -> AsyncIterator[House]:
    """A client before a Zoom that answers these."""
    scripted = ScriptedZoom(list(answers))
    clock = ManualClock()
    async with client_of(scripted, clock, patience) as client:
        yield House(client, scripted, clock)


@asynccontextmanager
async def client_of(
    app: ASGIApp, clock: Clock, patience: Patience = HASTE, credentials: Credentials = CREDENTIALS
) -> AsyncIterator[ZoomClient]:
    """A client before any app."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        client = ZoomClient(credentials, clock, api_url=API, token_url=TOKEN, http=http, patience=patience)
        try:
            yield client
        finally:
            await client.close()
