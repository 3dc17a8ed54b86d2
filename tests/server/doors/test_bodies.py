import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.doors.bodies import KB, MB, Bodies
from tests.support.asgi import client, echo, scope_of
from tests.support.serving import PATIENCE_S, served


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // KB):
        yield b"x" * KB
    yield b"x" * (size % KB)


@pytest.mark.parametrize(
    ("path", "limit"), [("/socket.io/", 128 * KB), ("/api/zoom/webhook", MB), ("/api/auth/login", MB)]
)
async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(path: str, limit: int) -> None:
    async with client(Bodies(echo)) as browser:
        assert len((await browser.post(path, content=b"x" * limit)).content) == limit
        assert len((await browser.post(path, content=in_chunks(limit))).content) == limit
        announced = await browser.post(path, content=b"x" * (limit + 1))
        counted = await browser.post(path, content=in_chunks(limit + 1))
    for refused in (announced, counted):
        assert refused.status_code == 413
        assert refused.json()["error"]["code"] == "too_large"
        assert refused.headers["connection"] == "close"


async def test_a_request_without_a_body_is_not_held_up() -> None:
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"", "more_body": False}

    async def untouched(scope: Scope, receive: Receive, send: Send) -> None:
        assert asked == 0

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await Bodies(untouched)(scope_of("/"), receive, send)


async def test_after_its_body_a_request_still_hears_that_the_client_left() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.request", "body": b"b", "more_body": False},
        {"type": "http.disconnect"},
    ]
    heard: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([await receive(), await receive()])

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await Bodies(app)(scope_of("/", content_length="2"), receive, send)
    assert heard == [{"type": "http.request", "body": b"ab", "more_body": False}, {"type": "http.disconnect"}]


async def test_a_client_that_leaves_in_the_middle_reaches_nobody() -> None:
    messages: list[Message] = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await Bodies(echo)(scope_of("/", content_length="2"), receive, send)
    assert sent == []


async def test_who_asks_before_sending_too_much_is_told_before_anything_is_sent() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = scope_of("/socket.io/", content_length="9" * 40, expect="100-continue")
    await Bodies(echo)(scope, receive, send)
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("announced", ["-1", "1e3", "٣", ""])
async def test_a_length_that_is_no_number_is_refused(announced: str) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = scope_of("/")
    scope["headers"].append((b"content-length", announced.encode()))
    await Bodies(echo)(scope, receive, send)
    assert sent[0]["status"] == 400


async def test_a_body_that_drips_is_refused_after_its_time() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await Bodies(echo, within_s=0.05)(scope, receive, send)

    async with served(slow) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nx")
            answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        finally:
            writer.close()
            await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_real_client_reads_its_refusal_and_the_server_still_stops() -> None:
    """The body that Socket.IO's library never answers: 1,000,001 bytes to its polling address, without a login."""
    async with served(Bodies(echo)) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            head = b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost: x\r\ncontent-length: 1000001\r\n\r\n"
            writer.write(head + b"x" * 1_000_001)
            await asyncio.wait_for(writer.drain(), PATIENCE_S)
            answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        finally:
            writer.close()
            await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
