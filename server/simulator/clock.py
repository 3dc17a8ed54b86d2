"""The simulator's time: the wall's instants, and waits that can be made to pass faster.

Instants are never scaled: Rollcall (or any receiver) judges a webhook's age by its own clock, so a Zoom that lived in
the future would be refused. Only waiting is: the minutes before a retry, an empty room's end, a scripted arrival.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class SimulatorClock(Protocol):
    """What the simulator asks of time; a test may give one it moves by hand."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...

    async def wait(self, seconds: float) -> None:
        """Let `seconds` of Zoom's time pass; the factor applies."""
        ...

    async def wait_on_the_wall(self, seconds: float) -> None:
        """Let `seconds` of real time pass, whatever the factor."""
        ...

    def set_factor(self, factor: float) -> None:
        """Change how fast waits pass, those already begun included."""
        ...


class ScaledClock:
    """The wall clock, with waits shortened by a factor that may change while they last."""

    def __init__(self, factor: float = 1.0) -> None:
        self._factor = factor
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return datetime.now(UTC)

    async def wait(self, seconds: float) -> None:
        """Let `seconds` of Zoom's time pass."""
        left = seconds
        while left > 0:
            factor, changed, began = self._factor, self._changed, time.monotonic()
            try:
                await asyncio.wait_for(changed.wait(), left / factor)
            except TimeoutError:
                return
            left -= (time.monotonic() - began) * factor

    async def wait_on_the_wall(self, seconds: float) -> None:
        """Let `seconds` of real time pass."""
        await asyncio.sleep(seconds)

    def set_factor(self, factor: float) -> None:
        """Change how fast waits pass; those under way go on at the new pace."""
        self._factor = factor
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def zoom_time(at: datetime) -> str:
    """An instant as Zoom writes it: whole seconds, UTC, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch_ms(at: datetime) -> int:
    """An instant as Zoom's `event_ts`: milliseconds since 1970."""
    return int(at.timestamp() * 1000)
