"""The one-time link by which the very first admin comes in.

A school's server starts with nobody in it, and a well-known first password would be everybody's. So the start prints
a link that works once, for a day, and only while there is no admin. This file does not know where it is printed.
"""

import secrets
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime.audience import Role
from realtime.errors import Forbidden
from realtime.ports import Clock
from server.people.passwords import Passwords, checked
from server.people.rights import person_of
from server.people.sessions import LONGEST_TOKEN, Sessions, token_hash
from server.people.sign_in import SignedIn
from server.people.users import NewUser, Users, has_admin, user_row
from server.store.database import Database
from server.store.tables import tokens

LIFETIME = timedelta(hours=24)
PURPOSE = "setup"

_DROP = delete(tokens).where(tokens.c.purpose == PURPOSE)
_ADD = insert(tokens)
_FIND = select(tokens.c.token_hash).where(
    tokens.c.token_hash == bindparam("hash"),
    tokens.c.purpose == PURPOSE,
    tokens.c.used_at.is_(None),
    tokens.c.expires_at > bindparam("now"),
)
_USE = update(tokens).where(tokens.c.token_hash == bindparam("hash")).values(used_at=bindparam("now"))


class SetupLinks:
    """Makes the link and takes it in."""

    def __init__(
        self, *, database: Database, users: Users, passwords: Passwords, sessions: Sessions, clock: Clock
    ) -> None:
        self._database = database
        self._users = users
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock

    async def issue(self) -> str | None:
        """A fresh token, which makes older ones worthless; None when there is an admin already."""
        token = secrets.token_urlsafe(24)
        async with self._database.write() as connection:
            await connection.execute(_DROP)
            if await has_admin(connection):
                return None
            row = {"token_hash": token_hash(token), "purpose": PURPOSE, "expires_at": self._clock.now() + LIFETIME}
            await connection.execute(_ADD, row)
        return token

    async def use(
        self, token: str, *, email: str, name: str, password: str, address: str = "", user_agent: str = ""
    ) -> SignedIn:
        """Make the first admin and sign them in.

        Errors: Forbidden when the link is wrong, used or too old; BadInput, after which it still works.
        """
        async with self._database.read() as connection:
            await self._check(connection, token)  # before the costly hash, so that strangers cannot ask for it
        new = NewUser(email=email, name=name, role=Role.ADMIN)
        user_row(new)  # refuses before the link is spent
        kept = await self._passwords.hash(checked(password))
        async with self._database.write() as connection:
            await self._check(connection, token)
            await connection.execute(_USE, {"hash": token_hash(token), "now": self._clock.now()})
            user = await self._users.add(
                connection, NewUser(email=email, name=name, role=Role.ADMIN, password_hash=kept)
            )
            secret, session, _ = await self._sessions.add(connection, user.id, address=address, user_agent=user_agent)
            person = await person_of(connection, user.id)
            assert person is not None  # noqa: S101  # written two lines above
        return SignedIn(person, session, secret)

    async def _check(self, connection: AsyncConnection, token: str) -> None:
        is_known = 0 < len(token) <= LONGEST_TOKEN and await connection.scalar(
            _FIND, {"hash": token_hash(token), "now": self._clock.now()}
        )
        if not is_known or await has_admin(connection):
            raise Forbidden(
                "This link does not work any more. A new one is printed when the server starts without an admin.",
                code="link_spent",
            )
