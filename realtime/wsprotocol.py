"""The WebSocket as uvicorn speaks it, with a door for those who write whole frames straight to the transport.

It exists because the way through ASGI costs a task and several awaits for each frame, and because only the protocol
knows when the transport is full, lost or closing. It parses and keeps the rules of RFC 6455 as uvicorn does; what
the frames mean it does not know. Hand `protocol_for(limits)` to uvicorn as `ws`.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

from realtime.limits import Limits

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

EXTENSION = "rollcall.websocket"
"""Where the protocol stands in the `extensions` of the ASGI scope."""

_QUIET = logging.getLogger("rollcall.websocket")
_MOST_FRAGMENTS = 64  # of one message; empty ones weigh nothing against a limit in bytes
_TCP_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux has it


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket.

    Shape: whoever writes to `transport` sets `on_full` (the reader is too slow) and `on_end` (write nothing more);
           both are called at most once in effect, `on_end` before the closing frame is written.
    """

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_full: Callable[[], None] | None = None
        self.on_end: Callable[[], None] | None = None
        self._abort_timer: asyncio.TimerHandle | None = None
        # uvicorn writes the query of each handshake at INFO, and websockets every frame at DEBUG: keys and tokens.
        self.logger = _QUIET
        self.conn.logger = _QUIET
        self.conn.debug = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what may wait in the transport, and in the system behind it."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.limits.unsent_bytes)
        wire = transport.get_extra_info("socket")
        if wire is None or wire.family not in (socket.AF_INET, socket.AF_INET6):
            return
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.limits.socket_buffer_bytes)
        if _TCP_USER_TIMEOUT is not None:
            wire.setsockopt(socket.IPPROTO_TCP, _TCP_USER_TIMEOUT, int(self.limits.slow_reader_s * 1_000))

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more can be written."""
        self._end()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """More waits than may: whoever writes straight does not wait for it to be taken."""
        if self.on_full is not None:
            self.on_full()
        else:
            super().pause_writing()

    def shutdown(self) -> None:
        """The server ends; a client that does not take even that is not waited for."""
        self._end()
        super().shutdown()
        self._abort_later()

    def cut(self, code: int, reason: str = "") -> None:
        """Close, now: the closing frame, and the transport soon after, whatever the client does."""
        self._end()
        if self.close_sent or self.transport.is_closing():
            self._abort_later()
            return
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:  # the client's own closing frame is behind what was not read yet
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.limits.farewell_s, self.transport.abort)

    def abort(self) -> None:
        """Drop the connection and all that waits."""
        self._end()
        self.transport.abort()

    async def send(self, message: "ASGISendEvent") -> None:
        """Say of a handshake that was answered with a status that it is over; uvicorn takes it for forgotten."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True

    def handle_connect(self, event: Request) -> None:
        """Show the session where to write."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            extensions = cast(dict[str, object], scope["extensions"])
            extensions[EXTENSION] = self

    def handle_cont(self, event: Frame) -> None:
        """A piece of a message."""
        if len(self.frames) >= _MOST_FRAGMENTS:
            self.frames = []
            self.cut(1008, "fragments")
            return
        super().handle_cont(event)

    def handle_close(self, event: Frame) -> None:
        """The client goes."""
        self._end()
        super().handle_close(event)
        if self.transport.is_closing():
            self._abort_later()

    def handle_parser_exception(self) -> None:
        """What came is no WebSocket."""
        self._end()
        super().handle_parser_exception()
        self._abort_later()

    def _end(self) -> None:
        self.on_full = None
        if self.on_end is not None:
            on_end, self.on_end = self.on_end, None
            on_end()

    def _abort_later(self) -> None:
        """asyncio closes a transport when all was taken, which a client can put off for ever."""
        if self._abort_timer is None:
            self._abort_timer = self.loop.call_later(self.limits.farewell_s, self.transport.abort)


def protocol_for(limits: Limits) -> type[WebSocketProtocol]:
    """The class to start uvicorn with."""
    _QUIET.setLevel(logging.WARNING)
    return type("WebSocketProtocol", (WebSocketProtocol,), {"limits": limits})
