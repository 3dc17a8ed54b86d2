"""Who is asking: from the cookie or the token of a request or a connection to a login with its rights.

It is the one place that reads the cookie, so that HTTP and Socket.IO cannot disagree about who somebody is. It is
handed to the hub as its doorkeeper. It does not know routes, or how a login came about.
"""

import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from realtime.errors import AuthRequired, Unavailable
from realtime.ports import Login
from server.people.rights import person_of
from server.people.sessions import ABSOLUTE, Session, Sessions, expired
from server.store.database import Database

COOKIE = "rollcall_session"
log = logging.getLogger(__name__)


class Auth:
    """The doorkeeper."""

    def __init__(self, database: Database, sessions: Sessions) -> None:
        self._database = database
        self._sessions = sessions

    async def sign_in(self, scope: Mapping[str, Any], auth: object) -> Login:
        """The login of a new connection: the token in `auth` if there is one, otherwise that of the request."""
        given = auth.get("token") if isinstance(auth, Mapping) else None
        return await self.login_with(given if isinstance(given, str) and given else token_of(scope))

    async def look_up(self, login: Login) -> Login:
        """The same login as it stands now. It does not count as use: an open page alone keeps nobody signed in."""
        async with self._database.read() as connection:
            session = await self._sessions.again(connection, login.session_id)
            person = await person_of(connection, session.user_id)
        if person is None or person.id != login.person.id:
            raise expired()
        return Login(person, session.id, session.expires_at)

    async def login_of(self, scope: Mapping[str, Any]) -> Login:
        """The login of a request. Errors: AuthRequired, AuthExpired, Unavailable."""
        return await self.login_with(token_of(scope))

    async def login_with(self, token: str) -> Login:
        """The login a token opens. Errors: as above."""
        async with self._database.read() as connection:
            session = await self._sessions.find(connection, token)
            person = await person_of(connection, session.user_id)
        if person is None:
            raise expired()
        if self._sessions.is_due(session):
            await self._note_seen(session)
        return Login(person, session.id, session.expires_at)

    async def _note_seen(self, session: Session) -> None:
        try:
            await self._sessions.note_seen(session)
        except Unavailable:  # a full disk must not keep anybody from reading
            log.warning("could not note that a session is in use", extra={"session": session.id})


def token_of(scope: Mapping[str, Any]) -> str:
    """The token a request brings: `Authorization: Bearer`, or the cookie. Errors: AuthRequired when there is none."""
    headers = Headers(scope=scope)  # type: ignore[arg-type]  # it only reads; a Mapping will do
    bearer = bearer_of(headers)
    if bearer:
        return bearer
    cookie = cookie_of(headers)
    if not cookie:
        raise AuthRequired("Please sign in.")
    return cookie


def binding_of(scope: Mapping[str, Any]) -> bytes:
    """The token a request brings, hashed, or nothing: what keeps a connection to those who opened it."""
    headers = Headers(scope=scope)  # type: ignore[arg-type]  # as above
    token = bearer_of(headers) or cookie_of(headers)
    return sha256(token.encode()).digest() if token else b""


def bearer_of(headers: Headers) -> str:
    """The token of an Authorization header, or nothing."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cookie_of(headers: Headers) -> str:
    """The token of our cookie, or nothing."""
    for header in headers.getlist("cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == COOKIE and value:
                return value
    return ""


def set_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Gives the browser its token: no script reads it, no other site sends it along with a write."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, *, secure: bool) -> None:
    """Takes it back."""
    response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")


def is_secure(request: Request) -> bool:
    """Whether this request came over https, as the doors found out."""
    return bool(request.scope["scheme"] == "https")
