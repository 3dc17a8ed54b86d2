"""Real stores for tests, with the small school of `builders` in them, and a tracker that works on them."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from realtime.attendance import name_key
from realtime.facts import Fact
from realtime.ports import Delivery
from realtime.tracker import Outcome, Tracker
from server.store.database import Database
from server.store.sqlite import SqliteStore
from server.store.tables import class_teachers, classes, enrolments, meeting_secrets, users
from server.vault import Vault
from tests.support.builders import MORNING, NINTH, SCHOOL, TENTH, ZOOM_IDS
from tests.support.database import opened
from tests.support.publishers import Recorder

SECRET = b"a secret key for tests, 32 bytes"


def vault() -> Vault:
    """What seals in these tests."""
    return Vault([SECRET])


async def fill(database: Database) -> None:
    """Put the school in."""
    async with database.write() as connection:
        await connection.execute(classes.insert(), [{"id": c.id, "name": c.name} for c in (NINTH, TENTH)])
        people = [
            {
                "id": p.id,
                "email": p.email,
                "name": p.name,
                "name_key": name_key(p.name),
                "role": p.role.value,
                "zoom_user_id": ZOOM_IDS.get(p.id, ""),
                "created_at": MORNING,
            }
            for p in SCHOOL
        ]
        await connection.execute(users.insert(), people)
        may = ["schedule", "end", "mark", "export"]
        taught = [{"class_id": c, "user_id": p.id, "permissions": may} for p in SCHOOL for c in sorted(p.teaches)]
        await connection.execute(class_teachers.insert(), taught)
        studied = [{"class_id": c, "user_id": p.id, "enrolled_at": MORNING} for p in SCHOOL for c in sorted(p.studies)]
        await connection.execute(enrolments.insert(), studied)


@asynccontextmanager
async def sqlite_store(folder: Path) -> AsyncIterator[SqliteStore]:
    """A store in one SQLite file, with the school in it."""
    async with opened(folder) as database:
        await fill(database)
        yield await SqliteStore.open(database, vault())


STORES = {"sqlite": sqlite_store}


@dataclass
class Kept:
    """A store, the tracker that works on it, and what was told."""

    store: SqliteStore
    tracker: Tracker
    told: Recorder = field(default_factory=Recorder)

    async def tell(self, *facts: Fact) -> Outcome:
        """Have these facts kept, each for itself, in order; gives the outcome of the last."""
        return (await asyncio.gather(*(self.tracker.record(fact) for fact in facts)))[-1]

    async def deliver(self, *deliveries: Delivery) -> Sequence[Outcome | BaseException]:
        """Hand these deliveries in at once."""
        return await asyncio.gather(*(self.tracker.submit(d) for d in deliveries), return_exceptions=True)

    async def store_secrets(self, meeting_id: str) -> dict[str, str]:
        """What is sealed of a meeting."""
        query = select(meeting_secrets.c.sealed).where(meeting_secrets.c.meeting_id == meeting_id)
        async with self.store.database.read() as connection:
            told: dict[str, str] = json.loads(vault().open((await connection.execute(query)).scalar_one()))
            return told


@asynccontextmanager
async def tracking(store: SqliteStore, *, batch: int = 256, waiting: int = 10_000) -> AsyncIterator[Kept]:
    """A tracker at work on a store; ends when what waits is done."""
    told = Recorder()
    tracker = Tracker(store, told, batch=batch, waiting=waiting)
    task = asyncio.create_task(tracker.run())
    try:
        yield Kept(store, tracker, told)
    finally:
        tracker.close()
        await task


def delivery(*facts: Fact, digest: str, **more: str) -> Delivery:
    """One arrival of news from Zoom."""
    return Delivery(facts=facts, digest=digest, received_at=MORNING, raw=digest.encode(), **more)
