"""The newest value of something, told at most so often: the first at once, then only the latest of each interval.

It exists because a class of forty that arrives within a minute changes a count forty times, and only where it ends
matters to those who watch. It does not know who watches.
"""

import asyncio
from collections.abc import Callable

from realtime.log import Latest


class Conflation:
    """Passes values on, each key at most once per `interval_s`.

    Shape: a value comes with its place in the log, so that it cannot undo what somebody was shown later; keys of
           which nothing comes for an interval are forgotten.
    """

    def __init__(self, interval_s: float, tell: Callable[[Latest, int], None]) -> None:
        self._interval_s = interval_s
        self._tell = tell
        self._waiting: dict[str, tuple[Latest, int] | None] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def put(self, value: Latest, as_of: int) -> None:
        """Tell a value now, or with its key's next turn instead of the one that waits."""
        if value.key in self._timers:
            self._waiting[value.key] = (value, as_of)
        else:
            self._pass_on(value, as_of)

    def close(self) -> None:
        """Tell nothing more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._waiting.clear()

    def _pass_on(self, value: Latest, as_of: int) -> None:
        key = value.key
        self._timers[key] = asyncio.get_running_loop().call_later(self._interval_s, self._turn, key)
        self._tell(value, as_of)

    def _turn(self, key: str) -> None:
        del self._timers[key]
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            self._pass_on(*waiting)
