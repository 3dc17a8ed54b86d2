"""What commands on this machine ask of the running server, because one process alone writes to a SQLite file.

They show a key that stands in the data folder, readable by nobody but the server's own user, and they must come from
this machine and not through a proxy. To everybody else these addresses do not exist. This file does not know terminals.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.audience import Role
from realtime.errors import Conflict, NotFound
from realtime.ports import Clock
from server.doors.addresses import is_from_here
from server.people.passwords import LONGEST
from server.people.upkeep import Upkeep
from server.people.users import LONGEST_EMAIL, LONGEST_NAME, User
from server.routes.bodies import Body, read
from server.routes.sessions import EndSession
from server.zoom.signature import signed_headers

SCHEME = "RollcallControl"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
Handler = Callable[[Request], Awaitable[Response]]


class NewPerson(Body):
    """Somebody to write down."""

    email: str = Field(max_length=LONGEST_EMAIL)
    name: str = Field(max_length=LONGEST_NAME)
    role: Role
    password: str = Field(max_length=LONGEST, repr=False)


class NewPassword(Body):
    """Whose password, and which."""

    email: str = Field(max_length=LONGEST_EMAIL)
    password: str = Field(max_length=LONGEST, repr=False)


class ControlRoutes:
    """The routes, with the parts they call."""

    def __init__(
        self, *, key: str, upkeep: Upkeep, end_session: EndSession, webhook_secrets: Sequence[str], clock: Clock
    ) -> None:
        self._key = key
        self._upkeep = upkeep
        self._end_session = end_session
        self._webhook_secrets = webhook_secrets
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of them."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/api/control/users", self._list),
            ("POST", "/api/control/users", self._add),
            ("POST", "/api/control/users/password", self._set_password),
            ("POST", "/api/control/signature", self._sign),
        )
        return [Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            scheme, _, key = request.headers.get("authorization", "").partition(" ")
            is_here = is_from_here(request.scope) and not any(n in request.headers for n in FORWARDED)
            is_ours = scheme == SCHEME and hmac.compare_digest(key.encode(), self._key.encode())
            if not (self._key and is_here and is_ours):
                raise NotFound("There is nothing at this address.")
            return await handler(request)

        return guarded

    async def _list(self, request: Request) -> Response:
        people = await self._upkeep.page(after=request.query_params.get("after", ""))
        return JSONResponse({"success": True, "users": [user_json(each) for each in people]})

    async def _add(self, request: Request) -> Response:
        new = await read(request, NewPerson)
        made = await self._upkeep.add(email=new.email, name=new.name, role=new.role, password=new.password)
        return JSONResponse({"success": True, "user": user_json(made)}, 201)

    async def _set_password(self, request: Request) -> Response:
        given = await read(request, NewPassword)
        ended = await self._upkeep.set_password(email=given.email, password=given.password)
        for session_id in ended:
            self._end_session(session_id, "password_changed")
        return JSONResponse({"success": True, "ended": len(ended)})

    async def _sign(self, request: Request) -> Response:
        """What Zoom would send along with this body now; for captured notifications that are posted again."""
        if not self._webhook_secrets:
            raise Conflict("This server has no ZOOM_WEBHOOK_SECRET_TOKEN.")
        headers = signed_headers(self._webhook_secrets[0], await request.body(), self._clock.now())
        return JSONResponse({"success": True, "headers": headers})


def user_json(user: User) -> dict[str, Any]:
    """A user as commands list them."""
    return {"id": user.id, "email": user.email, "name": user.name, "role": user.role.value, "status": user.status}
