"""Brings the tables of a database to what this version needs, before anything else opens it.

Migrations run in this process and only when the schema differs, because starting Alembic costs more than everything
else at a start. A database of a newer version is refused: going back would lose what the newer one has written.
"""

import re
from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from realtime.errors import Unavailable
from server.starting import StartError
from server.store.database import Database

_FOLDER = Path(__file__).parent / "migrations"


class SchemaError(StartError):
    """The database cannot be used by this version; the message says what to do."""


def newest() -> str:
    """The newest migration of this version, by its file's name."""
    return max(p.name for p in (_FOLDER / "versions").glob("[0-9]*.py"))[:4]


async def upgrade(database: Database) -> None:
    """Make the schema current.

    Errors: SchemaError with one sentence for a file that is no database, is damaged, or belongs to a newer version.
    """
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except (DatabaseError, Unavailable) as error:
        reason = re.sub(r"\s+", " ", str(getattr(error, "orig", error)))
        raise SchemaError(f"The database {database.path} cannot be opened: {reason}.") from error


def _upgrade(connection: Connection) -> None:
    have = _current(connection)
    if have == newest():
        return
    if have is not None and have > newest():
        raise SchemaError(
            f"The database was made by a newer version (schema {have}, this version knows {newest()}). "
            "Start that version, or restore a backup made by this one."
        )
    from alembic import command  # 0.2 s that only a changed schema pays

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    found = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if found else None
