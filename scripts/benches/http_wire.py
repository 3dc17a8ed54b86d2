"""One keep-alive connection that posts and waits for the answer, with as little work as can be.

It exists because an HTTP client of the usual kind costs more than the server it would measure.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Self

ANSWER_WITHIN_S = 10.0


class Wire:
    """A connection. Errors: TimeoutError, OSError and EOFError as they come; then the connection is of no more use."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """A new one to a port of this machine."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(reader, writer)

    async def post(self, request: bytes) -> int:
        """The status of the answer, which has been read to its end."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            self._writer.write(request)
            head = await self._reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            at = lowered.find(b"content-length:")
            if at >= 0:
                await self._reader.readexactly(int(lowered[at + 15 : lowered.index(b"\r", at)]))
        return int(head[9:12])

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
