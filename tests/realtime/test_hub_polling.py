"""Clients on polling, and on their way from polling to a WebSocket."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.hub_house import PATIENCE_S, QUICK, Client, House, Poller, house, until
from tests.support.school import School, student


def probe(home: House, poller: Poller, headers: dict[str, str] | None = None) -> connect:
    url = f"ws://127.0.0.1:{home.port}/socket.io/?EIO=4&transport=websocket&sid={poller.sid}"
    return connect(url, compression=None, ping_interval=None, close_timeout=0.1, additional_headers=headers)


async def test_everything_works_on_polling_alone() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller:
        assert poller.opened["upgrades"] == ["websocket"]
        await poller.log_in("s1")
        home.publish(*(school.happen("math", "m1") for _ in range(5)))
        assert [(await poller.event())[1]["version"] for _ in range(5)] == [1, 2, 3, 4, 5]
        assert (await poller.call("nothing"))["error"]["code"] == "unknown_command"
        waiting = asyncio.create_task(poller.event())
        await asyncio.sleep(0.05)
        home.publish(school.happen("math", "m1"))
        assert (await waiting)[1]["version"] == 6


async def test_an_answer_holds_no_more_than_every_client_takes_and_the_next_one_the_rest() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller:
        await poller.log_in("s1")
        home.publish(*(school.happen("math", "m1") for _ in range(20)))
        school.happen("math", "m1")  # never told: the gap sends everybody away, and takes nothing back
        home.publish(school.happen("math", "m1"))
        answers = [await poller.poll(), await poller.poll()]
        assert [len(answer.packets) for answer in answers] == [16, 6]
        assert answers[1].packets[-1] == "1"
        assert (await poller.poll()).status == 400


async def test_heartbeats_keep_a_polling_client_and_their_lack_ends_it() -> None:
    limits = replace(QUICK, ping_interval_s=0.1, ping_timeout_s=0.8)
    async with house(School(student(1)), limits=limits) as home, home.poller() as poller:
        await poller.log_in("s1")
        listening = asyncio.create_task(poller.packet())
        await until(lambda: poller.pings >= 9)  # longer than one may be left without an answer
        listening.cancel()
        await until(lambda: home.count("connections") == 0)
    async with house(School(student(1)), limits=limits) as home, home.poller() as poller:
        await poller.log_in("s1")
        await home.reach("gone.ping_timeout")


async def test_two_polls_at_once_end_the_session() -> None:
    async with house(School(student(1))) as home, home.poller() as poller:
        await poller.log_in("s1")
        first = asyncio.create_task(poller.poll())
        await asyncio.sleep(0.05)
        assert (await poller.poll()).status == 400
        answer = await first
        assert (answer.status, answer.packets) == (200, ["1"])
        assert (await poller.poll()).status == 400
        assert home.count("gone.two_polls") == 1


async def test_a_poll_whose_client_is_gone_swallows_nothing() -> None:
    """What is told into a dead poll would be lost; the session ends instead, and its client resumes."""
    school = School(student(1, "math"))
    async with house(school) as home:
        async with home.poller() as poller:
            first = await poller.log_in("s1")
            with pytest.raises(httpx.ReadTimeout):
                await poller.http.get("", params=poller.query, timeout=0.1)
            await home.reach("gone.poll_dropped")
            assert (await poller.poll()).status == 400
        home.publish(school.happen("math", "m1"))
        async with home.page("s1", resume={"key": first["resume"], "cursor": first["cursor"]}) as client:
            assert (await client.event())[1]["version"] == 1


@pytest.mark.parametrize(
    "body",
    ["", "abc", "2", "5", "4", "b!!", "4\x1e4", '42["a"', "\x1e", '40{"token":"s1"}\x1e42', b"\xff\xfe", "3\x1e" * 64],
)
async def test_a_body_that_may_not_come_is_answered_400_and_ends_the_session(body: str | bytes) -> None:
    async with house(School(student(1))) as home, home.poller() as poller:
        await poller.log_in("s1")
        if body == "":
            assert await poller.post(body) == 200  # nothing was said
            return
        assert await poller.post(body) == 400
        assert (await poller.poll()).status == 400
        assert await poller.post("3") == 400
        assert home.count("connections") == 0


async def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    async with house(School(student(1))) as home, home.poller() as poller:
        assert await poller.post("4" * (QUICK.body_bytes + 1)) == 413

        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"4" * 10_000

        with contextlib.suppress(httpx.TransportError):  # who still writes when it is refused may not see the answer
            answer = await poller.http.post("", params=poller.query, content=endless())
            assert (answer.status_code, answer.headers["connection"]) == (413, "close")
        await poller.log_in("s1")


async def test_a_million_bytes_from_a_stranger_do_not_hang_the_server() -> None:
    async with house(School()) as home:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            answer = await http.post(home.url, params={"EIO": "4", "transport": "polling"}, content=b"x" * 1_000_001)
            assert answer.status_code == 413


async def test_a_body_that_never_ends_is_given_up() -> None:
    async with house(School(), limits=replace(QUICK, body_s=0.2)) as home, home.poller() as poller:
        reader, writer = await asyncio.open_connection("127.0.0.1", home.port)
        path = f"/socket.io/?EIO=4&transport=polling&sid={poller.sid}"
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n4".encode())
        async with asyncio.timeout(5):
            assert b" 408 " in await reader.readline()
        writer.close()


async def test_a_client_gone_before_it_asked_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async with house(School()) as home, home.poller() as poller:
        path = f"/socket.io/?EIO=4&transport=polling&sid={poller.sid}"
        _, writer = await asyncio.open_connection("127.0.0.1", home.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n4".encode())
        await writer.drain()
        writer.close()
        await poller.send("40{}")
        assert (await poller.refusal())["code"] == "auth_required"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("GET", {}),
        ("GET", {"EIO": "3", "transport": "polling"}),
        ("GET", {"EIO": "4", "transport": "carrier-pigeon"}),
        ("GET", {"EIO": "4", "transport": "websocket"}),
        ("GET", {"EIO": "4", "transport": "polling", "sid": "stolen<script>"}),
        ("GET", {"EIO": "4", "transport": "polling", "j": "0"}),
        ("GET", {"EIO": "4", "transport": "polling", "j": ""}),
        ("POST", {"EIO": "4", "transport": "polling"}),
        ("PUT", {"EIO": "4", "transport": "polling"}),
        ("DELETE", {"EIO": "4", "transport": "polling"}),
    ],
)
async def test_a_request_that_fits_nothing_is_answered_400_and_not_echoed(method: str, query: dict[str, str]) -> None:
    async with house(School()) as home, httpx.AsyncClient() as http:
        answer = await http.request(method, home.url, params=query)
        assert answer.status_code == 400
        assert "stolen" not in answer.text
        assert home.count("strangers") == 0


async def test_no_answer_allows_another_site() -> None:
    async with house(School()) as home, httpx.AsyncClient() as http:
        params = {"EIO": "4", "transport": "polling"}
        answer = await http.get(home.url, params=params, headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_going_over_to_a_websocket_loses_and_doubles_nothing() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller:
        await poller.log_in("s1")
        async with probe(home, poller) as wire:
            polling = asyncio.create_task(poller.poll())
            await wire.send("2probe")
            assert await wire.recv() == "3probe"
            assert (await polling).packets == ["6"]
            home.publish(school.happen("math", "m1"))  # neither here nor there
            await wire.send("5")
            client = Client(wire)
            home.publish(school.happen("math", "m1"))
            assert [(await client.event())[1]["version"] for _ in range(2)] == [1, 2]
            assert (await poller.poll()).status == 400
            assert await poller.post("3") == 400
            home.publish(school.happen("math", "m1"))
            assert (await client.event())[1]["version"] == 3
            assert home.count("connections") == 1


async def test_news_reaches_a_client_by_polling_until_it_has_gone_over() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller:
        await poller.log_in("s1")
        async with probe(home, poller) as wire:
            await wire.send("2probe")
            assert await wire.recv() == "3probe"
            home.publish(school.happen("math", "m1"))
            assert (await poller.event())[1]["version"] == 1
            assert (await poller.poll()).packets == ["6"]  # an empty poll does not hold the client up
            await wire.send("5")
            home.publish(school.happen("math", "m1"))
            assert (await Client(wire).event())[1]["version"] == 2


@pytest.mark.parametrize("said", [[], ["2probe"], ["2probe", "4x"], ["5"], ["hello"], ["2probe", "2probe"], [b"5"]])
async def test_an_upgrade_cut_in_half_ends_and_polling_lives_on(said: list[str | bytes]) -> None:
    school = School(student(1, "math"))
    async with house(school, limits=replace(QUICK, probe_s=0.3)) as home, home.poller() as poller:
        await poller.log_in("s1")
        async with probe(home, poller) as wire:
            for packet in said:
                await wire.send(packet)
            assert await Client(wire).close_code() == 1008
        home.publish(school.happen("math", "m1"))
        assert (await poller.event())[1]["version"] == 1
        async with probe(home, poller) as wire:  # and it may try again
            await wire.send("2probe")
            assert await wire.recv() == "3probe"
            await wire.send("5")
            home.publish(school.happen("math", "m1"))
            assert (await Client(wire).event())[1]["version"] == 2


async def test_an_upgrade_whose_client_vanishes_leaves_nothing_half_open() -> None:
    async with house(School(student(1))) as home, home.poller() as poller:
        await poller.log_in("s1")
        async with probe(home, poller) as wire:
            await wire.send("2probe")
            await wire.recv()
            wire.transport.abort()
        await poller.send('427["nothing"]')
        assert (await poller.packet()).startswith("437[")


async def test_a_second_upgrade_at_once_is_refused() -> None:
    async with house(School(student(1)), limits=replace(QUICK, probe_s=5)) as home, home.poller() as poller:
        async with probe(home, poller) as one, probe(home, poller) as two:
            await one.send("2probe")
            assert await one.recv() == "3probe"
            assert await Client(two).close_code() == 1008
            await one.send("5")
            await until(lambda: home.hub.server.eio.sockets[poller.sid].upgraded)
            with pytest.raises(InvalidStatus):
                async with probe(home, poller):
                    pass


async def test_login_may_come_right_after_going_over() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller:
        async with probe(home, poller) as wire:
            await wire.send("2probe")
            await wire.recv()
            await wire.send("5")
            client = Client(wire)
            await client.log_in("s1")
            assert school.signed_in[-1]["type"] == "websocket"


@pytest.mark.parametrize("other", [{}, {"cookie": "login=two"}, {"cookie": "login=one", "authorization": "Bearer x"}])
async def test_a_session_id_alone_is_nobody(other: dict[str, str]) -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller, httpx.AsyncClient(base_url=home.url) as thief:
        poller.http.headers["cookie"] = "login=one"
        await poller.open()
        await poller.log_in("s1")
        home.publish(school.happen("math", "m1"))
        stolen = Poller(thief)
        stolen.sid = poller.sid
        thief.headers.update(other)
        assert (await stolen.poll()).status == 400
        assert await stolen.post("1") == 400
        with pytest.raises(InvalidStatus):
            async with probe(home, poller, other):
                pass
        assert (await poller.event())[1]["version"] == 1  # its owner noticed nothing
        async with probe(home, poller, {"cookie": "login=one"}) as wire:
            await wire.send("2probe")
            assert await wire.recv() == "3probe"


async def test_after_the_login_has_ended_no_poll_takes_what_waited() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.poller() as poller:
        await poller.send('40{"token":"s1:one"}')
        session = home.hub.server.eio.sockets[poller.sid]
        await until(lambda: session.outlet.unsent_bytes() > 100)  # the picture
        home.hub.end_session("one", "signed_out")
        name, body = await poller.event()
        assert (name, body["code"]) == ("error", "signed_out")
        assert await poller.packet() == "1"


async def test_a_refused_login_on_polling_is_told_why_and_cut() -> None:
    async with house(School()) as home, home.poller() as poller:
        await poller.send("40{}")
        assert (await poller.refusal())["code"] == "auth_required"
        assert (await poller.poll()).packets == ["1"]
        assert (await poller.poll()).status == 400


async def test_the_engine_s_close_answers_the_open_poll() -> None:
    async with house(School(student(1))) as home, home.poller() as poller:
        await poller.log_in("s1")
        polling = asyncio.create_task(poller.poll())
        await asyncio.sleep(0.05)
        assert await poller.post("1") == 200
        assert (await polling).packets == ["6"]
        assert (await poller.poll()).status == 400


async def test_without_its_protocol_the_hub_stays_on_polling(caplog: pytest.LogCaptureFixture) -> None:
    async with house(School(student(1)), protocol="websockets-sansio") as home, home.poller() as poller:
        with pytest.raises(InvalidStatus):
            async with probe(home, poller):
                pass
        await poller.log_in("s1")
    assert "uvicorn was not started with the hub's WebSocket protocol" in caplog.text


async def test_no_log_line_holds_a_key_or_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with house(School(student(1))) as home, home.poller() as poller:
        await poller.log_in("s1:canary-of-a-token")
        async with probe(home, poller) as wire:
            await wire.send("2probe")
            await wire.recv()
            await wire.send("5")
            await wire.send('427["canary-of-a-token"]')
            await Client(wire).packet()
        text = json.dumps([{**record.__dict__, "msg": record.getMessage()} for record in caplog.records], default=str)
        ours = [line for line in text.split("}, {") if "httpx" not in line and "websockets.client" not in line]
        assert "canary-of-a-token" not in str(ours)
        assert poller.sid not in str(ours)
