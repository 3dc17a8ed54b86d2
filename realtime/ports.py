"""What the core needs from outside, in its own words: a store, a publisher, a clock, a doorkeeper.

Each port says what it promises; `server/` has the implementations, `tests/contracts` holds them to these words. The
store speaks in batches, because what costs is the number of statements, not of rows.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from realtime.attendance import Candidate
from realtime.audience import Person
from realtime.facts import Clicked, Fact
from realtime.lifecycle import Instance, Meeting
from realtime.log import Event, Latest, Offer
from realtime.visits import Visit
from realtime.world import Wanted, WantedPeople, World


class Clock(Protocol):
    """The time, so that tests can move it."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """A person at a door: who, by which session, until when."""

    person: Person
    session_id: str
    expires_at: datetime


class Doorkeeper(Protocol):
    """Knows who is signed in."""

    async def sign_in(self, scope: Mapping[str, Any], auth: object) -> Login:
        """The login of a new connection, from its cookie (ASGI `scope`) or from `auth` = `{"token": ...}`.

        Errors: AuthRequired, AuthExpired, Forbidden, or Unavailable when nobody can tell just now.
        """
        ...

    async def look_up(self, login: Login) -> Login:
        """The same login as it stands now, rights included. Errors: AuthExpired when it is over."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connection is opened with: `first` is `initialState` as JSON text, `missed` what follows it.

    Shape: live events with `seq <= skip` are contained in it already. `latest` are newest values that are in no log,
           for a client that gets missed events instead of a picture.
    """

    first: str
    missed: Sequence[tuple[Event, str]]
    skip: int
    latest: Sequence[Latest] = ()


class Open(Protocol):
    """Reads from the store what a connection is opened with."""

    async def __call__(self, login: Login, rooms: frozenset[str], offer: Offer | None, frontier: int) -> Opening:
        """A replay when the offer fits, otherwise a snapshot; never a mixture."""
        ...


class Publisher(Protocol):
    """Tells dashboards. Neither call waits for anyone."""

    def publish(self, events: Sequence[Event]) -> None:
        """Tell these events, which are committed and come in seq order, without a gap to those before."""
        ...

    def latest(self, values: Sequence[Latest]) -> None:
        """Tell the newest of these values, each at most once a second."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One arrival of news, with what it was understood as.

    Shape: `digest` is the SHA-256 of the bytes as sent, `request_id` Zoom's id of the notification, `business_key`
           names what can happen only once; a delivery is a repeat if any of the three that is not empty was seen.
           All three are empty for news of our own. `raw` is kept for seven days; `problem` says why nothing was
           understood.
    """

    facts: tuple[Fact, ...] = ()
    digest: str = ""
    request_id: str = ""
    business_key: str = ""
    kind: str = ""
    received_at: datetime | None = None
    raw: bytes = field(default=b"", repr=False)
    problem: str = ""


class Kept(StrEnum):
    """What became of a delivery."""

    APPLIED = "applied"
    NOTED = "noted"  # understood, and not for us
    REPEATED = "repeated"
    NOT_UNDERSTOOD = "not_understood"
    PARKED = "parked"  # understood, but we failed on it; kept raw for a person to look at


class Transaction(Protocol):
    """One write transaction; nothing of it is seen by anyone until it is committed as a whole."""

    async def known(self, deliveries: Sequence[Delivery]) -> set[str]:
        """The digests, request ids and business keys among these that were kept before."""
        ...

    async def load(self, wanted: Wanted) -> World:
        """What is wanted, as of now, visits excepted."""
        ...

    async def load_visits(
        self, *, ids: Collection[str] = (), attendees: Collection[str] = (), uuids: Collection[str] = ()
    ) -> list[Visit]:
        """The visits with these ids, and all visits of these attendees and of these runs."""
        ...

    async def load_people(self, wanted: WantedPeople, classes: Collection[str]) -> list[Candidate]:
        """These people, with which of these classes they are in; signs find only those who are active."""
        ...

    async def save(
        self, world: World, events: Sequence[Event], outcomes: Sequence[tuple[Delivery, Kept]]
    ) -> list[Event]:
        """Keep what changed; the events come back with their `seq`, contiguous from the last one kept, and an `id`."""
        ...

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """A part that can fail alone: what was done inside is undone when the block raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A snapshot: everything as of `seq`, before it is worded for the wire.

    Shape: `visits` are those of the runs that are live and whose people this reader may see, or the reader's own;
           `candidates` are the people those visits were recognised as, by id; `clicks` the last fifteen minutes' for
           staff.
    """

    seq: int
    meetings: Sequence[Meeting]
    instances: Mapping[str, Instance] = field(default_factory=dict)
    visits: Sequence[Visit] = ()
    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    clicks: Sequence[Clicked] = ()
    last_zoom_event_at: datetime | None = None


class Store(Protocol):
    """Keeps what is true. One transaction writes at a time.

    Errors: Unavailable when the database is locked, full or gone; nothing of the transaction is kept then.
    """

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits when the block ends, rolls back when it raises."""
        ...

    async def picture(self, person: Person, rooms: frozenset[str], now: datetime) -> Picture:
        """All this person may see, as of one moment."""
        ...

    async def events_after(self, seq: int, until: int) -> list[Event]:
        """The log from `seq` (exclusive) to `until` (inclusive), in order."""
        ...

    async def floor(self) -> int:
        """The newest seq that was trimmed from the log."""
        ...
