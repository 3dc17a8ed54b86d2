"""The server object built bare, held to what suites for the two protocols ask of any server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from realtime.hub import Bare
from realtime.sioserver import BareServer
from tests.support.hub_house import QUICK, Client, House, house
from tests.support.school import School

PINGS = Bare(ping_interval_s=0.3, ping_timeout_s=0.2)


@asynccontextmanager
async def bare_house() -> AsyncIterator[House]:
    async with house(School(), limits=replace(QUICK, login_s=0.4), bare=PINGS) as home:
        server = home.hub.server
        assert isinstance(server, BareServer)
        for namespace in ("/", "/custom"):
            _greet(server, namespace)
        yield home


def _greet(server: Any, namespace: str) -> None:
    async def connect(sid: str, environ: object, auth: object = None) -> None:
        asyncio.get_running_loop().call_soon(
            lambda: asyncio.ensure_future(server.emit("auth", auth or {}, to=sid, namespace=namespace))
        )

    async def message(sid: str, *data: object) -> None:
        await server.emit("message-back", data, to=sid, namespace=namespace)

    async def message_with_ack(sid: str, *data: object) -> object:
        return data

    server.on("connect", connect, namespace=namespace)
    server.on("message", message, namespace=namespace)
    server.on("message-with-ack", message_with_ack, namespace=namespace)


async def enter(client: Client, namespace: str = "") -> None:
    await client.send(f"40{namespace}")
    assert (await client.packet()).startswith(f"40{namespace}" + '{"sid":')
    assert await client.packet() == f'42{namespace}["auth",{{}}]'


async def test_the_handshake_says_the_ping_times() -> None:
    async with bare_house() as home, home.poller() as poller, home.websocket() as client:
        assert (poller.opened["pingInterval"], poller.opened["pingTimeout"]) == (300, 200)
        assert poller.opened["upgrades"] == ["websocket"]
        await enter(client)
        assert (client.opened["pingInterval"], client.opened["upgrades"]) == (300, [])


async def test_pings_come_and_their_lack_of_an_answer_ends_it() -> None:
    async with bare_house() as home, home.websocket() as client:
        await enter(client)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.2):
                await client.packet()
        assert client.pings == 3 or client.pings == 4
        await client.close_code()


async def test_anyone_may_connect_to_any_namespace_there_is() -> None:
    async with bare_house() as home, home.websocket() as client:
        await enter(client)
        await enter(client, "/custom,")
        await client.send('40/other,{"token":"1"}')
        assert await client.packet() == '44/other,{"message":"Invalid namespace"}'
        await client.send('42/custom,["message",1]')
        assert await client.packet() == '42/custom,["message-back",1]'


async def test_auth_is_handed_over() -> None:
    async with bare_house() as home, home.websocket() as client:
        await client.send('40{"token":"123"}')
        await client.packet()
        assert await client.packet() == '42["auth",{"token":"123"}]'


async def test_leaving_one_namespace_keeps_the_other() -> None:
    async with bare_house() as home, home.websocket() as client:
        await enter(client)
        await enter(client, "/custom,")
        await client.send("41")
        await client.send('42/custom,["message","still here"]')
        assert await client.packet() == '42/custom,["message-back","still here"]'


async def test_messages_acks_and_binary_go_round() -> None:
    async with bare_house() as home, home.websocket() as client:
        await enter(client)
        await client.send('42["message",1,"2",{"3":[true]}]')
        assert await client.packet() == '42["message-back",1,"2",{"3":[true]}]'
        await client.send('42456["message-with-ack",1,"2",{"3":[false]}]')
        assert await client.packet() == '43456[1,"2",{"3":[false]}]'
        await client.send('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        await client.send(b"\x01\x02\x03")
        await client.send(b"\x04\x05\x06")
        head = '452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
        assert await client.packet() == head
        assert [await client.wire.recv() for _ in range(2)] == [b"\x01\x02\x03", b"\x04\x05\x06"]


async def test_binary_goes_round_on_polling() -> None:
    async with bare_house() as home, home.poller() as poller:
        await poller.send("40")
        assert (await poller.packet()).startswith("40{")
        assert (await poller.packet()).startswith('42["auth"')
        await poller.send('451-["message",{"_placeholder":true,"num":0}]\x1ebAQIDBA==')
        assert await poller.packet() == '451-["message-back",{"_placeholder":true,"num":0}]'
        assert await poller.packet() == "bAQIDBA=="


@pytest.mark.parametrize("packet", ["4abc", "42{}", "42[]", '42abc["message-with-ack",1]', "abc", "4"])
async def test_what_is_malformed_closes_the_connection(packet: str) -> None:
    async with bare_house() as home, home.websocket() as client:
        await enter(client)
        await client.send(packet)
        assert await client.close_code() == 1008


async def test_whoever_does_not_connect_is_closed() -> None:
    async with bare_house() as home, home.websocket() as client:
        assert await client.close_code() == 1000


async def test_polling_is_as_strict() -> None:
    async with bare_house() as home, home.poller() as poller:
        assert await poller.post("abc") == 400
        assert (await poller.poll()).status == 400
    async with bare_house() as home, home.poller() as poller:
        polls = await asyncio.gather(poller.poll(), poller.poll())
        assert {poll.status for poll in polls} == {200, 400}
        assert [poll.packets for poll in polls if poll.status == 200] == [["1"]]


async def test_the_engine_alone_can_be_spoken_to() -> None:
    async with house(School(), bare=PINGS) as home:
        engine = home.hub.server.eio

        async def echo(sid: str, message: str | bytes) -> None:
            await engine.send(sid, message)

        engine.on("message", echo)
        async with home.websocket() as client:
            await client.send('4{"a":1}')
            assert await client.packet() == '4{"a":1}'
            await client.send(b"\x01")
            assert await client.wire.recv() == b"\x01"
        async with home.poller() as poller:
            await poller.send("4one\x1e4two")
            assert [await poller.packet(), await poller.packet()] == ["4one", "4two"]


async def test_rooms_and_disconnect_of_the_library_work() -> None:
    async with bare_house() as home, home.websocket() as one, home.websocket() as two:
        server = home.hub.server
        sids = []
        for client in (one, two):
            await client.send("40")
            sids.append(json.loads((await client.packet())[2:])["sid"])
            await client.packet()
        await server.enter_room(sids[0], "a room")
        await server.emit("hello", to="a room")
        await server.emit("bye", {"n": 1})
        assert [await one.packet() for _ in range(2)] == ['42["hello"]', '42["bye",{"n":1}]']
        assert await two.packet() == '42["bye",{"n":1}]'
        await server.disconnect(sids[0])
        assert await one.packet() == "41"
