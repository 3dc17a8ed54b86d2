"""One HTTP exchange with Zoom: bounded in time and size, logged in one line, its faults ours.

It exists so that nothing else here sees httpx: what was sent and got no answer is told apart from what was never
sent, as only the latter may be repeated without a second thought. It does not know tokens or what is asked.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from server.origins import is_loopback, split_url
from server.zoom.errors import ZoomUnavailable
from server.zoom.refusals import Answer

MOST_BYTES = 4_000_000  # a page of 2,000 users has less than one million

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long Zoom is waited for.

    Units: all in seconds. `total_s` is for one call with all its repetitions and a fresh token if it needs one;
           `look_again_s` lies between two looks for a meeting that may have been made.
    """

    connect_s: float = 3.0
    total_s: float = 10.0
    attempts: int = 3
    first_wait_s: float = 0.5
    jitter_s: float = 0.5
    look_again_s: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request. `template` is its path without ids, for the log; nothing else of it may be logged."""

    method: str
    url: str
    template: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Mapping[str, object] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)


def checked_url(url: str) -> str:
    """An address that secrets may be sent to, without a slash at its end.

    Errors: ValueError for anything but https, or http on this machine, and for a query or a login in it.
    """
    parts = split_url(url)
    if parts.query or parts.fragment or (parts.scheme == "http" and not is_loopback(parts.hostname or "")):
        raise ValueError("expected an https address, or http on this machine, without a query")
    return url.strip().rstrip("/")


def new_http() -> httpx.AsyncClient:
    """A client of our own; whoever makes it closes it."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=20, max_keepalive_connections=10))


async def exchange(http: httpx.AsyncClient, sent: Sent, patience: Patience) -> Answer:
    """Send a request and read the whole answer, whatever its status. Redirects are answers, they are not followed.

    Errors: ZoomUnavailable when there is no answer, or too long a one; its `may_be_done` is false only when nothing
            was sent.
    """
    began, outcome = time.perf_counter(), "cancelled"
    try:
        answer = await _exchange(http, sent, patience)
        outcome = str(answer.status)
        return answer
    except httpx.HTTPError as error:
        outcome = type(error).__name__
        # Without these an address that cannot be reached would look like one that may have done it.
        was_sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        said = "does not answer" if was_sent else "cannot be reached"
        raise ZoomUnavailable(f"Zoom {said}. Try again in a moment.", may_be_done=was_sent) from error
    except ZoomUnavailable:
        outcome = "too long"
        raise
    finally:
        took_ms = round((time.perf_counter() - began) * 1000)
        log.info("zoom.call", method=sent.method, path=sent.template, status=outcome, ms=took_ms)


async def _exchange(http: httpx.AsyncClient, sent: Sent, patience: Patience) -> Answer:
    given: dict[str, Any] = {"json": sent.json} if sent.json is not None else {}
    if sent.form is not None:
        given["data"] = sent.form
    request = http.build_request(
        sent.method,
        sent.url,
        headers={"accept": "application/json", **sent.headers},
        params=sent.query or None,
        timeout=httpx.Timeout(patience.total_s, connect=patience.connect_s, pool=patience.connect_s),
        **given,
    )
    login = httpx.BasicAuth(*sent.login) if sent.login else None
    response = await http.send(request, auth=login, follow_redirects=False, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                message = "Zoom's answer is too long. Try again in a moment."
                raise ZoomUnavailable(message, may_be_done=True, is_worth_repeating=False)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body))
    finally:
        await response.aclose()
