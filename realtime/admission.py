"""Who may come in now, and when the others should come back.

It exists because a thousand pages that return within a second would starve those that are connected. Whoever is
refused is given a place in the queue as a time to wait, so that they do not all return together. It does not know
what a client is.
"""

from math import ceil

from realtime.errors import Overloaded

_LONGEST_WAIT_S = 60


class Admission:
    """So many a second, with a burst of one second's worth.

    Units:  seconds of a monotonic clock.
    Errors: `admit` raises Overloaded with the time to wait.
    """

    def __init__(self, per_s: int) -> None:
        self._per_s = per_s
        self._tokens = float(per_s)
        self._counted_at_s = 0.0
        self._queue_ends_at_s = 0.0

    def admit(self, now_s: float, *, is_full: bool) -> None:
        """Let one in, unless too many came just now or there is no room."""
        self._tokens = min(self._per_s, self._tokens + (now_s - self._counted_at_s) * self._per_s)
        self._counted_at_s = now_s
        if self._tokens >= 1 and not is_full:
            self._tokens -= 1
            return
        self._queue_ends_at_s = max(now_s + 1, self._queue_ends_at_s + 1 / self._per_s)
        wait_s = min(_LONGEST_WAIT_S, self._queue_ends_at_s - now_s)
        raise Overloaded("Too many people are connecting just now.", retry_after_s=ceil(wait_s))
