"""A gateway and the simulator it asks, for the tests of what both promise."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from starlette.types import ASGIApp

from realtime.errors import RollcallError
from server.simulator import Simulator
from server.zoom.gateway import MeetingPlan, ZoomGateway
from server.zoom.tokens import Credentials
from tests.server.simulator.house import ACCOUNT, CLIENT, NOON, SECRET, Zoom, zoom
from tests.server.zoom.house import client_of

CREDENTIALS = Credentials(ACCOUNT, CLIENT, SECRET)
TOMORROW = NOON + timedelta(days=1)
PLAN = MeetingPlan(topic="Matematik 7B", start_time=TOMORROW, duration_min=45, timezone="Europe/Stockholm")
WEEKLY = {"type": 2, "repeat_interval": 1, "weekly_days": "3", "end_times": 3}
Around = Callable[[Simulator], ASGIApp]


@dataclass
class Pair:
    """Our side and the other, by the same clock."""

    gateway: ZoomGateway
    zoom: Zoom


@asynccontextmanager
async def pair(
    around: Around | None = None, credentials: Credentials = CREDENTIALS, **changes: Any
) -> AsyncIterator[Pair]:
    """A gateway before a simulator; `around` stands between the two."""
    async with zoom(**changes) as other:
        app = around(other.simulator) if around else other.simulator.app
        async with client_of(app, other.time, credentials=credentials) as client:
            yield Pair(client, other)


async def refusal(call: Any) -> RollcallError:
    with pytest.raises(RollcallError) as caught:
        await call
    return caught.value
