"""One Engine.IO session: a client on polling or on a WebSocket, from its handshake to its end.

It exists because the library's own session has one task to write, one to read with a deadline and one for each ping,
keeps what it cannot send without bound, and leaves half-open upgrades and refused clients alone. Here a session ends
once, in one place (`Session.end`), and says so. It does not know Socket.IO, or other sessions.
"""

import asyncio
import logging
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from engineio.async_socket import AsyncSocket
from engineio.exceptions import EngineIOError

from realtime import frames
from realtime.frames import Frame
from realtime.outlet import Outlet
from realtime.wsprotocol import EXTENSION, WebSocketProtocol

if TYPE_CHECKING:
    from realtime.engine import Engine

log = logging.getLogger("rollcall.engine")

_MOST_PER_POLL = 16  # the official Python client gives up when an answer holds more
_UPGRADING_POLL_S = 0.1  # a client that upgrades waits for its open poll to end before it goes on

Scope = Mapping[str, Any]
Environ = dict[str, Any]


def credentials_of(scope: Scope) -> bytes:
    """What a request brings to be known by, hashed: the same for all requests of one client."""
    brought = [value for name, value in scope["headers"] if name in (b"authorization", b"cookie")]
    return sha256(b"\n".join(brought)).digest() if brought else b""


class Refused(EngineIOError):  # type: ignore[misc]  # the library has no types
    """Answered with 400; the session is over."""


class Wire:
    """One WebSocket as the library's session handler wants it."""

    def __init__(self, handler: Callable[["Wire"], Awaitable[None]], server: object) -> None:
        self._handler = handler
        self._receive: Callable[[], Awaitable[Mapping[str, Any]]]
        self.protocol: WebSocketProtocol
        self.scope: Scope = {}

    async def __call__(self, environ: Environ) -> str:
        """Accept it and run the session's handler."""
        self.scope, self._receive = environ["asgi.scope"], environ["asgi.receive"]
        protocol = self.scope.get("extensions", {}).get(EXTENSION)
        if protocol is None:
            log.error("uvicorn was not started with the hub's WebSocket protocol; clients stay on polling")
            await environ["asgi.send"]({"type": "websocket.close"})
            return ""
        self.protocol = protocol
        await environ["asgi.send"]({"type": "websocket.accept"})
        await self._handler(self)
        return ""

    async def read(self) -> str | bytes:
        """The next message. Errors: OSError when there is none any more."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise OSError("the WebSocket is closed")
        text = message.get("text")
        return text if text is not None else cast(bytes, message["bytes"])


class Session(AsyncSocket):  # type: ignore[misc]  # the library has no types
    """One client of Engine.IO, whichever transport it is on.

    Shape: `closing` is set by `end` at once; a polling session stays for `farewell_s` to be told, then it is `closed`.
           `scope` is the handshake of the current transport, `protocol` the WebSocket if that is what it is on.
           `binding` says by which credentials it was opened; nobody else may poll it, speak on it or upgrade it.
    """

    server: "Engine"

    def __init__(self, server: "Engine", sid: str, scope: Scope) -> None:
        super().__init__(server, sid)
        self.sid = sid
        self.scope = scope
        self.binding = server.binding(scope)
        self.outlet: Outlet = self.queue
        self.outlet.on_full = self._is_full
        self.closing = False
        self.closed = False
        self.connected = False
        self.last_ping: float | None = asyncio.get_running_loop().time()
        self._limits = server.limits
        self.protocol: WebSocketProtocol | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_polled = False
        self._is_probed = False
        self._heard = 0
        self._heard_since_s = 0.0

    # --- the end --------------------------------------------------------------------------------------------

    def end(self, reason: str, *, code: int = 1000, farewell: Frame | None = frames.CLOSE, abort: bool = False) -> None:
        """End the session, now and once: tell the house, then the client.

        Shape: `abort` for a client that cannot be told any more, or does not listen.
        """
        if self.closing:
            return
        self.closing = True
        self._stop_timer()
        self.server.on_end(self.sid, reason)
        if self.protocol is not None:
            self.outlet.close()
            self._forget()
            if abort:
                self.protocol.abort()
            else:
                self.protocol.cut(code, reason)
            return
        if farewell is not None and not abort:
            self.outlet.send(farewell)
        self.outlet.close()
        if abort:
            self._forget()
        else:  # whoever polls next may still read what was said last
            self._timer = asyncio.get_running_loop().call_later(self._limits.farewell_s, self._forget)

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """The library's word for `end`."""
        self.end(reason or self.server.reason.SERVER_DISCONNECT, abort=abort)

    def _forget(self) -> None:
        self.closed = True
        self._stop_timer()
        # Not at once: the library looks the session up again after the request that ended it.
        asyncio.get_running_loop().call_soon(self.server.sockets.pop, self.sid, None)

    def _is_full(self, reason: str) -> None:
        self.server.on_full(self.sid, reason)
        self.end(reason, abort=True)

    # --- heartbeats -----------------------------------------------------------------------------------------

    def schedule_ping(self) -> None:
        """Ping after the interval, if the last ping was answered; a PONG that was not asked for changes nothing."""
        if self.last_ping and not self.closing:
            self.last_ping = None
            self._start_timer(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        self.last_ping = asyncio.get_running_loop().time()
        self._start_timer(self.server.ping_timeout, self._miss_pong)
        self.outlet.send(frames.PING)

    def _miss_pong(self) -> None:
        if self.outlet.unsent_bytes() and self.protocol is not None:
            # The ping stands behind a large picture on a slow line. Whether it moves at all is watched elsewhere.
            self._start_timer(self.server.ping_timeout, self._miss_pong)
        else:
            self.end(self.server.reason.PING_TIMEOUT)

    def _start_timer(self, delay_s: float, call: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay_s, call)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # --- what the client sends ------------------------------------------------------------------------------

    async def receive(self, packet: str | bytes) -> None:
        """Take one Engine.IO packet as it came. Errors: none; whatever should not have come ends the session."""
        if self.closing:
            return
        if self._is_flood():
            self.end("flood", code=1008)
        elif isinstance(packet, bytes):
            await self._hear(packet)
        elif packet[:1] == "4":
            await self._hear(packet[1:])
        elif packet == "3":
            self.schedule_ping()
        elif packet == "1":
            self.end(self.server.reason.CLIENT_DISCONNECT, farewell=frames.NOOP)
        elif packet[:1] == "b" and self.protocol is None:
            try:
                await self._hear(b64decode(packet[1:], validate=True))
            except NotBase64:
                self.end("malformed", code=1008)
        elif packet != "6":
            self.end("malformed", code=1008)

    async def _hear(self, message: str | bytes) -> None:
        size = (
            len(message) if isinstance(message, bytes) or message.isascii() else len(message.encode(errors="replace"))
        )
        if not self.server.is_size_fine(self.sid, size):
            return
        await self.server._trigger_event("message", self.sid, message)

    def _is_flood(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._heard_since_s >= 10:
            self._heard, self._heard_since_s = 0, now_s
        self._heard += 1
        return self._heard > self._limits.packets_per_10_s

    # --- polling --------------------------------------------------------------------------------------------

    async def handle_get_request(self, environ: Environ) -> Any:
        """A poll, or the handshake of an upgrade."""
        if "websocket" in environ.get("HTTP_UPGRADE", "").lower():
            return await self._upgrade_websocket(environ)
        return await self.poll(environ)

    async def poll(self, environ: Environ) -> list[Frame]:
        """Wait for something to send and answer with it. Errors: Refused for a second poll beside an open one."""
        if self._is_polled:
            self.end("two_polls")
            raise Refused("another poll is open")
        self._is_polled = True
        try:
            if not await self._wait_for_news(environ["asgi.receive"]):
                self.end("poll_dropped", abort=True)
                raise Refused("nobody waits for the answer")
        finally:
            self._is_polled = False
        answer = self.outlet.take(_MOST_PER_POLL)
        if self.closing and self.outlet.is_empty:
            self._forget()
        return answer or [frames.NOOP]

    async def _wait_for_news(self, receive: Callable[[], Awaitable[object]]) -> bool:
        """False when the client has gone meanwhile: then what is taken now would be lost."""
        news = self.outlet.news()
        if news.done():
            return True
        gone: asyncio.Future[Any] = asyncio.ensure_future(receive())
        # A ping comes well before the longer of the two; its answer, or the lack of it, decides what happens next.
        patience_s = _UPGRADING_POLL_S if self.upgrading else self.server.ping_interval + self.server.ping_timeout
        try:
            done, _ = await asyncio.wait({news, gone}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        return gone not in done

    async def handle_post_request(self, environ: Environ) -> None:
        """Packets of a polling client. Errors: Refused when one of them ended the session as malformed."""
        body = await environ["wsgi.input"].read()
        try:
            packets = body.decode().split("\x1e") if body else []
        except UnicodeDecodeError:
            packets = [""]
        if len(packets) > self._limits.packets_per_body:
            self.end("flood", code=1008)
        for packet in packets:
            await self.receive(packet)
        if self.closing and not (packets and packets[-1] in ("1", "41")):
            self.server.sockets.setdefault(self.sid, self)  # the library asks for it once more before it answers
            raise Refused("the session is over")

    # --- WebSocket ------------------------------------------------------------------------------------------

    async def _websocket_handler(self, wire: Wire) -> None:
        """Run a WebSocket from its handshake to its end."""
        if self.connected and not await self._is_upgraded_by(wire):
            return
        self.connected = self.upgraded = True
        self.protocol, self.scope = wire.protocol, wire.scope
        self.protocol.on_full = self._is_slow
        self.protocol.on_end = self.outlet.close
        self.outlet.attach(wire.protocol.transport)
        try:
            while not self.closing:
                await self.receive(await wire.read())
        except OSError:
            log.debug("a client is gone")
        finally:
            self.end(self.server.reason.TRANSPORT_CLOSE, abort=True)

    async def _is_upgraded_by(self, wire: Wire) -> bool:
        """The probe of an upgrade. Whatever goes wrong concerns this WebSocket only; polling lives on."""
        if self._is_probed:
            wire.protocol.cut(1008, "probe")
            return False
        self._is_probed = True
        try:
            async with asyncio.timeout(self._limits.probe_s):
                if await wire.read() == "2probe":
                    wire.protocol.transport.write(frames.PROBED.wire)
                    self.upgrading = True
                    if self._is_polled:
                        self.outlet.send(frames.NOOP)
                    if await wire.read() == "5" and not self.closing:
                        return True
        except (OSError, TimeoutError):
            log.debug("an upgrade was not finished")
        finally:
            self.upgrading = self._is_probed = False
        wire.protocol.cut(1008, "probe")
        return False

    def _is_slow(self) -> None:
        self._is_full("slow_reader")
