"""Real databases for tests: the schema is made once by the migrations, and copied."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from server.store.database import Database
from server.store.schema import upgrade

_migrated: list[bytes] = []


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    """An empty database with the present schema in this folder."""
    path = folder / "rollcall.db"
    path.write_bytes(await _template())
    database = Database(path)
    try:
        yield database
    finally:
        await database.close()


async def _template() -> bytes:
    if not _migrated:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "template.db")
            database = Database(path)
            try:
                await upgrade(database)
            finally:
                await database.close()
            _migrated.append(path.read_bytes())
    return _migrated[0]
