"""What a client may not send: each such frame ends its connection, at once and once, and nobody else notices."""

import asyncio
import base64
import json
import os
from collections.abc import Mapping
from dataclasses import replace

import pytest

from realtime.ports import Login
from tests.support.hub_house import QUICK, House, house, until
from tests.support.school import School, student

POLICY, TOO_BIG = 1008, 1009
DEEP = "[" * 2_000

BEFORE_LOGIN = [
    '42["track",{}]',
    '421["joinMeeting","m1"]',
    '42["connect",{},{}]',
    "43[]",
]

NEVER: list[str | bytes] = [
    "",
    "9",
    "4",
    "47",
    "4x",
    "4٢[]",  # a digit, but not one of ours
    "44{}",  # CONNECT_ERROR is ours to say
    "431[]",  # an ack nobody asked for
    '4599999999-["a",{"_placeholder":true,"num":0}]',
    '451-["a",{"_placeholder":true,"num":0}]',
    '461-["a"]',
    "40/custom,{}",
    "40/admin",
    "41/custom,",
    '42/custom,["a"]',
    '42/?x=1,["a"]',
    "42",
    "42{}",
    "42[]",
    "42[1]",
    "42[null]",
    "42[[]]",
    '42["a"',
    '42["a"] trailing',
    '42abc["a"]',
    '42-1["a"]',
    '42²["a"]',
    "42" + "9" * 17 + '["a"]',
    '42["a",' + "9" * 200 + "]",
    '42["a",NaN]',
    '42["a",Infinity]',
    f'42["a",{DEEP}',
    "40[]",
    '40"token"',
    "40null{}",
    "2",  # heartbeats go the other way
    "2probe",
    "5",
    "0{}",
    "b4AAAA",
    b"binary",
    b'\x042["a"]',
    b"",
]


async def test_nothing_but_a_login_is_heard_before_the_login() -> None:
    async with house(School(student(1))) as home:
        for frame in BEFORE_LOGIN:
            async with home.websocket() as client:
                await client.send(frame)
                assert await client.close_code() == POLICY, frame
        assert home.count("gone.not_logged_in") + home.count("gone.ack") == len(BEFORE_LOGIN)


@pytest.mark.parametrize("is_logged_in", [False, True])
async def test_a_frame_that_may_never_come_closes_with_1008(is_logged_in: bool) -> None:
    school = School(student(1), student(2))
    async with house(school) as home, home.page("s2") as neighbour:
        for count, frame in enumerate(NEVER, 1):
            async with home.websocket() as client:
                if is_logged_in:
                    await client.log_in("s1")
                began = asyncio.get_running_loop().time()
                await client.send(frame)
                assert await client.close_code() == POLICY, frame
                assert asyncio.get_running_loop().time() - began < 0.5
            assert sum(n for name, n in home.hub.counters().items() if name.startswith("gone.")) == count
            assert home.count("connections") == 1
        home.publish(school.tell_person("s2", "still here"))
        assert (await neighbour.event())[1] == "still here"


async def test_what_a_frame_may_look_like() -> None:
    async with house(School(student(1))) as home:
        for frame in ("40", '40{"token":"s1"}', '40/,{"token":"s1"}', '40/{"token":"s1"}'[:3] + ',{"token":"s1"}'):
            async with home.websocket() as client:
                await client.send(frame)
                assert (await client.packet())[:2] in ("40", "44"), frame
        async with home.page("s1") as client:
            for frame in ('42/,7["nothing"]', '427["nothing"]', '427["nothing",1,2,3]', '427["nothing",{"a":[null]}]'):
                await client.send(frame)
                assert json.loads((await client.packet())[3:])[0]["error"]["code"] == "unknown_command"


async def test_a_second_connect_closes() -> None:
    async with house(School(student(1), student(2))) as home:
        async with home.page("s1") as client:
            await client.send('40{"token":"s2"}')
            assert await client.close_code() == POLICY
        async with home.websocket() as client:
            await client.send('40{"token":"s1"}')
            await client.send('40{"token":"s1"}')
            assert await client.close_code() == POLICY


async def test_a_client_cannot_call_what_only_the_library_calls() -> None:
    """`connect` and `disconnect` sent as events once made a student's session an admin's."""
    async with house(School(student(1))) as home, home.page("s1") as client:
        for name in ("connect", "disconnect", "*", "message", "connect_error", "__disconnect_final"):
            answer = await client.call(name, {"REMOTE_ADDR": "::1"}, {"token": "s2"})
            assert answer == {
                "ok": False,
                "error": {"code": "unknown_command", "message": "There is no such command."},
            }
        assert home.count("connections") == 1
        assert home.school.signed_in
        assert len(home.school.signed_in) == 1


async def test_disconnect_closes_the_transport() -> None:
    async with house(School(student(1))) as home, home.page("s1") as client:
        await client.send("41")
        assert await client.close_code() == 1000
        assert home.count("gone.client_disconnect") == 1


async def test_the_engine_s_close_closes_too() -> None:
    async with house(School(student(1))) as home, home.page("s1") as client:
        await client.send("1")
        assert await client.close_code() == 1000
        assert home.count("gone.client_disconnect") == 1


async def test_whoever_does_not_log_in_is_cut() -> None:
    async with house(School()) as home, home.websocket() as client:
        assert await client.close_code() == POLICY
        assert home.count("gone.login_timeout") == 1
        assert home.count("strangers") == 0


async def test_a_large_frame_gets_one_clear_word_and_the_next_one_a_cut() -> None:
    async def echo(login: Login, argument: object) -> Mapping[str, object]:
        return {"size": len(str(argument))}

    async with house(School(student(1)), commands={"echo": echo}) as home, home.page("s1") as client:
        assert (await client.call("echo", "x" * 8_000))["size"] == 8_000
        assert (await client.call("echo", "é" * 2_000))["size"] == 2_000
        await client.emit("echo", "x" * 9_000, ack=2)
        name, error = await client.event()
        assert (name, error["code"]) == ("error", "too_big")
        assert (await client.call("echo", "x", ack=3))["size"] == 1
        await client.emit("echo", "x" * 9_000)
        assert await client.close_code() == TOO_BIG


async def test_bytes_count_not_characters() -> None:
    async with house(School(student(1))) as home, home.page("s1") as client:
        await client.send('42["echo","' + "é" * 5_000 + '"]')
        assert (await client.event())[1]["code"] == "too_big"


async def test_over_16_kb_is_cut_at_once() -> None:
    async with house(School(student(1))) as home, home.page("s1") as client:
        await client.emit("echo", "x" * 17_000)
        assert await client.close_code() == TOO_BIG


async def test_a_stranger_s_large_frame_is_cut_at_once() -> None:
    async with house(School(student(1))) as home, home.websocket() as client:
        await client.send('40{"token":"' + "x" * 9_000 + '"}')
        assert await client.close_code() == TOO_BIG


async def test_a_message_in_countless_pieces_is_cut() -> None:
    """Empty fragments weigh nothing against a limit in bytes, but each is kept until the last has come."""
    async with house(School(student(1))) as home:
        reader, writer = await handshake(home)
        writer.write(masked(0x01, b"4"))  # text, not final
        writer.write(masked(0x00, b"") * 1_000)
        await writer.drain()
        async with asyncio.timeout(5):
            assert b"\x88" in await reader.read(-1)
        writer.close()
        await home.reach("gone.transport_close")


async def test_bytes_that_are_no_websocket_end_it() -> None:
    async with house(School(student(1))) as home:
        for garbage in (b"\xff" * 64, b"\x81\x05plain", b"\x09\x00", os.urandom(1) * 3 + b"\x83\xff" + b"\xff" * 99):
            reader, writer = await handshake(home)
            writer.write(garbage)
            await writer.drain()
            async with asyncio.timeout(5):
                await reader.read(-1)
            writer.close()
        await until(lambda: home.count("strangers") == 0)


async def test_a_flood_of_heartbeats_is_cut() -> None:
    async with house(School(student(1)), limits=QUICK) as home, home.page("s1") as client:
        for _ in range(QUICK.packets_per_10_s + 1):
            await client.send("3")
        assert await client.close_code() == POLICY
        assert home.count("gone.flood") == 1


async def test_heartbeats_nobody_asked_for_do_not_put_off_the_next_ping() -> None:
    limits = replace(QUICK, ping_interval_s=0.2, ping_timeout_s=0.2)
    async with house(School(student(1)), limits=limits) as home, home.page("s1") as client:
        pinged = asyncio.create_task(client.wire.recv())
        while not pinged.done():
            await client.send("3")
            await asyncio.sleep(0.02)
        assert await pinged == "2"
        assert await client.close_code() == 1000
        assert home.count("gone.ping_timeout") == 1


async def handshake(home: House) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A bare connection, right after the server has agreed to speak WebSocket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", home.port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head, head
    return reader, writer


def masked(first: int, payload: bytes) -> bytes:
    """A frame as a client sends it, with a mask of zeros."""
    return bytes((first, 0x80 | len(payload))) + bytes(4) + payload
