"""Slows down whoever guesses passwords, without locking out those who are guessed at.

An attempt counts when it begins, so that a thousand at once are a thousand. Three counts are kept: of one account
from one address (strict), of one account from everywhere and of one address for all accounts (both mild: a school
has one address, and a stranger must not be able to keep somebody out). This file does not know users or passwords.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from realtime.errors import TooMany
from realtime.ports import Clock

MOST_KEPT = 20_000  # counts, the oldest is forgotten: about 4 MB
FORGOTTEN_AFTER = timedelta(hours=1)
LONGEST_PAUSE_S = 2.0  # an answer is held this long at most, so that few requests hang


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures are free, and how long the wait after them may grow; it doubles each time."""

    free: int
    longest_wait_s: int


ACCOUNT_FROM_ADDRESS = Patience(free=5, longest_wait_s=900)
ACCOUNT = Patience(free=20, longest_wait_s=60)
ADDRESS = Patience(free=100, longest_wait_s=60)  # a whole school that mistypes at the first bell


@dataclass(slots=True)
class _Count:
    failures: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in; `pause_s` is how long its answer shall be held."""

    keys: tuple[str, ...]
    pause_s: float


class Guesses:
    """The counts of this process. They are small, short-lived and in memory: a restart forgives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def begin(self, account: str, address: str) -> Attempt:
        """Count a try before it is made. Errors: TooMany with the time to wait."""
        now = self._clock.now()
        kept = dict(zip(_keys(account, address), (ACCOUNT_FROM_ADDRESS, ACCOUNT, ADDRESS), strict=True))
        wait_s = max(self._wait_s(key, patience, now) for key, patience in kept.items())
        if wait_s > 0:
            raise TooMany("Too many attempts to sign in. Please wait a moment.", retry_after_s=wait_s)
        failures = [self._count(key, now) for key in kept]
        return Attempt(tuple(kept), _pause_s(failures[0]))

    def succeeded(self, attempt: Attempt) -> None:
        """It was the right password: its own count starts anew, and the try is taken off the others."""
        self._counts.pop(attempt.keys[0], None)
        for key in attempt.keys[1:]:
            if key in self._counts:
                self._counts[key].failures -= 1

    def __len__(self) -> int:
        return len(self._counts)

    def _wait_s(self, key: str, patience: Patience, now: datetime) -> int:
        count = self._counts.get(key)
        if count is None or count.failures < patience.free or now - count.last_at > FORGOTTEN_AFTER:
            return 0
        doublings = min(count.failures - patience.free, 20)
        until = count.last_at + timedelta(seconds=min(2**doublings, patience.longest_wait_s))
        return max(0, -((now - until) // timedelta(seconds=1)))

    def _count(self, key: str, now: datetime) -> int:
        count = self._counts.pop(key, None)
        if count is None or now - count.last_at > FORGOTTEN_AFTER:
            count = _Count(0, now)
        count.failures += 1
        count.last_at = now
        self._counts[key] = count
        if len(self._counts) > MOST_KEPT:
            self._counts.popitem(last=False)
        return count.failures


def _pause_s(failures: int) -> float:
    return 0.0 if failures <= 2 else min(0.25 * 2 ** (failures - 3), LONGEST_PAUSE_S)


def _keys(account: str, address: str) -> tuple[str, str, str]:
    # Hashed, so that a long name costs no more than a short one and no address book grows in memory.
    hashed = hashlib.sha256(account.encode(errors="replace")).hexdigest()
    return (f"{hashed} {address}", hashed, address)
