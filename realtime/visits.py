"""Joins and leaves into stays: who is in the room, since when, and for how long.

Zoom tells arrivals and departures in any order, some twice, some never. So a visit remembers every instant told, and
its stays are worked out anew each time; totals are seconds, and two devices of one person are a union, not a sum.
This file does not know who a participant is (`attendance.py`) or what a mark is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from realtime.facts import Participant, ParticipantJoined, ParticipantLeft, Place

Stay = tuple[datetime, datetime | None]  # from, until; None: still there


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """All that was told of one connection in one place of one run.

    Shape: `attendee` names the person's row in this run; `joined` and `left` are sorted and without doubles;
           `revision` is the row's as of when this visit was last told of.
    """

    uuid: str
    place: Place
    participant: Participant
    attendee: str
    joined: tuple[datetime, ...] = ()
    left: tuple[datetime, ...] = ()
    revision: int = 0

    @property
    def id(self) -> str:
        """One visit per run, connection and place."""
        return visit_id(self.uuid, self.participant.key, self.place)


def visit_id(uuid: str, key: str, place: Place) -> str:
    """The id of the visit of that connection in that place of that run."""
    return f"{uuid}/{place.value}/{key}"


def noted(visit: Visit, fact: ParticipantJoined | ParticipantLeft) -> Visit:
    """The visit with one more instant told; the same visit when it was told before."""
    if isinstance(fact, ParticipantJoined):
        return replace(visit, joined=_with(visit.joined, fact.at))
    return replace(visit, left=_with(visit.left, fact.at))


def _with(instants: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    return instants if at in instants else tuple(sorted((*instants, at)))


def stays(visit: Visit, ended_at: datetime | None) -> tuple[Stay, ...]:
    """The stays of one visit, in order.

    Shape: a second join without a leave between goes on with the stay; a leave without a join is a stay of no length
           (it proves presence, not time); a missing leave closes at the end of the run, if that is known.
    """
    found: list[Stay] = []
    since: datetime | None = None
    told = sorted([(at, 0) for at in visit.joined] + [(at, 1) for at in visit.left])
    for at, is_leave in told:
        if not is_leave:
            since = since or at
        else:
            found.append((since or at, at))
            since = None
    if since is not None:
        found.append((since, None if ended_at is None else max(since, ended_at)))
    return tuple(found)


def union(all_stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """Stays that touch or overlap become one; an open stay swallows what begins after it."""
    merged: list[Stay] = []
    for since, until in sorted(all_stays, key=lambda s: s[0]):
        if merged and (merged[-1][1] is None or since <= merged[-1][1]):
            last_since, last_until = merged[-1]
            merged[-1] = (last_since, None if last_until is None or until is None else max(last_until, until))
        else:
            merged.append((since, until))
    return tuple(merged)


def total_s(all_stays: Iterable[Stay]) -> int:
    """Whole seconds of the stays that are over, each moment counted once."""
    return int(sum((until - since).total_seconds() for since, until in union(all_stays) if until is not None))


@dataclass(frozen=True, slots=True)
class Presence:
    """What one person's visits come to: `in_room` and `waiting` are about now, `stays` about the room only."""

    in_room: bool
    waiting: bool
    stays: tuple[Stay, ...]

    @property
    def first_joined(self) -> datetime | None:
        """When they first came into the room."""
        return self.stays[0][0] if self.stays else None

    @property
    def last_left(self) -> datetime | None:
        """When they last left the room; None while they are in it."""
        return self.stays[-1][1] if self.stays else None


def presence(visits: Iterable[Visit], ended_at: datetime | None) -> Presence:
    """One person's visits of one run, all places and devices together."""
    room: list[Stay] = []
    waits: list[Stay] = []
    for visit in visits:
        (waits if visit.place is Place.WAITING_ROOM else room).extend(stays(visit, ended_at))
    merged = union(room)
    in_room = bool(merged) and merged[-1][1] is None
    return Presence(in_room, not in_room and any(until is None for _, until in waits), merged)
