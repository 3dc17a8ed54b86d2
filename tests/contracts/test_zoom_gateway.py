"""What the gateway promises, kept by the client with the simulator at the other end of HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from realtime.errors import RollcallError
from server.simulator import BASIC, HostUser, Simulator
from server.simulator.config import ALL_SCOPES
from server.zoom.client import ZoomClient
from server.zoom.errors import (
    ZoomBadInput,
    ZoomNotConfigured,
    ZoomNotFound,
    ZoomRateLimited,
    ZoomUnavailable,
    ZoomUnconfirmed,
)
from server.zoom.gateway import ListKind, MeetingPlan, ZoomGateway
from server.zoom.tokens import Credentials
from tests.server.simulator.house import ACCOUNT, CLIENT, FREE, NOON, OTHER, OWNER, SECRET, Zoom, serve, zoom
from tests.server.zoom.house import HASTE, client_of, html

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


async def test_a_new_meeting_is_as_planned() -> None:
    plan = MeetingPlan(
        topic="Matematik 7B – grupp 2",
        agenda="Bråk\nProcent",
        start_time=TOMORROW,
        duration_min=45,
        timezone="Europe/Stockholm",
        passcode="4k7Tq2",
        settings={"waiting_room": True, "mute_upon_entry": True, "auto_recording": "cloud"},
    )
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.email, plan)
        assert (made.topic, made.agenda, made.start_time, made.duration_min, made.timezone, made.passcode) == (
            plan.topic,
            plan.agenda,
            plan.start_time,
            plan.duration_min,
            plan.timezone,
            plan.passcode,
        )
        assert plan.settings.items() <= made.settings.items()
        assert (made.host_id, made.host_email, made.is_started, made.created_at) == (OWNER.id, OWNER.email, False, NOON)
        assert made.id.isdigit()
        assert made.join_url.startswith("http")
        assert await here.gateway.get_meeting(made.id) == made


async def test_a_meeting_without_a_start_begins_now() -> None:
    async with pair() as here:
        assert (await here.gateway.create_meeting(OWNER.id, MeetingPlan(topic="Now"))).start_time == NOON


async def test_a_series_has_its_dates_at_the_same_hour_in_summer_and_in_winter() -> None:
    start = datetime.fromisoformat("2026-10-20T15:00:00+02:00")  # in Stockholm, five days before the clocks go back
    async with pair() as here:
        made = await here.gateway.create_meeting(
            OWNER.id, MeetingPlan(topic="Serie", start_time=start, timezone="Europe/Stockholm", recurrence=WEEKLY)
        )
        assert made.type == 8
        assert [one.start_time.isoformat() for one in made.occurrences] == [
            "2026-10-20T13:00:00+00:00",
            "2026-10-27T14:00:00+00:00",
            "2026-11-03T14:00:00+00:00",
        ]


async def test_one_date_of_a_series_can_be_moved_and_deleted() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(
            OWNER.id, MeetingPlan(topic="Serie", start_time=TOMORROW, duration_min=45, recurrence=WEEKLY)
        )
        first, second, third = made.occurrences
        moved_to = second.start_time + timedelta(hours=1)
        moved = await here.gateway.update_meeting(made.id, MeetingPlan(start_time=moved_to), second.id)
        assert (moved.meeting.start_time, moved.not_taken) == (moved_to, ())
        await here.gateway.delete_meeting(made.id, first.id)
        left = await here.gateway.get_meeting(made.id)
        assert [(one.id, one.start_time) for one in left.occurrences] == [
            (second.id, moved_to),
            (third.id, third.start_time),
        ]


async def test_a_change_is_read_back() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        changed = await here.gateway.update_meeting(made.id, MeetingPlan(topic="Fysik", settings={"host_video": True}))
        assert (changed.meeting.topic, changed.not_taken) == ("Fysik", ())
        assert changed.meeting.settings["host_video"] is True
        assert changed.meeting.duration_min == made.duration_min
        assert await here.gateway.get_meeting(made.id) == changed.meeting


async def test_what_zoom_quietly_does_otherwise_is_told() -> None:
    asked = MeetingPlan(
        topic="Fysik",
        start_time=NOON - timedelta(days=3),
        duration_min=100_000,
        settings={"waiting_room": True, "join_before_host": True, "auto_recording": "moon"},
    )
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        changed = await here.gateway.update_meeting(made.id, asked)
        assert set(changed.not_taken) == {
            "start_time",
            "duration_min",
            "settings.join_before_host",
            "settings.auto_recording",
        }


async def test_registration_with_a_host_who_may_not_is_told() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(FREE.id, PLAN)
        changed = await here.gateway.update_meeting(made.id, MeetingPlan(settings={"approval_type": 0}))
        assert changed.not_taken == ("settings.approval_type",)


async def test_a_field_zoom_does_not_take_is_named() -> None:
    async with pair() as here:
        error = await refusal(here.gateway.create_meeting(OWNER.id, MeetingPlan(topic="x" * 201)))
        assert isinstance(error, ZoomBadInput)
        assert set(error.fields) == {"topic"}


async def test_a_deleted_meeting_is_gone_and_deleting_it_again_is_no_fault() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.gateway.delete_meeting(made.id)
        await here.gateway.delete_meeting(made.id)
        assert isinstance(await refusal(here.gateway.get_meeting(made.id)), ZoomNotFound)
        assert isinstance(await refusal(here.gateway.end_meeting(made.id)), ZoomNotFound)
        assert await here.gateway.list_meetings(OWNER.id) == []


async def test_a_run_is_seen_and_can_be_ended() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.zoom.control(f"meetings/{made.id}/start")
        live = await here.gateway.get_meeting(made.id)
        assert live.is_started
        assert [row.uuid for row in await here.gateway.list_meetings(OWNER.id, ListKind.LIVE)] == [live.uuid]
        await here.gateway.end_meeting(made.id)
        assert not (await here.gateway.get_meeting(made.id)).is_started
        assert await here.gateway.list_meetings(OWNER.id, ListKind.LIVE) == []
        assert [row.uuid for row in await here.gateway.list_meetings(OWNER.id, ListKind.PREVIOUS)] == [live.uuid]


async def test_the_start_link_is_the_hosts_and_prints_nothing() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        link = await here.gateway.start_link(made.id)
        assert f"/s/{made.id}" in link.url
        assert link.url not in repr(link)
        assert link.url not in repr(made)


async def test_everybody_of_the_account_can_be_listed_and_found() -> None:
    crowd = tuple(HostUser(f"user{n:04}", f"u{n}@school.example", "Una", str(n), type=BASIC) for n in range(650))
    async with pair(users=(OWNER, *crowd)) as here:
        users = await here.gateway.list_users()
        assert [user.id for user in users] == [OWNER.id, *(user.id for user in crowd)]
        assert [user.is_licensed for user in users[:2]] == [True, False]
        found = await here.gateway.find_user(OWNER.email.upper())
        assert found is not None
        assert (found.id, found.email, found.name, found.timezone) == (
            OWNER.id,
            OWNER.email,
            "Tove Berglund",
            "Europe/Stockholm",
        )
        assert await here.gateway.find_user("nobody@school.example") is None


async def test_a_host_zoom_does_not_know_is_not_found() -> None:
    async with pair() as here:
        for call in (here.gateway.create_meeting("nobody@school.example", PLAN), here.gateway.list_meetings("nobody")):
            assert isinstance(await refusal(call), ZoomNotFound)


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


async def test_all_of_it_works_over_a_real_port() -> None:
    async with zoom() as other, serve(other.simulator.app) as address:
        client = ZoomClient(
            CREDENTIALS, other.time, api_url=f"{address}/v2", token_url=f"{address}/oauth/token", patience=HASTE
        )
        try:
            made = await client.create_meeting(OWNER.email, PLAN)
            assert (await client.update_meeting(made.id, MeetingPlan(topic="Fysik"))).meeting.topic == "Fysik"
            await client.delete_meeting(made.id)
        finally:
            await client.close()
