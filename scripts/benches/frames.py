"""A Socket.IO client of a few lines: it logs in, answers pings, and gives away every message as bytes.

It exists because the usual clients cost more to run than the server that is measured: three hundred of these fit into
half a processor. It trusts what it reads and knows no polling.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
MASK = b"\0\0\0\0"  # allowed, and it leaves the bytes as they are


def masked(opcode: int, payload: bytes) -> bytes:
    """A short frame as clients must send it."""
    size = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return bytes((0x80 | opcode,)) + size + MASK + payload


class Client(asyncio.Protocol):
    """One connection. `hear` gets each event packet; `is_in` is done when the server has let us in."""

    def __init__(self, port: int, token: str, hear: Callable[[bytes], None]) -> None:
        self._port = port
        self._auth = json.dumps({"token": token}).encode() if token else b""
        self._hear = hear
        self._rest = b""
        self._is_open = False
        self._transport: asyncio.Transport | None = None
        self.is_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a socket's, always
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            (
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n"
                "connection: Upgrade\r\nupgrade: websocket\r\n"
                f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take whole frames out of what has come."""
        data = self._rest + data if self._rest else data
        at = 0
        if not self._is_open:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._rest = data
                return
            self._is_open = True
        length = len(data)
        while length - at >= 2:
            size, begin = data[at + 1] & 0x7F, at + 2
            if size == 126:
                size, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if begin + size > length or begin > length:
                break
            self._take(data[at] & 0x0F, data[begin : begin + size])
            at = begin + size
        self._rest = data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._send(PONG, payload)
        elif opcode != TEXT:
            return
        elif payload.startswith(b"42"):
            self._hear(payload)
        elif payload == b"2":
            self._send(TEXT, b"3")
        elif payload.startswith(b"0"):
            self._send(TEXT, b"40" + self._auth)
        elif payload.startswith(b"40") and not self.is_in.done():
            self.is_in.set_result(None)
        elif payload.startswith(b"44") and not self.is_in.done():
            self.is_in.set_exception(ConnectionRefusedError(payload.decode("utf-8", "replace")))

    def _send(self, opcode: int, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(masked(opcode, payload))

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits for a connection that is gone."""
        if not self.is_in.done():
            self.is_in.set_exception(ConnectionResetError("the server hung up"))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
