"""Whether this server lives, whether it can work, and its numbers.

The first two are for whoever keeps it running and say nothing about the school; the numbers are for admins.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.errors import Forbidden, Unavailable
from realtime.ports import Login
from server.people import access
from server.store.database import Database

LoginOf = Callable[[Mapping[str, Any]], Awaitable[Login]]
_TOUCH = text("SELECT 1 FROM counters")


class HealthRoutes:
    """The routes, with the parts they call."""

    def __init__(
        self, *, login_of: LoginOf, database: Database, metrics: Callable[[], bytes], demo: bool, version: str
    ) -> None:
        self._login_of = login_of
        self._database = database
        self._metrics = metrics
        self._about_us = {"demo": demo, "version": version}

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/health", self.health, methods=["GET"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def health(self, request: Request) -> Response:
        """It lives."""
        return JSONResponse({"status": "ok", **self._about_us})

    async def ready(self, request: Request) -> Response:
        """It can read what it keeps; 503 when it cannot."""
        try:
            async with self._database.read() as connection:
                await connection.execute(_TOUCH)
        except Unavailable:
            return JSONResponse({"status": "unavailable", "database": "failing"}, 503, {"retry-after": "1"})
        return JSONResponse({"status": "ok", "database": "ok"})

    async def metrics(self, request: Request) -> Response:
        """Counters, as Prometheus reads them."""
        if not access.may_see_metrics((await self._login_of(request.scope)).person):
            raise Forbidden("Only admins read the server's numbers.")
        return Response(self._metrics(), headers={"content-type": CONTENT_TYPE_LATEST})
