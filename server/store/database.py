"""Connections to SQLite: one that writes, a few that read, and what their faults mean.

The writer is one connection behind one lock, because statements of two tasks on one connection would join one
transaction. It alone writes and checkpoints: SQLite before 3.51.3 can corrupt a file when two connections race there.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from realtime.errors import Unavailable

LOCK_WAIT_S = 2.0  # another process that holds the file longer than this makes us answer 503
READERS = 4
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "mmap_size=0")


class Database:
    """One SQLite file, opened for one process.

    Errors: every fault of the file (locked, full, read-only, damaged, gone) comes out as Unavailable.
    """

    def __init__(self, path: Path, *, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self.path = path
        url = f"sqlite+aiosqlite:///{path}"
        self._writing = _engine(url, "BEGIN IMMEDIATE", (), size=1, lock_wait_s=lock_wait_s)
        self._reading = _engine(url, "BEGIN", ("query_only=ON",), size=READERS, lock_wait_s=lock_wait_s)
        self._lock = asyncio.Lock()
        self._writer: AsyncConnection | None = None

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations before anything else runs."""
        return self._writing

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction: committed when the block ends, rolled back when it raises; one at a time."""
        async with self._lock:
            with faults():
                connection = await self._connection()
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read transaction: everything in the block is of one moment."""
        with faults():
            async with self._reading.connect() as connection, connection.begin():
                yield connection

    async def _connection(self) -> AsyncConnection:
        if self._writer is None or self._writer.closed or self._writer.invalidated:
            self._writer = await self._writing.connect()
        return self._writer

    async def close(self) -> None:
        """Give the file back. An aiosqlite connection that is left open keeps the process from ending."""
        async with self._lock:
            if self._writer is not None:
                await self._writer.close()
                self._writer = None
        await self._writing.dispose()
        await self._reading.dispose()


class faults:
    """Names the faults of a database in our own words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | InterfaceError) or _is_damage(error):
            raise Unavailable(
                "The server cannot write this down just now. Nothing was changed; please try again.",
                code="store_unavailable",
            ) from error


def _is_damage(error: BaseException | None) -> bool:
    return (
        isinstance(error, DBAPIError)
        and isinstance(error.orig, sqlite3.DatabaseError)
        and error.orig.args[:1] == ("database disk image is malformed",)
    )


def _engine(url: str, begin: str, pragmas: tuple[str, ...], *, size: int, lock_wait_s: float) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        connect_args={"timeout": lock_wait_s, "cached_statements": 256},
        hide_parameters=True,  # an error is logged with its words, and the values are people's names
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must never BEGIN by itself; savepoints work only so
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_as(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
