"""A school with a log of events in memory, for tests of the hub: the ports it asks, and rights that change in the log.

A scope is a class; what is in it are numbered things with a version. An event about a thing carries its new version, so
a page that hears everything in order sees every version step by one.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from realtime import audience
from realtime.audience import Person, Role
from realtime.errors import AuthExpired, AuthRequired
from realtime.log import Event, Hearing, Latest, Move, Offer, ResumeKey, Seal, heard, owed, replay, skip_until
from realtime.ports import Login, Opening
from tests.support.clock import ManualClock

KEY = b"k" * 32
LIFE = timedelta(hours=1)


def student(number: int, *classes: str) -> Person:
    return Person(id=f"s{number}", name=f"Student {number}", email="", role=Role.STUDENT, studies=frozenset(classes))


def teacher(number: int, *classes: str) -> Person:
    return Person(id=f"t{number}", name=f"Teacher {number}", email="", role=Role.TEACHER, teaches=frozenset(classes))


ADMIN = Person(id="a1", name="Admin", email="", role=Role.ADMIN)


@dataclass(frozen=True)
class Row:
    """One line of the log, and what it means to a test."""

    event: Event
    scope: str
    thing: str = ""
    version: int = 0


class School:
    """Doorkeeper, store and opener in one; a token is `person:login`."""

    def __init__(self, *people: Person, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.seal = Seal(KEY, "e1")
        self.resume_key = ResumeKey(KEY, "e1")
        self.people = {person.id: person for person in people}
        self.ended: set[str] = set()
        self.expires_at: datetime = self.clock.now() + LIFE
        self.used_until: dict[str, datetime] = {}
        self.log: list[Row] = []
        self.floor = 0
        self.things: dict[str, dict[str, int]] = {}
        self.counts: dict[str, int] = {}
        self.signed_in: list[Mapping[str, Any]] = []
        self.before_sign_in: Callable[[], Awaitable[object]] = _at_once
        self.after_sign_in: Callable[[], Awaitable[object]] = _at_once
        self.before_read: Callable[[], Awaitable[object]] = _at_once
        self.after_read: Callable[[], Awaitable[object]] = _at_once
        self.padding = ""

    # --- the doorkeeper -------------------------------------------------------------------------------------

    async def sign_in(self, scope: Mapping[str, Any], auth: object) -> Login:
        self.signed_in.append(scope)
        await self.before_sign_in()
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str):
            raise AuthRequired("Please sign in.")
        person, _, session = token.partition(":")
        if person not in self.people:
            raise AuthRequired("Please sign in.")
        login = Login(self.people[person], session or f"login of {person}", self.expires_at)
        if login.session_id in self.ended:
            raise AuthExpired("This login is over.")
        await self.after_sign_in()
        return login

    async def look_up(self, login: Login) -> Login:
        await asyncio.sleep(0)
        if login.session_id in self.ended:
            raise AuthExpired("This login is over.")
        expires_at = self.used_until.get(login.session_id, login.expires_at)
        return replace(login, person=self.people[login.person.id], expires_at=expires_at)

    # --- the store ------------------------------------------------------------------------------------------

    @property
    def head(self) -> int:
        return len(self.log)

    def happen(self, scope: str, thing: str, rooms: frozenset[str] | None = None) -> Event:
        """A thing of a class has a new version."""
        things = self.things.setdefault(scope, {})
        things[thing] = version = things.get(thing, 0) + 1
        fields = {"scope": scope, "thing": thing, "version": version, "seq": self.head + 1, "pad": self.padding}
        learners = Hearing(rooms or frozenset({audience.learners_of(scope)}), json.dumps({**fields, "as": "learner"}))
        staff = Hearing(
            frozenset({audience.teachers_of(scope), audience.ADMINS}), json.dumps({**fields, "as": "staff"})
        )
        return self._append(Row(self._event("meetingStatusUpdate", (staff, learners)), scope, thing, version))

    def count(self, scope: str, number: int) -> Latest:
        """So many are in a class; to be told after the events that made it so."""
        self.counts[scope] = number
        rooms = frozenset({audience.learners_of(scope), audience.teachers_of(scope), audience.ADMINS})
        body = json.dumps({"scope": scope, "count": number, "as_of": self.head})
        return Latest(key=scope, type="countUpdate", at=self.clock.now(), hearing=Hearing(rooms, body))

    def tell_person(self, person_id: str, body: object) -> Event:
        """A notice for one person."""
        hearing = Hearing(frozenset({audience.room_of(person_id)}), json.dumps(body))
        return self._append(Row(self._event("notification", (hearing,)), ""))

    def grant(self, person_id: str, scope: str) -> Event:
        """A student enters a class."""
        person = self.people[person_id]
        self.people[person_id] = replace(person, studies=person.studies | {scope})
        body = {"scope": scope, "things": dict(self.things.get(scope, {})), "seq": self.head + 1}
        move = Move(person_id, enter=frozenset({audience.learners_of(scope)}))
        return self._moved("scopeAdded", body, move)

    def revoke(self, person_id: str, scope: str) -> Event:
        """A student leaves a class."""
        person = self.people[person_id]
        self.people[person_id] = replace(person, studies=person.studies - {scope})
        move = Move(person_id, leave=frozenset({audience.learners_of(scope)}))
        return self._moved("scopeRemoved", {"scope": scope, "seq": self.head + 1}, move)

    def _moved(self, type_: str, body: object, move: Move) -> Event:
        hearing = Hearing(frozenset({audience.room_of(move.person_id)}), json.dumps(body))
        return self._append(Row(replace(self._event(type_, (hearing,)), moves=(move,)), ""))

    def _event(self, type_: str, hearings: tuple[Hearing, ...]) -> Event:
        seq = self.head + 1
        return Event(type=type_, at=self.clock.now(), hearings=hearings, seq=seq, id=f"e{seq}")

    def _append(self, row: Row) -> Event:
        self.log.append(row)
        return row.event

    def trim(self, seq: int) -> None:
        """Forget the log up to here."""
        self.floor = max(self.floor, seq)

    def picture(self, rooms: frozenset[str]) -> dict[str, dict[str, int]]:
        """What is true now, for somebody in these rooms."""
        return {scope: dict(things) for scope, things in sorted(self.things.items()) if _sees(rooms, scope)}

    def picture_of(self, person_id: str) -> dict[str, dict[str, int]]:
        return self.picture(audience.rooms_of(self.people[person_id]))

    def _latest(self, rooms: frozenset[str]) -> list[Latest]:
        return [self.count(scope, self.counts[scope]) for scope in self.counts if _sees(rooms, scope)]

    # --- what a connection is opened with -------------------------------------------------------------------

    async def open(self, login: Login, rooms: frozenset[str], offer: Offer | None, frontier: int) -> Opening:
        await self.before_read()
        person = login.person
        what = owed(
            offer,
            lambda key: self.resume_key.fits(key, person.id, rooms),
            self.seal,
            frontier=frontier,
            floor=self.floor,
        )
        missed = None
        if what.after is not None:
            events = [row.event for row in self.log[what.after : frontier]]
            missed = replay(events, person.id, rooms)
        if missed is None:
            skip = skip_until(frontier, None, self.head)
            counts = {scope: self.counts[scope] for scope in self.counts if _sees(rooms, scope)}
            things = self.picture(rooms)
            first = {"mode": "snapshot", "seq": skip, "things": things, "counts": counts, "pad": self.padding}
        else:
            skip = skip_until(frontier, what.after, None)
            first = {"mode": "replay"}
        first |= {
            "you": {"id": person.id},
            "cursor": self.seal.seal(skip),
            "resume": self.resume_key.of(person.id, rooms),
        }
        opening = Opening(json.dumps(first), missed or (), skip, self._latest(rooms) if missed is not None else ())
        await self.after_read()
        return opening


def _sees(rooms: frozenset[str], scope: str) -> bool:
    return bool(rooms & {audience.ADMINS, audience.learners_of(scope), audience.teachers_of(scope)})


async def _at_once() -> None:
    """No delay."""


__all__ = ["ADMIN", "School", "heard", "student", "teacher"]
