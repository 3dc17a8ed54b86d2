import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import BadInput, NotFound, Refused, RollcallError, Unavailable
from server.errors import status_of
from server.zoom.errors import (
    ZoomBadInput,
    ZoomNotConfigured,
    ZoomNotFound,
    ZoomRateLimited,
    ZoomRefused,
    ZoomUnavailable,
)
from server.zoom.refusals import Answer, Fault, error_of, error_of_login, quoted, read, retry_after_s

NOW = datetime(2026, 9, 14, 22, 30, 0, tzinfo=UTC)
UNTIL_MIDNIGHT_S = 5_401

PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
PER_DAY = (
    "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you "
    "can make another request."
)
PER_HOST = (
    "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular "
    "user. You may resume these requests at GMT 00:00:00."
)


def answered(status: int, body: Any, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def said(status: int, code: int, message: str, **more: Any) -> Answer:
    return answered(status, {"code": code, "message": message, **more})


def error(answer: Answer) -> RollcallError:
    told = read(answer)
    assert isinstance(told, Fault)
    return error_of(told, answer, NOW)


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (said(404, 3001, "Meeting does not exist: 1."), ZoomNotFound, "Zoom does not know this meeting any more."),
        (said(404, 1001, "User does not exist: x."), ZoomNotFound, "Zoom does not know this person in its account."),
        (said(404, 2300, "This API endpoint is not recognized."), ZoomRefused, "Zoom refuses this. This API endpoint"),
        (said(400, 3161, "Hosting is not allowed."), ZoomRefused, "Zoom refuses this. Hosting is not allowed."),
        (said(400, 200, "Only available for paid account: x."), ZoomRefused, "Zoom refuses this. Only available"),
        (said(403, 2306, "Not allowed to view."), ZoomRefused, "Zoom refuses this. Not allowed to view."),
        (said(409, 0, "Conflict."), ZoomRefused, "Zoom refuses this. Conflict."),
        (said(401, 124, "Invalid access token."), ZoomNotConfigured, "Zoom does not accept this server's login."),
        (answered(401, b""), ZoomNotConfigured, "Zoom does not accept this server's login."),
        (said(400, 124, "Access token is expired."), ZoomNotConfigured, "Zoom does not accept this server's login."),
        (said(500, 500, "x"), ZoomUnavailable, "Zoom has a fault of its own."),
        (answered(502, b"<html>"), ZoomUnavailable, "Zoom has a fault of its own."),
        (answered(503, b""), ZoomUnavailable, "Zoom has a fault of its own."),
        (answered(408, b""), ZoomUnavailable, "Zoom has a fault of its own."),
        (answered(302, b""), ZoomUnavailable, "Something between this server and Zoom"),
        (answered(404, b"<html>no such page</html>"), ZoomUnavailable, "Something between this server and Zoom"),
        (answered(403, {"error": "blocked by the school"}), ZoomUnavailable, "Something between this server and Zoom"),
    ],
)
def test_each_refusal_has_its_kind_and_a_sentence(answer: Answer, kind: type[RollcallError], sentence: str) -> None:
    told = error(answer)
    assert type(told) is kind
    assert told.message.startswith(sentence)


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("code", [104, 4700, 4711])
def test_a_missing_scope_is_named(status: int, code: int) -> None:
    words = "Invalid access token, does not contain scopes:[meeting:write:meeting, meeting:write:meeting:admin]."
    told = error(said(status, code, words))
    assert isinstance(told, ZoomNotConfigured)
    assert told.message.startswith("The Zoom app lacks the scope meeting:write:meeting:admin.")


def test_a_scope_without_an_admins_form_is_named_as_it_is() -> None:
    assert "lacks the scope user:read:zak." in error(said(400, 4711, "not contain scopes:[user:read:zak]")).message
    assert "lacks the scope that this needs." in error(said(400, 4711, "not contain scopes:[<b>]")).message


def test_fields_that_are_wrong_are_named() -> None:
    wrong = [{"field": "start_time", "message": "Invalid field."}, {"field": "duration", "message": "Too long."}]
    told = error(said(400, 300, "Validation Failed.", errors=wrong))
    assert isinstance(told, ZoomBadInput)
    assert told.fields == {"start_time": "Invalid field.", "duration": "Too long."}
    assert told.message == "Zoom does not take this. start_time: Invalid field.; duration: Too long."


@pytest.mark.parametrize("errors", [None, 7, "x", {}, [7], [{}], [{"field": 7, "message": []}]])
def test_fields_of_another_shape_are_left_out(errors: object) -> None:
    assert type(error(said(400, 300, "Validation Failed.", errors=errors))) is ZoomRefused


@pytest.mark.parametrize(
    ("code", "kind"),
    [(124, ZoomNotConfigured), (3001, ZoomNotFound), (429, ZoomRateLimited), (4001, ZoomRateLimited), (1, ZoomRefused)],
)
def test_an_error_that_comes_with_status_200_is_an_error(code: int, kind: type[RollcallError]) -> None:
    assert isinstance(error(said(200, code, "no")), kind)


def test_a_success_is_an_object_or_nothing() -> None:
    assert read(answered(200, {"id": 1, "code": 5, "message": "a field of a meeting"})) != {}
    assert read(answered(201, {"id": 1})) == {"id": 1}
    assert read(answered(204, b"")) == {}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"7", b"null", b"{", b"\xff", b"[" * 100_000, b"9" * 5_000])
def test_a_success_that_cannot_be_read_may_have_been_one(body: bytes) -> None:
    with pytest.raises(ZoomUnavailable) as caught:
        read(answered(200, body))
    assert caught.value.may_be_done


def test_a_rate_limit_says_when_to_come_back() -> None:
    told = error(answered(429, {"code": 429, "message": PER_SECOND}, retry_after="20"))
    assert isinstance(told, ZoomRateLimited)
    assert told.message == "Zoom is busy. Try again in 20 s."
    assert (told.retry_after_s, told.wait_s, told.is_worth_repeating, told.may_be_done) == (20, 20, True, False)


def test_a_rate_limit_without_a_time_is_a_second() -> None:
    told = error(said(429, 4001, PER_SECOND))
    assert isinstance(told, ZoomRateLimited)
    assert (told.message, told.retry_after_s, told.wait_s) == ("Zoom is busy. Try again in 1 s.", 1, None)


@pytest.mark.parametrize("message", [PER_DAY, PER_HOST])
def test_a_daily_limit_is_not_worth_repeating_before_midnight(message: str) -> None:
    told = error(said(429, 429, message))
    assert isinstance(told, ZoomRateLimited)
    assert "after 00:00 UTC" in told.message
    assert (told.retry_after_s, told.is_worth_repeating) == (UNTIL_MIDNIGHT_S, False)


def test_a_daily_limit_may_be_told_by_its_headers() -> None:
    headers = {"x_ratelimit_type": "Daily-limit", "retry_after": "2026-09-15T00:00:00Z"}
    told = error(answered(429, b"", **headers))
    assert isinstance(told, ZoomRateLimited)
    assert (told.retry_after_s, told.is_worth_repeating) == (5_400, False)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 20 ", 20),
        ("9" * 5_000, 86_400),
        ("2026-09-14T22:30:09Z", 9),
        ("2026-09-14T22:30:08.500Z", 9),
        ("2026-09-15T00:30:00+02:00", 0),
        ("Mon, 14 Sep 2026 22:31:00 GMT", 60),
        ("Mon, 14 Sep 2026 22:31:00", 60),
        ("Mon, 14 Sep 2020 22:31:00 GMT", 0),
        ("2030-01-01T00:00:00Z", 86_400),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(value: str, seconds: int) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    "value", ["", "soon", "-1", "1.5", "٣", "²", "Mon, 99 Sep 2026", "\x00", "2026-09-14T22:30:09"]
)
def test_a_retry_after_of_another_shape_says_nothing(value: str) -> None:
    assert retry_after_s(value, NOW) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (answered(400, {"reason": "Bad Request", "error": "invalid_request"}), ZoomNotConfigured),
        (answered(401, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}), ZoomNotConfigured),
        (answered(403, {"errorCode": 4717}), ZoomNotConfigured),
        (answered(403, b"<html>"), ZoomUnavailable),
        (answered(500, {"error": "x"}), ZoomUnavailable),
        (answered(302, b""), ZoomUnavailable),
        (answered(429, b"", retry_after="3"), ZoomRateLimited),
    ],
)
def test_a_refused_login_is_a_fault_of_settings_or_of_zoom(answer: Answer, kind: type[RollcallError]) -> None:
    told = error_of_login(answer, NOW)
    assert type(told) is kind
    if isinstance(told, ZoomUnavailable):
        assert not told.may_be_done


def test_the_reason_of_a_refused_login_is_told() -> None:
    answer = answered(401, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"})
    assert "(invalid_client)" in error_of_login(answer, NOW).message


def test_words_of_zooms_are_shown_without_links_and_tokens() -> None:
    words = "See https://zoom.us/s/1?zak=abc or eyJhbGciOiJIUzUxMiJ9.eyJhdWQiOiJodHRwczovL29hdXRo\r\n\x00now"
    assert quoted(words) == "See … or …   now"


@given(st.integers(100, 599), st.binary(max_size=60), st.text(max_size=20))
def test_no_answer_is_an_exception_of_another_kind(status: int, body: bytes, header: str) -> None:
    answer = Answer(status, {"retry-after": header, "x-ratelimit-type": header}, body)
    try:
        told = read(answer)
    except ZoomUnavailable:
        return
    if isinstance(told, Fault):
        assert isinstance(error_of(told, answer, NOW), Refused | Unavailable)
    assert isinstance(error_of_login(answer, NOW), Refused | Unavailable)


def test_callers_need_not_know_zoom_to_tell_the_kinds_apart() -> None:
    assert issubclass(ZoomNotFound, NotFound)
    assert issubclass(ZoomBadInput, BadInput)
    assert [status_of(kind("x")) for kind in (ZoomNotFound, ZoomBadInput, ZoomRefused)] == [404, 422, 400]
    assert [status_of(kind("x")) for kind in (ZoomUnavailable, ZoomRateLimited)] == [503, 503]
