from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from server.doors import Policy, guarded
from server.doors.addresses import client_address
from tests.support.asgi import client, echo


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        (("10.0.0.7", 1), "10.0.0.7"),
        (("::ffff:10.0.0.7", 1), "10.0.0.7"),
        (("2001:DB8::1", 1), "2001:db8::1"),
        (("<script>", 1), "unknown"),
        (("", 0), "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_has_one_spelling(peer: Any, address: str) -> None:
    assert client_address({"client": peer, "REMOTE_ADDR": "127.0.0.1"}) == address


async def seen(policy: Policy, address: str, **headers: str) -> tuple[str, str]:
    found: list[tuple[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append((client_address(scope), scope["scheme"]))
        await echo(scope, receive, send)

    async with client(guarded(app, policy), address=address) as browser:
        await browser.get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return found[0]


async def test_forwarded_headers_count_only_from_listed_proxies() -> None:
    listed = Policy(trusted_proxies=("10.0.0.0/24",))
    forwarded = {"x_forwarded_for": "1.2.3.4", "x_forwarded_proto": "https"}
    assert await seen(listed, "10.0.0.7", **forwarded) == ("1.2.3.4", "https")
    assert await seen(listed, "10.0.1.7", **forwarded) == ("10.0.1.7", "http")
    assert await seen(Policy(), "127.0.0.1", **forwarded) == ("127.0.0.1", "http")


async def test_what_a_client_put_before_the_proxys_word_does_not_count() -> None:
    listed = Policy(trusted_proxies=("10.0.0.0/24",))
    assert await seen(listed, "10.0.0.7", x_forwarded_for="6.6.6.6, 1.2.3.4, 10.0.0.8") == ("1.2.3.4", "http")
