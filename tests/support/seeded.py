"""A database with a small school in it: people whose logins a test knows, two classes, no meetings."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from realtime.audience import Role
from server.people.sessions import ABSOLUTE, token_hash
from server.people.users import NewUser, user_row
from server.store.database import Database
from server.store.schema import upgrade
from server.store.tables import to_ms
from tests.support.people import PASSWORD_HASH

MATH, BIOLOGY = "c-math", "c-bio"


@dataclass(frozen=True)
class Someone:
    """Somebody of the school; `key` is how tests call them."""

    key: str
    name: str
    role: Role
    teaches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    studies: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"u-{self.key}"

    @property
    def email(self) -> str:
        return f"{self.key}@school.test"

    @property
    def token(self) -> str:
        return f"token-of-{self.key}"


ALL = ("schedule", "end", "mark", "export")
PEOPLE = {
    someone.key: someone
    for someone in (
        Someone("ada", "Ada Reyes", Role.ADMIN),
        Someone("oona", "Oona Velasco", Role.OBSERVER),
        Someone("tess", "Tess Marquez", Role.TEACHER, teaches={MATH: ALL}),
        Someone("carl", "Carl Ocampo", Role.TEACHER, teaches={MATH: ()}),  # teaches there and may nothing
        Someone("theo", "Theo Lim", Role.TEACHER, teaches={BIOLOGY: ALL}),
        Someone("sam", "Sam Dizon", Role.STUDENT, studies=(MATH,)),
        Someone("sue", "Sue Pascual", Role.STUDENT, studies=(MATH,)),
        Someone("ned", "Ned Aquino", Role.STUDENT, studies=(MATH,)),
        Someone("bob", "Bob Tolentino", Role.STUDENT, studies=(BIOLOGY,)),
        Someone("bea", "Bea Navarro", Role.STUDENT, studies=(BIOLOGY,)),
    )
}
CLASSES = {MATH: "Mathematics 7A", BIOLOGY: "Biology 8B"}
HOSTS = ("ada", "tess", "theo")  # who has an account in Zoom
_template: list[bytes] = []


async def template() -> bytes:
    """A database with the present schema and the school in it; made once, then copied."""
    if not _template:
        with TemporaryDirectory() as folder:
            path = Path(folder, "rollcall.db")
            database = Database(path)
            try:
                await upgrade(database)
            finally:
                await database.close()
            _seed(path)
            _template.append(path.read_bytes())
    return _template[0]


def _seed(path: Path) -> None:
    at = to_ms(datetime(2026, 6, 1, tzinfo=UTC))
    new = [
        (someone, NewUser(email=someone.email, name=someone.name, role=someone.role, password_hash=PASSWORD_HASH))
        for someone in PEOPLE.values()
    ]
    people = [user_row(row) | {"id": someone.id, "created_at": at} for someone, row in new]
    connection = sqlite3.connect(path)
    try:
        _insert(connection, "users", people)
        _insert(connection, "classes", [{"id": key, "name": name} for key, name in CLASSES.items()])
        teaching = [
            {"class_id": class_id, "user_id": someone.id, "permissions": json.dumps(may)}
            for someone in PEOPLE.values()
            for class_id, may in someone.teaches.items()
        ]
        _insert(connection, "class_teachers", teaching)
        studying = [
            {"class_id": class_id, "user_id": someone.id, "enrolled_at": at}
            for someone in PEOPLE.values()
            for class_id in someone.studies
        ]
        _insert(connection, "enrolments", studying)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def sign_in_everybody(path: Path, now: datetime) -> None:
    """A login for everybody, whose token a test knows."""
    logins = [
        {
            "id": f"login-of-{someone.key}",
            "token_hash": token_hash(someone.token),
            "user_id": someone.id,
            "created_at": to_ms(now),
            "seen_at": to_ms(now + timedelta(hours=1)),  # so that no request of a test writes that it was here
            "expires_at": to_ms(now + ABSOLUTE),
        }
        for someone in PEOPLE.values()
    ]
    connection = sqlite3.connect(path)
    try:
        _insert(connection, "sessions", logins)
        connection.commit()
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    marks = ", ".join(f":{name}" for name in names)
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def rows(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What stands in a database."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()
