"""Commands of clients: counted, put in line, carried out one at a time for each client, and answered.

It exists because handlers of one client must not overtake each other, and because one that hangs, fails or floods is
that client's affair alone. It does not know what a command does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from realtime import frames
from realtime.connections import Connection, Connections
from realtime.errors import AuthExpired, BadInput, RollcallError, TooMany, Unavailable
from realtime.frames import Frame
from realtime.limits import Limits
from realtime.packets import Said
from realtime.ports import Doorkeeper, Login

log = logging.getLogger("rollcall.desk")

Command = Callable[[Login, object], Awaitable[Mapping[str, object]]]
"""What a client may ask: its login and the argument; the answer goes into the ack. Refusals are RollcallErrors."""

OwnCommand = Callable[[Connection, object], Awaitable[Mapping[str, object]]]
"""A command about the connection itself."""

RENEWAL = "auth"
_WINDOW_S = 10


class Desk:
    """Where commands are handed in.

    Shape: `own` are looked at before `commands`. Before each the login is looked up, except for the `RENEWAL` of it.
    """

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        commands: Mapping[str, Command],
        own: Mapping[str, OwnCommand],
        limits: Limits,
        connections: Connections,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._doorkeeper = doorkeeper
        self._commands = commands
        self._own = own
        self._limits = limits
        self._connections = connections
        self._spawn = spawn

    def take(self, connection: Connection, said: Said) -> None:
        """Put a command in line, or refuse it."""
        now_s = asyncio.get_running_loop().time()
        if self._is_too_much(connection, now_s):
            connection.excess += 1
            if connection.excess > self._limits.excess_commands:
                self._connections.cut(connection, "too_many_commands")
                return
            answer = _answer(said, _refusal(TooMany("Too many commands; please wait a few seconds.")))
            if answer is not None:
                connection.say(answer)
            return
        connection.excess = 0
        connection.accepted.append(now_s)
        connection.waiting.append(said)
        if not connection.is_working:
            connection.is_working = True
            self._spawn(self._work(connection))

    def _is_too_much(self, connection: Connection, now_s: float) -> bool:
        accepted = connection.accepted
        while accepted and now_s - accepted[0] >= _WINDOW_S:
            accepted.popleft()
        is_fast = len(accepted) >= self._limits.commands_per_10_s
        return is_fast or len(connection.waiting) >= self._limits.waiting_commands

    async def _work(self, connection: Connection) -> None:
        """Carry out what waits, in order; one such task for each client that has something waiting."""
        try:
            while connection.waiting and not connection.is_gone:
                await connection.opened.wait()  # `initialState` comes before any answer
                if connection.waiting:
                    await self._carry_out(connection, connection.waiting.popleft())
        finally:
            connection.is_working = False

    async def _carry_out(self, connection: Connection, said: Said) -> None:
        began_s = asyncio.get_running_loop().time()
        try:
            answer, outcome = _answer(said, {"ok": True, **await self._do(connection, said)}), "ok"
        except RollcallError as refusal:
            answer, outcome = _answer(said, _refusal(refusal)), refusal.code
        except TimeoutError:
            late = Unavailable("This took too long; please try again.", code="timeout")
            answer, outcome = _answer(said, _refusal(late)), late.code
        except Exception:  # the rim of the task: a fault in one command is that client's alone
            log.exception("a command failed", extra={"command": self._known(said)})
            fault = RollcallError("Something went wrong on our side.")
            answer, outcome = _answer(said, _refusal(fault)), fault.code
        if answer is not None:
            connection.say(answer)
        self._connections.counts[f"commands.{outcome}"] += 1
        line = {
            "command": self._known(said),
            "person": connection.login.person.id if connection.login is not None else "",
            "outcome": outcome,
            "took_ms": round((asyncio.get_running_loop().time() - began_s) * 1_000, 1),
        }
        log.info("command", extra=line)

    async def _do(self, connection: Connection, said: Said) -> Mapping[str, object]:
        own, command = self._own.get(said.name), self._commands.get(said.name)
        async with asyncio.timeout(self._limits.command_s):
            # `auth` brings a login, and need not fail with the one that runs out.
            login = await self._look_up(connection) if said.name != RENEWAL else None
            if own is not None:
                return await own(connection, said.argument)
            if command is not None and login is not None:
                return await command(login, said.argument)
        raise BadInput("There is no such command.", code="unknown_command")

    async def _look_up(self, connection: Connection) -> Login:
        """The login as it stands now; whoever has none any more is cut."""
        login = connection.login
        if login is None:
            raise AuthExpired("This connection is closed.")
        try:
            now = await self._doorkeeper.look_up(login)
        except AuthExpired as error:
            self._connections.cut(connection, "auth_expired", say=frames.control("error", _error(error)))
            raise
        if connection.login is login and not connection.is_gone:
            self._connections.log_in(connection, now)
        return now

    def _known(self, said: Said) -> str:
        """A name fit for a log: one of ours, not whatever somebody sends."""
        return said.name if said.name in self._own or said.name in self._commands else "unknown"


def _answer(said: Said, answer: Mapping[str, object]) -> Frame | None:
    """The ack, or an `error` event for who does not want one and was refused."""
    if said.ack_id is not None:
        return frames.ack(said.ack_id, answer)
    return frames.control("error", answer["error"]) if answer["ok"] is not True else None


def _refusal(error: RollcallError) -> dict[str, object]:
    return {"ok": False, "error": _error(error)}


def _error(error: RollcallError) -> dict[str, object]:
    return {"code": error.code, "message": error.message}
