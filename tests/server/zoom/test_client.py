"""The client before a Zoom that misbehaves in ways the simulator does not know."""

import asyncio
import json

import httpx
import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from realtime.errors import RollcallError
from server.zoom.client import MOST_PAGES, ZoomClient
from server.zoom.errors import (
    ZoomNotConfigured,
    ZoomNotFound,
    ZoomRateLimited,
    ZoomRefused,
    ZoomUnavailable,
    ZoomUnconfirmed,
)
from server.zoom.gateway import MeetingPlan
from server.zoom.wire import Patience
from tests.server.zoom.house import CREDENTIALS, HASTE, MEETING, House, Saying, house, html, refusal
from tests.support.clock import ManualClock

OK = JSONResponse(MEETING)
DONE = Response(status_code=204)
TOO_OFTEN = "You have reached the maximum per-second rate limit for this API. Try again later."
TODAY = "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests."
PLAN = MeetingPlan(topic="Matte", passcode="canary-passcode")


async def error_of(here: House) -> RollcallError:
    with pytest.raises(RollcallError) as caught:
        await here.client.get_meeting("88123456789")
    return caught.value


PASSING: dict[str, Saying] = {
    "a page of a proxy": html(502),
    "a fault without words": Response(status_code=500),
    "too often": refusal(429, 429, TOO_OFTEN),
    "too often, by another code, with a time": refusal(429, 4001, TOO_OFTEN, {"retry-after": "0"}),
    "too often, with status 200": refusal(200, 429, TOO_OFTEN),
    "half an answer": Response("half", 200),
    "an answer of another shape": JSONResponse([1]),
    "refused": httpx.ConnectError("refused"),
    "slow to connect": httpx.ConnectTimeout("slow"),
    "no connection free": httpx.PoolTimeout("full"),
    "reset": httpx.ReadError("reset"),
    "silent": httpx.ReadTimeout("silent"),
    "closed": httpx.RemoteProtocolError("closed"),
}


@pytest.mark.parametrize("trouble", PASSING)
async def test_what_should_pass_is_asked_again_when_that_is_harmless(trouble: str) -> None:
    async with house(PASSING[trouble], OK) as here:
        assert (await here.client.get_meeting("88123456789")).topic == "Matte"
        assert len(here.zoom.asked) == 2


@pytest.mark.parametrize("trouble", PASSING)
async def test_trouble_that_lasts_is_told_after_three_attempts(trouble: str) -> None:
    async with house(PASSING[trouble]) as here:
        error = await error_of(here)
        assert isinstance(error, ZoomUnavailable)
        assert error.temporary
        assert len(here.zoom.asked) == 3


LASTING: dict[str, tuple[Response, type[RollcallError]]] = {
    "a wrong field": (refusal(400, 300, "Validation Failed."), ZoomRefused),
    "no such meeting": (refusal(404, 3001, "Meeting does not exist: 1."), ZoomNotFound),
    "no more today": (refusal(429, 429, TODAY), ZoomRateLimited),
    "a redirect": (RedirectResponse("https://elsewhere.example"), ZoomUnavailable),
    "no such page of a proxy": (html(404), ZoomUnavailable),
    "too often, for a minute": (refusal(429, 429, TOO_OFTEN, {"retry-after": "60"}), ZoomRateLimited),
    "a fault, for a minute": (Response(status_code=503, headers={"retry-after": "60"}), ZoomUnavailable),
    "no meeting": (JSONResponse({"id": None}), ZoomUnavailable),
}


@pytest.mark.parametrize("trouble", LASTING)
async def test_what_will_not_pass_soon_is_asked_once(trouble: str) -> None:
    answer, kind = LASTING[trouble]
    async with house(answer, OK) as here:
        assert isinstance(await error_of(here), kind)
        assert len(here.zoom.asked) == 1


async def test_one_call_has_one_deadline() -> None:
    never = asyncio.Event()

    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        await never.wait()

    async with house(html(502), silent, patience=Patience(total_s=0.05, first_wait_s=0, jitter_s=0)) as here:
        error = await error_of(here)
    assert error.message == "Zoom does not answer in time. Try again in a moment."


async def test_a_refused_token_is_replaced_and_the_call_made_once_more() -> None:
    async with house(refusal(401, 124, "Invalid access token."), OK) as here:
        await here.client.get_meeting("88123456789")
        assert [asked.token for asked in here.zoom.asked] == ["canary-token-1", "canary-token-2"]


@pytest.mark.parametrize("answer", [refusal(401, 124, "no"), refusal(400, 124, "expired"), refusal(200, 124, "no")])
async def test_a_token_that_is_refused_again_is_for_somebody_to_mend(answer: Response) -> None:
    async with house(answer) as here:
        assert isinstance(await error_of(here), ZoomNotConfigured)
        assert len(here.zoom.asked) == 2
        assert len(here.zoom.logins) == 2


async def test_a_right_given_to_the_app_just_now_needs_another_token() -> None:
    lacks = refusal(400, 4711, "Invalid access token, does not contain scopes:[meeting:read:meeting:admin].")
    async with house(OK, lacks, OK, lacks) as here:
        await here.client.get_meeting("88123456789")
        here.clock.advance(minutes=5)
        await here.client.get_meeting("88123456789")
        assert len(here.zoom.logins) == 2
        error = await error_of(here)  # the token is new, so another would lack it too
        assert isinstance(error, ZoomNotConfigured)
        assert "meeting:read:meeting:admin" in error.message
        assert len(here.zoom.logins) == 2


async def test_in_a_storm_of_refusals_one_new_token_is_asked_for() -> None:
    async def judging(scope: Scope, receive: Receive, send: Send) -> None:
        token = dict(scope["headers"])[b"authorization"]
        answer = refusal(401, 124, "Invalid access token.") if token.endswith(b"-1") else OK
        await answer(scope, receive, send)

    async with house(judging) as here:
        await asyncio.gather(*(here.client.get_meeting("88123456789") for _ in range(50)))
        assert len(here.zoom.logins) == 2


# Making a meeting.


def listed(here: House, **changes: object) -> Response:
    now = here.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    row = {**MEETING, "type": 2, "start_time": now, "created_at": now, **changes}
    return JSONResponse({"meetings": [row], "next_page_token": ""})


AMBIGUOUS: dict[str, Saying] = {
    "a page of a proxy": html(502),
    "a fault": Response(status_code=500),
    "half an answer": Response("half", 201),
    "an empty answer": Response(status_code=201),
    "no meeting": JSONResponse({"uuid": "x"}, 201),
    "a redirect": RedirectResponse("https://elsewhere.example"),
    "reset": httpx.ReadError("reset"),
    "silent": httpx.ReadTimeout("silent"),
    "closed": httpx.RemoteProtocolError("closed"),
}


@pytest.mark.parametrize("trouble", AMBIGUOUS)
async def test_a_meeting_that_may_have_been_made_is_looked_for_and_not_made_again(trouble: str) -> None:
    async with house(AMBIGUOUS[trouble]) as here:
        here.zoom.answers += [listed(here), OK]
        assert (await here.client.create_meeting("host@school.example", PLAN)).id == "88123456789"
        assert [asked.method for asked in here.zoom.asked] == ["POST", "GET", "GET"]


@pytest.mark.parametrize("trouble", AMBIGUOUS)
async def test_a_meeting_that_cannot_be_found_is_neither_made_again_nor_denied(trouble: str) -> None:
    async with house(AMBIGUOUS[trouble]) as here:
        here.zoom.answers.append(JSONResponse({"meetings": []}))
        with pytest.raises(ZoomUnconfirmed) as caught:
            await here.client.create_meeting("host@school.example", PLAN)
        assert not caught.value.temporary
        assert [asked.method for asked in here.zoom.asked] == ["POST", "GET", "GET"]


async def test_a_meeting_that_appears_a_moment_later_is_found() -> None:
    async with house(html(504)) as here:
        here.zoom.answers += [JSONResponse({"meetings": []}), listed(here), OK]
        assert (await here.client.create_meeting("host@school.example", PLAN)).id == "88123456789"


async def test_another_meeting_of_the_same_topic_is_not_taken_for_it() -> None:
    async with house(html(504)) as here:
        here.zoom.answers.append(listed(here, created_at="2020-01-01T00:00:00Z"))
        with pytest.raises(ZoomUnconfirmed):
            await here.client.create_meeting("host@school.example", PLAN)


async def test_when_looking_fails_too_it_is_unconfirmed() -> None:
    async with house(html(504)) as here:
        with pytest.raises(ZoomUnconfirmed):
            await here.client.create_meeting("host@school.example", PLAN)
        assert [asked.method for asked in here.zoom.asked].count("POST") == 1


@pytest.mark.parametrize("trouble", ["too often", "refused", "slow to connect", "no connection free"])
async def test_a_meeting_that_was_certainly_not_made_is_asked_for_again(trouble: str) -> None:
    async with house(PASSING[trouble], JSONResponse(MEETING, 201)) as here:
        await here.client.create_meeting("host@school.example", PLAN)
        assert [asked.method for asked in here.zoom.asked] == ["POST", "POST"]


async def test_the_day_s_limit_of_a_host_is_not_asked_again() -> None:
    async with house(refusal(429, 429, TODAY)) as here:
        with pytest.raises(ZoomRateLimited, match="after 00:00 UTC"):
            await here.client.create_meeting("host@school.example", PLAN)
        assert len(here.zoom.asked) == 1


# The rest.


async def test_a_change_is_repeated_as_twice_the_same_is_the_same() -> None:
    async with house(html(502), DONE, OK) as here:
        changed = await here.client.update_meeting("88123456789", MeetingPlan(topic="Matte"))
        assert changed.not_taken == ()
        assert [asked.method for asked in here.zoom.asked] == ["PATCH", "PATCH", "GET"]


async def test_a_change_of_nothing_only_looks() -> None:
    async with house(OK) as here:
        await here.client.update_meeting("88123456789", MeetingPlan())
        assert [asked.method for asked in here.zoom.asked] == ["GET"]


async def test_a_meeting_that_zoom_does_not_know_is_deleted_already() -> None:
    async with house(html(502), refusal(404, 3001, "Meeting does not exist: 88123456789.")) as here:
        await here.client.delete_meeting("88123456789")


@pytest.mark.parametrize("id_", ["", "abc", "../users", "1/2", "٣", "88123456789 "])
async def test_what_is_no_meeting_id_is_asked_of_nobody(id_: str) -> None:
    async with house(OK) as here:
        with pytest.raises(ZoomNotFound):
            await here.client.get_meeting(id_)
        assert here.zoom.asked == []


async def test_a_list_comes_page_by_page_and_invited_people_without_an_id_are_left_out() -> None:
    first = {
        "users": [{"id": "u1", "email": "a@s.example", "type": 2}, {"email": "b@s.example"}],
        "next_page_token": "t",
    }
    async with house(JSONResponse(first), JSONResponse({"users": [{"id": "u2", "type": 1}]})) as here:
        users = await here.client.list_users()
        assert [(user.id, user.is_licensed) for user in users] == [("u1", True), ("u2", False)]
        assert [asked.query.get("next_page_token") for asked in here.zoom.asked] == [None, "t"]


async def test_a_list_without_an_end_has_one() -> None:
    async with house(JSONResponse({"users": [], "next_page_token": "again"})) as here:
        assert await here.client.list_users() == []
        assert len(here.zoom.asked) == MOST_PAGES


async def test_somebody_zoom_does_not_know_is_nobody() -> None:
    async with house(refusal(404, 1001, "User does not exist: x.")) as here:
        assert await here.client.find_user("x@school.example") is None


async def test_a_meeting_without_a_start_link_is_not_understood() -> None:
    async with house(OK) as here:
        with pytest.raises(ZoomUnavailable):
            await here.client.start_link("88123456789")


async def test_a_meeting_of_wrong_types_is_read_as_far_as_it_goes() -> None:
    odd = {
        "id": 2**62,
        "topic": 7,
        "type": True,
        "start_time": "soon",
        "duration": "x",
        "settings": [],
        "occurrences": 5,
    }
    async with house(JSONResponse(odd)) as here:
        meeting = await here.client.get_meeting("88123456789")
    assert (meeting.id, meeting.topic, meeting.type, meeting.start_time, meeting.duration_min) == (
        str(2**62),
        "",
        0,
        None,
        0,
    )


async def test_no_secret_is_in_a_log_an_error_or_a_value() -> None:
    secrets = {
        "start_url": "https://zoom.example/s/1?zak=canary-zak",
        "join_url": "https://zoom.example/j/1?pwd=canary-pwd",
        "password": "canary-passcode",
    }
    answers = [
        JSONResponse({**MEETING, **secrets}, 201),
        refusal(401, 124, "Invalid access token canary-token-1 https://zoom.example/?canary"),
        refusal(400, 300, "Bad: https://zoom.example/s/1?zak=canary-zak"),
        JSONResponse({**MEETING, **secrets}),
    ]
    with capture_logs() as logs:
        async with house(*answers) as here:
            made = await here.client.create_meeting("canary-host@school.example", PLAN)
            error = await error_of(here)
            link = await here.client.start_link("88123456789")
            assert here.zoom.asked[0].body["password"] == "canary-passcode"
    told = json.dumps([repr(made), repr(made.details), str(error), repr(error), repr(link), logs], default=str)
    assert "canary" not in told
    assert link.url.endswith("canary-zak")
    assert made.secrets == {"join_url": secrets["join_url"], "passcode": "canary-passcode"}


async def test_a_client_of_our_own_is_closed_with_us() -> None:
    client = ZoomClient(CREDENTIALS, ManualClock(), api_url="http://127.0.0.1:9/v2", patience=HASTE)
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await client.get_meeting("88123456789")


async def test_an_address_in_the_clear_is_refused_at_once() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(ValueError, match="https"):
            ZoomClient(CREDENTIALS, ManualClock(), http=http, api_url="http://api.zoom.us/v2")
        with pytest.raises(ValueError, match="https"):
            ZoomClient(CREDENTIALS, ManualClock(), http=http, token_url="http://zoom.us/oauth/token")
