"""What the gateway promises when rights are missing, tokens die, and answers are late, wrong or lost."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from realtime.errors import RollcallError
from server.simulator import Simulator
from server.simulator.config import ALL_SCOPES
from server.zoom.errors import ZoomNotConfigured, ZoomRateLimited, ZoomUnavailable, ZoomUnconfirmed
from server.zoom.gateway import MeetingPlan
from server.zoom.tokens import Credentials
from tests.server.simulator.house import ACCOUNT, CLIENT, OTHER, OWNER
from tests.server.zoom.house import html
from tests.server.zoom.pair import PLAN, TOMORROW, WEEKLY, Pair, pair, refusal

# Rights and tokens.


async def test_wrong_credentials_are_for_somebody_to_mend() -> None:
    async with pair(credentials=Credentials(ACCOUNT, CLIENT, "wrong")) as here:
        error = await refusal(here.gateway.list_users())
        assert isinstance(error, ZoomNotConfigured)
        assert "invalid_client" in error.message


async def test_a_scope_the_app_lacks_is_named() -> None:
    scopes = tuple(scope for scope in ALL_SCOPES if scope != "meeting:write:meeting:admin")
    async with pair(scopes=scopes) as here:
        error = await refusal(here.gateway.create_meeting(OWNER.id, PLAN))
        assert isinstance(error, ZoomNotConfigured)
        assert "meeting:write:meeting:admin" in error.message


class Counting:
    """Counts the requests of each path on their way."""

    def __init__(self, simulator: Simulator) -> None:
        self._app = simulator.app
        self.seen: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append((scope["method"], scope["path"]))
        await self._app(scope, receive, send)

    def count(self, method: str, path: str) -> int:
        return self.seen.count((method, path))


async def test_when_all_tokens_die_at_once_one_new_one_is_asked_for() -> None:
    counters: list[Counting] = []

    def counted(simulator: Simulator) -> ASGIApp:
        counters.append(Counting(simulator))
        return counters[0]

    async with pair(counted) as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.zoom.control("tokens/revoke")
        meetings = await asyncio.gather(*(here.gateway.get_meeting(made.id) for _ in range(50)))
        assert all(meeting == made for meeting in meetings)
        assert counters[0].count("POST", "/oauth/token") == 2


async def test_a_token_that_is_about_to_die_is_replaced_before_it_is_refused() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.zoom.time.pass_by(3_550)
        await here.gateway.get_meeting(made.id)
        await here.zoom.time.pass_by(90_000)
        await here.gateway.get_meeting(made.id)


# Trouble.


async def faulty(here: Pair, **fault: Any) -> None:
    await here.zoom.control("faults", api=fault)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": "0"},
        {"status": 429, "retry_after": "2026-09-14T12:00:00Z"},
        {"status": 429, "retry_after": "Mon, 14 Sep 2026 12:00:00 GMT"},
        {"status": 500},
        {"status": 502, "body": "<html>Bad Gateway</html>"},
        {"status": 200, "body": "not JSON"},
        {"status": 200, "body": [1, 2]},
        {"status": 200, "body": {"code": 429, "message": "You have reached the maximum per-second rate limit."}},
        {"status": 401},
    ],
)
@pytest.mark.parametrize("path", ["/meetings/*", "/oauth/token"])
async def test_trouble_that_passes_is_not_noticed(fault: dict[str, Any], path: str) -> None:
    async with pair() as here:
        made = (await here.zoom.meeting())["id"]
        await faulty(here, **fault, path=path, times=1)
        call = here.gateway.get_meeting(str(made))
        if path == "/oauth/token" and fault["status"] == 401:
            assert isinstance(await refusal(call), ZoomNotConfigured)  # Zoom says that our secret is wrong
        else:
            assert (await call).id == str(made)


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        ({"status": 429, "retry_after": "20"}, ZoomRateLimited, "Zoom is busy. Try again in 20 s."),
        (
            {"status": 429, "body": {"code": 429, "message": "You have reached the maximum daily rate limit."}},
            ZoomRateLimited,
            "Zoom allows no more of these today. Try again after 00:00 UTC.",
        ),
        ({"status": 503}, ZoomUnavailable, "Zoom has a fault of its own. Try again in a moment."),
        ({"status": 404, "body": "<html>"}, ZoomUnavailable, "Something between this server and Zoom answered"),
    ],
)
async def test_trouble_that_lasts_is_told_in_a_sentence(
    fault: dict[str, Any], kind: type[RollcallError], sentence: str
) -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await faulty(here, **fault, path="/meetings/*")
        error = await refusal(here.gateway.get_meeting(made.id))
        assert isinstance(error, kind)
        assert error.message.startswith(sentence)
        assert error.temporary


async def test_a_hosts_limit_of_the_day_is_told() -> None:
    async with pair(meeting_writes_per_day=1) as here:
        await here.gateway.create_meeting(OWNER.id, PLAN)
        error = await refusal(here.gateway.create_meeting(OWNER.id, PLAN))
        assert isinstance(error, ZoomRateLimited)
        assert error.retry_after_s == 12 * 3600 + 1  # it is noon
        await here.gateway.create_meeting(OTHER.id, PLAN)


class LosingAnswers:
    """Lets Zoom make the meeting and then loses the answer in some way."""

    def __init__(self, simulator: Simulator, loss: Response | Exception) -> None:
        self._app = simulator.app
        self._loss = loss
        self.made = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST" or not scope["path"].endswith("/meetings"):
            await self._app(scope, receive, send)
            return

        async def unheard(_: Any) -> None:
            return

        await self._app(scope, receive, unheard)
        self.made += 1
        if isinstance(self._loss, Exception):
            raise self._loss
        await self._loss(scope, receive, send)


LOSSES: dict[str, Response | Exception] = {
    "the connection breaks": httpx.ReadError("reset"),
    "nothing comes": httpx.ReadTimeout("silent"),
    "a proxy gives up": html(504),
    "the answer is cut": Response('{"id": 881', 201, media_type="application/json"),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("recurrence", [None, WEEKLY], ids=["one meeting", "a series"])
async def test_a_meeting_whose_answer_was_lost_is_made_once_and_found(
    loss: str, recurrence: dict[str, object] | None
) -> None:
    losing: list[LosingAnswers] = []

    def around(simulator: Simulator) -> ASGIApp:
        losing.append(LosingAnswers(simulator, LOSSES[loss]))
        return losing[0]

    async with pair(around) as here:
        await here.zoom.meeting(
            topic="Another of the same hour", start_time=TOMORROW.isoformat().replace("+00:00", "Z")
        )
        plan = MeetingPlan(topic="Matematik", start_time=TOMORROW, settings={"host_video": True}, recurrence=recurrence)
        made = await here.gateway.create_meeting(OWNER.id, plan)
        assert (made.topic, made.settings["host_video"]) == ("Matematik", True)
        assert losing[0].made == 1
        rows = [row.id for row in await here.gateway.list_meetings(OWNER.id) if row.topic == "Matematik"]
        assert rows == [made.id]


async def test_a_meeting_that_was_not_made_is_not_claimed_to_be() -> None:
    async with pair() as here:
        yesterday = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.zoom.time.pass_by(86_400 / 2)
        await faulty(here, method="POST", path="/users/*/meetings", status=504)
        assert isinstance(await refusal(here.gateway.create_meeting(OWNER.id, PLAN)), ZoomUnconfirmed)
        assert [row.id for row in await here.gateway.list_meetings(OWNER.id)] == [yesterday.id]
