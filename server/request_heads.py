"""How uvicorn reads a request's head: its line and its headers, up to the empty line.

It exists because uvicorn bounds neither their size nor their time: whoever never ended a head held our memory, and
whoever never began one held a connection, without any of the doors having seen a request. Idle time between two
requests is uvicorn's own to bound. It does not know bodies or what is served.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 32_768  # bytes; what browsers send with cookies is a tenth of it
PIECE = 8_192  # bytes that are read before it is counted again
TOO_LONG = b"The head of this request is too long."
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
) % (len(TOO_LONG), TOO_LONG)


class BoundedHeads(HttpToolsProtocol):
    """One connection, whose heads must be of some size and come in time. A WebSocket's ends with its own head."""

    within_s: ClassVar[float] = 10.0

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._deadline: asyncio.TimerHandle | None = None  # set while a head is awaited
        self._head_bytes = 0
        self._is_idle = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """The first head is due from now on, also when no byte of it comes."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._had_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read piece by piece, and no further than a head may go. Shape: what is counted is exact to one piece."""
        if self._is_idle:  # even an empty line, which is no head yet, ends the idle time that uvicorn bounds
            self._expect_head()
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            super().data_received(piece)
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                return
            if self._deadline is not None:
                self._head_bytes += len(piece)
            if self._head_bytes > LONGEST_HEAD:
                self._refuse()
                return

    def on_message_begin(self) -> None:
        """A head begins, perhaps right behind another request's body."""
        if self._deadline is None:
            self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._had_head()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body too; the next head may take its time to begin."""
        self._is_idle = True
        super().on_message_complete()

    def _expect_head(self) -> None:
        self._is_idle, self._head_bytes = False, 0
        self._deadline = self.loop.call_later(self.within_s, self._give_up)

    def _had_head(self) -> None:
        self._head_bytes = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if self._is_answering():  # until that is over, the next head has to wait
            self._deadline = self.loop.call_later(self.within_s, self._give_up)
        else:
            self.transport.close()

    def _refuse(self) -> None:
        if not self._is_answering():  # in the middle of another answer nobody could read this one
            self.transport.write(REFUSAL)
        self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete
