"""Reads the body of each request before anybody behind sees it: so much, in so long, and no more.

It exists because Socket.IO's library never answers an oversize POST, and then the server cannot be stopped; and
because a body that drips in holds its place for as long as its sender likes. It does not know what a body means.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from realtime.errors import Refused
from server.errors import BadRequest, TooLarge, TooSlow, answer

KB, MB = 1024, 1024 * 1024
LIMITS = (("/socket.io", 128 * KB),)  # long-polling; a frame on a WebSocket has its own limit
OTHERWISE = 1 * MB
WITHIN_S = 15.0  # 1 MB over the slowest line we care for
DRAINED = 4 * MB  # read and dropped before a refusal, so that a client that writes first still reads it
DRAIN_WITHIN_S = 2.0


class Gone(Exception):
    """The client left before its body was complete."""


class Bodies:
    """Hands on a request with its whole body, or answers 413 or 408."""

    def __init__(self, app: ASGIApp, *, within_s: float = WITHIN_S) -> None:
        self._app = app
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or not ("content-length" in headers or "transfer-encoding" in headers):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(headers, receive, limit_of(scope["path"]))
        except Gone:
            return
        except Refused as refused:
            response = answer(refused)
            response.headers["connection"] = "close"  # what is left of the body must not be read as a request
            await response(scope, receive, send)
            return
        await self._app(scope, _replaying(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive, limit: int) -> bytes:
        announced = headers.get("content-length", "0")
        if not (announced.isascii() and announced.isdecimal()):
            raise BadRequest("Expected a number in Content-Length.")
        if len(announced) > 18 or int(announced) > limit:
            if "expect" not in headers:  # who asks first has not sent anything
                await _drain(receive)
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self._within_s):
                return await _whole(receive, limit)
        except TimeoutError:
            raise TooSlow(f"The body did not come within {self._within_s:g} s.") from None


def limit_of(path: str) -> int:
    """How many bytes a body for this path may have."""
    return next((limit for prefix, limit in LIMITS if path.startswith(prefix)), OTHERWISE)


async def _whole(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > limit:
            await _drain(receive)
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


async def _drain(receive: Receive) -> None:
    dropped = 0
    try:
        async with asyncio.timeout(DRAIN_WITHIN_S):
            while dropped < DRAINED:
                message = await receive()
                dropped += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return  # it is slow as well as large


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"Expected a body of at most {limit // KB} KB.")


def _replaying(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
