"""The log of events, and what a client that returns is owed.

Every durable event has a contiguous `seq`; commit order is seq order is emit order. A connection's cursor is its
frontier: the largest seq for which everything at or below was sent to it or is not visible to it. A client gets it
sealed, because the step between two plain numbers would tell a learner how much staff heard in between; it is
sealed once per event, so that every member of a room can be sent the same bytes. Who the client is, is bound once
per connection by the resume key. This file is arithmetic: it does not know sockets or where the log is kept.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

MOST_EVENTS = 300  # a replay that would send more is a snapshot: the page would redraw everything anyway
MOST_ROWS = 1_000  # rows looked at for one replay, sent or not: bounds what one returning client may cost
_NUMBER = 8


@dataclass(frozen=True, slots=True)
class Hearing:
    """One wording of an event: the rooms that get it, and its body as JSON text; an empty body: they hear nothing."""

    rooms: frozenset[str]
    body: str


@dataclass(frozen=True, slots=True)
class Move:
    """A person's connections enter and leave rooms, in order with the events around it."""

    person_id: str
    enter: frozenset[str] = frozenset()
    leave: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something dashboards hear.

    Shape: a connection gets the first hearing among whose rooms is one of its own, and only that one. `seq` and `id`
           are given by the store with the commit. `moves` are made before the event is told.
    """

    type: str
    at: datetime
    hearings: tuple[Hearing, ...]
    moves: tuple[Move, ...] = ()
    seq: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """A value of which only the newest matters; it is in no log. `key` says what it replaces."""

    key: str
    type: str
    at: datetime
    hearing: Hearing


def heard(event: Event, rooms: Iterable[str]) -> str | None:
    """The body that somebody in these rooms gets of an event, or None: the first hearing that fits, even if silent."""
    mine = frozenset(rooms)
    return next((hearing.body for hearing in event.hearings if hearing.rooms & mine), "") or None


class Seal:
    """Turns seq into a cursor and back.

    Shape:  a cursor is url-safe text of 22 characters, the same for everyone, and tells nothing of the number.
    Errors: `open` gives None for anything this seal did not make in this epoch.
    Source: HMAC-like keyed BLAKE2b (RFC 7693); the mark also masks the number, as in a synthetic-IV cipher.
    """

    def __init__(self, key: bytes, epoch: str) -> None:
        self._key = hashlib.blake2b(b"rollcall cursor", key=key, digest_size=32).digest()
        self._epoch = epoch.encode()

    def seal(self, seq: int) -> str:
        """The cursor that stands for `seq`."""
        number = seq.to_bytes(_NUMBER, "big")
        mark = self._mark(number)
        return base64.urlsafe_b64encode(mark + _xor(number, self._mask(mark))).rstrip(b"=").decode()

    def open(self, cursor: str) -> int | None:
        """The seq behind a cursor; None when it is not one of ours, or of another epoch."""
        raw = _decode(cursor)
        if raw is None or len(raw) != 2 * _NUMBER:
            return None
        mark, hidden = raw[:_NUMBER], raw[_NUMBER:]
        number = _xor(hidden, self._mask(mark))
        return int.from_bytes(number, "big") if hmac.compare_digest(mark, self._mark(number)) else None

    def _mark(self, number: bytes) -> bytes:
        return hashlib.blake2b(b"mark" + number + self._epoch, key=self._key, digest_size=_NUMBER).digest()

    def _mask(self, mark: bytes) -> bytes:
        return hashlib.blake2b(b"mask" + mark, key=self._key, digest_size=_NUMBER).digest()


class ResumeKey:
    """Binds a cursor to whom it was given: the person, what they could hear, and the epoch of the log.

    Shape: the key tells nothing; another person's key, or one from before rights changed, simply does not fit.
    """

    def __init__(self, key: bytes, epoch: str) -> None:
        self._key = hashlib.blake2b(b"rollcall resume", key=key, digest_size=32).digest()
        self._epoch = epoch

    def of(self, person_id: str, rooms: Iterable[str]) -> str:
        """The key of this person with these rooms."""
        told = "\n".join((self._epoch, person_id, *sorted(rooms))).encode()
        return base64.urlsafe_b64encode(hashlib.blake2b(told, key=self._key, digest_size=24).digest()).decode()

    def fits(self, offered: str, person_id: str, rooms: Iterable[str]) -> bool:
        """Whether what a client hands back is this person's own key as of now."""
        return hmac.compare_digest(offered.encode(errors="replace"), self.of(person_id, rooms).encode())


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client brings when it returns; both opaque, both possibly nonsense."""

    key: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a returning client gets: the missed events after `after`, or (None) a snapshot, and why."""

    after: int | None
    reason: str = ""


def owed(offer: Offer | None, fits: Callable[[str], bool], seal: Seal, *, frontier: int, floor: int) -> Owed:
    """Whether a client may be brought up to date with what it missed.

    Shape:  `frontier` is the newest seq of this node, `floor` the newest seq that was trimmed. A cursor ahead of the
            frontier asks for a snapshot: it may be of a log that a restored backup took back, whose numbers are given
            again; and where it is of a node that was ahead, a snapshot is right too.
    Errors: none; whatever does not fit is a snapshot.
    """
    if offer is None or not offer.cursor:
        return Owed(None, "new")
    if not fits(offer.key):
        return Owed(None, "key")
    seq = seal.open(offer.cursor)
    if seq is None:
        return Owed(None, "cursor")
    if seq > frontier:
        return Owed(None, "ahead")
    if seq < floor:
        return Owed(None, "trimmed")
    if frontier - seq > MOST_ROWS:
        return Owed(None, "far behind")
    return Owed(seq)


def replay(events: Iterable[Event], person_id: str, rooms: Iterable[str]) -> list[tuple[Event, str]] | None:
    """The missed events this person may hear now, with their bodies; None when a snapshot serves better.

    Shape: rights that changed within the range change what the past looks like, so they ask for a snapshot too.
    """
    mine = frozenset(rooms)
    missed: list[tuple[Event, str]] = []
    for event in events:
        if any(move.person_id == person_id for move in event.moves):
            return None
        body = heard(event, mine)
        if body is not None:
            missed.append((event, body))
            if len(missed) > MOST_EVENTS:
                return None
    return missed


def skip_until(frontier: int, cursor: int | None, snapshot_seq: int | None) -> int:
    """Live events up to here are already in what the connection was opened with; they are dropped one by one."""
    return max(frontier, cursor or 0, snapshot_seq or 0)


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError, UnicodeEncodeError):
        return None
