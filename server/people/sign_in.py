"""Somebody gives an e-mail address and a password, and gets a login, or hears no more than that it was wrong.

It exists so that the order is in one place: count the try, prove, hold the answer, open a new session. A try that
nobody could judge does not count. It does not know HTTP.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from realtime.audience import Person
from realtime.errors import AuthRequired
from server.people.guessing import Guesses
from server.people.passwords import LONGEST, Passwords
from server.people.rights import person_of
from server.people.sessions import Session, Sessions
from server.people.users import LONGEST_EMAIL, Users, email_key, is_still, renew_hash
from server.store.database import Database

Pause = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new login, the token its owner takes along, and the ids of older logins that ended for being too many."""

    person: Person
    session: Session
    token: str = field(repr=False)
    ended: Sequence[str] = ()


class SignIn:
    """The way in by password."""

    def __init__(
        self,
        *,
        database: Database,
        users: Users,
        passwords: Passwords,
        sessions: Sessions,
        guesses: Guesses,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._database = database
        self._users = users
        self._passwords = passwords
        self._sessions = sessions
        self._guesses = guesses
        self._pause = pause

    async def __call__(self, email: str, password: str, *, address: str, user_agent: str) -> SignedIn:
        """A new session for whoever proves to be this user.

        Errors: AuthRequired, in the same words for a wrong password, an unknown address and a deactivated user;
                TooMany after too many tries; Overloaded.
        """
        attempt = self._guesses.begin(email_key(email), address)
        try:
            user = await self._users.by_email(email) if len(email) <= LONGEST_EMAIL else None
            kept = user.password_hash if user is not None and user.is_active else ""
            is_right = len(password) <= LONGEST and await self._passwords.prove(kept, password)
        except BaseException:  # no room, no store, or given up: nobody knows whether it was a wrong guess
            self._guesses.take_back(attempt)
            raise
        if user is not None and is_right:
            self._guesses.succeeded(attempt)
        if attempt.pause_s > 0:
            await self._pause(attempt.pause_s)
        if user is None or not is_right:
            raise wrong_credentials()
        stronger = await self._passwords.hash(password) if self._passwords.is_weak(kept) else None
        async with self._database.write() as connection:
            person = await person_of(connection, user.id)
            if person is None or not await is_still(connection, user):
                raise wrong_credentials()  # the password was changed while it was being proved
            if stronger is not None:
                await renew_hash(connection, user.id, stronger)
            token, session, ended = await self._sessions.add(
                connection, user.id, address=address, user_agent=user_agent
            )
        return SignedIn(person, session, token, ended)


def wrong_credentials() -> AuthRequired:
    """The one answer to every login that fails."""
    return AuthRequired("The e-mail address or the password is wrong.", code="wrong_credentials")
