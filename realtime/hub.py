"""Socket.IO to dashboards: the public face of everything between the log and a browser.

It exists so that the rest of the house says *what* happened and is done. Read in this order: `packets.py` what a
client may say; `frames.py` what it is sent; `outlet.py` and `fanout.py` how, in order and within bounds; `session.py`,
`engine.py` and `wsprotocol.py` over which transports; `reception.py` who gets in, and with what; `desk.py` commands.
It does not know what an event means, where the log is kept or how people sign in.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from realtime import frames
from realtime.conflation import Conflation
from realtime.connections import RESTART, TRY_AGAIN
from realtime.desk import Command
from realtime.fanout import Fanout, durable, ephemeral
from realtime.frames import Frame
from realtime.limits import Limits
from realtime.log import Event, Latest, Seal
from realtime.mount import Mount
from realtime.ports import Clock, Doorkeeper, Open
from realtime.reception import Reception
from realtime.rounds import Rounds
from realtime.session import Scope
from realtime.sioserver import Bare, BareServer, GuardedServer
from realtime.wsprotocol import protocol_for

__all__ = ["Bare", "Command", "Hub", "Limits"]

log = logging.getLogger("rollcall.hub")


class Hub:
    """Everyone who is connected, and how they are told. It is the tracker's Publisher.

    Shape: `asgi` is the app for `/socket.io`, polling and WebSocket. `ws_protocol` must be given to uvicorn as `ws`,
           with `ws_ping_interval=None`, `ws_per_message_deflate=False` and `ws_max_size` = `hard_frame_bytes`.
           Everything is called from one event loop. `server` is the Socket.IO server object; with `bare` it is open
           to whoever connects, and nothing of the house is asked. `binding` gives, hashed, the credentials a request
           brings; only requests with those of the handshake reach its session. Without it: cookies and authorization.
    """

    def __init__(
        self,
        *,
        doorkeeper: Doorkeeper,
        open_: Open,
        commands: Mapping[str, Command],
        seal: Seal,
        clock: Clock,
        limits: Limits | None = None,
        bare: Bare | None = None,
        binding: Callable[[Scope], bytes] | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._seal = seal
        self._fanout = Fanout()
        self._reception = Reception(
            doorkeeper=doorkeeper,
            open_=open_,
            commands=commands,
            seal=seal,
            clock=clock,
            limits=self._limits,
            fanout=self._fanout,
        )
        self._connections = self._reception.connections
        self._conflation = Conflation(self._limits.count_interval_s, self._tell_latest)
        self._rounds = Rounds(self._reception, self._fanout, seal, clock, self._limits, doorkeeper)
        self._rounds_task: asyncio.Task[None] | None = None
        self.server: BareServer | GuardedServer = (
            GuardedServer(self._limits, self._fanout.flush, self._reception)
            if bare is None
            else BareServer(self._limits, bare)
        )
        if binding is not None:
            self.server.eio.binding = binding
        self.ws_protocol = protocol_for(self._limits)
        self.asgi = Mount(self.server.eio, self._limits, self._start)

    def _start(self) -> None:
        """Begin to look after connections, once there may be some."""
        if self._rounds_task is None and not self._reception.is_closed:
            self._rounds_task = asyncio.get_running_loop().create_task(self._rounds.run())

    # --- telling --------------------------------------------------------------------------------------------

    def begin_at(self, seq: int) -> None:
        """Everything up to this number was told before this process began."""
        self._fanout.frontier = seq

    def publish(self, events: Sequence[Event]) -> None:
        """Tell committed events, in seq order and without a gap to those before.

        Errors: none; after a gap everyone is cut and comes back by the log, since nobody can tell what was in it.
        """
        for event in events:
            if event.seq <= self._fanout.frontier:
                continue  # told already
            if event.seq > self._fanout.frontier + 1:
                log.error("a gap in the log", extra={"after": self._fanout.frontier, "seq": event.seq})
                self._fanout.frontier = event.seq
                self._cut_all("gap", frames.control("resync", {"reason": "gap"}))
                continue
            for move in event.moves:
                self._reception.move(move, event.seq)
            self._fanout.tell(durable(event, self._seal.seal(event.seq)))
            self._fanout.frontier = event.seq
            self._connections.counts["events"] += 1

    def latest(self, values: Sequence[Latest]) -> None:
        """Tell newest values, each key at most once per interval. To be called after `publish` of the same changes."""
        for value in values:
            self._conflation.put(value, self._fanout.frontier)

    def _tell_latest(self, value: Latest, as_of: int) -> None:
        self._fanout.tell(ephemeral(value, as_of))

    # --- ending ---------------------------------------------------------------------------------------------

    def end_session(self, session_id: str, reason: str) -> None:
        """A login is over: close its transports, now."""
        self._reception.end(session_id)
        for connection in self._connections.of_login(session_id):
            self._connections.cut(connection, reason, say=_over(reason), drop=True)

    def end_person(self, person_id: str, reason: str) -> None:
        """All logins of a person are over: close their transports, now."""
        self._reception.end(person_id)
        for connection in self._connections.of_person(person_id):
            self._connections.cut(connection, reason, say=_over(reason), drop=True)

    def counters(self) -> Mapping[str, int]:
        """How many are connected now, and how often what happened: `gone.…`, `refused.…`, `commands.…` by reason."""
        bad_requests = {f"bad_request.{reason}": count for reason, count in self.server.eio.refusals.items()}
        return {**self._reception.counts(), **bad_requests, "frontier": self._fanout.frontier}

    async def drain(self, spread_s: float) -> None:
        """Send everybody away, each with another time to come back, and let nobody in any more."""
        self._reception.close_doors()
        everyone = list(self._connections)
        for number, connection in enumerate(everyone):
            wait_ms = int(1_000 * spread_s * number / len(everyone))
            told = frames.control("drain", {"retryAfter": wait_ms})
            self._connections.cut(connection, "drain", code=RESTART, say=told if connection.login else None)
            if number % 100 == 99:
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        if self.server.eio.sockets:  # polling clients, who fetch their last word
            await asyncio.sleep(self._limits.farewell_s)

    async def close(self) -> None:
        """End everything that still runs."""
        self._reception.close_doors()
        self._cut_all("server_stops", None)
        self._conflation.close()
        if self._rounds_task is not None:
            self._rounds_task.cancel()
            await asyncio.gather(self._rounds_task, return_exceptions=True)
        await self._reception.close(self._limits.farewell_s)

    def _cut_all(self, reason: str, say: Frame | None) -> None:
        for connection in self._connections:
            self._connections.cut(connection, reason, code=TRY_AGAIN, say=say if connection.login else None)


def _over(reason: str) -> Frame:
    return frames.control("error", {"code": reason, "message": "This login is over; please sign in again."})
