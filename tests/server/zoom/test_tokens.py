import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from server.zoom.errors import ZoomNotConfigured, ZoomUnavailable
from server.zoom.tokens import Credentials, Tokens
from server.zoom.wire import Patience
from tests.server.zoom.house import CREDENTIALS, HASTE, TOKEN, Saying, ScriptedZoom, html
from tests.support.clock import ManualClock


@asynccontextmanager
async def tokens(
    *answers: Saying, patience: Patience = HASTE
) -> AsyncIterator[tuple[Tokens, ScriptedZoom, ManualClock]]:
    """A keeper of tokens before a Zoom that answers these, or a new token each time."""
    zoom, clock = ScriptedZoom(tokens=list(answers)), ManualClock()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(zoom)) as http:
        keeper = Tokens(http, CREDENTIALS, clock, url=TOKEN, patience=patience)
        try:
            yield keeper, zoom, clock
        finally:
            await keeper.close()


def given(**changes: Any) -> Response:
    body = {"access_token": "abc", "token_type": "bearer", "expires_in": 3600, "scope": "a"} | changes
    return JSONResponse({name: value for name, value in body.items() if value is not None})


async def test_the_login_is_the_apps_and_the_account_is_in_the_form() -> None:
    seen: list[tuple[str, str, bytes, str]] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        seen.append((request.method, request.headers["authorization"], await request.body(), str(request.url.query)))
        await given()(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(answer)) as http:
        await Tokens(http, Credentials("acc&1", "id", "secret"), ManualClock(), url=TOKEN, patience=HASTE).get()
    basic = httpx.BasicAuth("id", "secret")._auth_header
    assert seen == [("POST", basic, b"grant_type=account_credentials&account_id=acc%261", "")]


async def test_a_token_is_used_again_until_shortly_before_it_dies() -> None:
    async with tokens() as (keeper, zoom, clock):
        first = await keeper.get()
        clock.advance(seconds=3539)
        assert await keeper.get() is first
        clock.advance(seconds=1)
        assert await keeper.get() is not first
        assert len(zoom.logins) == 2


async def test_fifty_calls_that_need_a_token_ask_for_one() -> None:
    async with tokens() as (keeper, zoom, _):
        had = await asyncio.gather(*(keeper.get() for _ in range(50)))
        assert len(zoom.logins) == 1
        assert len({token.value for token in had}) == 1


async def test_fifty_calls_whose_token_was_refused_ask_for_one() -> None:
    async with tokens() as (keeper, zoom, _):
        refused = await keeper.get()
        had = await asyncio.gather(*(keeper.instead_of(refused) for _ in range(50)))
        assert len(zoom.logins) == 2
        assert {token.value for token in had} == {"canary-token-2"}
        late = await keeper.instead_of(refused)  # somebody whose refusal arrives when all is well again
        assert late is had[0]
        assert len(zoom.logins) == 2


async def test_one_who_stops_waiting_does_not_take_the_token_from_the_others() -> None:
    may_answer, was_asked = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        was_asked.set()
        await may_answer.wait()
        await given()(scope, receive, send)

    async with tokens(slow) as (keeper, zoom, _):
        first = asyncio.create_task(keeper.get())
        second = asyncio.create_task(keeper.get())
        await asyncio.wait_for(was_asked.wait(), 5)
        first.cancel()
        may_answer.set()
        assert (await asyncio.wait_for(second, 5)).value == "abc"
        assert len(zoom.logins) == 1
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_a_failure_is_everybodys_and_the_next_one_asks_again() -> None:
    async with tokens(html(502), given()) as (keeper, zoom, _):
        had = await asyncio.gather(*(keeper.get() for _ in range(5)), return_exceptions=True)
        assert all(isinstance(error, ZoomUnavailable) for error in had)
        assert len(zoom.logins) == 1
        assert (await keeper.get()).value == "abc"


async def test_a_zoom_that_never_answers_is_given_up_and_nothing_was_done() -> None:
    never = asyncio.Event()

    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        await never.wait()

    async with tokens(silent, patience=Patience(total_s=0.02)) as (keeper, _, _):
        with pytest.raises(ZoomUnavailable) as caught:
            await keeper.get()
    assert not caught.value.may_be_done


async def test_a_lost_connection_is_no_sign_that_anything_was_done() -> None:
    async with tokens(httpx.ReadError("lost")) as (keeper, _, _):
        with pytest.raises(ZoomUnavailable) as caught:
            await keeper.get()
    assert not caught.value.may_be_done


async def test_wrong_credentials_are_for_somebody_to_mend() -> None:
    body = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    async with tokens(JSONResponse(body, 401)) as (keeper, _, _):
        with pytest.raises(ZoomNotConfigured, match="invalid_client") as caught:
            await keeper.get()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        html(200),
        JSONResponse([]),
        JSONResponse({}),
        given(access_token=None),
        given(access_token=""),
        given(access_token=7),
        given(access_token="a b"),
        given(access_token="a\nb"),
        given(access_token="é"),
        given(access_token="x" * 8_001),
        given(expires_in="3600"),
        given(expires_in=0),
        given(expires_in=-5),
        given(expires_in=True),
        given(expires_in=1e300),
        Response("9" * 5_000),
        Response("[" * 100_000),
    ],
)
async def test_a_login_of_another_shape_is_none(answer: Response) -> None:
    async with tokens(answer) as (keeper, _, _):
        with pytest.raises(ZoomUnavailable):
            await keeper.get()


async def test_a_login_that_does_not_say_how_long_it_lives_lives_an_hour() -> None:
    async with tokens(given(expires_in=None)) as (keeper, _, clock):
        token = await keeper.get()
        assert (token.dies_at - clock.now()).total_seconds() == 3600


async def test_nothing_of_it_prints_a_secret() -> None:
    async with tokens() as (keeper, _, _):
        assert "canary" not in repr(await keeper.get())
    assert "canary" not in repr(CREDENTIALS)


async def test_a_token_is_never_asked_for_in_the_clear() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(ValueError, match="https"):
            Tokens(http, CREDENTIALS, ManualClock(), url="http://zoom.example/oauth/token")
