"""Runs the Zoom simulator alone, for whoever points a server, or something of their own, at it.

It is open to every program on this machine, so it listens nowhere else and answers to no foreign name. It does not
know the rest of the house.
"""

import asyncio
import secrets
import socket
from collections.abc import Callable

import uvicorn

from server.doors.hosts import Hosts
from server.origins import LOOPBACK_NAMES, split_url
from server.simulator import SimulatorConfig, create_simulator
from server.starting import StartError
from server.stopping import OrderlyServer

STOP_WITHIN_S = 5


def account(
    *,
    account_id: str = "",
    client_id: str = "",
    client_secret: str = "",
    webhook_secret: str = "",
    webhook_url: str = "",
) -> SimulatorConfig:
    """An account with what was given; the rest is made up. Errors: StartError when the URL is none."""
    try:
        if webhook_url:
            split_url(webhook_url)
    except ValueError:
        raise StartError(f"--webhook-url: expected an http or https address, but “{webhook_url}” came.") from None
    return SimulatorConfig(
        account_id=account_id or secrets.token_urlsafe(16),
        client_id=client_id or secrets.token_urlsafe(16),
        client_secret=client_secret or secrets.token_urlsafe(24),
        webhook_secret=webhook_secret or secrets.token_urlsafe(16),
        webhook_url=webhook_url or None,
    )


def simulate(config: SimulatorConfig, port: int, tell: Callable[[str], object]) -> None:
    """Run until a signal; `tell` gets what a person needs to use it. Errors: StartError when the port is taken."""
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as taken:
        raise StartError(f"--port: expected a free port, but {port} cannot be had: {taken.strerror}.") from taken
    with listening:
        asyncio.run(_served(config, listening, tell))


async def _served(config: SimulatorConfig, listening: socket.socket, tell: Callable[[str], object]) -> None:
    simulator = create_simulator(config)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    simulator.public_url = url
    server = OrderlyServer(
        uvicorn.Config(
            Hosts(simulator.app, LOOPBACK_NAMES),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_WITHIN_S,
        )
    )
    async with simulator.running():
        tell(instructions(config, url))
        await server.serve(sockets=[listening])


def instructions(config: SimulatorConfig, url: str) -> str:
    """How a server is pointed at this simulator: the settings, ready to be copied."""
    return "\n".join(
        (
            f"The Zoom simulator answers on {url}. A server uses it with these settings:",
            f"  ZOOM_API_URL={url}{config.api_prefix}",
            f"  ZOOM_OAUTH_URL={url}{config.oauth_path}",
            f"  ZOOM_ACCOUNT_ID={config.account_id}",
            f"  ZOOM_CLIENT_ID={config.client_id}",
            f"  ZOOM_CLIENT_SECRET={config.client_secret}",
            f"  ZOOM_WEBHOOK_SECRET_TOKEN={config.webhook_secret}",
            f"Notifications go to {config.webhook_url or 'nobody; say --webhook-url'}.",
        )
    )
