"""Logins: opaque tokens that are written down only as hashes, live a bounded time, and can be ended at once.

A session is looked up in the database each time, never trusted from a signature, so that ending it works everywhere.
This file does not know passwords, cookies or what a person may do.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime.errors import AuthExpired, AuthRequired
from realtime.ports import Clock
from server.store.database import Database
from server.store.tables import sessions

IDLE = timedelta(hours=12)  # longer than a school day, shorter than a night and a morning away
ABSOLUTE = timedelta(days=30)  # a month; then everybody proves again who they are
SEEN_EVERY = timedelta(minutes=1)  # a write for each request would cost more than the request
KEPT_AFTER_END = timedelta(days=30)  # ended ones are still told as "expired", and listed
MOST_OPEN = 50  # of one person; the ones unused longest end
TOKEN_BYTES = 32
LONGEST_TOKEN = 256
LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One login of one person. Its `id` names it in lists and opens nothing."""

    id: str
    user_id: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    user_agent: str

    @property
    def expires_at(self) -> datetime:
        """When it ends if nothing more comes."""
        return min(self.ends_at, self.seen_at + IDLE)


_COLUMNS = (
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.created_at,
    sessions.c.seen_at,
    sessions.c.expires_at,
    sessions.c.revoked_at,
    sessions.c.address,
    sessions.c.user_agent,
)
_BY_TOKEN = select(*_COLUMNS).where(sessions.c.token_hash == bindparam("hash"))
_BY_ID = select(*_COLUMNS).where(sessions.c.id == bindparam("id"))
_OPEN_OF = (
    select(*_COLUMNS)
    .where(
        sessions.c.user_id == bindparam("user"),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > bindparam("now"),
        sessions.c.seen_at > bindparam("idle_since"),
    )
    .order_by(sessions.c.seen_at.desc(), sessions.c.id)
)
_ADD = insert(sessions)
_SEEN = update(sessions).where(sessions.c.id == bindparam("session")).values(seen_at=bindparam("now"))
_END = (
    update(sessions)
    .where(
        sessions.c.id == bindparam("session"), sessions.c.user_id == bindparam("user"), sessions.c.revoked_at.is_(None)
    )
    .values(revoked_at=bindparam("now"))
)
_FORGET = delete(sessions).where(
    sessions.c.user_id == bindparam("user"),
    or_(sessions.c.expires_at < bindparam("before"), sessions.c.revoked_at < bindparam("before")),
)


class Sessions:
    """The table of logins."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, user_id: str, *, address: str = "", user_agent: str = "") -> tuple[str, Session]:
        """A new login, with the token that only its owner ever holds."""
        async with self._database.write() as connection:
            token, session, _ = await self.add(connection, user_id, address=address, user_agent=user_agent)
        return token, session

    async def add(
        self, connection: AsyncConnection, user_id: str, *, address: str = "", user_agent: str = ""
    ) -> tuple[str, Session, Sequence[str]]:
        """The same inside a transaction of the caller, with the ids of those that ended for being too many."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()
        row = {
            "id": secrets.token_hex(8),
            "user_id": user_id,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + ABSOLUTE,
            "address": address,
            "user_agent": user_agent[:LONGEST_AGENT],
        }
        await connection.execute(_FORGET, {"user": user_id, "before": now - KEPT_AFTER_END})
        await connection.execute(_ADD, row | {"token_hash": token_hash(token)})
        ended = [old.id for old in (await self._open_of(connection, user_id))[MOST_OPEN:]]
        for session_id in ended:
            await connection.execute(_END, {"session": session_id, "user": user_id, "now": now})
        return token, _session(row), ended

    async def find(self, connection: AsyncConnection, token: str) -> Session:
        """The login this token opens. Errors: AuthRequired when it opens none, AuthExpired when it did once."""
        if not 0 < len(token) <= LONGEST_TOKEN:
            raise AuthRequired("Please sign in.")
        row = (await connection.execute(_BY_TOKEN, {"hash": token_hash(token)})).mappings().one_or_none()
        if row is None:
            raise AuthRequired("Please sign in.")
        return self._still_open(row)

    async def again(self, connection: AsyncConnection, session_id: str) -> Session:
        """A login that was good before, as it stands now. Errors: AuthExpired."""
        row = (await connection.execute(_BY_ID, {"id": session_id})).mappings().one_or_none()
        if row is None:
            raise expired()
        return self._still_open(row)

    def _still_open(self, row: Any) -> Session:
        session = _session(row)
        if row["revoked_at"] is not None or session.expires_at <= self._clock.now():
            raise expired()
        return session

    def is_due(self, session: Session) -> bool:
        """Whether it is time to note that this login is in use."""
        return self._clock.now() - session.seen_at >= SEEN_EVERY

    async def note_seen(self, session: Session) -> None:
        """Note that this login is in use, which puts off its idle end."""
        async with self._database.write() as connection:
            await connection.execute(_SEEN, {"session": session.id, "now": self._clock.now()})

    async def open_of(self, user_id: str) -> Sequence[Session]:
        """The open logins of a person, the last used first."""
        async with self._database.read() as connection:
            return await self._open_of(connection, user_id)

    async def _open_of(self, connection: AsyncConnection, user_id: str) -> Sequence[Session]:
        now = self._clock.now()
        found = await connection.execute(_OPEN_OF, {"user": user_id, "now": now, "idle_since": now - IDLE})
        return [_session(row) for row in found.mappings()]

    async def end(self, user_id: str, session_id: str) -> bool:
        """End one login of this person; False when it was over, or another's."""
        async with self._database.write() as connection:
            ended = await connection.execute(_END, {"session": session_id, "user": user_id, "now": self._clock.now()})
        return ended.rowcount == 1

    async def end_all(self, user_id: str) -> Sequence[str]:
        """End every login of this person. Shape: the ids of those that ended."""
        async with self._database.write() as connection:
            ids = [session.id for session in await self._open_of(connection, user_id)]
            for session_id in ids:
                await connection.execute(_END, {"session": session_id, "user": user_id, "now": self._clock.now()})
        return ids


def token_hash(token: str) -> str:
    """A token as it is written down. It has 256 random bits, so a fast hash without salt hides it well."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def expired() -> AuthExpired:
    """What is said of a login that is over."""
    return AuthExpired("Your login has ended. Please sign in again.")


def _session(row: Any) -> Session:
    return Session(
        id=row["id"],
        user_id=row["user_id"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        ends_at=row["expires_at"],
        address=row["address"],
        user_agent=row["user_agent"],
    )
