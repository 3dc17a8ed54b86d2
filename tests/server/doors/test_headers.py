import tracemalloc

import httpx
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.doors.headers import SecurityHeaders, headers_for
from tests.support.asgi import client, echo


async def got(path: str = "/", base_url: str = "http://localhost:5000") -> httpx.Response:
    async with client(SecurityHeaders(echo), base_url=base_url) as browser:
        return await browser.get(path)


def directives(answer: httpx.Response) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


async def test_pages_load_and_reach_only_us_and_nothing_stands_inside_them() -> None:
    answer = await got()
    policy = directives(answer)
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://localhost:5000 wss://localhost:5000"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]


async def test_a_host_header_cannot_write_into_the_policy() -> None:
    async with client(SecurityHeaders(echo)) as browser:
        answer = await browser.get("/", headers={"host": "x; script-src *"})
    assert directives(answer)["connect-src"] == "'self'"
    assert "script-src" not in directives(answer)


def test_a_name_that_somebody_makes_up_does_not_stay_in_memory() -> None:
    made_up = [f"{n}{'a' * 100_000}".encode() for n in range(20)]
    zones = [f"[fe80::1%{n}{'a' * 100_000}]".encode() for n in range(20)]
    tracemalloc.start()
    try:
        for host in (*made_up, *zones):
            headers_for({"type": "http", "scheme": "http", "path": "/", "headers": [(b"host", host)]})
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000


async def test_https_is_kept_to_where_it_is() -> None:
    assert "strict-transport-security" not in (await got()).headers
    secure = await got(base_url="https://rollcall.example.org")
    assert secure.headers["strict-transport-security"].startswith("max-age=")


async def test_no_cache_keeps_what_the_api_says() -> None:
    assert (await got("/api/auth/me")).headers["cache-control"] == "no-store"
    assert "cache-control" not in (await got("/login")).headers


async def test_an_answer_keeps_its_own_stricter_policy_and_loses_the_name_of_its_software() -> None:
    async def strict(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"content-security-policy": "default-src 'none'", "server": "uvicorn"}
        await PlainTextResponse("", headers=headers)(scope, receive, send)

    async with client(SecurityHeaders(strict)) as browser:
        answer = await browser.get("/")
    assert directives(answer) == {"default-src": "'none'"}
    assert "server" not in answer.headers
    assert "server" not in (await got()).headers
