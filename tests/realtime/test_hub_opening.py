"""Who is let in, and what they are opened with."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from realtime.errors import Forbidden, Unavailable
from tests.support.hub_house import QUICK, house, until
from tests.support.school import ADMIN, School, student


async def test_a_login_is_answered_with_connect_then_the_picture_then_news() -> None:
    school = School(student(1, "math"))
    school.happen("math", "m1")
    async with house(school) as home, home.websocket() as client:
        first = await client.log_in("s1")
        assert client.connected["sid"]
        assert client.connected["sid"] != client.opened["sid"]
        assert first["things"] == {"math": {"m1": 1}}
        home.publish(event := school.happen("math", "m1"))
        name, body, meta = await client.event()
        assert (name, body["version"]) == ("meetingStatusUpdate", 2)
        assert meta == {
            "v": 1,
            "id": event.id,
            "type": "meetingStatusUpdate",
            "at": "2026-11-23T01:00:00Z",
            "cursor": school.seal.seal(event.seq),
        }


async def test_the_doorkeeper_sees_the_handshake_of_the_transport() -> None:
    school = School(student(1))
    async with house(school) as home:
        async with home.page("s1"):
            assert school.signed_in[-1]["type"] == "websocket"
            assert dict(school.signed_in[-1]["headers"])[b"host"].startswith(b"127.0.0.1")
            assert school.signed_in[-1]["client"][0] == "127.0.0.1"
        async with home.poller() as poller:
            await poller.log_in("s1")
            assert school.signed_in[-1]["type"] == "http"


async def test_a_refused_login_is_told_why_hears_nothing_and_is_cut() -> None:
    school = School(student(1, "math"))
    async with house(school) as home:
        for packet in ("40", "40{}", '40{"token":1}', '40{"token":"nobody"}'):
            async with home.websocket() as client:
                await client.send(packet)
                assert (await client.refusal()) == {"code": "auth_required", "message": "Please sign in."}
                home.publish(school.happen("math", "m1", rooms=frozenset({"everyone", "class:math"})))
                assert await client.rest() == []
        assert home.count("gone.refused") == 4
        assert home.count("refused.auth_required") == 4


async def test_nothing_reaches_who_has_not_logged_in() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.websocket() as stranger, home.poller() as other, home.page("s1") as known:
        home.publish(school.happen("math", "m1", rooms=frozenset({"everyone", "class:math"})))
        home.hub.latest([school.count("math", 3)])
        assert (await known.event())[0] == "meetingStatusUpdate"
        assert (await known.event())[0] == "countUpdate"
        assert await stranger.rest() == []
        assert [packet for packet in (await other.poll()).packets if packet[:1] == "4"] == []


async def test_nothing_reaches_who_is_just_logging_in() -> None:
    school = School(student(1, "math"))
    gate = asyncio.Event()
    school.before_sign_in = school.after_sign_in = gate.wait
    async with house(school) as home, home.websocket() as client:
        await client.send('40{"token":"s1"}')
        await until(lambda: school.signed_in)
        home.publish(school.happen("math", "m1", rooms=frozenset({"everyone", "class:math"})))
        gate.set()
        assert (await client.packet()).startswith("40{")
        name, first = await client.event()
        assert (name, first["things"]) == ("initialState", {"math": {"m1": 1}})
        home.publish(school.happen("math", "m1"))
        assert (await client.event())[1]["version"] == 2


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (Forbidden("Not here."), {"code": "forbidden", "message": "Not here."}),
        (Unavailable("Later.", retry_after_s=3), {"code": "unavailable", "message": "Later.", "retryAfter": 3_000}),
    ],
)
async def test_what_the_doorkeeper_says_is_passed_on(error: Exception, data: object) -> None:
    school = School(student(1))

    async def refuse() -> None:
        raise error

    school.before_sign_in = refuse
    async with house(school) as home, home.websocket() as client:
        await client.send('40{"token":"s1"}')
        assert await client.refusal() == data


async def test_a_doorkeeper_that_fails_refuses_without_a_word_of_why() -> None:
    school = School(student(1))

    async def fail() -> None:
        raise ValueError("secret detail")

    school.before_sign_in = fail
    async with house(school) as home, home.websocket() as client:
        await client.send('40{"token":"s1"}')
        assert await client.refusal() == {"code": "internal", "message": "Something went wrong on our side."}


async def test_a_doorkeeper_that_hangs_does_not_hold_anybody() -> None:
    school = School(student(1))
    never = asyncio.Event()
    school.before_sign_in = never.wait
    async with house(school) as home, home.websocket() as client:
        await client.send('40{"token":"s1"}')
        data = await client.refusal()
        assert data["code"] == "unavailable"
        assert data["retryAfter"] > 0


async def test_a_picture_that_hangs_or_fails_cuts_its_client_alone() -> None:
    school = School(student(1), student(2))
    async with house(school, limits=replace(QUICK, opening_s=0.2)) as home, home.page("s2") as neighbour:

        async def fail() -> None:
            raise ValueError("secret detail")

        for fault in (fail, asyncio.Event().wait):
            school.before_read = fault
            async with home.websocket() as client:
                await client.send('40{"token":"s1"}')
                packets = await client.rest()
                assert [packet[:2] for packet in packets] == ["40", "42"]
                assert json.loads(packets[1][2:])[0] == "error"
                assert "secret" not in packets[1]
                assert client.wire.close_code == 1011
        assert home.count("gone.not_opened") == 2
        home.publish(school.tell_person("s2", "fine"))
        assert (await neighbour.event())[1] == "fine"


async def test_what_is_told_while_the_picture_is_read_comes_after_it_and_once() -> None:
    school = School(student(1, "math"))
    reading, gate = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reading.set()
        await gate.wait()

    async with house(school) as home, home.websocket() as client:
        school.before_read = wait
        await client.send('40{"token":"s1"}')
        await reading.wait()
        home.publish(school.happen("math", "m1"))
        ahead = school.happen("math", "m1")  # committed, not told yet
        gate.set()
        assert (await client.packet()).startswith("40{")
        assert (await client.event())[1]["things"] == {"math": {"m1": 2}}
        home.publish(ahead)
        home.publish(school.happen("math", "m1"))
        assert (await client.event())[1]["version"] == 3


async def test_a_client_that_returns_gets_what_it_missed_and_no_more() -> None:
    school = School(student(1, "math"), student(2, "art"))
    async with house(school) as home:
        async with home.page("s1") as client:
            key = client.first["resume"]
            home.publish(school.happen("math", "m1"))
            cursor = (await client.event())[2]["cursor"]
        home.publish(school.happen("math", "m1"), school.happen("art", "a1"), school.happen("math", "m2"))
        async with home.page("s1", resume={"key": key, "cursor": cursor}) as client:
            assert client.first["mode"] == "replay"
            missed = [await client.event(), await client.event()]
            assert [body["seq"] for _, body, _ in missed] == [2, 4]
            assert [meta["replay"] for _, _, meta in missed] == [True, True]
            assert missed[1][2]["cursor"] == school.seal.seal(4)
            home.publish(school.happen("math", "m1"))
            _, body, meta = await client.event()
            assert (body["seq"], meta.get("replay")) == (5, None)


async def test_nonsense_in_place_of_a_cursor_gives_a_picture() -> None:
    school = School(student(1, "math"), ADMIN)
    async with house(school) as home:
        async with home.page("a1") as client:
            of_another = {"key": client.first["resume"], "cursor": client.first["cursor"]}
        offers: tuple[object, ...] = (
            None,
            1,
            [],
            {},
            {"key": 1, "cursor": 2},
            {"key": "k", "cursor": "\ud800"},
            of_another,
        )
        for resume in offers:
            async with home.page("s1", resume=resume) as client:
                assert client.first["mode"] == "snapshot"


async def test_the_newest_counts_follow_missed_events() -> None:
    school = School(student(1, "math"))
    async with house(school) as home:
        async with home.page("s1") as client:
            resume = {"key": client.first["resume"], "cursor": client.first["cursor"]}
        home.hub.latest([school.count("math", 7)])
        async with home.page("s1", resume=resume) as client:
            name, body, meta = await client.event()
            assert (name, body["count"], "cursor" in meta) == ("countUpdate", 7, False)


async def test_a_client_for_which_too_much_is_held_back_is_sent_away() -> None:
    school = School(student(1, "math"), student(2, "math"))
    gate = asyncio.Event()
    async with house(school, limits=replace(QUICK, held_events=5)) as home, home.page("s2") as neighbour:
        school.before_read = gate.wait
        async with home.websocket() as client:
            await client.send('40{"token":"s1"}')
            assert (await client.packet()).startswith("40{")
            home.publish(*(school.happen("math", "m1") for _ in range(6)))
            assert await client.event() == ["resync", {"reason": "too much at once"}]
            assert await client.close_code() == 1013
        gate.set()
        assert [(await neighbour.event())[1]["version"] for _ in range(6)] == [1, 2, 3, 4, 5, 6]


async def test_more_logins_than_fit_are_told_when_to_come_back() -> None:
    school = School(student(1))
    limits = replace(QUICK, connects_per_s=2)
    async with house(school, limits=limits) as home, home.page("s1") as first, home.page("s1"):
        waits = []
        for _ in range(6):
            async with home.websocket() as client:
                await client.send('40{"token":"s1"}')
                data = await client.refusal()
                assert data["code"] == "overloaded"
                waits.append(data["retryAfter"])
        assert waits == sorted(waits)
        assert waits[0] >= 1_000
        assert waits[-1] > waits[0]
        home.publish(school.tell_person("s1", "those inside notice nothing"))
        assert (await first.event())[0] == "notification"


async def test_a_full_house_lets_nobody_in_until_somebody_goes() -> None:
    school = School(student(1))
    async with house(school, limits=replace(QUICK, connections=1)) as home:
        async with home.page("s1"), home.websocket() as client:
            await client.send('40{"token":"s1"}')
            assert (await client.refusal())["code"] == "overloaded"
        await until(lambda: home.count("connections") == 0)
        async with home.page("s1"):
            assert home.count("connections") == 1


async def test_strangers_are_bounded() -> None:
    async with house(School(), limits=replace(QUICK, strangers=2, login_s=5)) as home:
        async with home.websocket(), home.websocket():
            with pytest.raises(InvalidStatus):
                async with home.websocket():
                    pass
            async with httpx.AsyncClient() as http:
                answer = await http.get(home.url, params={"EIO": "4", "transport": "polling"})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        await until(lambda: home.count("strangers") == 0)
        async with home.websocket():
            assert home.count("strangers") == 1


async def test_one_address_cannot_be_all_strangers(caplog: pytest.LogCaptureFixture) -> None:
    limits = replace(QUICK, strangers_per_address=2, login_s=5)
    async with house(School(student(1)), limits=limits) as home, home.websocket() as one:
        async with home.websocket():
            with pytest.raises(InvalidStatus) as refused:
                async with home.websocket():
                    pass
            answer = refused.value.response
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            async with httpx.AsyncClient() as http:
                polled = await http.get(home.url, params={"EIO": "4", "transport": "polling"})
            assert (polled.status_code, polled.headers["retry-after"]) == (503, "5")
            assert home.count("refused.full") == 2
            await one.log_in("s1")  # who is known makes room for the next
            async with home.websocket():
                assert home.count("strangers") == 2
        await until(lambda: home.count("strangers") == 0)
        async with home.websocket(), home.websocket():
            assert home.count("strangers") == 2
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_of_too_many_connections_of_one_person_the_oldest_goes() -> None:
    school = School(student(1), student(2))
    async with house(school, limits=replace(QUICK, connections_per_person=2)) as home, home.page("s2"):
        async with home.page("s1") as oldest, home.page("s1") as older, home.page("s1") as newest:
            name, body = await oldest.event()
            assert (name, body["code"]) == ("error", "too_many_connections")
            assert await oldest.close_code() == 1008
            home.publish(school.tell_person("s1", "you stay"))
            assert [(await page.event())[1] for page in (older, newest)] == ["you stay"] * 2
            assert (home.count("connections"), home.count("gone.too_many_connections")) == (3, 1)


async def test_logins_wait_their_turn_and_not_for_ever() -> None:
    school = School(student(1))
    gate = asyncio.Event()
    school.before_sign_in = gate.wait
    async with house(school, limits=replace(QUICK, logins_at_once=1)) as home:
        async with home.websocket() as first, home.websocket() as second:
            await first.send('40{"token":"s1"}')
            await until(lambda: school.signed_in)
            await second.send('40{"token":"s1"}')
            codes = {(await first.refusal())["code"], (await second.refusal())["code"]}
            assert codes <= {"unavailable", "overloaded"}
            assert len(school.signed_in) <= 2
        gate.set()
        async with home.page("s1") as client:
            assert client.first
