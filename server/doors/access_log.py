"""One line for each request: who, what, how it ended, how long it took. And the rim where faults nobody foresaw end.

The query is never written: Socket.IO's `sid` and tokens stand in it. Nor is the rest of a path whose last part is a
key. The line and the answer to an unforeseen fault carry the same id.
"""

import asyncio
import secrets
import time
from urllib.parse import quote

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from realtime.errors import Unavailable
from server.doors.addresses import client_address
from server.errors import internal, refuse

log = structlog.stdlib.get_logger("rollcall.access")

LONGEST_PATH = 200
KEYS_IN_PATH = ("/calendar/", "/wall/")  # what follows opens something
# Asked every few seconds, by programs; and by us of ourselves, in a demo. Of a notification the tracker tells more.
QUIET = ("/socket.io", "/healthz", "/readyz", "/api/health", "/metrics", "/simulator/", "/api/zoom/webhook")


class AccessLog:
    """Gives each request an id, logs its end, and answers for what broke inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        began, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", request_id.encode())]}
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close":
                status = status or 403
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, noting)
            except asyncio.CancelledError:  # the server stops and waits no longer; whoever asked hears that
                log.warning("request cut off", path=path_of(scope))
                if status == 0:
                    stopping = Unavailable("The server is stopping; please try again in a moment.", code="stopping")
                    await refuse(stopping, scope, receive, noting)
            except Exception as fault:  # the rim of every request: nothing outside could answer or count
                log.exception("unforeseen fault", path=path_of(scope), exc_info=fault)
                if status == 0:
                    await refuse(internal(HTTPConnection(scope)), scope, receive, noting)
            _write(scope, status, time.perf_counter() - began)


def _write(scope: Scope, status: int, took_s: float) -> None:
    is_quiet = scope["path"].startswith(QUIET) and status < 400
    tell = log.debug if is_quiet else log.info
    tell(
        "request",
        method=scope.get("method", "WEBSOCKET"),
        path=path_of(scope),
        status=status,
        ms=round(took_s * 1000, 1),
        client=client_address(scope),
    )


def path_of(scope: Scope) -> str:
    """The path as it may be written down: short, plain letters, without query and without keys."""
    path = quote(scope["path"], safe="/:@!$&'()*+,;=-._~")[:LONGEST_PATH]
    for prefix in KEYS_IN_PATH:
        if path.startswith(prefix):
            return f"{prefix}…"
    return path
