"""The hub as an ASGI app: what may come to it over HTTP, and how much of it.

It exists because the library reads a body of any length at any speed, speaks JSONP, and fails on a client that is gone
before it has asked. Origins and hosts are looked at before anything comes here. It does not know what is in a body.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from realtime.engine import ClientGone, Engine
from realtime.limits import Limits

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LENGTHS = (b"content-length", b"transfer-encoding")


class _Refusal(Exception):
    """Answered with this status, and the connection is closed, as the rest of the body is not wanted."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Mount:
    """Engine.IO over HTTP and WebSocket, whatever path it is mounted at; `on_request` is called before each."""

    def __init__(self, engine: Engine, limits: Limits, on_request: Callable[[], None]) -> None:
        self._engine = engine
        self._limits = limits
        self._on_request = on_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run one WebSocket."""
        self._on_request()
        try:
            if scope["type"] == "http":
                if "j" in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True):
                    raise _Refusal(400)  # JSONP: a script of any other site could read the answer
                if scope["method"] == "POST":
                    scope, receive = await self._with_body(scope, receive)
            await self._engine.handle_request(scope, receive, send)
        except _Refusal as refusal:
            await _answer(send, refusal.status)
        except ClientGone:
            return

    async def _with_body(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """The request with its whole body at hand, so that nothing behind this waits for a client."""
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length[:12]) > self._limits.body_bytes:
            raise _Refusal(413)
        try:
            async with asyncio.timeout(self._limits.body_s):
                body = await self._read(receive)
        except TimeoutError as error:
            raise _Refusal(408) from error
        headers = [(name, value) for name, value in scope["headers"] if name not in _LENGTHS]
        headers.append((b"content-length", str(len(body)).encode()))
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_whole() -> Message:
            return whole.pop() if whole else await receive()

        return {**scope, "headers": headers}, receive_whole

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientGone
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise _Refusal(413)
            if not message.get("more_body"):
                return bytes(body)


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
