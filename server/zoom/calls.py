"""One call of Zoom's API, with all that may have to happen around it: a token, a fresh one, another attempt.

It exists so that this is written once. A call that Zoom refused for its token was not made, so it is made again with
another; one that may have been made is only repeated if that is harmless. It does not know what the answers mean.
"""

import asyncio
import random
from collections.abc import Mapping
from datetime import timedelta

import httpx
import stamina

from realtime.ports import Clock
from server.zoom.endpoints import Endpoint, filled
from server.zoom.errors import ZoomUnavailable
from server.zoom.refusals import Answer, Fault, error_of, read
from server.zoom.tokens import Token, Tokens
from server.zoom.wire import Patience, Sent, checked_url, exchange

API_URL = "https://api.zoom.us/v2"
RIGHTS_SETTLE = timedelta(seconds=60)  # a younger token has the rights the app has now


class Calls:
    """Makes calls, one deadline each."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tokens: Tokens,
        clock: Clock,
        *,
        url: str = API_URL,
        patience: Patience | None = None,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._url = checked_url(url)
        self._patience = patience or Patience()

    async def make(
        self,
        endpoint: Endpoint,
        *ids: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """The object that Zoom answers, empty when there is none.

        Errors: those of `errors.py`. A ZoomUnavailable whose `may_be_done` is true may have been done.
        """
        url = self._url + filled(endpoint.path, *ids)
        sent = Sent(method=endpoint.method, url=url, template=endpoint.path, query=query or {}, json=body)
        deadline = asyncio.get_running_loop().time() + self._patience.total_s
        retries = stamina.retry_context(
            on=_Again(endpoint, self._patience, deadline), attempts=self._patience.attempts, timeout=None
        )
        try:
            async with asyncio.timeout_at(deadline):
                async for attempt in retries:
                    with attempt:
                        return await self._attempt(sent)
        except TimeoutError:
            raise ZoomUnavailable("Zoom does not answer in time. Try again in a moment.", may_be_done=True) from None
        raise AssertionError("an attempt ends with an answer or an error")

    async def _attempt(self, sent: Sent) -> dict[str, object]:
        token = await self._tokens.get()
        answer, told = await self._exchange(sent, token)
        if isinstance(told, Fault) and self._may_be_mended_by_another(token, told):
            answer, told = await self._exchange(sent, await self._tokens.instead_of(token))
        if isinstance(told, Fault):
            raise error_of(told, answer, self._clock.now())
        return told

    async def _exchange(self, sent: Sent, token: Token) -> tuple[Answer, dict[str, object] | Fault]:
        signed = Sent(
            method=sent.method,
            url=sent.url,
            template=sent.template,
            query=sent.query,
            json=sent.json,
            headers={"authorization": f"Bearer {token.value}"},
        )
        answer = await exchange(self._http, signed, self._patience)
        return answer, read(answer)

    def _may_be_mended_by_another(self, token: Token, fault: Fault) -> bool:
        if fault.is_of_scope:
            return self._clock.now() - token.had_at > RIGHTS_SETTLE
        return fault.is_of_token


class _Again:
    """Whether, and in how many seconds, a failed attempt is followed by another. Never past the deadline."""

    def __init__(self, endpoint: Endpoint, patience: Patience, deadline: float) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._deadline = deadline
        self._wait_s = patience.first_wait_s

    def __call__(self, error: Exception) -> bool | float:
        if not isinstance(error, ZoomUnavailable) or not error.is_worth_repeating:
            return False
        if error.may_be_done and not self._endpoint.is_repeatable:
            return False
        wait_s = self._wait_s if error.wait_s is None else error.wait_s
        self._wait_s *= 2
        wait_s += random.uniform(0, self._patience.jitter_s)
        return wait_s if asyncio.get_running_loop().time() + wait_s < self._deadline else False
