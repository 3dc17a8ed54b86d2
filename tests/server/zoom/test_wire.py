import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from server.zoom.errors import ZoomUnavailable
from server.zoom.wire import MOST_BYTES, Patience, Sent, checked_url, exchange, new_http

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENCE = Patience(connect_s=2, total_s=2)


@asynccontextmanager
async def peer(speak: Speak) -> AsyncIterator[str]:
    """Something on a real port that speaks after the head of a request has come; yields its address."""

    async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await speak(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(heard, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def says(answer: bytes) -> Speak:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return speak


def ask(url: str) -> Sent:
    return Sent(method="GET", url=url + "/v2/users/canary", template="/users/{}", query={"token": "canary"})


async def refused(speak: Speak) -> ZoomUnavailable:
    async with peer(speak) as url, new_http() as http:
        with pytest.raises(ZoomUnavailable) as caught:
            await exchange(http, ask(url), PATIENCE)
    return caught.value


async def test_an_answer_is_status_headers_and_bytes() -> None:
    raw = b"HTTP/1.1 418 I'm a teapot\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\nok"
    async with peer(says(raw)) as url, new_http() as http:
        answer = await exchange(http, ask(url), PATIENCE)
    assert (answer.status, answer.headers["retry-after"], answer.body) == (418, "3", b"ok")


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    elsewhere: list[str] = []

    async def noted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        elsewhere.append("asked")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with peer(noted) as target, new_http() as http:
        there = f"HTTP/1.1 302 Found\r\nLocation: {target}/x\r\nContent-Length: 0\r\n\r\n".encode()
        async with peer(says(there)) as url:
            answer = await exchange(http, ask(url), PATIENCE)
    assert answer.status == 302
    assert elsewhere == []


async def test_where_nobody_listens_nothing_was_done() -> None:
    async with peer(says(b"")) as url:
        gone = url
    async with new_http() as http:
        with pytest.raises(ZoomUnavailable, match="cannot be reached") as caught:
            await exchange(http, ask(gone), PATIENCE)
    assert not caught.value.may_be_done


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"nonsense\r\n\r\n",
    ],
)
async def test_a_connection_lost_after_the_question_may_have_done_it(raw: bytes) -> None:
    assert (await refused(says(raw))).may_be_done


async def test_an_answer_without_end_is_cut() -> None:
    async def endless(__: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2 * MOST_BYTES // 100_000):
            writer.write(b"x" * 100_000)
            await writer.drain()

    error = await refused(endless)
    assert "too long" in error.message
    assert not error.is_worth_repeating


async def test_a_silent_peer_is_given_up() -> None:
    silent = asyncio.Event()

    async def speak(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await silent.wait()

    async with peer(speak) as url, new_http() as http:
        with pytest.raises(ZoomUnavailable) as caught:
            await exchange(http, ask(url), Patience(total_s=0.05))
        silent.set()
    assert caught.value.may_be_done


async def test_each_exchange_is_one_line_with_nothing_of_the_address_but_its_form() -> None:
    with capture_logs() as logs:
        async with peer(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as url, new_http() as http:
            await exchange(http, ask(url), PATIENCE)
        await refused(says(b""))
    assert [(line["event"], line["method"], line["path"], line["status"]) for line in logs] == [
        ("zoom.call", "GET", "/users/{}", "204"),
        ("zoom.call", "GET", "/users/{}", "RemoteProtocolError"),
    ]
    assert all(isinstance(line["ms"], int) for line in logs)
    assert "canary" not in str(logs)


@pytest.mark.parametrize(
    "url", ["https://api.zoom.us/v2/", "http://127.0.0.1:5001/v2", "http://localhost/v2", "http://[::1]:1"]
)
def test_secrets_go_over_https_or_stay_on_this_machine(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.zoom.us/v2",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1/v2",
        "ftp://127.0.0.1",
        "https://user:pw@api.zoom.us",
        "https://api.zoom.us/v2?x=1",
        "https://api.zoom.us/#x",
        "//api.zoom.us",
        "",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"https|http"):
        checked_url(url)


def test_a_request_prints_nothing_secret() -> None:
    sent = Sent(
        method="POST",
        url="https://x",
        template="/x",
        headers={"authorization": "canary"},
        json={"password": "canary"},
        form={"x": "canary"},
        login=("a", "canary"),
    )
    assert "canary" not in repr(sent)
