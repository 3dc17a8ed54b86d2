"""Slows down whoever guesses passwords, without locking out those who are guessed at.

An attempt counts when it begins, so that a thousand at once are a thousand. Three counts are kept: of one account
from one address, of one account from everywhere and of one address for all accounts. Only the first refuses, and it
hits nobody but who failed there: a stranger must not be able to keep somebody out, and a school has one address. The
other two are suspicion. It holds answers longer, and makes the first count strict from the first failure on; whoever
has signed in at this address before is not met by it. This file does not know users or passwords.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from realtime.addresses import neighbourhood
from realtime.errors import TooMany
from realtime.ports import Clock

MOST_KEPT = 20_000  # counts, the oldest is forgotten: about 4 MB
MOST_KNOWN = 20_000  # accounts at addresses where they have signed in; the oldest is forgotten
FORGOTTEN_AFTER = timedelta(hours=1)
KNOWN_FOR = timedelta(days=30)

FREE = 5  # failures of one account from one address before a wait; the wait doubles with each further one
FREE_UNDER_SUSPICION = 1
LONGEST_WAIT_S = 900
ACCOUNT_FREE = 20  # failures of one account from everywhere before there is suspicion
ADDRESS_FREE = 100  # the same for one address: a whole school that mistypes at the first bell
LONGEST_PAUSE_S = 3.0  # an answer is held this long at most, so that few requests hang


@dataclass(slots=True)
class _Count:
    failures: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in; `pause_s` is how long its answer shall be held.

    Shape: `keys` of the three counts, `before` when each of them had counted last, `at` when this one was counted.
    """

    keys: tuple[str, str, str]
    at: datetime
    before: tuple[datetime, ...]
    pause_s: float


class Guesses:
    """The counts of this process. They are small, short-lived and in memory: a restart forgives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._known: OrderedDict[str, datetime] = OrderedDict()

    def begin(self, account: str, address: str) -> Attempt:
        """Count a try before it is made. Errors: TooMany with the time to wait."""
        now = self._clock.now()
        keys = _keys(account, address)
        pair, one_account, one_address = keys
        over = max(self._failures(one_account, now) - ACCOUNT_FREE, self._failures(one_address, now) - ADDRESS_FREE)
        is_suspect = over >= 0 and not self._is_known(pair, now)
        wait_s = self._wait_s(pair, FREE_UNDER_SUSPICION if is_suspect else FREE, now)
        if wait_s > 0:
            raise TooMany("Too many attempts to sign in. Please wait a moment.", retry_after_s=wait_s)
        before = tuple(self._count(key, now) for key in keys)
        pause_s = max(_doubled_s(self._failures(pair, now) - 3), _doubled_s(over) if is_suspect else 0.0)
        return Attempt(keys, now, before, pause_s)

    def succeeded(self, attempt: Attempt) -> None:
        """It was the right password: its own count starts anew, and the try is taken off the others."""
        self.take_back(attempt)
        pair = attempt.keys[0]
        self._counts.pop(pair, None)
        self._known.pop(pair, None)
        self._known[pair] = self._clock.now()
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def take_back(self, attempt: Attempt) -> None:
        """The try was never judged: all is as if it had not been made."""
        for key, before in zip(attempt.keys, attempt.before, strict=True):
            count = self._counts.get(key)
            if count is None:
                continue
            count.failures -= 1
            if count.last_at == attempt.at:  # else somebody failed since, and the wait runs from there
                count.last_at = before
            if count.failures <= 0:
                del self._counts[key]

    def __len__(self) -> int:
        return len(self._counts) + len(self._known)

    def _is_known(self, pair: str, now: datetime) -> bool:
        signed_in_at = self._known.get(pair)
        return signed_in_at is not None and now - signed_in_at <= KNOWN_FOR

    def _failures(self, key: str, now: datetime) -> int:
        count = self._counts.get(key)
        return count.failures if count is not None and now - count.last_at <= FORGOTTEN_AFTER else 0

    def _wait_s(self, pair: str, free: int, now: datetime) -> int:
        failures = self._failures(pair, now)
        if failures < free:
            return 0
        doublings = min(failures - free, 20)
        until = self._counts[pair].last_at + timedelta(seconds=min(2**doublings, LONGEST_WAIT_S))
        return max(0, -((now - until) // timedelta(seconds=1)))

    def _count(self, key: str, now: datetime) -> datetime:
        """Count one more, and say when the one before was."""
        count = self._counts.pop(key, None)
        if count is None or now - count.last_at > FORGOTTEN_AFTER:
            count = _Count(0, now)
        before = count.last_at
        count.failures += 1
        count.last_at = now
        self._counts[key] = count
        if len(self._counts) > MOST_KEPT:
            self._counts.popitem(last=False)
        return before


def _doubled_s(times: int) -> float:
    return 0.0 if times < 0 else min(0.25 * 2 ** min(times, 20), LONGEST_PAUSE_S)


def _keys(account: str, address: str) -> tuple[str, str, str]:
    # Hashed, so that a long name costs no more than a short one and no address book grows in memory.
    hashed = hashlib.sha256(account.encode(errors="replace")).hexdigest()
    place = neighbourhood(address)
    return (f"{hashed} {place}", hashed, place)
