"""A scene played before every reader on a real store: what each saw, what they heard, what a fresh page shows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from realtime import frames
from realtime.audience import Person
from realtime.bodies import instant
from realtime.facts import Fact
from realtime.lifecycle import Meeting
from realtime.log import Event, Latest, ResumeKey, Seal
from realtime.opening import Opener
from realtime.ports import Login
from server.store import rows
from server.store.transaction import MEETING, persons
from tests.support.builders import BOARD, minute
from tests.support.clock import ManualClock
from tests.support.page import Json, Page
from tests.support.readers import READERS, Reader, as_compared, assert_may_hear, assert_shows, rooms_of
from tests.support.scenarios import NOW, Scene
from tests.support.stores import Kept, sqlite_store, tracking

KEY = b"a key for cursors in tests, long"
WIRE = Path(__file__).resolve().parents[1] / "fixtures" / "wire"
READERS_OF_FIXTURES = ("admin", "teacher of the class", "other teacher", "student of the class", "other student")


@dataclass
class Part:
    """What one reader saw and heard."""

    reader: Reader
    events: list[tuple[str, Json, Json]] = field(default_factory=list)
    fresh: Json = field(default_factory=dict)


class Play:
    """A store in which things happen, and readers whose pages are open."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.parts: list[Part] = []
        self._open = Opener(kept.store, Seal(KEY, "wire"), ResumeKey(KEY, "wire"), ManualClock(NOW), "test")
        self._values = 0

    async def raise_curtain(self) -> None:
        """Open everybody's page."""
        for name, person in READERS.items():
            person = await self._person(person)
            self.parts.append(Part(Reader(name, person, await self._first(person))))

    async def tell(self, fact: Fact) -> None:
        """Have it happen, and hold every reader to what a fresh page shows."""
        told, values = len(self.kept.told.events), len(self.kept.told.latest_values)
        before = await self._meetings()
        await self.kept.tell(fact)
        after = await self._meetings()
        events, latest = self.kept.told.events[told:], self.kept.told.latest_values[values:]
        for part in self.parts:
            reader, rooms, known = part.reader, part.reader.rooms, dict(part.reader.page.meetings)
            heard = reader.told(events, latest)
            part.events += [(name, json.loads(text), self._meta(news)) for name, text, news in heard]
            person = await self._person(reader.person)
            assert reader.rooms == rooms_of(person)
            assert_may_hear(reader, rooms, known, heard, before, after)
            part.fresh = await self._first(person)
            assert_shows(reader, as_compared(Page(part.fresh), person, NOW), NOW, fact)

    async def _first(self, person: Person) -> Json:
        login = Login(person, "session", minute(1_000))
        opening = await self._open(login, rooms_of(person), None, await self.kept.store.last_seq())
        assert opening.missed == ()
        first: Json = json.loads(opening.first)
        return {**first, "lastZoomEventAt": None} if "lastZoomEventAt" in first else first

    async def _person(self, person: Person) -> Person:
        if person is BOARD:
            return person
        async with self.kept.store.database.read() as connection:
            return (await persons(connection, [person.id]))[0]

    async def _meetings(self) -> Mapping[str, Meeting]:
        async with self.kept.store.database.read() as connection:
            found = (await connection.execute(MEETING)).mappings()
            return {row["id"]: rows.meeting_of(row) for row in found}

    def _meta(self, news: Event | Latest) -> Json:
        at = instant(news.at)
        if isinstance(news, Event):
            meta = frames.meta(id=f"event-{news.seq}", type=news.type, at=at, cursor=f"cursor-{news.seq}")
        else:
            self._values += 1
            meta = frames.meta(id=f"value-{self._values}", type=news.type, at=at)
        told: Json = json.loads(meta)
        return told


async def play(scene: Scene, folder: Path) -> Sequence[Part]:
    """The whole scene before everybody."""
    async with sqlite_store(folder) as store, tracking(store) as kept:
        stage = Play(kept)
        for fact in scene.before:
            await kept.tell(fact)
        await stage.raise_curtain()
        for fact in scene.action:
            await stage.tell(fact)
        return stage.parts


def fixture(name: str, parts: Sequence[Part]) -> str:
    """What the dashboards' tests replay of a scene, as text."""
    told: list[dict[str, Any]] = [
        {
            "name": name,
            "audience": part.reader.name,
            "initialState": _steady(part.reader.first),
            "events": part.events,
            "fresh": _steady(part.fresh),
        }
        for part in parts
        if part.reader.name in READERS_OF_FIXTURES
    ]
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def path_of(name: str) -> Path:
    """Where a scene's fixture lies."""
    return WIRE / f"{name.replace(' ', '-').replace(',', '').lower()}.json"


def _steady(first: Json) -> Json:
    return {**first, "cursor": "cursor", "resume": "resume"}
