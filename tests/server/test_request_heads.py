import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from server.request_heads import LONGEST_HEAD, PIECE, BoundedHeads
from tests.support.serving import PATIENCE_S, served
from tests.support.whole_house import whole_house


class HurriedHeads(BoundedHeads):
    within_s = 0.1


class Caller:
    """Somebody who speaks HTTP byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, said: bytes) -> None:
        self.writer.write(said)
        await self.writer.drain()

    async def heard(self) -> bytes:
        """One answer, without its body."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await self.reader.readexactly(int(length.partition(b":")[2]))
            return head

    async def hung_up(self) -> bytes:
        """All that comes until the server closes."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read()


@asynccontextmanager
async def calling(place: tuple[str, int]) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection(*place)
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()


async def length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def parrot(socket: WebSocket) -> None:
    await socket.accept()
    async for said in socket.iter_text():
        await socket.send_text(said)


APP = Starlette(routes=[Route("/", length, methods=["GET", "POST"]), WebSocketRoute("/parrot", parrot)])


async def test_a_head_that_goes_on_and_on_is_refused(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        parts = urlsplit(house.url)
        assert parts.hostname is not None
        assert parts.port is not None
        async with calling((parts.hostname, parts.port)) as caller:
            await caller.say(b"GET / HTTP/1.1\r\nx-long: ".ljust(LONGEST_HEAD + 1, b"a"))
            assert (await caller.hung_up()).startswith(b"HTTP/1.1 431 ")


async def test_a_long_head_that_comes_at_once_is_refused_too() -> None:
    async with served(APP, BoundedHeads) as place, calling(place) as caller:
        await caller.say(b"GET / HTTP/1.1\r\n" + b"x-long: aaaaaaaa\r\n" * ((LONGEST_HEAD + PIECE) // 18) + b"\r\n")
        assert (await caller.hung_up()).startswith(b"HTTP/1.1 431 ")


async def test_a_body_may_be_longer_than_a_head_and_more_may_follow_it() -> None:
    head = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % (3 * LONGEST_HEAD)
    async with served(APP, BoundedHeads) as place, calling(place) as caller:
        for _ in range(3):
            await caller.say(head + b"b" * (3 * LONGEST_HEAD))
            assert (await caller.heard()).startswith(b"HTTP/1.1 200 ")


async def test_who_says_nothing_or_does_not_come_to_the_end_is_left() -> None:
    async with served(APP, HurriedHeads) as place:
        for said in (b"", b"\r\n", b"GE", b"GET / HTTP/1.1\r\nhost: a\r\n"):
            async with calling(place) as caller:
                await caller.say(said)
                assert await caller.hung_up() == b""
        for said in (b"\r\n", b"GET / HTTP/1.1\r\n"):
            async with calling(place) as caller:
                await caller.say(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
                await caller.heard()
                await caller.say(said)
                assert await caller.hung_up() == b""


async def test_who_waits_for_an_answer_or_is_between_two_requests_is_not_left() -> None:
    go_on = asyncio.Event()

    async def slow(request: Request) -> Response:
        await go_on.wait()
        return PlainTextResponse("")

    app = Starlette(routes=[*APP.routes, Route("/slow", slow)])
    request = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
    async with served(app, HurriedHeads) as place, calling(place) as idle, calling(place) as waiting:
        await idle.say(request)
        await idle.heard()
        await waiting.say(request.replace(b"/ ", b"/slow ", 1) + b"GET / HT")
        await silence(place)
        go_on.set()
        assert (await waiting.heard()).startswith(b"HTTP/1.1 200 ")
        await idle.say(request)
        assert (await idle.heard()).startswith(b"HTTP/1.1 200 ")


async def test_a_websocket_lives_on_after_its_head() -> None:
    async with served(APP, HurriedHeads) as (host, port), connect(f"ws://{host}:{port}/parrot") as socket:
        await silence((host, port))
        await socket.send("still here")
        assert await socket.recv() == "still here"


async def silence(place: tuple[str, int]) -> None:
    """As long as the server waits for a head: whoever came before has then been here for longer."""
    async with calling(place) as silent:
        assert await silent.hung_up() == b""
