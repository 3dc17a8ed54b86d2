"""What is looked after from time to time: readers that are stuck, logins that end, connections where nothing happens.

It exists so that all this is one task for everybody and not one for each connection. It does not know what is told.
"""

import asyncio

from realtime import frames
from realtime.bodies import instant
from realtime.connections import Connection
from realtime.fanout import Fanout
from realtime.limits import Limits
from realtime.log import Seal
from realtime.ports import Clock
from realtime.reception import Reception

_AT_ONCE = 250  # connections looked at before others get their turn of the loop


class Rounds:
    """Looks at every connection each `sweep_s`."""

    def __init__(self, reception: Reception, fanout: Fanout, seal: Seal, clock: Clock, limits: Limits) -> None:
        self._connections = reception.connections
        self._fanout = fanout
        self._seal = seal
        self._clock = clock
        self._limits = limits

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(self._limits.sweep_s)
            for number, connection in enumerate(self._connections, 1):
                if not connection.is_gone:
                    self._look_at(connection)
                if number % _AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _look_at(self, connection: Connection) -> None:
        now_s = asyncio.get_running_loop().time()
        if connection.outlet.is_stuck(now_s):
            self._connections.cut(connection, "slow_reader", abort=True)
            return
        if connection.login is None:
            return
        left_s = (connection.login.expires_at - self._clock.now()).total_seconds()
        if left_s <= 0:
            over = {"code": "auth_expired", "message": "This login is over; please sign in again."}
            self._connections.cut(connection, "auth_expired", say=frames.control("error", over), drop=True)
        elif connection.opened.is_set():
            if left_s <= self._limits.expiry_notice_s and not connection.is_warned:
                connection.is_warned = True
                connection.say(frames.control("authExpiring", {"in": int(left_s)}))
            if now_s - connection.outlet.told_at_s >= self._limits.cursor_interval_s:
                self._tell_cursor(connection, now_s)

    def _tell_cursor(self, connection: Connection, now_s: float) -> None:
        """Nothing came for long: say up to where that is so, that less is owed when the client returns."""
        seq = max(self._fanout.frontier, connection.outlet.skip)
        body = {"cursor": self._seal.seal(seq), "serverTime": instant(self._clock.now())}
        connection.outlet.told_at_s = now_s
        connection.say(frames.control("cursor", body))
