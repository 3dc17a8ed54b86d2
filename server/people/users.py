"""The people of the school as they are written down: made, found, given a password.

E-mail addresses are compared without case, names as attendance compares them. This file does not know who may do
any of it (`access.py`) or how a password is proved (`passwords.py`).
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime.attendance import name_key
from realtime.audience import Role
from realtime.errors import BadInput, Conflict, NotFound
from realtime.ports import Clock
from server.people.rights import ACTIVE
from server.store.database import Database
from server.store.tables import sessions, users

LONGEST_NAME = 200
LONGEST_EMAIL = 254  # RFC 5321
MOST_LISTED = 200
_EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>\"()]+@[^@\s\x00-\x1f,;<>\"()]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """What is needed to write somebody down."""

    email: str
    name: str
    role: Role
    given_name: str = ""
    family_name: str = ""
    student_number: str = ""
    zoom_user_id: str = ""
    password_hash: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody of the school. Without a password hash nobody signs in as them by password."""

    id: str
    email: str
    name: str
    role: Role
    status: str
    password_hash: str = field(default="", repr=False)

    @property
    def is_active(self) -> bool:
        """Whether they may sign in."""
        return self.status == ACTIVE


_COLUMNS = (users.c.id, users.c.email, users.c.name, users.c.role, users.c.status, users.c.password_hash)
_BY_ID = select(*_COLUMNS).where(users.c.id == bindparam("id"))
_BY_EMAIL = select(*_COLUMNS).where(users.c.email == bindparam("email"))
_LIST = (
    select(*_COLUMNS)
    .where(users.c.id > bindparam("after"), or_(bindparam("role") == "", users.c.role == bindparam("role")))
    .order_by(users.c.id)
    .limit(bindparam("limit"))
)
_ADD = insert(users)
_ADMINS = select(func.count()).where(users.c.role == Role.ADMIN, users.c.status == ACTIVE).select_from(users)
_SET_PASSWORD = update(users).where(users.c.id == bindparam("user")).values(password_hash=bindparam("hash"))
_OPEN_SESSIONS = select(sessions.c.id).where(sessions.c.user_id == bindparam("user"), sessions.c.revoked_at.is_(None))
_END_SESSIONS = (
    update(sessions)
    .where(sessions.c.user_id == bindparam("user"), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)


class Users:
    """The table of people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(self, new: NewUser) -> User:
        """Write somebody down. Errors: BadInput; Conflict when the e-mail address is taken."""
        async with self._database.write() as connection:
            return await self.add(connection, new)

    async def add(self, connection: AsyncConnection, new: NewUser) -> User:
        """The same inside a transaction of the caller."""
        row = user_row(new) | {"created_at": self._clock.now()}
        try:
            await connection.execute(_ADD, row)
        except IntegrityError as taken:
            raise Conflict(f"There is already somebody with the e-mail address {row['email']}.") from taken
        return _user(row | {"status": ACTIVE})

    async def get(self, user_id: str) -> User | None:
        """The user with this id."""
        return await self._one(_BY_ID, {"id": user_id})

    async def by_email(self, email: str) -> User | None:
        """The user with this e-mail address, however it is written."""
        return await self._one(_BY_EMAIL, {"email": email_key(email)})

    async def _one(self, statement: Any, values: dict[str, str]) -> User | None:
        async with self._database.read() as connection:
            row = (await connection.execute(statement, values)).mappings().one_or_none()
        return None if row is None else _user(row)

    async def page(self, *, role: Role | None = None, after: str = "", limit: int = MOST_LISTED) -> Sequence[User]:
        """Users in the order of their ids, from the one after `after`."""
        values = {"after": after, "role": role or "", "limit": min(limit, MOST_LISTED)}
        async with self._database.read() as connection:
            return [_user(row) for row in (await connection.execute(_LIST, values)).mappings()]

    async def set_password(self, user_id: str, password_hash: str) -> list[str]:
        """Give a new password and end every login made with the old one.

        Shape: the ids of the sessions that ended, for whoever holds live connections. Errors: NotFound.
        """
        async with self._database.write() as connection:
            changed = await connection.execute(_SET_PASSWORD, {"user": user_id, "hash": password_hash})
            if changed.rowcount == 0:
                raise NotFound("There is no such person.")
            ended = (await connection.execute(_OPEN_SESSIONS, {"user": user_id})).scalars().all()
            await connection.execute(_END_SESSIONS, {"user": user_id, "at": self._clock.now()})
        return list(ended)


async def is_still(connection: AsyncConnection, user: User) -> bool:
    """Whether a user read earlier has the same password now, and may sign in."""
    row = (await connection.execute(_BY_ID, {"id": user.id})).mappings().one_or_none()
    return row is not None and row["status"] == ACTIVE and row["password_hash"] == user.password_hash


async def renew_hash(connection: AsyncConnection, user_id: str, password_hash: str) -> None:
    """Keep the same password under a stronger hash; logins go on."""
    await connection.execute(_SET_PASSWORD, {"user": user_id, "hash": password_hash})


async def has_admin(connection: AsyncConnection) -> bool:
    """Whether anybody can administer this school."""
    return (await connection.execute(_ADMINS)).scalar_one() > 0


def email_key(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().casefold()


def user_row(new: NewUser) -> dict[str, Any]:
    """A row of the table, with a fresh id and without its time. Errors: BadInput."""
    email, name = email_key(new.email), " ".join(new.name.split())
    wrong = {}
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        wrong["email"] = "Expected an e-mail address."
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        wrong["name"] = f"Expected a name of 1 to {LONGEST_NAME} letters."
    if wrong:
        raise BadInput("Some fields are not as they should be.", fields=wrong)
    return {
        "id": secrets.token_hex(8),
        "email": email,
        "name": name,
        "given_name": new.given_name,
        "family_name": new.family_name,
        "name_key": name_key(name),
        "student_number": new.student_number,
        "role": str(new.role),
        "zoom_user_id": new.zoom_user_id,
        "password_hash": new.password_hash,
    }


def _user(row: Any) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        status=row["status"],
        password_hash=row["password_hash"],
    )
