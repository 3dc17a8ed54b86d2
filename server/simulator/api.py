"""The gate of the REST API: what every call meets before and after its endpoint.

In order: an ordered misfortune, the table of endpoints, the token and its scope, the body, the endpoint; and on every
answer a tracking id and the rate category. Paths are read from the raw bytes, because a meeting uuid may hold an
encoded slash that a decoded path could not tell from a real one.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.simulator.errors import ZoomRefusal, bad_body, no_endpoint
from server.simulator.faults import ApiFault
from server.simulator.requests import json_object
from server.simulator.world import World

MOST_BODY_BYTES = 1_000_000

LIGHT, MEDIUM, HEAVY = "Light", "Medium", "Heavy"


@dataclass(frozen=True, slots=True)
class Call:
    """One API call that has passed the gate."""

    world: World
    params: tuple[str, ...]
    query: Mapping[str, str]
    body: Mapping[str, Any]


Answer = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of Zoom's API: method, path with `{}` where ids stand, rate label, scopes of which one is enough."""

    method: str
    path: str
    label: str
    scopes: tuple[str, ...]
    answer: Answer

    def match(self, segments: Sequence[str]) -> tuple[str, ...] | None:
        """The ids in `segments`, or None when this is another path."""
        pattern = self.path.strip("/").split("/")
        if len(pattern) != len(segments):
            return None
        params = []
        for wanted, given in zip(pattern, segments, strict=True):
            if wanted == "{}":
                params.append(given)
            elif wanted != given:
                return None
        return tuple(params)


class Api:
    """Answers everything below the API prefix."""

    def __init__(self, world: World, endpoints: Sequence[Endpoint]) -> None:
        self._world = world
        self._endpoints = tuple(endpoints)

    async def answer(self, request: Request) -> Response:
        """One call and its answer, refusals included."""
        label = LIGHT
        try:
            segments = _segments(request, self._world.config.api_prefix)
            endpoint, params = self._find(request.method, segments)
            label = endpoint.label
            self._world.tokens.check(request.headers.get("authorization"), endpoint.scopes)
            body = await _body(request) if request.method in ("POST", "PATCH", "PUT") else {}
            answer = await endpoint.answer(Call(self._world, params, request.query_params, body))
        except ZoomRefusal as refusal:
            answer = refusal.answer()
        if request.method != "GET":
            self._world.changed()
        answer.headers.setdefault("x-ratelimit-category", label)
        return answer

    def _find(self, method: str, segments: Sequence[str]) -> tuple[Endpoint, tuple[str, ...]]:
        for endpoint in self._endpoints:
            if endpoint.method == method and (params := endpoint.match(segments)) is not None:
                return endpoint, params
        raise no_endpoint()


def _segments(request: Request, prefix: str) -> list[str]:
    """The path below the prefix, each segment decoded as Zoom does.

    Errors: 404 when a uuid that begins with a slash, or holds two, was encoded only once.
    """
    raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    below = raw.decode("latin-1").removeprefix(quote(request.scope.get("root_path", ""))).removeprefix(prefix)
    segments = []
    for segment in below.strip("/").split("/"):
        once = unquote(segment)
        if once.startswith("/") or "//" in once:
            raise no_endpoint()
        segments.append(unquote(once))
    return segments


async def _body(request: Request) -> Mapping[str, Any]:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BODY_BYTES:
            raise ZoomRefusal(413, 300, "Request Body is too large.")
    body = json_object(raw)
    if body is None:
        raise bad_body()
    return body


async def misfortune(world: World, request: Request, path: str) -> Response | None:
    """The answer an ordered fault gives instead of the real one, after its delay; None when all is well."""
    fault = world.faults.of_call(request.method, path, world.config.api_prefix)
    if fault is None:
        return None
    if fault.slow_s:
        await world.clock.wait_on_the_wall(fault.slow_s)
    return None if fault.status is None else _faulty(fault)


def _faulty(fault: ApiFault) -> Response:
    status = fault.status or 500
    headers = {"retry-after": fault.retry_after} if fault.retry_after is not None else {}
    if isinstance(fault.body, str):
        return Response(fault.body, status, media_type=fault.content_type or "text/html", headers=headers)
    if status in (204, 304):
        return Response(status_code=status, headers=headers)
    return JSONResponse(_usual_body(status) if fault.body is None else fault.body, status, headers=headers)


def _usual_body(status: int) -> dict[str, Any]:
    if status == 429:
        words = "You have reached the maximum per-second rate limit for this API. Try again later."
        return {"code": 429, "message": words}
    if status == 401:
        return {"code": 124, "message": "Invalid access token."}
    return {"code": status, "message": "The simulator was told to fail."}


def new_tracking_id() -> str:
    """The `x-zm-trackingid` of one answer."""
    return f"v=2.0;clid=us02;rid=WEB_{secrets.token_hex(16)}"
