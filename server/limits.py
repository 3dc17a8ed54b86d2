"""How often something may be done in a while.

It exists so that no door has a counter of its own making. It does not know what is counted.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times in any stretch of so many seconds."""

    times: int
    per_s: int

    def fresh(self) -> "Window":
        """A count that begins now."""
        return Window(self)


class Window:
    """One count against one rate; holds at most as many moments as the rate allows."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._moments: deque[datetime] = deque(maxlen=rate.times)

    def allows(self, now: datetime) -> bool:
        """Whether once more is all right; if so, it is counted."""
        oldest_that_counts = now - timedelta(seconds=self._rate.per_s)
        while self._moments and self._moments[0] <= oldest_that_counts:
            self._moments.popleft()
        if len(self._moments) == self._rate.times:
            return False
        self._moments.append(now)
        return True
