"""Serves the house over HTTP until it is told to stop.

It exists because of the order at both ends: the port is taken before anything is opened, so that a taken port is one
sentence and not half a start; and clients are asked to come back before the server stops answering. It does not know
what is served.
"""

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from server.app import House, house
from server.data_folder import DataFolder
from server.request_heads import BoundedHeads
from server.settings import Options, Settings, StartError
from server.stopping import OrderlyServer

DRAIN_S = 2.0  # clients are asked to come back spread over this; longer keeps a restart waiting
STOP_WITHIN_S = 5  # for requests under way; without it one hung request keeps the process for ever
BACKLOG = 2_048
HARD_FRAME_BYTES = 16_384


def serve(settings: Settings, options: Options, announce: Callable[[str, House], Awaitable[None]]) -> None:
    """Run until a signal. `announce` is called once, when the server answers, with its address.

    Errors: StartError with one sentence.
    """
    with bound(options.host, options.port) as listening, DataFolder(options.data, demo=options.demo) as folder:
        url = local_url(listening)
        folder.announce(url)
        asyncio.run(_serve(settings, options, folder, listening, url, announce))


async def _serve(
    settings: Settings,
    options: Options,
    folder: DataFolder,
    listening: socket.socket,
    url: str,
    announce: Callable[[str, House], Awaitable[None]],
) -> None:
    async with house(settings, options, folder, url) as ready:
        collect_seldom()
        await Server(ready, lambda: announce(url, ready)).serve(sockets=[listening])


def collect_seldom() -> None:
    """Look for circles of garbage less often, and not at all among what lives as long as the server.

    Source: measured with 32 notifications under way: a quarter less processor for each, and the longest answers in
            half the time; what requests leave behind is nearly all freed without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


class Server(OrderlyServer):
    """uvicorn, with a word to the house when it answers and before it stops."""

    def __init__(self, ready: House, on_answering: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config(ready))
        self._house = ready
        self._on_answering = on_answering

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer, then say so."""
        await super().startup(sockets)
        if not self.should_exit:
            self._house.answering.set()
            await self._on_answering()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send clients away one by one, then stop answering."""
        await self._house.hub.drain(DRAIN_S)
        await super().shutdown(sockets)


def config(ready: House) -> uvicorn.Config:
    """How uvicorn is run: our own log, bounded heads, and the hub's own WebSocket protocol."""
    protocol: Any = ready.hub.ws_protocol
    return uvicorn.Config(
        ready.app,
        http=BoundedHeads,
        ws=protocol,
        ws_max_size=HARD_FRAME_BYTES,
        ws_per_message_deflate=False,  # 43 KB of memory a connection, for bodies of one
        ws_ping_interval=None,  # Engine.IO has its own
        lifespan="off",
        log_config=None,
        access_log=False,  # it writes query strings, and Socket.IO's holds a key to the connection
        server_header=False,
        proxy_headers=False,  # `doors` decides whose word counts
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens. Errors: StartError when the port is taken or is not ours to take."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listening = socket.create_server(address[:2], family=family, backlog=BACKLOG)
        # Made anew it knows that it is TCP; asyncio turns Nagle off only for those that do, and with it on the body of
        # an answer waits 40 ms for the other side to acknowledge its head.
        return socket.socket(fileno=listening.detach())
    except OSError as error:
        reason = "is in use by another program" if error.errno == 98 else f"gave: {error.strerror}"
        raise StartError(
            f"--port: expected a port that is free, but {port} on {host} {reason}; give another with --port or PORT."
        ) from error


def local_url(listening: socket.socket) -> str:
    """Where this server is reached from this machine."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  # a name for every address, not a binding
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
