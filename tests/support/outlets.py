"""Outlets whose other end is a list."""

from collections.abc import Callable

from realtime.frames import Frame
from realtime.limits import Limits
from realtime.outlet import Outlet

LIMITS = Limits(unsent_bytes=1_000, held_events=5, held_bytes=500, slow_reader_s=10, sweep_s=1, progress_bytes=100)


class Wire:
    """A transport that keeps what is written; `taken` bytes of it have left."""

    def __init__(self) -> None:
        self.written = b""
        self.taken = 0
        self.writes = 0
        self.high = 0

    def write(self, data: bytes, /) -> None:
        self.written += data
        self.writes += 1

    def get_write_buffer_size(self) -> int:
        return len(self.written) - self.taken

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high or 0

    def packets(self) -> list[str]:
        """The texts that were written, frame by frame; all of them are short."""
        found, rest = [], self.written
        while rest:
            length = rest[1] if rest[1] < 126 else int.from_bytes(rest[2:4], "big")
            head = 2 if rest[1] < 126 else 4
            found.append(rest[head : head + length].decode())
            rest = rest[head + length :]
        return found


def outlet_on(wire: Wire | None, settle: Callable[[], None] = lambda: None) -> Outlet:
    outlet = Outlet(LIMITS, settle, now_s=0.0)
    if wire is not None:
        outlet.attach(wire)
    return outlet


def texts(frames: list[Frame]) -> list[str]:
    return [str(frame.encode()) for frame in frames]


def bodies(wire: Wire) -> list[str]:
    """The second parts of the events that were written."""
    return [packet.split(",")[1] for packet in wire.packets()]
