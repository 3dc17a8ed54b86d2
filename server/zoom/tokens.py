"""The token this server calls Zoom with.

It exists because a token lives an hour, and fifty calls that find it dead must not ask for fifty new ones: there is
one request for a token under way at a time, and all wait for it. It does not know what the token is used for.

Source: Zoom, Server-to-Server OAuth. Several tokens may be valid at once; there is nothing to refresh them with.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from realtime.ports import Clock
from server.zoom.errors import ZoomNotConfigured, ZoomUnavailable
from server.zoom.refusals import Answer, error_of_login
from server.zoom.wire import Patience, Sent, checked_url, exchange

TOKEN_URL = "https://zoom.us/oauth/token"  # noqa: S105  # where tokens are had, not one
EARLY = timedelta(seconds=60)  # a token that is about to die is not sent any more
LONGEST_LIFE_S = 86_400
LONGEST_TOKEN = 8_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """The Server-to-Server app of a Zoom account."""

    account_id: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """What a call is made with, and when it was had and dies."""

    value: str = field(repr=False)
    had_at: datetime
    dies_at: datetime


class Tokens:
    """Has a token ready, or gets one.

    Errors: of every call: ZoomNotConfigured when the credentials are wrong, ZoomUnavailable when Zoom gives none.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        credentials: Credentials,
        clock: Clock,
        *,
        url: str = TOKEN_URL,
        patience: Patience | None = None,
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._url = checked_url(url)
        self._patience = patience or Patience()
        self._token: Token | None = None
        self._asking: asyncio.Task[Token] | None = None

    async def get(self) -> Token:
        """A token that is good for a while yet."""
        if self._token is not None and self._clock.now() < self._token.dies_at - EARLY:
            return self._token
        return await self._ask()

    async def instead_of(self, refused: Token) -> Token:
        """Another token than the one that Zoom has refused; somebody else may have got it meanwhile."""
        return await (self._ask() if self._token is refused else self.get())

    async def close(self) -> None:
        """Stop a request that is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> Token:
        if self._asking is None:
            self._asking = asyncio.create_task(self._request(), name="a token of Zoom's")
            self._asking.add_done_callback(self._had)
        # One who stops waiting must not take the token from the others.
        return await asyncio.shield(self._asking)

    def _had(self, asking: asyncio.Task[Token]) -> None:
        self._asking = None
        if not asking.cancelled() and asking.exception() is None:
            self._token = asking.result()

    async def _request(self) -> Token:
        if not self._credentials.account_id:
            message = "No Zoom account is set up here. Set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET."
            raise ZoomNotConfigured(message)
        asked_at = self._clock.now()
        sent = Sent(
            method="POST",
            url=self._url,
            template="/oauth/token",
            form={"grant_type": "account_credentials", "account_id": self._credentials.account_id},
            login=(self._credentials.client_id, self._credentials.client_secret),
        )
        try:
            async with asyncio.timeout(self._patience.total_s):
                answer = await exchange(self._http, sent, self._patience)
        except TimeoutError:
            raise ZoomUnavailable("Zoom does not answer. Try again in a moment.") from None
        except ZoomUnavailable as error:
            error.may_be_done = False  # whatever became of the token, nothing was done with it
            raise
        if answer.status != 200:
            raise error_of_login(answer, asked_at)
        return _token(answer, asked_at)


def _token(answer: Answer, asked_at: datetime) -> Token:
    try:
        body = json.loads(answer.body)
        value, life_s = body["access_token"], body.get("expires_in", 3600)
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError
        if not 0 < len(value) <= LONGEST_TOKEN or isinstance(life_s, bool) or not 0 < life_s <= LONGEST_LIFE_S:
            raise ValueError
        return Token(value, asked_at, asked_at + timedelta(seconds=life_s))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        message = "Zoom gives no login that is understood. Try again in a moment."
        raise ZoomUnavailable(message) from None
