from pathlib import Path

import pytest

from server.doors import Policy
from server.doors.hosts import Hosts
from server.settings import Options, read_settings
from tests.support.asgi import client, echo, handshake, scope_of


def policy_of(host: str) -> Policy:
    return Policy.of(read_settings(None), Options(host=host, port=5000, data=Path(), demo=False))


async def status(policy: Policy, host: str) -> int:
    async with client(Hosts(echo, policy.hosts, any_address=policy.any_address)) as browser:
        return (await browser.get("/", headers={"host": host})).status_code


OURS = [
    "localhost",
    "LOCALHOST:5000",
    "127.0.0.1:5000",
    "[::1]:5000",
    "rollcall.example.org",
    "rollcall.example.org:443",
]
OTHERS = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "rollcall.example.org.evil.example"]
OTHERS += ["xrollcall.example.org", "10.0.0.7", "2130706433", "0x7f000001"]
NONSENSE = ["", "a b", "localhost/evil", "evil@localhost", "localhost,evil.example", "localhost:x"]


async def test_only_names_that_are_ours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_PUBLIC_URL", "https://rollcall.example.org")
    policy = policy_of("127.0.0.1")
    assert {host: await status(policy, host) for host in OURS} == dict.fromkeys(OURS, 200)
    assert {host: await status(policy, host) for host in OTHERS} == dict.fromkeys(OTHERS, 421)
    assert {host: await status(policy, host) for host in NONSENSE} == dict.fromkeys(NONSENSE, 400)


async def test_where_it_listens_everywhere_any_address_passes_but_no_foreign_name() -> None:
    everywhere = policy_of("0.0.0.0")
    assert await status(everywhere, "10.0.0.7:5000") == 200
    assert await status(everywhere, "[fd00::7]:5000") == 200
    assert await status(everywhere, "evil.example") == 421
    assert await status(policy_of("10.0.0.7"), "10.0.0.7:5000") == 200
    assert await status(policy_of("10.0.0.7"), "10.0.0.8:5000") == 421


async def test_a_foreign_name_is_told_what_to_set() -> None:
    async with client(Hosts(echo, frozenset({"localhost"})), base_url="http://evil.example") as browser:
        refused = await browser.get("/")
    assert refused.json()["error"]["code"] == "misdirected"
    assert "ROLLCALL_PUBLIC_URL" in refused.json()["error"]["message"]


async def test_two_host_headers_are_one_too_many() -> None:
    async with client(Hosts(echo, frozenset({"localhost"}))) as browser:
        two = await browser.get("/", headers=[("host", "localhost"), ("host", "localhost")])
    assert two.status_code == 400


async def test_a_websocket_of_a_foreign_name_is_never_accepted() -> None:
    door = Hosts(echo, frozenset({"localhost"}))
    assert await handshake(door, host="localhost:5000") == [{"type": "websocket.accept"}]
    assert await handshake(door, host="evil.example") == [{"type": "websocket.close", "code": 1008}]
    scope = scope_of("/", kind="websocket")
    assert scope["scheme"] == "ws"
