"""What is looked after from time to time: readers that are stuck, logins that end, connections where nothing happens.

It exists so that all this is one task for everybody and not one for each connection. It does not know what is told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from realtime import frames
from realtime.bodies import instant
from realtime.connections import Connection
from realtime.errors import RollcallError
from realtime.fanout import Fanout
from realtime.limits import Limits
from realtime.log import Seal
from realtime.ports import Clock, Doorkeeper, Login
from realtime.reception import Reception

_AT_ONCE = 250  # connections looked at before others get their turn of the loop


class Rounds:
    """Looks at every connection each `sweep_s`."""

    def __init__(
        self,
        reception: Reception,
        fanout: Fanout,
        seal: Seal,
        clock: Clock,
        limits: Limits,
        doorkeeper: Doorkeeper,
    ) -> None:
        self._doorkeeper = doorkeeper
        self._connections = reception.connections
        self._fanout = fanout
        self._seal = seal
        self._clock = clock
        self._limits = limits

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(self._limits.sweep_s)
            expiring: list[Connection] = []
            for number, connection in enumerate(self._connections, 1):
                if not connection.is_gone and self._look_at(connection):
                    expiring.append(connection)
                if number % _AT_ONCE == 0:
                    await asyncio.sleep(0)
            await self._ask_anew(expiring)

    def _look_at(self, connection: Connection) -> bool:
        """Do what is due; says whether its login is about to end, as far as is known here."""
        now_s = asyncio.get_running_loop().time()
        if connection.outlet.is_stuck(now_s):
            self._connections.cut(connection, "slow_reader", abort=True)
            return False
        if connection.login is None:
            return False
        if connection.opened.is_set() and now_s - connection.outlet.told_at_s >= self._limits.cursor_interval_s:
            self._tell_cursor(connection, now_s)
        left_s = self._left_s(connection.login)
        return left_s <= 0 or (left_s <= self._limits.expiry_notice_s and not connection.is_warned)

    def _left_s(self, login: Login) -> float:
        return (login.expires_at - self._clock.now()).total_seconds()

    async def _ask_anew(self, expiring: Sequence[Connection]) -> None:
        """Its owner may have used a login over HTTP since, which put its end off: ask once, then warn or cut."""
        # One deadline for all: a slow store must not stop the rounds.
        until_s = asyncio.get_running_loop().time() + self._limits.login_s
        asked = dict.fromkeys(connection.login.session_id for connection in expiring if connection.login is not None)
        for session_id in asked:
            login = next((each.login for each in self._connections.of_login(session_id)), None)
            now = await self._look_up(login, until_s) if login is not None else None
            for connection in self._connections.of_login(session_id):
                held = connection.login
                if now is not None and held is not None and now.expires_at > held.expires_at:
                    self._connections.log_in(connection, replace(held, expires_at=now.expires_at))
                self._warn_or_cut(connection)

    async def _look_up(self, login: Login, until_s: float) -> Login | None:
        try:
            async with asyncio.timeout_at(until_s):
                return await self._doorkeeper.look_up(login)
        except (RollcallError, TimeoutError):
            return None  # it is over, or nobody can tell: what was known counts

    def _warn_or_cut(self, connection: Connection) -> None:
        if connection.is_gone or connection.login is None:
            return
        left_s = self._left_s(connection.login)
        if left_s <= 0:
            over = {"code": "auth_expired", "message": "This login is over; please sign in again."}
            self._connections.cut(connection, "auth_expired", say=frames.control("error", over), drop=True)
        elif connection.opened.is_set() and left_s <= self._limits.expiry_notice_s and not connection.is_warned:
            connection.is_warned = True
            connection.say(frames.control("authExpiring", {"in": int(left_s)}))

    def _tell_cursor(self, connection: Connection, now_s: float) -> None:
        """Nothing came for long: say up to where that is so, that less is owed when the client returns."""
        seq = max(self._fanout.frontier, connection.outlet.skip)
        body = {"cursor": self._seal.seal(seq), "serverTime": instant(self._clock.now())}
        connection.outlet.told_at_s = now_s
        connection.say(frames.control("cursor", body))
