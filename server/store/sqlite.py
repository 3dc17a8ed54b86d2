"""The Store on SQLite: what the core asks for, put together from the parts of this folder."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from realtime.audience import Person
from realtime.log import Event
from realtime.ports import Picture
from server.store import reading
from server.store.database import Database
from server.store.tables import counters, facts_about_us
from server.store.transaction import SqlTransaction
from server.vault import Vault


class SqliteStore:
    """Keeps what is true in one SQLite file."""

    def __init__(self, database: Database, vault: Vault, epoch: str) -> None:
        self.database = database
        self.epoch = epoch
        self._vault = vault

    @classmethod
    async def open(cls, database: Database, vault: Vault) -> Self:
        """The store of a database whose schema is current; gives a new one its epoch and its counters.

        Shape: the epoch names this log, so that a cursor of another database does not fit. A restored copy keeps it.
        """
        async with database.write() as connection:
            for name in ("seq", "floor"):
                await connection.execute(insert(counters).on_conflict_do_nothing(), {"name": name, "value": 0})
            fresh = {"name": "epoch", "value": secrets.token_hex(8)}
            await connection.execute(insert(facts_about_us).on_conflict_do_nothing(), fresh)
            named = select(facts_about_us.c.value).where(facts_about_us.c.name == "epoch")
            epoch = (await connection.execute(named)).scalar_one()
        return cls(database, vault, epoch)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """A write transaction for a batch."""
        async with self.database.write() as connection:
            yield SqlTransaction(connection, self._vault)

    async def picture(self, person: Person, rooms: frozenset[str], now: datetime) -> Picture:
        """All this person may see, as of one moment."""
        async with self.database.read() as connection:
            return await reading.picture(connection, person, rooms, now)

    async def events_after(self, seq: int, until: int) -> list[Event]:
        """The log from `seq` (exclusive) to `until` (inclusive)."""
        async with self.database.read() as connection:
            return await reading.events_after(connection, seq, until)

    async def floor(self) -> int:
        """The newest seq that was trimmed."""
        async with self.database.read() as connection:
            return await reading.counter(connection, "floor")

    async def last_seq(self) -> int:
        """The newest seq that is kept: where a node begins to dispatch."""
        async with self.database.read() as connection:
            return await reading.counter(connection, "seq")
