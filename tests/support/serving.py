"""An ASGI app behind a real uvicorn on a port of its own, as the server runs it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

PATIENCE_S = 10.0


@asynccontextmanager
async def served(app: ASGIApp, http: type[asyncio.Protocol] | None = None) -> AsyncIterator[tuple[str, int]]:
    """Host and port where the app answers for as long as this is open, over `http` if it is given."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=http or "auto",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))  # who connects early waits in the backlog
    try:
        yield "127.0.0.1", listening.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listening.close()
