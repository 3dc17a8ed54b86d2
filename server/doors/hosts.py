"""Refuses requests that were meant for a machine of another name.

A page of any site can point its own name at our address and then read our answers as its own (DNS rebinding); its
requests say that name in their Host header. An IP address cannot be pointed elsewhere, so where the server listens on
every address, any of them will do. This door does not know origins.
"""

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from realtime.errors import Refused
from server.errors import BadRequest, Misdirected, refuse
from server.origins import is_address, split_host

log = structlog.stdlib.get_logger("rollcall.doors")
LONGEST_SHOWN = 100


class Hosts:
    """Lets in what was meant for us."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], *, any_address: bool = False) -> None:
        self._app = app
        self._hosts = hosts
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await refuse(refused, scope, receive, send)

    def _refusal(self, scope: Scope) -> Refused | None:
        given = Headers(scope=scope).getlist("host")
        try:
            name, _ = split_host(given[0] if len(given) == 1 else "")
        except ValueError:
            return BadRequest("Expected one Host header with a name.")
        if name in self._hosts or (self._any_address and is_address(name)):
            return None
        log.warning("request for another name", host=name[:LONGEST_SHOWN])
        return Misdirected(
            f"This server does not answer for the name {name[:LONGEST_SHOWN]}. "
            "Whoever runs it can say so with ROLLCALL_PUBLIC_URL."
        )
