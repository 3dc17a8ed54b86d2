"""The smallest ASGI apps and messages, for the tests of what stands around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers every request with its body, and accepts every WebSocket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        body = await Request(scope, receive).body()
        await PlainTextResponse(body, headers={"server": "some library"})(scope, receive, send)


@asynccontextmanager
async def client(
    app: ASGIApp, base_url: str = "http://localhost", address: str = "127.0.0.1"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to the app without a network, from this address."""
    transport = httpx.ASGITransport(app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        yield client


async def handshake(app: ASGIApp, path: str = "/socket.io/", **headers: str) -> list[Message]:
    """What a WebSocket handshake is answered with."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope_of(path, kind="websocket", **headers), receive, send)
    return sent


def scope_of(path: str = "/", *, kind: str = "http", scheme: str = "http", **headers: str) -> dict[str, Any]:
    """An ASGI scope; a header's `_` is a `-`."""
    given = {"host": "localhost:5000"} | headers
    return {
        "type": kind,
        "scheme": scheme if kind == "http" else scheme.replace("http", "ws"),
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 5000),
    }
