import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from server.store.database import Database
from server.store.schema import SchemaError, newest, upgrade
from server.store.sqlite import SqliteStore
from server.store.tables import metadata
from tests.support.database import opened
from tests.support.stores import vault

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 30

# A migration that is killed after so many statements, as a machine that loses power would.
KILLED = """
import asyncio, os, pathlib, signal, sys
from sqlalchemy import event
from server.store.database import Database
from server.store.schema import upgrade

database, left = Database(pathlib.Path(sys.argv[1])), int(sys.argv[2])

@event.listens_for(database.engine.sync_engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    await upgrade(database)
    await database.close()

asyncio.run(main())
"""


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


async def schema_of(database: Database) -> list[str]:
    async with database.read() as connection:
        found = await connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
        return list(found.scalars())


async def test_the_migrations_make_exactly_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_table_that_no_migration_makes_would_be_found(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        async with database.write() as connection:
            await connection.execute(text("ALTER TABLE visits DROP COLUMN revision"))
        async with database.read() as connection:
            assert len(await connection.run_sync(differences)) == 1


async def test_making_the_schema_current_twice_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        before = await schema_of(database)
        await upgrade(database)
        assert await schema_of(database) == before


async def test_a_store_that_is_opened_again_goes_on_with_the_same_log(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        first = await SqliteStore.open(database, vault())
        async with database.write() as connection:
            await connection.execute(text("UPDATE counters SET value = 7 WHERE name = 'seq'"))
        again = await SqliteStore.open(database, vault())
        assert (again.epoch, await again.last_seq()) == (first.epoch, 7)
        assert len(first.epoch) == 16


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database = Database(tmp_path / "rollcall.db")
    try:
        before = await schema_of(database)
        with pytest.raises(SchemaError, match=f"newer version .schema 9999, this version knows {newest()}"):
            await upgrade(database)
        assert await schema_of(database) == before
    finally:
        await database.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 40, b"\0" * 8192])
async def test_a_file_that_is_no_database_stops_the_start_with_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rollcall.db"
    path.write_bytes(content)
    database = Database(path)
    try:
        with pytest.raises(SchemaError) as refusal:
            await upgrade(database)
    finally:
        await database.close()
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == content


async def test_a_folder_that_is_not_there_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    database = Database(tmp_path / "nowhere" / "rollcall.db")
    try:
        with pytest.raises(SchemaError, match="unable to open database file"):
            await upgrade(database)
    finally:
        await database.close()


@pytest.mark.parametrize("statements", [0, 1, 3, 8, 20, 38])
async def test_a_migration_that_was_killed_is_run_again_from_the_start(tmp_path: Path, statements: int) -> None:
    path = tmp_path / "rollcall.db"
    script = [sys.executable, "-c", KILLED, str(path), str(statements)]
    killed = await asyncio.to_thread(subprocess.run, script, cwd=ROOT, capture_output=True, timeout=PATIENCE_S)
    assert killed.returncode == -9, killed.stderr
    database = Database(path)
    try:
        await upgrade(database)
        async with database.read() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await database.close()
