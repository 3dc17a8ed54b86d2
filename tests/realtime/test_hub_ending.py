"""How a connection ends, other than by its client: logins that are over, renewal, the server that stops."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from tests.support.hub_house import QUICK, house, until
from tests.support.school import School, student


async def test_a_login_that_runs_out_is_announced_and_then_closes_the_transport() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1") as client:
        school.clock.advance(timedelta(minutes=59, seconds=10))
        assert await client.event() == ["authExpiring", {"in": 50}]
        school.clock.advance(seconds=50)
        name, body = await client.event()
        assert (name, body["code"]) == ("error", "auth_expired")
        assert await client.close_code() == 1008
        assert home.count("gone.auth_expired") == 1


async def test_a_login_used_elsewhere_meanwhile_is_not_cut_at_its_old_end() -> None:
    school = School(student(1), student(2))
    async with house(school) as home, home.page("s1:used") as used, home.page("s2:idle") as idle:
        school.used_until["used"] = school.expires_at + timedelta(hours=1)
        school.clock.advance(minutes=60)
        assert (await idle.event())[1]["code"] == "auth_expired"
        assert await idle.close_code() == 1008
        home.publish(school.tell_person("s1", "still here"))
        assert (await used.event())[1] == "still here"
        school.clock.advance(minutes=59, seconds=10)
        assert await used.event() == ["authExpiring", {"in": 50}]


async def test_a_login_that_is_over_already_does_not_get_in() -> None:
    school = School(student(1))
    school.clock.advance(hours=2)
    async with house(school) as home, home.websocket() as client:
        await client.send('40{"token":"s1"}')
        assert (await client.refusal())["code"] == "auth_expired"


async def test_a_login_can_be_renewed_on_the_open_connection() -> None:
    school = School(student(1))
    async with house(school) as home, home.page("s1:old") as client:
        school.clock.advance(minutes=59, seconds=30)
        assert (await client.event())[0] == "authExpiring"
        school.expires_at += timedelta(hours=1)
        assert await client.call("auth", {"token": "s1:new"}) == {"ok": True}
        school.clock.advance(minutes=10)
        home.publish(school.tell_person("s1", "still here"))
        assert (await client.event())[1] == "still here"
        home.hub.end_session("old", "signed_out")  # no longer this connection's
        home.publish(school.tell_person("s1", "still here"))
        assert (await client.event())[1] == "still here"
        home.hub.end_session("new", "signed_out")
        assert (await client.event())[1]["code"] == "signed_out"
        assert await client.close_code() == 1008


async def test_a_login_cannot_become_another_person_s() -> None:
    school = School(student(1), student(2))
    async with house(school) as home, home.page("s1") as client:
        answer = await client.call("auth", {"token": "s2"})
        assert answer["error"]["code"] == "forbidden"
        assert await client.close_code() == 1008
        assert home.count("gone.other_person") == 1


async def test_a_renewal_that_is_no_login_changes_nothing() -> None:
    school = School(student(1))
    async with house(school) as home, home.page("s1") as client:
        for argument in (None, "token", {}, {"token": 1}):
            assert (await client.call("auth", argument))["error"]["code"] == "bad_input"
        assert (await client.call("auth", {"token": "nobody"}))["error"]["code"] == "auth_required"
        home.publish(school.tell_person("s1", "still here"))
        assert (await client.event())[1] == "still here"


async def test_the_end_of_a_login_closes_its_transports_and_no_others() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1:a") as one, home.page("s1:b") as two, home.poller() as poller:
        await poller.log_in("s1:a")
        home.hub.end_session("a", "signed_out")
        home.publish(school.happen("math", "m1"))
        assert (await one.rest())[-1].startswith('42["error",{"code":"signed_out"')
        assert one.wire.close_code == 1008
        answer = await poller.poll()
        assert [packet[:10] for packet in answer.packets] == ['42["error"', "1"]
        assert (await poller.poll()).status == 400
        assert (await two.event())[0] == "meetingStatusUpdate"


async def test_the_end_of_all_logins_of_a_person_closes_all_their_transports() -> None:
    school = School(student(1), student(2))
    async with house(school) as home, home.page("s1:a") as one, home.page("s1:b") as two, home.page("s2") as other:
        home.hub.end_person("s1", "account_closed")
        assert await one.close_code() == 1008
        assert await two.close_code() == 1008
        home.publish(school.tell_person("s2", "fine"))
        assert (await other.event())[1] == "fine"


async def test_a_login_that_ends_while_it_is_looked_up_does_not_get_in() -> None:
    school = School(student(1))
    gate = asyncio.Event()
    school.after_sign_in = gate.wait
    async with house(school) as home:
        for end in (home.hub.end_session, home.hub.end_person):
            gate.clear()
            async with home.websocket() as client:
                await client.send('40{"token":"s1:x"}')
                await until(lambda: home.count("logging_in") == 1)
                end("x" if end == home.hub.end_session else "s1", "signed_out")
                gate.set()
                assert (await client.refusal())["code"] == "auth_expired"


async def test_a_quiet_connection_is_given_its_cursor_from_time_to_time() -> None:
    school = School(student(1, "math"), student(2, "art"))
    async with house(school, limits=replace(QUICK, cursor_interval_s=0.3)) as home, home.page("s1") as client:
        home.publish(school.happen("art", "a1"))  # not for them, and yet it moves their cursor
        name, body = await client.event()
        assert name == "cursor"
        assert body == {"cursor": school.seal.seal(1), "serverTime": "2026-11-23T01:00:00Z"}
        resume = {"key": client.first["resume"], "cursor": body["cursor"]}
        async with home.page("s1", resume=resume) as again:
            assert again.first["mode"] == "replay"


async def test_draining_sends_everybody_away_each_with_another_time() -> None:
    school = School(student(1))
    async with house(school) as home, home.page("s1") as one, home.page("s1") as two, home.page("s1") as three:
        await home.hub.drain(spread_s=3)
        waits = []
        for client in (one, two, three):
            name, body = await client.event()
            assert name == "drain"
            waits.append(body["retryAfter"])
            assert await client.close_code() == 1012
        assert waits == [0, 1_000, 2_000]
        assert home.count("connections") == 0


async def test_nobody_gets_in_while_draining() -> None:
    async with house(School(student(1))) as home, home.poller() as poller:
        draining = asyncio.create_task(home.hub.drain(spread_s=0))
        await asyncio.sleep(0)
        answer = await poller.http.get("", params={"EIO": "4", "transport": "polling"})
        assert answer.status_code == 503
        await draining


async def test_a_gap_in_the_log_sends_everybody_to_fetch_what_was_in_it() -> None:
    school = School(student(1, "math"))
    async with house(school) as home:
        async with home.page("s1") as client:
            resume = {"key": client.first["resume"], "cursor": client.first["cursor"]}
            school.happen("math", "m1")
            home.publish(school.happen("math", "m1"))
            assert await client.event() == ["resync", {"reason": "gap"}]
            assert await client.close_code() == 1013
        async with home.page("s1", resume=resume) as client:
            assert [(await client.event())[1]["version"] for _ in range(2)] == [1, 2]


async def test_an_event_told_twice_is_told_once() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1") as client:
        event = school.happen("math", "m1")
        home.publish(event, event)
        home.publish(event)
        home.publish(school.happen("math", "m1"))
        assert [(await client.event())[1]["version"] for _ in range(2)] == [1, 2]


async def test_closing_the_hub_leaves_nothing_running() -> None:
    school = School(student(1))
    hanging = asyncio.Event()
    async with house(school) as home, home.page("s1") as client, home.websocket() as stranger:
        school.before_sign_in = hanging.wait
        await stranger.send('40{"token":"s1"}')
        await until(lambda: home.count("logging_in") == 1)
        await home.hub.close()
        assert await client.close_code() == 1013
        assert await stranger.close_code() == 1013
        names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
        assert not [name for name in names if name.startswith(("Reception", "Rounds", "Desk"))]


async def test_counters_are_numbers_by_name() -> None:
    async with house(School(student(1))) as home, home.page("s1"):
        counters = json.loads(json.dumps(dict(home.hub.counters())))
        assert counters["connections"] == 1
        assert all(isinstance(count, int) for count in counters.values())
