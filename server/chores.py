"""What commands at a terminal do with people, beside a running server or without one.

It exists because only one process may write to a SQLite file: where a server holds the data folder, the command asks
it; where none does, the command opens the folder itself. It does not know how a terminal looks.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from realtime.audience import Role
from realtime.errors import RollcallError
from realtime.ports import Clock
from server.data_folder import DEMO, DataFolder, Running, running_server
from server.people.passwords import Passwords
from server.people.upkeep import Upkeep
from server.people.users import MOST_LISTED, Users
from server.routes.control import SCHEME, user_json
from server.settings import Settings, StartError
from server.store.database import Database
from server.store.schema import upgrade

ANSWERS_WITHIN_S = 10.0
Person = dict[str, Any]


class Chores(Protocol):
    """The chores. Errors: RollcallError with a sentence for whoever typed."""

    async def add(self, *, email: str, name: str, role: Role, password: str) -> Person:
        """Write somebody down."""
        ...

    async def everybody(self) -> list[Person]:
        """All people."""
        ...

    async def set_password(self, *, email: str, password: str) -> int:
        """Give somebody a new password; says how many logins ended."""
        ...


class AtTheServer:
    """The chores, asked of the server that runs."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def add(self, *, email: str, name: str, role: Role, password: str) -> Person:
        """Write somebody down."""
        body = {"email": email, "name": name, "role": role.value, "password": password}
        person: Person = (await asked(self._http.post("/api/control/users", json=body)))["user"]
        return person

    async def everybody(self) -> list[Person]:
        """All people, page by page."""

        async def page(after: str) -> list[Person]:
            answer = await asked(self._http.get("/api/control/users", params={"after": after}))
            users: list[Person] = answer["users"]
            return users

        return await _all(page)

    async def set_password(self, *, email: str, password: str) -> int:
        """Give somebody a new password."""
        body = {"email": email, "password": password}
        return int((await asked(self._http.post("/api/control/users/password", json=body)))["ended"])


class ByHand:
    """The chores, done in the database by this process."""

    def __init__(self, upkeep: Upkeep) -> None:
        self._upkeep = upkeep

    async def add(self, *, email: str, name: str, role: Role, password: str) -> Person:
        """Write somebody down."""
        return user_json(await self._upkeep.add(email=email, name=name, role=role, password=password))

    async def everybody(self) -> list[Person]:
        """All people, page by page."""

        async def page(after: str) -> list[Person]:
            return [user_json(each) for each in await self._upkeep.page(after=after)]

        return await _all(page)

    async def set_password(self, *, email: str, password: str) -> int:
        """Give somebody a new password."""
        return len(await self._upkeep.set_password(email=email, password=password))


@asynccontextmanager
async def reached(settings: Settings, data: Path, clock: Clock, *, demo: bool) -> AsyncIterator[Chores]:
    """The chores of this data folder, whoever holds it. Errors: StartError, SchemaError."""
    running = running_server(data / DEMO if demo else data)
    if running is not None:
        async with speaking_to(running) as http:
            yield AtTheServer(http)
        return
    with DataFolder(data, demo=demo) as folder:
        async with opened(folder, settings, demo=demo) as database:
            passwords = Passwords()
            try:
                yield ByHand(Upkeep(Users(database, clock), passwords))
            finally:
                passwords.close()


@asynccontextmanager
async def opened(folder: DataFolder, settings: Settings, *, demo: bool) -> AsyncIterator[Database]:
    """The database of a folder we hold, with the present schema."""
    database = Database(folder.database_path(settings, demo=demo))
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def speaking_to(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A way to the running server that shows the key. Errors: StartError while it is still starting."""
    if not running.url:
        raise StartError(f"The server with process id {running.pid} is just starting; try again in a moment.")
    key = {"authorization": f"{SCHEME} {running.control_key}"}
    # A proxy of the environment must neither see the key nor stand between: the server answers this machine only.
    async with httpx.AsyncClient(base_url=running.url, headers=key, timeout=ANSWERS_WITHIN_S, trust_env=False) as http:
        yield http


async def asked(request: Awaitable[httpx.Response]) -> dict[str, Any]:
    """The server's answer. Errors: RollcallError in the server's words; StartError when it does not answer."""
    try:
        response = await request
        told: dict[str, Any] = response.json()
    except (httpx.HTTPError, ValueError) as silent:
        raise StartError(f"The running server does not answer: {type(silent).__name__}.") from silent
    if response.is_success:
        return told
    error = told.get("error", {})
    raise RollcallError(" ".join((error.get("message", "refused"), *error.get("fields", {}).values())))


async def _all(page: Callable[[str], Awaitable[list[Person]]]) -> list[Person]:
    people: list[Person] = []
    while True:
        more = await page(people[-1]["id"] if people else "")
        people += more
        if len(more) < MOST_LISTED:
            return people
