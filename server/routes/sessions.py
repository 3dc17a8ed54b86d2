"""Signing in and out, and who one is. Parse, call, answer."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.audience import Person
from realtime.bodies import instant
from realtime.errors import AuthExpired, AuthRequired
from server.auth import Auth, cookie_of, drop_cookie, is_secure, set_cookie
from server.doors.addresses import client_address
from server.people.passwords import LONGEST
from server.people.sessions import LONGEST_AGENT, Sessions
from server.people.sign_in import SignIn
from server.people.users import LONGEST_EMAIL
from server.routes.bodies import Body, read

EndSession = Callable[[str, str], None]
"""Closes the live connections of a session: its id, and why."""


class Credentials(Body):
    """What somebody proves themselves with. A password is taken as typed, spaces too."""

    email: str = Field(min_length=1, max_length=LONGEST_EMAIL)
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=False)] = Field(
        repr=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutUs:
    """What every page must know of this server: whether it is a demo, its version, the school's own words."""

    demo: bool
    version: str
    class_label: str = "Class"
    timezone: str = "UTC"


class SessionRoutes:
    """The routes, with the parts they call."""

    def __init__(
        self, *, auth: Auth, sign_in: SignIn, sessions: Sessions, end_session: EndSession, about_us: AboutUs
    ) -> None:
        self._auth = auth
        self._sign_in = sign_in
        self._sessions = sessions
        self._end_session = end_session
        self._about_us = asdict(about_us)

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/auth/login", self.login, methods=["POST"]),
            Route("/api/auth/logout", self.logout, methods=["POST"]),
            Route("/api/auth/me", self.me, methods=["GET"]),
        ]

    async def login(self, request: Request) -> Response:
        """A new session, in a cookie for browsers and as a token for programs. The one held before ends."""
        given = await read(request, Credentials)
        signed = await self._sign_in(
            given.email,
            given.password,
            address=client_address(request.scope),
            user_agent=request.headers.get("user-agent", "")[:LONGEST_AGENT],
        )
        for session_id in signed.ended:
            self._end_session(session_id, "too_many_logins")
        await self._end_held(request, "signed_in_again")
        response = JSONResponse({"success": True, "user": user_json(signed.person), "token": signed.token})
        set_cookie(response, signed.token, secure=is_secure(request))
        return response

    async def logout(self, request: Request) -> Response:
        """No session any more, here and on its live connections; also when there was none."""
        try:
            login = await self._auth.login_of(request.scope)
        except (AuthRequired, AuthExpired):
            pass  # it is over already, which is what was asked for
        else:
            await self._sessions.end(login.person.id, login.session_id)
            self._end_session(login.session_id, "signed_out")
        response = JSONResponse({"success": True})
        drop_cookie(response, secure=is_secure(request))
        return response

    async def me(self, request: Request) -> Response:
        """Who the server takes the caller for, and until when."""
        login = await self._auth.login_of(request.scope)
        told = {"user": user_json(login.person), "expires_at": instant(login.expires_at)}
        return JSONResponse({"success": True, **told, **self._about_us})

    async def _end_held(self, request: Request, reason: str) -> None:
        """End the session whose cookie this browser is about to lose: nobody could end it later."""
        held = cookie_of(request.headers)
        if not held:
            return
        try:
            login = await self._auth.login_with(held)
        except (AuthRequired, AuthExpired):
            return
        await self._sessions.end(login.person.id, login.session_id)
        self._end_session(login.session_id, reason)


def user_json(person: Person) -> dict[str, Any]:
    """Somebody as they are told about themselves."""
    return {"id": person.id, "email": person.email, "name": person.name, "role": person.role.value}
