"""Clients that do not read: cut within bounds of bytes and time, and their neighbours do not notice."""

import asyncio
import base64
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.support.hub_house import QUICK, House, house
from tests.support.school import School, student

SMALL = replace(QUICK, unsent_bytes=64 * 1024, socket_buffer_bytes=4_096, slow_reader_s=1.0)


@asynccontextmanager
async def deaf(home: House, token: str) -> AsyncIterator[socket.socket]:
    """A client that has logged in and never reads; its system buffers next to nothing."""
    loop = asyncio.get_running_loop()
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    wire.setblocking(False)
    try:
        await loop.sock_connect(wire, ("127.0.0.1", home.port))
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await loop.sock_sendall(wire, request.encode())
        assert b" 101 " in await loop.sock_recv(wire, 200)
        await loop.sock_sendall(wire, text_frame("40" + json.dumps({"token": token})))
        await home.reach("connections", home.count("connections") + 1)
        yield wire
    finally:
        wire.close()


def text_frame(text: str) -> bytes:
    payload = text.encode()
    assert len(payload) < 126
    return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload


async def test_a_reader_that_owes_too_much_is_cut_and_its_neighbour_is_not() -> None:
    school = School(student(1, "math"), student(2, "math"))
    school.padding = "x" * 8_000
    async with house(school, limits=SMALL) as home, home.page("s2") as neighbour, deaf(home, "s1"):
        sent = 0
        while home.count("gone.slow_reader") == 0:
            home.publish(school.happen("math", "m1"))
            sent += 1
            assert (await neighbour.event())[1]["version"] == sent
            assert sent < 60
        assert home.count("connections") == 1
        home.publish(school.happen("math", "m1"))
        assert (await neighbour.event())[1]["version"] == sent + 1


@pytest.mark.parametrize("answers_pings", [False, True])
async def test_a_reader_below_the_bound_that_takes_nothing_is_cut_in_time(answers_pings: bool) -> None:
    school = School(student(1, "math"))
    school.padding = "x" * 3_000
    async with house(school, limits=SMALL) as home, deaf(home, "s1") as wire:
        loop = asyncio.get_running_loop()
        home.publish(*(school.happen("math", "m1") for _ in range(12)))
        began_s = loop.time()
        while home.count("gone.slow_reader") == 0:
            await asyncio.sleep(0.02)
            if answers_pings:
                await loop.sock_sendall(wire, text_frame("3"))
            assert loop.time() - began_s < SMALL.slow_reader_s + 0.5
        assert loop.time() - began_s > SMALL.slow_reader_s / 2


async def test_a_slow_reader_that_goes_on_reading_is_not_cut() -> None:
    school = School(student(1, "math"))
    school.padding = "x" * 3_000
    limits = replace(SMALL, slow_reader_s=0.6, progress_bytes=1_000)
    async with house(school, limits=limits) as home, deaf(home, "s1") as wire:
        loop = asyncio.get_running_loop()
        home.publish(*(school.happen("math", "m1") for _ in range(16)))
        began_s = loop.time()
        while loop.time() - began_s < 2 * limits.slow_reader_s:
            await loop.sock_recv(wire, 512)
            await asyncio.sleep(0.02)
        assert home.count("connections") == 1


async def test_a_picture_larger_than_the_bound_reaches_its_client() -> None:
    school = School(student(1, "math"))
    school.padding = "x" * 400_000
    async with house(school, limits=SMALL) as home:
        async with home.page("s1") as client:
            assert len(client.first["pad"]) == 400_000
        async with home.poller() as poller:
            first = await poller.log_in("s1")
            assert len(first["pad"]) == 400_000


async def test_a_polling_client_that_does_not_poll_is_cut() -> None:
    school = School(student(1, "math"))
    school.padding = "x" * 8_000
    async with house(school, limits=SMALL) as home, home.poller() as poller:
        await poller.log_in("s1")
        home.publish(*(school.happen("math", "m1") for _ in range(7)))
        assert home.count("connections") == 1
        home.publish(*(school.happen("math", "m1") for _ in range(2)))
        await home.reach("gone.slow_reader")
        assert (await poller.poll()).status == 400


async def test_a_polling_client_below_the_bound_that_takes_nothing_is_cut_in_time() -> None:
    school = School(student(1, "math"))
    async with house(school, limits=SMALL) as home, home.poller() as poller:
        await poller.log_in("s1")
        home.publish(school.happen("math", "m1"))
        await home.reach("gone.slow_reader")


async def test_a_client_that_does_not_answer_pings_is_gone() -> None:
    limits = replace(QUICK, ping_interval_s=0.1, ping_timeout_s=0.1)
    async with house(School(student(1)), limits=limits) as home, home.page("s1") as client:
        packets = [packet async for packet in client.wire]
        assert packets[0] == "2"
        assert home.count("gone.ping_timeout") == 1


async def test_a_client_whose_line_is_gone_is_noticed_by_its_silence() -> None:
    limits = replace(QUICK, ping_interval_s=0.1, ping_timeout_s=0.2)
    async with house(School(student(1)), limits=limits) as home, deaf(home, "s1"):
        await home.reach("gone.ping_timeout")


async def test_the_system_buffers_little_and_not_for_long() -> None:
    """What lies in the system cannot be seen from here, so it is bounded there: in bytes, and in time unanswered."""
    async with house(School(student(1)), limits=SMALL) as home, home.page("s1"):
        (connection,) = home.hub._connections
        assert connection.session.protocol is not None
        wire = connection.session.protocol.transport.get_extra_info("socket")
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SMALL.socket_buffer_bytes
        if sys.platform == "linux":
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 1_000
