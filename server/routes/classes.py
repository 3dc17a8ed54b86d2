"""The caller's own classes over HTTP, also under the name an older dashboard knows them by."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.errors import BadInput
from realtime.ports import Login
from server.people.classes import MOST_LISTED, Class, classes_of
from server.store.database import Database

LoginOf = Callable[[Mapping[str, Any]], Awaitable[Login]]


class ClassRoutes:
    """The routes, with the parts they call."""

    def __init__(self, *, login_of: LoginOf, database: Database) -> None:
        self._login_of = login_of
        self._database = database

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/classes", self.list, methods=["GET"]),
            Route("/api/programs", self.list_programs, methods=["GET"]),
        ]

    async def list(self, request: Request) -> Response:
        """The caller's classes, page by page."""
        return await self._page(request, "classes")

    async def list_programs(self, request: Request) -> Response:
        """The same under the old name."""
        return await self._page(request, "programs")

    async def _page(self, request: Request, plural: str) -> Response:
        person = (await self._login_of(request.scope)).person
        after = request.query_params.get("after", "")
        page = await classes_of(self._database, person, after=after, limit=limit_of(request))
        told = [class_json(each) for each in page.classes]
        return JSONResponse({"success": True, plural: told, "next": page.next or None})


def class_json(shown: Class) -> dict[str, Any]:
    """A class as it travels."""
    told: dict[str, Any] = {
        "id": shown.id,
        "name": shown.name,
        "subject": shown.subject,
        "studentCount": shown.student_count,
        "teachers": [{"id": each.id, "name": each.name} for each in shown.teachers],
    }
    if shown.permissions is not None:
        told["permissions"] = list(shown.permissions)
    return told


def limit_of(request: Request, most: int = MOST_LISTED) -> int:
    """How many things a page of a list shall have. Errors: BadInput."""
    given = request.query_params.get("limit", str(most))
    limit = int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else 0
    if not 1 <= limit <= most:
        raise BadInput("Some fields are not as they should be.", fields={"limit": f"Expected 1 to {most}."})
    return limit
