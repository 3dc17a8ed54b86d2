"""The clients' side of the hub: who comes, logs in, is opened, speaks, and goes.

It exists because nothing may be told to somebody nobody knows, and because whoever is let in must miss nothing between
the picture they are opened with and the live events. It does not know what events are told (`hub.py`), how commands are
carried out (`desk.py`) or how bytes travel (`engine.py`).

Rights are entries of the log: moves change rooms in the order of events. Two moments need care. A login is read from
the store while moves pass by: they are kept and made afterwards. A picture is read while moves are on their way: if one
that it must contain changes the rooms later, the picture was read with other rooms, and is made anew.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from math import ceil
from secrets import token_urlsafe
from typing import Any

from realtime import frames
from realtime.admission import Admission
from realtime.audience import rooms_of
from realtime.bodies import instant
from realtime.connections import FAILED, TOO_BIG, TRY_AGAIN, Connection, Connections
from realtime.desk import Command, Desk
from realtime.errors import AuthExpired, BadInput, Forbidden, Overloaded, RollcallError, TooMany, Unavailable
from realtime.fanout import Fanout, ephemeral
from realtime.frames import Frame
from realtime.limits import Limits
from realtime.log import Move, Offer, Seal
from realtime.packets import Connect, Disconnect, Malformed, understand
from realtime.ports import Clock, Doorkeeper, Login, Open, Opening
from realtime.session import Session

log = logging.getLogger("rollcall.reception")

_MOST_OPENINGS = 3  # in a row, because of moves that come in between; after that the client shall come again


@dataclass(eq=False, slots=True)
class _Pending:
    """What happens while a login is being looked up, and must not be missed."""

    moves: list[Move] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)


class Reception:
    """Takes what comes from clients; the `House` of the Socket.IO server."""

    def __init__(
        self,
        *,
        doorkeeper: Doorkeeper,
        open_: Open,
        commands: Mapping[str, Command],
        seal: Seal,
        clock: Clock,
        limits: Limits,
        fanout: Fanout,
    ) -> None:
        self.connections = Connections(fanout)
        self._doorkeeper = doorkeeper
        self._open_from_store = open_
        self._seal = seal
        self._clock = clock
        self._limits = limits
        self._fanout = fanout
        self._admission = Admission(limits.connects_per_s)
        self._slots = asyncio.Semaphore(limits.logins_at_once)
        self._pending: set[_Pending] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_closed = False
        own = {"auth": self._renew, "resume": self._resume}
        self._desk = Desk(doorkeeper, commands, own, limits, self.connections, self._spawn)

    # --- coming and going -----------------------------------------------------------------------------------

    def arrive(self, session: Session) -> bool:
        """A transport is there; it has so long to log in."""
        strangers = len(self.connections) - self.connections.logged_in
        is_full = strangers >= self._limits.strangers
        is_crowd = self.connections.strangers_beside(session) >= self._limits.strangers_per_address
        if is_full or is_crowd or self.is_closed:
            self.connections.counts["refused.full"] += 1
            return False
        connection = self.connections.add(session)
        self._start_timer(connection, self._limits.login_s, "login_timeout")
        return True

    def depart(self, sid: str, reason: str) -> None:
        """A transport is gone."""
        self.connections.strike(sid, reason)

    def note_full(self, sid: str, reason: str) -> None:
        """A client does not take what it is sent, or what is held back for it has become too much."""
        connection = self.connections.get(sid)
        if connection is not None and reason == "held":
            resync = frames.control("resync", {"reason": "too much at once"})
            self.connections.cut(connection, reason, code=TRY_AGAIN, say=resync)
        elif connection is not None:
            self.connections.cut(connection, reason, abort=True)

    def is_size_fine(self, sid: str, size: int) -> bool:
        """Over the first bound a clear word, over it again or over the second a cut."""
        connection = self.connections.get(sid)
        if connection is None:
            return False
        if size <= self._limits.frame_bytes:
            return True
        if size > self._limits.hard_frame_bytes or connection.oversized or connection.login is None:
            self.connections.cut(connection, "too_big", code=TOO_BIG)
            return False
        connection.oversized += 1
        message = f"A message may have {self._limits.frame_bytes} bytes; the next larger one ends the connection."
        connection.say(frames.control("error", {"code": "too_big", "message": message}))
        return False

    def hear(self, sid: str, message: str | bytes) -> None:
        """A client said something. What it may not say ends the connection."""
        connection = self.connections.get(sid)
        if connection is None:
            return
        try:
            packet = understand(message) if isinstance(message, str) else None
        except Malformed as refusal:
            self.connections.cut(connection, refusal.reason)
            return
        match packet:
            case None:
                self.connections.cut(connection, "binary")
            case Connect(auth) if not connection.has_asked:
                connection.has_asked = True
                connection.stop_timer()
                self._spawn(self._log_in(connection, auth))
            case Connect():
                self.connections.cut(connection, "second_connect")
            case Disconnect():
                connection.session.end("client disconnect")
            case _ if connection.login is None:
                self.connections.cut(connection, "not_logged_in")
            case said:
                self._desk.take(connection, said)

    # --- login ----------------------------------------------------------------------------------------------

    async def _log_in(self, connection: Connection, auth: Mapping[str, object] | None) -> None:
        has_slot = False
        try:
            self._admit()
            await self._take_slot()
            has_slot = True
            pending = _Pending()
            login = await self._sign_in(connection, auth, pending)
            if not connection.is_gone:
                self._enter(connection, login, pending.moves)
                await self._open(connection, _offer(auth))
        except RollcallError as error:
            self._refuse(connection, error)
        except Exception:  # the rim of the task: whatever it is, the client is told that it is not in
            log.exception("a login failed")
            self._refuse(connection, RollcallError("Something went wrong on our side."))
        finally:
            if has_slot:
                self._slots.release()

    def _admit(self) -> None:
        is_full = self.is_closed or self.connections.logged_in >= self._limits.connections
        self._admission.admit(asyncio.get_running_loop().time(), is_full=is_full)

    async def _take_slot(self) -> None:
        try:
            async with asyncio.timeout(self._limits.login_s):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Overloaded("Logins take long just now.", retry_after_s=ceil(self._limits.login_s)) from error

    async def _sign_in(self, connection: Connection, auth: object, pending: _Pending) -> Login:
        """Who this is, as of now. Errors: those of the doorkeeper; AuthExpired when it ended meanwhile."""
        self._pending.add(pending)
        try:
            async with asyncio.timeout(self._limits.login_s):
                login = await self._doorkeeper.sign_in(connection.session.scope, auth)
        except TimeoutError as error:
            raise Unavailable("Logins take long just now.", retry_after_s=ceil(self._limits.login_s)) from error
        finally:
            self._pending.discard(pending)
        has_ended = login.session_id in pending.ended or login.person.id in pending.ended
        if has_ended or login.expires_at <= self._clock.now():
            raise AuthExpired("This login is over; please sign in again.")
        return login

    def _enter(self, connection: Connection, login: Login, moves: list[Move]) -> None:
        """Let somebody in. Nothing is awaited in here: rooms, hold and frontier belong to one moment."""
        rooms = set(rooms_of(login.person))
        for move in moves:
            if move.person_id == login.person.id:
                rooms = (rooms | move.enter) - move.leave
        self.connections.log_in(connection, login)
        theirs = self.connections.of_person(login.person.id)
        for oldest in theirs[: max(0, len(theirs) - self._limits.connections_per_person)]:
            message = "This account is open in too many places; the oldest connection was closed."
            told = frames.control("error", {"code": "too_many_connections", "message": message})
            self.connections.cut(oldest, "too_many_connections", say=told)
        connection.outlet.hold()
        self._fanout.enter(connection.outlet, rooms)
        connection.say(frames.connected(token_urlsafe(15)))

    def _refuse(self, connection: Connection, error: RollcallError) -> None:
        self.connections.counts[f"refused.{error.code}"] += 1
        if connection.is_gone:
            return
        data: dict[str, object] = {"code": error.code, "message": error.message}
        if isinstance(error, Unavailable | TooMany):
            data["retryAfter"] = error.retry_after_s * 1_000
        connection.say(frames.refused(error.message, data))
        self._start_timer(connection, self._limits.refusal_s, "refused")

    async def _renew(self, connection: Connection, argument: object) -> Mapping[str, object]:
        """The command `auth`: go on with another login of the same person."""
        token = argument.get("token") if isinstance(argument, dict) else None
        if not isinstance(token, str):
            raise BadInput("A token is needed to renew the login.")
        login = await self._sign_in(connection, {"token": token}, _Pending())
        if connection.login is None:
            return {}
        if login.person.id != connection.login.person.id:
            # Not before the answer that follows.
            asyncio.get_running_loop().call_soon(self.connections.cut, connection, "other_person")
            raise Forbidden("This is somebody else's login.")
        self.connections.log_in(connection, login)
        return {}

    # --- opening --------------------------------------------------------------------------------------------

    async def _open(self, connection: Connection, offer: Offer | None) -> None:
        """Send what is missing, then let live events flow. The connection is held already, since this very moment.

        Errors: none; a connection that cannot be opened is cut, and its client comes again.
        """
        connection.opened.clear()
        try:
            for _ in range(_MOST_OPENINGS):
                opening = await self._read(connection, offer)
                if connection.is_gone:
                    return
                if connection.moved_at is None or connection.moved_at > opening.skip:
                    now_s = asyncio.get_running_loop().time()
                    connection.outlet.release(self._opening_frames(opening), opening.skip, now_s)
                    connection.opened.set()
                    return
                connection.outlet.hold()  # anew: what was held back will be in the next picture
            error: RollcallError = Unavailable("Rights change too fast just now.")
        except RollcallError as refusal:
            error = refusal
        except TimeoutError:
            error = Unavailable("The picture takes too long just now.")
        except Exception:  # the rim of the task: one picture that cannot be made is one client's
            log.exception("a connection could not be opened")
            error = RollcallError("Something went wrong on our side.")
        told = frames.control("error", {"code": error.code, "message": error.message})
        self.connections.cut(connection, "not_opened", code=FAILED, say=told)

    async def _read(self, connection: Connection, offer: Offer | None) -> Opening:
        connection.moved_at = None
        rooms, frontier = self._fanout.rooms_of(connection.outlet), self._fanout.frontier
        if connection.login is None:
            raise AuthExpired("This connection is closed.")
        async with asyncio.timeout(self._limits.opening_s):
            return await self._open_from_store(connection.login, rooms, offer, frontier)

    def _opening_frames(self, opening: Opening) -> list[Frame]:
        said = [frames.event("initialState", opening.first)]
        for event, body in opening.missed:
            cursor = self._seal.seal(event.seq)
            meta = frames.meta(id=event.id, type=event.type, at=instant(event.at), cursor=cursor, replay=True)
            said.append(frames.event(event.type, body, meta))
        said.extend(ephemeral(value, opening.skip).frame(0) for value in opening.latest)
        return said

    async def _resume(self, connection: Connection, argument: object) -> Mapping[str, object]:
        """The command `resume`: catch up without reconnecting."""
        offer = _offer({"resume": argument})
        if offer is None:
            raise BadInput("A resume needs `key` and `cursor`.")
        if connection.outlet.unsent_bytes() > self._limits.unsent_bytes // 2:
            raise TooMany("Please take first what is on its way.")
        await connection.opened.wait()  # it may just be opened anew, because rights changed
        # A task of its own: were it given up with the command, the connection would stay held.
        await asyncio.wait({self._spawn(self._open_again(connection, offer))})
        return {}

    def _open_again(self, connection: Connection, offer: Offer | None) -> Coroutine[Any, Any, None]:
        """Hold a live connection from now on, and open it once more."""
        connection.opened.clear()
        connection.outlet.hold()
        return self._open_in_turn(connection, offer)

    async def _open_in_turn(self, connection: Connection, offer: Offer | None) -> None:
        async with self._slots:
            if not connection.is_gone:
                await self._open(connection, offer)

    # --- what the telling side says -------------------------------------------------------------------------

    def move(self, move: Move, seq: int) -> None:
        """Change the rooms of a person's connections, before the event with this number is told."""
        for pending in self._pending:
            pending.moves.append(move)
        for connection in self.connections.of_person(move.person_id):
            rooms = self._fanout.rooms_of(connection.outlet)
            entered, left = move.enter - rooms, move.leave & rooms
            if not entered and not left:
                continue
            self._fanout.enter(connection.outlet, entered)
            self._fanout.leave(connection.outlet, left)
            if connection.moved_at is None:
                connection.moved_at = seq
            if connection.opened.is_set() and seq <= connection.outlet.skip:
                self._spawn(self._open_again(connection, None))

    def end(self, session_or_person_id: str) -> None:
        """A login, or all of a person's, is over; also for whoever is just being let in."""
        for pending in self._pending:
            pending.ended.add(session_or_person_id)

    def close_doors(self) -> None:
        """Let nobody in any more."""
        self.is_closed = True

    async def close(self, patience_s: float) -> None:
        """Wait for what is being done, but not for ever."""
        self.close_doors()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def counts(self) -> dict[str, int]:
        """How many there are, and what became of the others."""
        strangers = len(self.connections) - self.connections.logged_in
        now = {"connections": self.connections.logged_in, "strangers": strangers, "logging_in": len(self._pending)}
        return {**self.connections.counts, **now}

    # --- odds -----------------------------------------------------------------------------------------------

    def _start_timer(self, connection: Connection, delay_s: float, reason: str) -> None:
        connection.stop_timer()
        loop = asyncio.get_running_loop()
        connection.timer = loop.call_later(delay_s, lambda: self.connections.cut(connection, reason))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _offer(auth: Mapping[str, object] | None) -> Offer | None:
    """What a client brings when it returns; anything that is not two texts is nothing."""
    resume = auth.get("resume") if auth is not None else None
    if not isinstance(resume, dict):
        return None
    key, cursor = resume.get("key"), resume.get("cursor")
    return Offer(key, cursor) if isinstance(key, str) and isinstance(cursor, str) else None
