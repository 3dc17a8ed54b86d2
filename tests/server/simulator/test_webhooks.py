import asyncio
import re
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.server.simulator.house import (
    ACCOUNT,
    CLIENT,
    WEBHOOK_SECRET,
    Endpoint,
    Received,
    Zoom,
    endpoint,
    settle,
    zoom,
)


@pytest.fixture
async def pair() -> Any:
    """A simulator on manual time and the endpoint it posts to."""
    async with AsyncExitStack() as stack:
        hook = await stack.enter_async_context(endpoint())
        yield await stack.enter_async_context(zoom(webhook_url=hook.url)), hook


Pair = tuple[Zoom, Endpoint]


def numbers(received: list[Received]) -> list[str]:
    return [one.headers["x-zm-request-id"] for one in received]


async def test_each_delivery_carries_the_headers_zoom_sends(pair: Pair) -> None:
    z, hook = pair
    await z.meeting()
    (one,) = await hook.until(1)
    assert one.headers["content-type"] == "application/json; charset=utf-8"
    assert one.headers["user-agent"] == "Zoom Marketplace/1.0a"
    assert one.headers["clientid"] == CLIENT
    assert one.headers["zm-trace-upstream"] == "Meeting_Web_marketplace-consumer"
    assert one.headers["authorization"]
    for name, shape in {
        "x-zm-signature": r"v0=[0-9a-f]{64}",
        "x-zm-request-timestamp": r"\d{10}",
        "x-zm-request-id": r"[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}",
        "traceparent": r"00-[0-9a-f]{32}-[0-9a-f]{16}-02",
        "x-zm-trackingid": r"v=2\.0;clid=us02;rid=WEB_[0-9a-f]{32}",
    }.items():
        assert re.fullmatch(shape, one.headers[name]), name
    assert one.headers["x-zm-request-timestamp"] == str(int(z.time.now().timestamp()))


async def test_the_signature_fits_the_bytes_the_secret_and_nothing_else(pair: Pair) -> None:
    z, hook = pair
    await z.meeting(topic="Mathe für Ænglar 😀")
    (one,) = await hook.until(1)
    assert one.is_signed_with(WEBHOOK_SECRET)
    assert not one.is_signed_with("another")
    one.raw += b" "
    assert not one.is_signed_with(WEBHOOK_SECRET)


async def test_bodies_are_what_json_stringify_would_make(pair: Pair) -> None:
    z, hook = pair
    await z.meeting(topic="Café 😀")
    (one,) = await hook.until(1)
    assert "Café 😀".encode() in one.raw
    assert b'": ' not in one.raw
    assert b", " not in one.raw


async def test_run_time_events_have_the_key_order_of_real_ones(pair: Pair) -> None:
    z, hook = pair
    made = await z.meeting()
    await z.start(made)
    await z.end(made)
    ended = (await hook.until_event("meeting.ended"))[0]
    started, joined = hook.of("meeting.started")[0], hook.of("meeting.participant_joined")[0]
    left = hook.of("meeting.participant_left")[0]
    assert list(started.body) == list(ended.body) == ["event", "payload", "event_ts"]
    assert list(joined.body) == list(left.body) == ["payload", "event_ts", "event"]
    assert started.body["payload"]["account_id"] == ACCOUNT
    assert started.body["payload"]["object"]["id"] == str(made["id"])
    assert hook.of("meeting.created")[0].body["payload"]["object"]["id"] == made["id"]


@pytest.mark.parametrize("status", [500, 503, 599])
async def test_a_5xx_is_repeated_after_5_20_and_60_minutes_and_then_given_up(pair: Pair, status: int) -> None:
    z, hook = pair
    hook.answers = [status] * 4
    await z.meeting()
    await hook.until(1)
    for wait_s, number in ((300.0, 2), (1200.0, 3), (3600.0, 4)):
        await z.time.until_someone_waits(wait_s)
        await z.time.pass_by(wait_s - 1)
        assert len(hook.received) == number - 1
        await z.time.pass_by(1)
        await hook.until(number)
    log = await log_of(z, 4)
    assert [(line["attempt"], line["status"]) for line in log] == [(n, status) for n in (1, 2, 3, 4)]
    assert [line["at"][11:16] for line in log] == ["12:00", "12:05", "12:25", "13:25"]
    await settle()
    assert z.time.waits() == []
    assert len(hook.received) == 4


async def log_of(z: Zoom, number: int) -> list[dict[str, Any]]:
    """The delivery log once it has so many lines: the answer reaches the simulator after the endpoint has it."""
    async with asyncio.timeout(5):
        while True:
            lines: list[dict[str, Any]] = (await z.http.get("/control/webhooks")).json()["webhooks"]
            if len(lines) >= number:
                return lines
            await asyncio.sleep(0)


async def test_a_repeat_keeps_bytes_and_request_id_and_signs_anew(pair: Pair) -> None:
    z, hook = pair
    hook.answers = [500]
    await z.meeting()
    await hook.until(1)
    await z.time.until_someone_waits(300.0)
    await z.time.pass_by(300)
    first, second = await hook.until(2)
    assert first.raw == second.raw
    assert first.headers["x-zm-request-id"] == second.headers["x-zm-request-id"]
    assert first.headers["x-zm-request-timestamp"] != second.headers["x-zm-request-timestamp"]
    assert first.headers["x-zm-signature"] != second.headers["x-zm-signature"]
    assert second.is_signed_with(WEBHOOK_SECRET)


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 400, 401, 404, 429])
async def test_2xx_3xx_and_4xx_are_final(pair: Pair, status: int) -> None:
    z, hook = pair
    hook.answers = [status]
    await z.meeting()
    await z.meeting()
    await hook.until(2)
    assert [line["status"] for line in await log_of(z, 2)].count(status) == (2 if status == 204 else 1)
    await settle()
    assert z.time.waits() == []


async def test_no_answer_in_time_counts_as_a_timeout_and_is_repeated() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url, webhook_timeout_s=0.2) as z:
        hook.hold = asyncio.Event()
        await z.meeting()
        assert [line["status"] for line in await log_of(z, 1)] == [-1]
        hook.hold.set()
        await z.time.until_someone_waits(300.0)
        await z.time.pass_by(300)
        await hook.until(2)
        assert [line["status"] for line in await log_of(z, 2)] == [-1, 204]


async def test_nobody_listening_is_repeated_until_somebody_does() -> None:
    async with zoom(webhook_url="http://127.0.0.1:1/hook") as z:
        await z.meeting()
        assert [line["status"] for line in await log_of(z, 1)] == [-2]
        async with endpoint() as hook:
            z.simulator.webhook_url = hook.url
            await z.time.until_someone_waits(300.0)
            await z.time.pass_by(300)
            await hook.until(1)


async def test_without_a_subscription_nothing_is_sent_and_nothing_waits() -> None:
    async with endpoint() as hook, zoom() as z:
        await z.meeting()
        z.simulator.webhook_url = hook.url
        await z.meeting()
        await hook.until(1)
        assert len(await log_of(z, 1)) == 1


async def test_events_of_one_meeting_arrive_in_order_while_another_is_held_up() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting()
        await z.start(made)
        for number in range(20):
            await z.join(made, f"p{number}")
        await hook.until_event("meeting.participant_joined", 21)
    names = [one.body["payload"]["object"]["participant"]["user_name"] for one in hook.of("meeting.participant_joined")]
    assert hook.events()[:2] == ["meeting.created", "meeting.started"]
    assert names == ["Tove Berglund", *(f"p{n}" for n in range(20))]


async def test_a_full_outbox_lets_events_go_and_says_so() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url, outbox_limit=3) as z:
        hook.hold = asyncio.Event()
        made = await z.meeting()
        await hook.until(1)
        await z.start(made)
        for number in range(5):
            await z.join(made, f"p{number}")
        assert [line["status"] for line in await log_of(z, 5)].count(0) == 5
        hook.hold.set()
        await hook.until(3)
        assert [line["status"] for line in await log_of(z, 8)].count(204) == 3


async def test_an_endpoint_that_hangs_does_not_hold_the_next_event_up() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        hook.hold = asyncio.Event()
        made = await z.meeting()
        await z.start(made)
        await hook.until(3)
        assert (await z.http.get("/control/webhooks")).json() == {"webhooks": [], "idle": False}
        hook.hold.set()
        await log_of(z, 3)
        assert (await z.http.get("/control/webhooks")).json()["idle"] is True


async def test_dropped_events_never_arrive_and_the_next_ones_do(pair: Pair) -> None:
    z, hook = pair
    await z.control("faults", webhooks={"drop": True, "times": 1, "events": ["meeting.started"]})
    made = await z.meeting()
    await z.start(made)
    await z.end(made)
    await hook.until_event("meeting.ended")
    assert hook.events() == [
        "meeting.created",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.ended",
    ]


@pytest.mark.parametrize(("new_ids", "different"), [(False, 1), (True, 3)])
async def test_duplicates_have_the_same_bytes_and_the_ids_one_asked_for(
    pair: Pair, new_ids: bool, different: int
) -> None:
    z, hook = pair
    await z.control("faults", webhooks=[{"duplicate": 2, "new_request_id": new_ids, "times": 1}])
    await z.meeting()
    received = await hook.until(3)
    assert len({one.raw for one in received}) == 1
    assert len(set(numbers(received))) == different


async def test_a_reordered_event_follows_the_one_after_it(pair: Pair) -> None:
    z, hook = pair
    made = await z.meeting()
    await hook.until(1)
    await z.control("faults", webhooks={"reorder": True, "times": 1})
    await z.start(made)
    await hook.until(3)
    assert hook.events()[1:] == ["meeting.participant_joined", "meeting.started"]


async def test_a_delayed_event_is_overtaken(pair: Pair) -> None:
    z, hook = pair
    made = await z.meeting()
    await hook.until(1)
    await z.control("faults", webhooks={"delay_s": 7, "times": 1, "events": ["meeting.started"]})
    await z.start(made)
    await z.join(made, "Alva")
    await hook.until(3)
    await z.time.until_someone_waits(7.0)
    await z.time.pass_by(7)
    await hook.until(4)
    assert hook.events()[-1] == "meeting.started"


async def test_a_forged_event_has_a_signature_that_does_not_fit(pair: Pair) -> None:
    z, hook = pair
    await z.control("faults", webhooks={"forge": True, "times": 1})
    await z.meeting()
    await z.meeting()
    received = await hook.until(2)
    assert sorted(one.is_signed_with(WEBHOOK_SECRET) for one in received) == [False, True]


async def test_the_challenge_is_signed_and_its_answer_judged(pair: Pair) -> None:
    z, hook = pair
    good = await z.control("validate")
    hook.challenge_secret = "another"
    bad = await z.control("validate")
    assert (good["valid"], good["status"]) == (True, 200)
    assert bad["valid"] is False
    (challenge, _) = hook.received
    assert challenge.is_signed_with(WEBHOOK_SECRET)
    assert list(challenge.body) == ["payload", "event_ts", "event"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,128}", challenge.body["payload"]["plainToken"])


async def test_the_tracking_id_repeats_across_events_as_real_ones_do(pair: Pair) -> None:
    z, hook = pair
    made = await z.meeting()
    await z.start(made)
    await z.end(made)
    await hook.until_event("meeting.ended")
    assert len({one.headers["x-zm-trackingid"] for one in hook.received}) < len(hook.received)
