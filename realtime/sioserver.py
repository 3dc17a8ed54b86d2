"""The Socket.IO server object, in two makes: guarded, as the hub uses it, and bare, for protocol suites of others.

It exists because python-socketio dispatches whatever a client sends to whatever is registered, `connect` itself
included. Guarded, every packet goes to the hub before the library looks at it, and its registry stays empty. Bare, the
library does its own work over our sessions; nothing in the product builds it so.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import socketio
from socketio.packet import CONNECT_ERROR

from realtime.engine import Engine
from realtime.limits import Limits
from realtime.session import Session

log = logging.getLogger("rollcall.socketio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A server without login, allow-list, namespace rule and refusal of binary, with ping times of its own."""

    ping_interval_s: float = 10
    ping_timeout_s: float = 5


class House(Protocol):
    """Who takes what comes from clients; called in the order of each client's packets, and never waited for."""

    def arrive(self, session: Session) -> bool:
        """A transport is there. False: there is no room."""
        ...

    def hear(self, sid: str, message: str | bytes) -> None:
        """A client said something."""
        ...

    def depart(self, sid: str, reason: str) -> None:
        """A transport is gone; exactly once for each."""
        ...

    def is_size_fine(self, sid: str, size: int) -> bool:
        """Whether a message of so many bytes is looked at."""
        ...

    def note_full(self, sid: str, reason: str) -> None:
        """A client is about to be cut, as it does not take what it is sent."""
        ...


class _Server(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The library's server on our sessions."""

    eio: Engine

    def __init__(self, limits: Limits, settle: Callable[[], None], ping_s: tuple[float, float]) -> None:
        self._new_engine = partial(Engine, limits, settle, ping_s)
        super().__init__(logger=log)

    def _engineio_server_class(self) -> Callable[..., Engine]:
        return self._new_engine


class GuardedServer(_Server):
    """Hands everything to the house."""

    def __init__(self, limits: Limits, settle: Callable[[], None], house: House) -> None:
        super().__init__(limits, settle, (limits.ping_interval_s, limits.ping_timeout_s))
        self._house = house
        self.eio.on_end = house.depart
        self.eio.on_full = house.note_full
        self.eio.is_size_fine = house.is_size_fine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> bool:
        return self._house.arrive(self.eio.sockets[eio_sid])

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        self._house.hear(eio_sid, data)


class BareServer(_Server):
    """The library as it is, except that what is malformed ends the session and nobody may stay without CONNECT."""

    def __init__(self, limits: Limits, bare: Bare) -> None:
        super().__init__(limits, _nothing, (bare.ping_interval_s, bare.ping_timeout_s))
        self._login_s = limits.login_s
        self._deadlines: dict[str, asyncio.TimerHandle] = {}

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        end = self.eio.sockets[eio_sid].end
        self._deadlines[eio_sid] = asyncio.get_running_loop().call_later(self._login_s, end, "login_timeout")

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self.eio.sockets[eio_sid].end("malformed", code=1008)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        self._deadlines.pop(eio_sid).cancel()
        self._binary_packet.pop(eio_sid, None)
        await super()._handle_eio_disconnect(eio_sid, reason)

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        self._deadlines[eio_sid].cancel()
        namespace = namespace or "/"
        if namespace in self.handlers or namespace in self.namespace_handlers or namespace in self.namespaces:
            await super()._handle_connect(eio_sid, namespace, data)
        else:
            wrong = {"message": "Invalid namespace"}
            await self._send_packet(eio_sid, self.packet_class(CONNECT_ERROR, data=wrong, namespace=namespace))


def _nothing() -> None:
    """Nobody is told anything by another way, so nothing needs to be sent first."""
