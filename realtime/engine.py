"""Engine.IO: all sessions of this process, on the library's routing of requests.

It exists to put our sessions (`session.py`) and our WebSocket in the place of the library's, and to answer in words
that repeat nothing of a request. It does not know Socket.IO.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from hmac import compare_digest
from typing import Any, cast
from urllib.parse import parse_qs

import engineio
from engineio.async_drivers import asgi as driver

from realtime import frames
from realtime.frames import Frame
from realtime.limits import Limits
from realtime.outlet import Outlet
from realtime.session import Environ, Scope, Session, Wire, credentials_of

log = logging.getLogger("rollcall.engine")


class ClientGone(Exception):
    """The client left before it had asked for anything."""


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """All sessions of this process.

    Shape: `on_end(sid, reason)` is called once for each session, whatever ended it; `on_full(sid, reason)` just before
           it, when a bound was reached; `is_size_fine(sid, size)` before each message. `binding(scope)` says by which
           credentials a request comes: a session is its own, and unknown to every other.
    """

    limits: Limits

    def __init__(self, limits: Limits, settle: Callable[[], None], ping_s: tuple[float, float], **options: Any) -> None:
        super().__init__(
            async_mode="asgi",
            ping_interval=ping_s[0],
            ping_timeout=ping_s[1],
            max_http_buffer_size=limits.body_bytes,
            http_compression=False,
            cors_allowed_origins=[],  # off: origins are looked at before anything comes here
            monitor_clients=False,  # every session has its own clock
            logger=log,
            **{key: value for key, value in options.items() if key == "async_handlers"},
        )
        self.limits = limits
        self.refusals: dict[str, int] = {}
        self.on_end: Callable[[str, str], None] = self._tell_library
        self.on_full: Callable[[str, str], None] = lambda sid, reason: None
        self.is_size_fine: Callable[[str, int], bool] = lambda sid, size: True
        self.binding: Callable[[Scope], bytes] = credentials_of
        self._settle = settle
        self._tasks: set[asyncio.Task[None]] = set()
        self._async: dict[str, Any] = {
            **self._async,
            "websocket": Wire,
            "translate_request": self._translate,
            "make_response": _respond,
        }

    def create_queue(self, *args: object, **kwargs: object) -> Outlet:
        """Each session's way out."""
        return Outlet(self.limits, self._settle, asyncio.get_running_loop().time())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that is not waited for, and hold on to it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send_packet(self, sid: str, packet: Any) -> None:
        """The library's way to send one packet."""
        session = self.sockets.get(sid)
        if session is not None:
            session.outlet.send(Frame(packet.encode()))

    async def _handle_connect(self, environ: Environ, transport: str, jsonp_index: int | None = None) -> Any:
        sid = self.generate_id()
        session = self.sockets[sid] = Session(self, sid, environ["asgi.scope"])
        opened = {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingInterval": int(self.ping_interval * 1_000),
            "pingTimeout": int(self.ping_timeout * 1_000),
            "maxPayload": self.limits.body_bytes,
        }
        session.outlet.send(frames.opened(opened))
        if await self._trigger_event("connect", sid, environ) is False:
            del self.sockets[sid]
            return self._full()
        session.schedule_ping()
        if transport == "websocket":
            try:
                return await session.handle_get_request(environ)
            finally:  # also when the handshake fails, and the session has had no WebSocket
                session.end(self.reason.TRANSPORT_CLOSE, abort=True)
        session.connected = True
        return self._ok(await session.poll(environ))

    async def _translate(self, *asgi: Any) -> Environ:
        environ = cast(Environ, await driver.translate_request(*asgi))
        if not environ:
            raise ClientGone
        sid = parse_qs(environ["QUERY_STRING"]).get("sid", [""])[0]  # as the library reads it
        session = self.sockets.get(sid)
        if session is not None and not compare_digest(session.binding, self.binding(environ["asgi.scope"])):
            environ["QUERY_STRING"] = "EIO=4&sid=-"  # no session's id: all goes on as for one that does not exist
        return environ

    def _tell_library(self, sid: str, reason: str) -> None:
        self.spawn(self._trigger_event("disconnect", sid, reason))

    def _log_error_once(self, message: str, message_key: str) -> None:
        """Count what was refused; the library's own words would put session ids into the log."""
        self.refusals[message_key] = self.refusals.get(message_key, 0) + 1

    def _bad_request(self, message: str | None = None) -> dict[str, Any]:
        """400, in words that repeat nothing of the request."""
        return cast(dict[str, Any], super()._bad_request("This request does not fit any session."))

    def _method_not_found(self) -> dict[str, Any]:
        return self._bad_request()

    def _full(self) -> dict[str, Any]:
        full = self._bad_request()
        return {**full, "status": "503 SERVICE UNAVAILABLE", "headers": [*full["headers"], ("Retry-After", "5")]}


async def _respond(status: str, headers: list[tuple[str, str]], payload: bytes, environ: Environ) -> None:
    """Answer; also a WebSocket is told when to come back, for which the library has no word but 403."""
    scope: Scope = environ["asgi.scope"]
    if (
        scope["type"] != "websocket"
        or not status.startswith("503")
        or "websocket.http.response" not in scope["extensions"]
    ):
        await driver.make_response(status, headers, payload, environ)
        return
    send = environ["asgi.send"]
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": encoded})
    await send({"type": "websocket.http.response.body", "body": payload})
