"""What Zoom sent, for admins: above all what was not understood, and what was refused at the door."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, func, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.bodies import instant
from realtime.errors import BadInput, Forbidden
from realtime.ports import Clock, Kept, Login
from server.metrics import Metrics
from server.people import access
from server.store.database import Database
from server.store.tables import deliveries
from server.zoom.signature import Verdict

PAGE = 200
COUNTED_SINCE = timedelta(days=7)  # as long as the raw bytes are kept


class DeliveryRoutes:
    """The one route, with the parts it calls."""

    def __init__(
        self,
        login_of: Callable[[Mapping[str, Any]], Awaitable[Login]],
        database: Database,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._login_of = login_of
        self._database = database
        self._metrics = metrics
        self._clock = clock

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/api/deliveries", self.list, methods=["GET"])]

    async def list(self, request: Request) -> Response:
        """The newest first; `counts` are the last seven days', those of the refused ones since the server's start."""
        person = (await self._login_of(request.scope)).person
        if not access.may_see_metrics(person):
            raise Forbidden("Only an admin may see what Zoom sent.")
        outcome, after = request.query_params.get("outcome", ""), request.query_params.get("after", "")
        if outcome and outcome not in list(Kept):
            raise BadInput("outcome", fields={"outcome": f"Expected one of {', '.join(Kept)}."})
        if after and not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise BadInput("after", fields={"after": "Expected what `next` said."})
        query = select(deliveries).order_by(deliveries.c.id.desc()).limit(PAGE + 1)
        if outcome:
            query = query.where(deliveries.c.outcome == outcome)
        if after:
            query = query.where(deliveries.c.id < int(after))
        since = self._clock.now() - COUNTED_SINCE
        kept = select(deliveries.c.outcome, func.count()).where(deliveries.c.received_at >= since)
        async with self._database.read() as connection:
            found = (await connection.execute(query)).mappings().all()
            rows = (await connection.execute(kept.group_by(deliveries.c.outcome))).all()
        counts: dict[str, int] = dict(rows)
        refused = {verdict.value: self._metrics.seen(verdict.value) for verdict in Verdict if verdict != Verdict.GOOD}
        more = str(found[PAGE - 1]["id"]) if len(found) > PAGE else None
        told = [_told(row) for row in found[:PAGE]]
        return JSONResponse({"success": True, "deliveries": told, "counts": counts | refused, "next": more})


def _told(row: RowMapping) -> dict[str, Any]:
    """One delivery; its bytes stay sealed."""
    return {
        "id": str(row["id"]),
        "received_at": instant(row["received_at"]),
        "kind": row["kind"],
        "outcome": row["outcome"],
        "problem": row["problem"],
        "digest": row["digest"],
    }
