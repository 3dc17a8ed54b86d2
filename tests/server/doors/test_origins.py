import httpx
import pytest
from starlette.types import Receive, Scope, Send

from server.doors.origins import Origins
from tests.support.asgi import client, echo, handshake

PUBLIC, LISTED = "https://rollcall.example.org", "https://portal.example.org"
OWN = "http://localhost:5000"
COOKIE = {"cookie": "rollcall_session=abc"}
BEARER = {"authorization": "Bearer abc"}
PASSING = [OWN, PUBLIC, LISTED, "HTTPS://Portal.Example.org:443"]
FOREIGN = [
    *("https://evil.example", "null", "", "https://portal.example.org.evil.example", "https://xportal.example.org"),
    *("http://portal.example.org", "https://portal.example.org:8443", "http://localhost", "http://localhost:5001"),
    *("https://localhost:5000", "http://127.0.0.1:5000", "file://", "https://portal.example.org/path", "*"),
]


async def ask(method: str, path: str, **headers: str) -> httpx.Response:
    door = Origins(echo, public_origin=PUBLIC, allowed=[LISTED])
    async with client(door, base_url=OWN) as browser:
        return await browser.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})


@pytest.mark.parametrize("login", [COOKIE, BEARER, {}], ids=["cookie", "token", "nobody"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/auth/login"), ("DELETE", "/api/zoom/meetings/1"), ("POST", "/socket.io/"), ("GET", "/socket.io/")],
)
async def test_only_our_own_and_listed_sites_pass(method: str, path: str, login: dict[str, str]) -> None:
    passed = {o: (await ask(method, path, origin=o, **login)).status_code for o in PASSING}
    refused = {o: (await ask(method, path, origin=o, **login)).status_code for o in FOREIGN}
    assert passed == dict.fromkeys(PASSING, 200)
    assert refused == dict.fromkeys(FOREIGN, 403)


async def test_a_write_with_the_cookie_must_say_where_it_comes_from() -> None:
    refused = await ask("POST", "/api/zoom/meetings", **COOKIE)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "origin_refused"
    assert (await ask("POST", "/api/zoom/meetings", origin=OWN, **COOKIE)).status_code == 200


async def test_programs_with_a_token_and_zoom_say_nothing_and_pass() -> None:
    assert (await ask("POST", "/api/zoom/meetings", **BEARER)).status_code == 200
    assert (await ask("POST", "/api/zoom/meetings", **BEARER, **COOKIE)).status_code == 200
    assert (await ask("POST", "/api/zoom/webhook")).status_code == 200


async def test_reading_needs_no_origin_and_tells_foreign_sites_nothing() -> None:
    assert (await ask("GET", "/api/zoom/meetings", **COOKIE)).status_code == 200
    foreign = await ask("GET", "/api/zoom/meetings", origin="https://evil.example", **COOKIE)
    assert not any(name.startswith("access-control") for name in foreign.headers)


async def test_our_own_pages_poll_without_an_origin_but_other_sites_do_not() -> None:
    assert (await ask("GET", "/socket.io/", **COOKIE)).status_code == 200
    assert (await ask("GET", "/socket.io/", sec_fetch_site="same-origin", **COOKIE)).status_code == 200
    for elsewhere in ("cross-site", "same-site"):
        assert (await ask("GET", "/socket.io/", sec_fetch_site=elsewhere, **COOKIE)).status_code == 403


async def test_a_websocket_with_the_cookie_needs_an_origin_that_may() -> None:
    door = Origins(echo, public_origin=PUBLIC, allowed=[LISTED])
    accepted, refused = [{"type": "websocket.accept"}], [{"type": "websocket.close", "code": 1008}]
    for origin in PASSING:
        assert await handshake(door, origin=origin, **COOKIE) == accepted
    for origin in FOREIGN:
        assert await handshake(door, origin=origin, **COOKIE) == refused
        assert await handshake(door, origin=origin) == refused
    assert await handshake(door, **COOKIE) == refused
    assert await handshake(door) == accepted  # a program that brings its token later
    assert await handshake(door, **BEARER) == accepted


async def test_a_listed_site_may_read_and_hears_our_spelling_of_it() -> None:
    answer = await ask("GET", "/api/zoom/meetings", origin="HTTPS://Portal.Example.org:443", **COOKIE)
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-origin" not in (await ask("GET", "/", origin=OWN)).headers


async def test_a_listed_site_may_ask_first_and_a_foreign_one_is_refused() -> None:
    asking = {"access_control_request_method": "DELETE", "access_control_request_headers": "authorization"}
    welcome = await ask("OPTIONS", "/api/zoom/meetings/1", origin=LISTED, **asking)
    assert welcome.status_code == 204
    assert welcome.headers["access-control-allow-origin"] == LISTED
    assert "DELETE" in welcome.headers["access-control-allow-methods"]
    foreign = await ask("OPTIONS", "/api/zoom/meetings/1", origin="https://evil.example", **asking)
    assert foreign.status_code == 403
    assert not any(name.startswith("access-control") for name in foreign.headers)


async def test_a_listed_site_reads_refusals_too() -> None:
    two = Origins(echo, allowed=[LISTED])
    async with client(two, base_url=OWN) as browser:
        answer = await browser.post("/", headers=[("origin", LISTED), ("origin", LISTED)])
    assert answer.status_code == 403


async def test_what_a_library_behind_thinks_of_origins_does_not_count() -> None:
    async def generous(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [
            (b"access-control-allow-origin", b"https://evil.example"),
            (b"access-control-allow-credentials", b"true"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async with client(Origins(generous, allowed=[LISTED]), base_url=OWN) as browser:
        foreign = await browser.get("/", headers={"origin": "https://evil.example"})
        listed = await browser.get("/", headers={"origin": LISTED})
    assert "access-control-allow-origin" not in foreign.headers
    assert listed.headers.get_list("access-control-allow-origin") == [LISTED]


async def test_without_a_list_no_other_site_is_welcome() -> None:
    async with client(Origins(echo), base_url=OWN) as browser:
        assert (await browser.post("/", headers={"origin": OWN})).status_code == 200
        assert (await browser.post("/", headers={"origin": LISTED})).status_code == 403
        assert "vary" not in (await browser.get("/")).headers
