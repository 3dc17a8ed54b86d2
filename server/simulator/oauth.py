"""Tokens: how an app gets one, and how a call with one is judged.

Only Server-to-Server (`account_credentials`). Several tokens may be valid at once, each dies after its hour, none can
be refreshed. A call is refused with Zoom's own words when its token is missing, unknown, expired or too narrow.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.simulator.clock import SimulatorClock
from server.simulator.config import SimulatorConfig
from server.simulator.errors import ZoomRefusal

MOST_TOKENS = 1_000
MOST_BODY_BYTES = 16_384


class Tokens:
    """The tokens this simulator has given out; the oldest go first when there are too many."""

    def __init__(self, config: SimulatorConfig, clock: SimulatorClock) -> None:
        self._config = config
        self._clock = clock
        self._ends: OrderedDict[str, datetime] = OrderedDict()

    def issue(self) -> str:
        """A new token, good for the configured life."""
        token = ".".join((secrets.token_urlsafe(20), secrets.token_urlsafe(40), secrets.token_urlsafe(24)))
        self._ends[token] = self._clock.now() + timedelta(seconds=self._config.token_life_s)
        while len(self._ends) > MOST_TOKENS:
            self._ends.popitem(last=False)
        return token

    def revoke_all(self) -> None:
        """Make every token invalid, as when the app is deactivated."""
        self._ends.clear()

    def check(self, authorization: str | None, accepted_scopes: Sequence[str]) -> None:
        """Let the call pass or refuse it; any one of `accepted_scopes` is enough.

        Errors: 401 code 124; 400 code 4711 when the app lacks the scope.
        """
        scheme, _, token = (authorization or "").partition(" ")
        ends = self._ends.get(token.strip()) if scheme.casefold() == "bearer" else None
        if ends is None:
            raise ZoomRefusal(401, 124, "Invalid access token.")
        if self._clock.now() >= ends:
            raise ZoomRefusal(401, 124, "Access token is expired.")
        if accepted_scopes and not any(scope in self._config.scopes for scope in accepted_scopes):
            named = ", ".join(accepted_scopes)
            raise ZoomRefusal(400, 4711, f"Invalid access token, does not contain scopes:[{named}].")

    async def answer(self, request: Request, api_url: str) -> Response:
        """Answer `POST /oauth/token`."""
        if request.method != "POST":
            return _refuse(405, "Method Not Allowed", "invalid_request")
        if not self._knows_client(request.headers.get("authorization")):
            return _refuse(401, "Invalid client_id or client_secret", "invalid_client")
        given = {**request.query_params, **await _form(request)}
        if given.get("grant_type") != "account_credentials":
            return _refuse(400, "unsupported grant type", "unsupported_grant_type")
        if not hmac.compare_digest(given.get("account_id", "").encode(), self._config.account_id.encode()):
            return _refuse(400, "Bad Request", "invalid_request")
        return JSONResponse(
            {
                "access_token": self.issue(),
                "token_type": "bearer",
                "expires_in": self._config.token_life_s,
                "scope": " ".join(self._config.scopes),
                "api_url": api_url,
            }
        )

    def _knows_client(self, authorization: str | None) -> bool:
        scheme, _, encoded = (authorization or "").partition(" ")
        if scheme.casefold() != "basic":
            return False
        try:
            given = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given, f"{self._config.client_id}:{self._config.client_secret}".encode())


async def _form(request: Request) -> Mapping[str, str]:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BODY_BYTES:
            return {}
    return dict(parse_qsl(raw.decode("utf-8", "replace")))


def _refuse(status: int, reason: str, error: str) -> JSONResponse:
    return JSONResponse({"reason": reason, "error": error}, status)
