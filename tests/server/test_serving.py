import asyncio
import socket

import pytest

from server.serving import bound, local_url
from server.settings import StartError


async def test_an_answer_is_not_held_back_until_the_client_acknowledges_its_head() -> None:
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    with bound("127.0.0.1", 0) as listening:
        server = await asyncio.start_server(lambda _, writer: accepted.set_result(writer), sock=listening)
        async with server:
            _, client = await asyncio.open_connection(*listening.getsockname())
            writer = await accepted
            try:
                ours: socket.socket = writer.get_extra_info("socket")
                assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            finally:
                for each in (writer, client):
                    each.close()


def test_a_port_that_is_taken_is_one_sentence_that_says_so() -> None:
    with bound("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(StartError) as refused:
            bound("127.0.0.1", port)
    told = str(refused.value)
    assert told.startswith("--port: expected a port that is free")
    assert f"{port} on 127.0.0.1 is in use by another program" in told
    assert "\n" not in told


def test_a_host_that_is_not_of_this_machine_is_one_sentence_that_says_so() -> None:
    with pytest.raises(StartError, match="gave: "):
        bound("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")]
)
def test_the_address_told_is_one_that_this_machine_can_open(host: str, url: str) -> None:
    with bound(host, 0) as listening:
        assert local_url(listening) == f"{url}{listening.getsockname()[1]}"


def test_who_connects_before_the_server_answers_waits_in_line() -> None:
    with bound("127.0.0.1", 0) as listening:
        early = [socket.create_connection(listening.getsockname(), timeout=5) for _ in range(100)]
        for each in early:
            listening.accept()[0].close()
            assert each.recv(1) == b""
            each.close()
