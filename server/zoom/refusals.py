"""Answers of Zoom that are no success into our errors.

It exists because Zoom says no in many shapes: `{code, message}` with a status, the same with status 200, another shape
from the token endpoint, and a page of HTML from whatever stands before it. The status is judged first, then the code,
as a code means different things at different endpoints. Pure: it does not know HTTP libraries.

Source: Zoom, Error codes; Rate limits; and what integrators met beside them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from realtime.errors import RollcallError
from server.zoom.answers import not_understood
from server.zoom.errors import (
    ZoomBadInput,
    ZoomNotConfigured,
    ZoomNotFound,
    ZoomRateLimited,
    ZoomRefused,
    ZoomUnavailable,
)
from server.zoom.fields import instant, line, rows

LONGEST_WAIT_S = 86_400

_BAD_TOKEN = 124
_NO_SCOPE = 4711
_NO_MEETING = 3001
_NO_USER = 1001
_TOO_OFTEN = (429, 4001)
# An error that comes with status 200 has these statuses elsewhere; any other code is a plain 400.
_STATUS = {_BAD_TOKEN: 401, _NO_MEETING: 404, _NO_USER: 404, **dict.fromkeys(_TOO_OFTEN, 429)}

_SCOPES = re.compile(r"scopes?:?\s*\[([^\]]{1,1000})\]")
_DAILY = re.compile(r"daily|per day|GMT 00:00", re.IGNORECASE)
_LINK = re.compile(r"\S*://\S*")
_LONG_WORD = re.compile(r"[\w.~+/=-]{30,}")  # tokens are longer, words of a sentence are not


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `headers` have names in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """What Zoom says is wrong; `told` is false when the answer has another shape than Zoom's."""

    status: int
    code: int = 0
    message: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    told: bool = True

    @property
    def is_of_token(self) -> bool:
        """Whether another token may help: this one is not taken."""
        return self.status == 401 or self.code == _BAD_TOKEN

    @property
    def is_of_scope(self) -> bool:
        """Whether the app lacks a right. A token keeps the rights it was given with, so a new one may have it."""
        return self.code == _NO_SCOPE or _SCOPES.search(self.message) is not None


def read(answer: Answer) -> dict[str, object] | Fault:
    """What an answer of the API says: an object (empty when it has no body), or what is wrong.

    Errors: ZoomUnavailable for a success that cannot be read.
    """
    body = _json(answer.body)
    is_success = 200 <= answer.status < 300
    if is_success and not answer.body.strip():
        return {}
    if isinstance(body, dict) and isinstance(body.get("message"), str) and type(body.get("code")) is int:
        code = body["code"]
        if not is_success or "id" not in body:
            status = _STATUS.get(code, 400) if is_success else answer.status
            fields = {line(row.get("field")): line(row.get("message")) for row in rows(body.get("errors"))}
            return Fault(status, code, body["message"], {name: why for name, why in fields.items() if name})
    if not is_success:
        return Fault(answer.status, told=False)
    if not isinstance(body, dict):
        raise not_understood()
    return body


def _json(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def error_of(fault: Fault, answer: Answer, now: datetime) -> RollcallError:
    """The error that goes with what Zoom says is wrong."""
    if fault.status == 429:
        return _too_often(fault, answer.headers, now)
    if fault.is_of_scope:
        return ZoomNotConfigured(f"The Zoom app lacks the scope {_scope(fault.message)}. Add it in Zoom's Marketplace.")
    if fault.is_of_token:
        return ZoomNotConfigured("Zoom does not accept this server's login. Check the Zoom app and its settings here.")
    if fault.status >= 500 or fault.status == 408:
        wait_s = retry_after_s(answer.headers.get("retry-after", ""), now)
        message = "Zoom has a fault of its own. Try again in a moment."
        return ZoomUnavailable(message, retry_after_s=wait_s or 5, may_be_done=True, wait_s=wait_s)
    if fault.status < 400 or not fault.told:  # a redirect, or the page of a proxy: Zoom itself was not reached
        message = "Something between this server and Zoom answered instead of Zoom. Try again in a moment."
        return ZoomUnavailable(message, may_be_done=True, is_worth_repeating=False)
    if fault.status == 404 and fault.code == _NO_USER:
        return ZoomNotFound("Zoom does not know this person in its account.")
    if fault.status == 404 and fault.code == _NO_MEETING:
        return ZoomNotFound("Zoom does not know this meeting any more.")
    if fault.fields:
        named = "; ".join(f"{name}: {why}" for name, why in fault.fields.items())
        return ZoomBadInput(f"Zoom does not take this. {quoted(named)}", fields=fault.fields)
    return ZoomRefused(f"Zoom refuses this. {quoted(fault.message)}".strip())


def error_of_login(answer: Answer, now: datetime) -> RollcallError:
    """The error that goes with a refusal of the token endpoint, which has words of its own."""
    body = _json(answer.body)
    if answer.status == 429:
        return _too_often(Fault(429), answer.headers, now)
    if 400 <= answer.status < 500 and isinstance(body, dict):
        why = line(body.get("error"), 40) or "no reason given"
        message = (
            f"Zoom does not accept this server's login ({quoted(why)}). Check the account id, client id and secret."
        )
        return ZoomNotConfigured(message)
    # No token, so nothing else was asked for yet.
    return ZoomUnavailable("Zoom gives no login just now. Try again in a moment.", may_be_done=False)


def _too_often(fault: Fault, headers: Mapping[str, str], now: datetime) -> ZoomRateLimited:
    told_s = retry_after_s(headers.get("retry-after", ""), now)
    is_daily = _DAILY.search(fault.message) or "daily" in headers.get("x-ratelimit-type", "").lower()
    if is_daily:
        wait_s = told_s or _until_midnight_s(now)
        message = "Zoom allows no more of these today. Try again after 00:00 UTC."
        return ZoomRateLimited(message, retry_after_s=wait_s, is_worth_repeating=False)
    wait_s = told_s or 1
    return ZoomRateLimited(f"Zoom is busy. Try again in {wait_s} s.", retry_after_s=wait_s, wait_s=told_s)


def retry_after_s(value: str, now: datetime) -> int | None:
    """Whole seconds from a Retry-After: a number, a date of HTTP, or (Zoom's daily limits) a date of ISO 8601.

    Shape: from 0 to a day; None when it says nothing.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST_WAIT_S)
    until = instant(value) or _http_date(value)
    if until is None:
        return None
    return min(max(-int((now - until).total_seconds() // 1), 0), LONGEST_WAIT_S)


def _http_date(value: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(value[:60])
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _until_midnight_s(now: datetime) -> int:
    at = now.astimezone(UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((midnight - at).total_seconds()) + 1


def _scope(message: str) -> str:
    """The scope to add: any of those named is enough, and an app of a whole account wants the admin's."""
    found = _SCOPES.search(message)
    named = re.findall(r"[a-z_]+(?::[a-z_]+)+", found.group(1) if found else "")
    return next((scope for scope in named if scope.endswith(":admin")), named[0] if named else "that this needs")


def quoted(message: str) -> str:
    """Words of Zoom's that may be shown: one line, without links or anything that might be a token."""
    return _LONG_WORD.sub("…", _LINK.sub("…", line(message, 300)))
