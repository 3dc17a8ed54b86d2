"""Telling many at once: an event is worded once and framed once, and the same bytes go to every member of its rooms.

It exists because a task and a queue entry for each recipient, as is usual, cost ten times the write itself. Events
told to the same rooms within one turn of the event loop leave as one write per member. It does not know who is in
a room for what reason, or what an event means.

A connection gets the first hearing among whose rooms is one of its own, and only that one.
"""

import asyncio
from collections.abc import Iterable
from secrets import token_hex

from realtime import frames
from realtime.bodies import instant
from realtime.frames import Frame
from realtime.log import Event, Latest
from realtime.outlet import Outlet

Rooms = frozenset[str]

_LONGEST_RUN = 64  # frames in one write; a longer one would only make the first of them wait
_MOST_LISTS = 512  # remembered lists of members; thrown away together, and whenever somebody enters or leaves


class Telling:
    """One event on its way: its hearings, and their frames, made when the first member asks."""

    __slots__ = ("_event", "_frames", "_meta", "bodies", "has_cursor", "rooms", "seq")

    def __init__(self, event: Event | Latest, seq: int, meta: str, *, has_cursor: bool) -> None:
        hearings = event.hearings if isinstance(event, Event) else (event.hearing,)
        self.seq = seq
        self.rooms = tuple(hearing.rooms for hearing in hearings)
        self.bodies = tuple(hearing.body for hearing in hearings)
        self.has_cursor = has_cursor
        self._event = event.type
        self._meta = meta
        self._frames: dict[int, Frame] = {}

    def frame(self, number: int) -> Frame:
        """The frame of one hearing."""
        if number not in self._frames:
            self._frames[number] = frames.event(self._event, self.bodies[number], self._meta)
        return self._frames[number]


def durable(event: Event, cursor: str) -> Telling:
    """An event of the log, with the cursor that stands for having heard it."""
    meta = frames.meta(id=event.id, type=event.type, at=instant(event.at), cursor=cursor)
    return Telling(event, event.seq, meta, has_cursor=True)


def ephemeral(value: Latest, as_of: int) -> Telling:
    """The newest value of something, as of a place in the log; whoever was opened at a later one skips it.

    Whoever was opened at the very same place hears it: the value may have changed without an event.
    """
    meta = frames.meta(id=token_hex(8), type=value.type, at=instant(value.at))
    return Telling(value, as_of + 1, meta, has_cursor=False)


class Fanout:
    """Rooms, their members, and one ordered way to tell them.

    Shape: tellings come in the order of their `seq`; members enter and leave between two of them, never within one.
           `frontier` is the newest seq of the log that was told, kept by whoever tells.
    """

    def __init__(self) -> None:
        self.frontier = 0
        self._members: dict[str, set[Outlet]] = {}
        self._rooms: dict[Outlet, set[str]] = {}
        self._lists: dict[tuple[Rooms, ...], list[list[Outlet]]] = {}
        self._run: list[Telling] = []
        self._turn: asyncio.Handle | None = None

    def rooms_of(self, outlet: Outlet) -> Rooms:
        """The rooms this connection is in."""
        return frozenset(self._rooms.get(outlet, ()))

    def enter(self, outlet: Outlet, rooms: Iterable[str]) -> None:
        """From the next telling on, this connection hears what these rooms hear."""
        self.flush()
        self._lists.clear()
        mine = self._rooms.setdefault(outlet, set())
        for room in rooms:
            mine.add(room)
            self._members.setdefault(room, set()).add(outlet)

    def leave(self, outlet: Outlet, rooms: Iterable[str] | None = None) -> None:
        """Nothing of these rooms (all, if none are named) reaches this connection any more."""
        self.flush()
        self._lists.clear()
        mine = self._rooms.get(outlet, set())
        for room in tuple(mine) if rooms is None else mine.intersection(rooms):
            mine.discard(room)
            members = self._members[room]
            members.discard(outlet)
            if not members:
                del self._members[room]
        if not mine:
            self._rooms.pop(outlet, None)

    def tell(self, telling: Telling) -> None:
        """Tell the members of the rooms, each once, at the latest in the next turn of the loop."""
        run = self._run
        if run and (run[0].rooms != telling.rooms or telling.seq <= run[-1].seq or len(run) >= _LONGEST_RUN):
            self.flush()
        if not self._run:
            self._turn = asyncio.get_running_loop().call_soon(self.flush)
        self._run.append(telling)

    def flush(self) -> None:
        """Write what was told so far."""
        run, self._run = self._run, []
        if not run:
            return
        if self._turn is not None:
            self._turn.cancel()
        now_s = asyncio.get_running_loop().time()
        for number, members in enumerate(self._listeners(run[0].rooms)):
            if members:
                self._write(members, [telling for telling in run if telling.bodies[number]], number, now_s)

    def _write(self, members: list[Outlet], run: list[Telling], number: int, now_s: float) -> None:
        """The run to these members. A silent hearing has been left out: its rooms hear nothing, and on purpose."""
        if not run:
            return
        packets = [(telling.seq, telling.frame(number)) for telling in run]
        data = b"".join(frame.wire for _, frame in packets)
        # Who may skip a part of the run is judged packet by packet: by the first number, not by the last.
        first, size, has_cursor = run[0].seq, len(data), run[-1].has_cursor
        for outlet in members:
            write = outlet.write
            if write is not None and outlet.skip < first:
                write(data)
                outlet.written += size
            else:
                for seq, frame in packets:
                    outlet.tell(seq, frame)
            if has_cursor:
                outlet.told_at_s = now_s

    def _listeners(self, rooms: tuple[Rooms, ...]) -> list[list[Outlet]]:
        """The members of each hearing, everyone in the first that has them."""
        known = self._lists.get(rooms)
        if known is not None:
            return known
        seen: set[Outlet] = set()
        lists: list[list[Outlet]] = []
        for hearing in rooms:
            members = set().union(*(self._members.get(room, ()) for room in hearing)) - seen
            seen |= members
            lists.append(list(members))
        if len(self._lists) >= _MOST_LISTS:
            self._lists.clear()
        self._lists[rooms] = lists
        return lists
