from collections.abc import Awaitable, Callable

import httpx
import pytest
from pydantic import Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from realtime.errors import (
    AuthExpired,
    AuthRequired,
    BadInput,
    Conflict,
    Forbidden,
    NotFound,
    Overloaded,
    RollcallError,
    TooMany,
    Unavailable,
)
from server import errors
from server.errors import STATUS, exception_handlers, status_of
from server.routes.bodies import Body, read
from server.zoom.errors import (
    ZoomBadInput,
    ZoomNotConfigured,
    ZoomNotFound,
    ZoomRateLimited,
    ZoomRefused,
    ZoomUnavailable,
    ZoomUnconfirmed,
)


class Order(Body):
    name: str = Field(max_length=3)
    count: int = 1


async def asked(act: Callable[[Request], Awaitable[Response]], **request: object) -> httpx.Response:
    app = Starlette(routes=[Route("/", act, methods=["POST"])], exception_handlers=exception_handlers())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post("/", **request)  # type: ignore[arg-type]  # handed through as given


def failing(error: Exception) -> Callable[[Request], Awaitable[Response]]:
    async def act(request: Request) -> Response:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AuthRequired("x"), 401),
        (AuthExpired("x"), 401),
        (Forbidden("x"), 403),
        (Forbidden("x", code="too_early"), 403),
        (NotFound("x"), 404),
        (Conflict("x", code="not_live"), 409),
        (BadInput("x"), 422),
        (TooMany("x"), 429),
        (Unavailable("x", code="store_unavailable"), 503),
        (ZoomUnavailable("x"), 503),
        (ZoomUnconfirmed("x"), 502),
        (ZoomNotConfigured("x"), 502),
        (ZoomRateLimited("x", retry_after_s=9), 503),
        (ZoomBadInput("x"), 422),
        (ZoomNotFound("x"), 404),
        (ZoomRefused("x"), 400),
        (Overloaded("x"), 503),
        (errors.TooLarge("x"), 413),
        (errors.UnsupportedMedia("x"), 415),
        (errors.Misdirected("x"), 421),
        (RollcallError("x"), 500),
    ],
)
async def test_each_error_has_its_status_and_the_one_shape(error: RollcallError, status: int) -> None:
    answer = await asked(failing(error))
    assert answer.status_code == status
    told = answer.json()
    assert told["success"] is False
    assert told["error"]["code"] == error.code
    assert told["error"]["message"] == "x"
    assert told["error"]["temporary"] is error.temporary


def test_every_error_of_ours_finds_a_status() -> None:
    kinds: list[type[RollcallError]] = [RollcallError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        assert status_of(kind("x")) in STATUS.values()


async def test_an_error_says_when_to_come_back() -> None:
    answer = await asked(failing(TooMany("slow down", retry_after_s=7)))
    assert answer.headers["retry-after"] == "7"
    assert answer.json()["error"]["retry_after"] == 7
    early = await asked(failing(Forbidden("early", opens_at="2026-11-21T08:45:00Z")))
    assert early.json()["error"]["opens_at"] == "2026-11-21T08:45:00Z"


async def order(request: Request) -> Response:
    return PlainTextResponse((await read(request, Order)).name)


async def test_a_body_is_read_into_its_model() -> None:
    assert (await asked(order, json={"name": " ab "})).text == "ab"


async def test_wrong_fields_are_named_and_what_was_sent_is_not_repeated() -> None:
    answer = await asked(order, json={"name": "canary", "role": "admin", "count": "canary"})
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) == {"name", "role", "count"}
    assert "canary" not in answer.text


async def test_what_is_no_json_is_refused_before_its_fields_are_looked_at() -> None:
    assert (await asked(order, content=b"{", headers={"content-type": "application/json"})).status_code == 400
    deep = b'{"name":' + b"[" * 5_000
    assert (await asked(order, content=deep, headers={"content-type": "application/json"})).status_code == 400
    assert (await asked(order, data={"name": "ab"})).status_code == 415
    assert (await asked(order)).status_code == 415


async def test_an_unforeseen_fault_is_told_without_its_words() -> None:
    answer = await asked(failing(ZeroDivisionError("canary")))
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text


async def test_an_unknown_address_or_verb_is_refused_in_the_same_shape() -> None:
    app = Starlette(routes=[Route("/here", order, methods=["POST"])], exception_handlers=exception_handlers())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        lost = await client.get("/there")
        verb = await client.get("/here")
    assert (lost.status_code, lost.json()["error"]["code"]) == (404, "not_found")
    assert (verb.status_code, verb.json()["error"]["code"]) == (405, "method_not_allowed")
    assert verb.headers["allow"] == "POST"
