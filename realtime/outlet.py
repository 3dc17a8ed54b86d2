"""One connection's way out: all it is ever sent goes through here, in order, within bounds.

It exists so that the picture a connection is opened with, the events it missed, answers and live events cannot
overtake each other, on whichever transport, and so that a reader who does not read costs a known number of bytes.
It does not know rooms (`fanout.py`) or what a frame says.

A connection is *held* while the store is read for it: live events wait. When it is released, each of them is judged
by its own number: what the picture contains already is dropped. That goes on after the release, because the store
may have been ahead of what this process has told.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from realtime.frames import Frame
from realtime.limits import Limits


class Transport(Protocol):
    """What is used of asyncio's transport."""

    def write(self, data: bytes, /) -> object:
        """Send in order, sooner or later."""
        ...

    def get_write_buffer_size(self) -> int:
        """Bytes that wait."""
        ...

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """From how many waiting bytes on the protocol is told."""
        ...


class Outlet:
    """Frames to one client.

    Shape: `write` is set while the connection is live on a WebSocket; only then may one write to it straight, and
           only what is newer than `skip`, noting it in `told_at_s` and `written`. All else goes by `tell`.
    Errors: none are raised; when a bound is reached, `on_full` is called with the reason and the outlet is closed.
    """

    __slots__ = (
        "_allowance",
        "_hold",
        "_hold_bytes",
        "_limits",
        "_mark",
        "_news",
        "_queue",
        "_queued_bytes",
        "_settle",
        "_transport",
        "is_closed",
        "on_full",
        "skip",
        "told_at_s",
        "write",
        "written",
    )

    def __init__(self, limits: Limits, settle: Callable[[], None], now_s: float) -> None:
        self.write: Callable[[bytes], object] | None = None
        self.skip = 0
        self.told_at_s = now_s
        self.written = 0
        self.is_closed = False
        self.on_full: Callable[[str], None] = _ignore
        self._limits = limits
        self._settle = settle
        self._transport: Transport | None = None
        self._hold: list[tuple[int, Frame]] | None = None
        self._hold_bytes = 0
        self._queue: deque[Frame] = deque()
        self._queued_bytes = 0
        self._news: asyncio.Future[None] | None = None
        self._allowance = 0
        self._mark = (now_s, 0)

    # --- what is sent ---------------------------------------------------------------------------------------

    def send(self, frame: Frame) -> None:
        """Send what concerns this connection alone, after all it was told so far, even while it is held."""
        self._settle()
        self._put(frame)

    def tell(self, seq: int, frame: Frame) -> None:
        """Send an event, unless the connection was opened with something newer."""
        if self._hold is None:
            if seq > self.skip:
                self._put(frame)
        elif not self.is_closed:
            self._hold.append((seq, frame))
            self._hold_bytes += len(frame.wire)
            if len(self._hold) > self._limits.held_events or self._hold_bytes > self._limits.held_bytes:
                self.on_full("held")

    def hold(self) -> None:
        """Keep live events back from now on; what was held back so far is forgotten."""
        self._settle()
        self._hold, self._hold_bytes, self.write = [], 0, None

    def release(self, opening: Iterable[Frame], skip: int, now_s: float) -> None:
        """Send what the connection is opened with, then what was held back and is newer than `skip`, then all.

        A picture may be larger than the bound for unsent bytes; it is let through, and the bound holds again once
        it was taken.
        """
        self._settle()
        held, self._hold, self.skip, self.told_at_s = self._hold or (), None, skip, now_s
        frames = [*opening, *(frame for seq, frame in held if seq > skip)]
        self._allowance += sum(len(frame.wire) for frame in frames)
        self._set_transport_limit()
        for frame in frames:
            self._put(frame)
        self._set_write()

    def _put(self, frame: Frame) -> None:
        if self.is_closed:
            return
        self.written += len(frame.wire)
        if self._transport is not None:
            self._transport.write(frame.wire)
            return
        self._queue.append(frame)
        self._queued_bytes += len(frame.wire)
        self._wake()
        if self._queued_bytes > self._limits.unsent_bytes + self._allowance:
            self.on_full("slow_reader")

    # --- the two transports ---------------------------------------------------------------------------------

    def take(self, most: int | None = None) -> list[Frame]:
        """What waits for a poll, or the first so many of it."""
        count = len(self._queue) if most is None else min(most, len(self._queue))
        frames = [self._queue.popleft() for _ in range(count)]
        self._queued_bytes -= sum(len(frame.wire) for frame in frames)
        return frames

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits for a poll."""
        return not self._queue

    def news(self) -> asyncio.Future[None]:
        """Done as soon as there may be something to take, or nothing any more."""
        if self._news is None or self._news.done():
            self._news = asyncio.get_running_loop().create_future()
            if self._queue or self.is_closed:
                self._news.set_result(None)
        return self._news

    def attach(self, transport: Transport) -> None:
        """Write to this WebSocket from now on, beginning with what no poll has taken."""
        self._settle()
        self._transport = transport
        self._set_transport_limit()
        for frame in self.take():
            transport.write(frame.wire)
        self._wake()
        self._set_write()

    def close(self) -> None:
        """Send nothing more. What waits for a poll can still be taken."""
        self.is_closed = True
        self.write = self._transport = self._hold = None
        self._wake()

    def _set_write(self) -> None:
        live = self._transport is not None and self._hold is None and not self.is_closed
        self.write = self._transport.write if live and self._transport is not None else None

    def _set_transport_limit(self) -> None:
        if self._transport is not None:
            self._transport.set_write_buffer_limits(high=self._limits.unsent_bytes + self._allowance)

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    # --- what was taken -------------------------------------------------------------------------------------

    def unsent_bytes(self) -> int:
        """Bytes this client has not taken from us; what the system buffers is not seen."""
        return self._queued_bytes + (self._transport.get_write_buffer_size() if self._transport is not None else 0)

    def is_stuck(self, now_s: float) -> bool:
        """Whether the client has taken next to nothing for too long. To be asked every `sweep_s`."""
        unsent = self.unsent_bytes()
        if self._allowance and unsent <= self._limits.unsent_bytes // 2:
            self._allowance = 0
            self._set_transport_limit()
        taken = self.written - unsent
        marked_at_s, marked = self._mark
        if unsent == 0 or taken - marked >= self._limits.progress_bytes:
            self._mark = (now_s, taken)
            return False
        return now_s - marked_at_s >= self._limits.slow_reader_s - self._limits.sweep_s


def _ignore(reason: str) -> None:
    """Nobody is interested."""
