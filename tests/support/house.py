"""The people's side of a server, put together as the server does it, with quick passwords and a clock in hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from server.auth import Auth
from server.doors import Policy, guarded
from server.errors import Page, exception_handlers
from server.people.guessing import Guesses
from server.people.passwords import Passwords
from server.people.sessions import Sessions
from server.people.setup_links import SetupLinks
from server.people.sign_in import SignIn
from server.people.users import Users
from server.store.database import Database
from tests.support.asgi import client
from tests.support.clock import ManualClock
from tests.support.database import opened
from tests.support.people import PASSWORD, QUICK

ORIGIN = "http://localhost:5000"


@dataclass
class House:
    """The parts; `ended` notes which sessions' live connections were closed, and why."""

    database: Database
    clock: ManualClock
    users: Users
    sessions: Sessions
    passwords: Passwords
    sign_in: SignIn
    auth: Auth
    links: SetupLinks
    policy: Policy = field(default_factory=Policy)
    ended: list[tuple[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def end_session(self, session_id: str, reason: str) -> None:
        """In place of the hub."""
        self.ended.append((session_id, reason))

    @asynccontextmanager
    async def browser(
        self, routes: Sequence[BaseRoute], *, page_not_found: Page | None = None, base_url: str = ORIGIN
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A browser at these routes behind all doors: it keeps cookies and says where its pages come from."""
        app = Starlette(routes=routes, exception_handlers=exception_handlers(page_not_found))
        async with client(guarded(app, self.policy), base_url=base_url) as browser:
            browser.headers["origin"] = base_url
            yield browser

    async def token_of(self, email: str) -> str:
        """A fresh login of somebody with the usual password."""
        signed = await self.sign_in(email, PASSWORD, address="127.0.0.1", user_agent="")
        return signed.token


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """All of it over an empty database in this folder."""
    clock, passwords, pauses = ManualClock(), Passwords(QUICK), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with opened(folder) as database:
        users, sessions = Users(database, clock), Sessions(database, clock)
        sign_in = SignIn(
            database=database,
            users=users,
            passwords=passwords,
            sessions=sessions,
            guesses=Guesses(clock),
            pause=pause,
        )
        links = SetupLinks(database=database, users=users, passwords=passwords, sessions=sessions, clock=clock)
        auth = Auth(database, sessions)
        try:
            yield House(database, clock, users, sessions, passwords, sign_in, auth, links, pauses=pauses)
        finally:
            passwords.close()
