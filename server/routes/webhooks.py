"""Where Zoom's notifications come in: bytes, signature, facts, tracker, answer.

A 2xx means kept. What is forged is refused without a reason and writes nothing. What is signed but stale is more
often our clock's fault, and Zoom repeats only what was answered with 5xx, so it is asked to come again. This file
does not know what a notification says (`zoom/notifications.py`) or does (`realtime/`).
"""

import asyncio
import hashlib
from collections.abc import Sequence
from time import perf_counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.errors import RollcallError, TooMany, Unavailable
from realtime.ports import Clock, Delivery
from realtime.tracker import Tracker
from server.errors import answer
from server.limits import Rate
from server.metrics import Metrics
from server.zoom import notifications
from server.zoom.notifications import Understood
from server.zoom.signature import Verdict, check, validation_reply

ANSWER_WITHIN_S = 2.5  # Zoom gives up after three seconds
CHALLENGES = Rate(times=30, per_s=60)  # Zoom asks when somebody presses Validate, and every 72 hours
_REQUEST_ID_MOST = 128


class WebhookDoor:
    """Answers Zoom."""

    def __init__(self, tracker: Tracker, secrets: Sequence[str], clock: Clock, metrics: Metrics) -> None:
        self._tracker = tracker
        self._secrets = secrets
        self._clock = clock
        self._metrics = metrics
        self._challenges = CHALLENGES.fresh()

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/api/zoom/webhook", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        """One notification, or Zoom's challenge."""
        raw = await request.body()
        began = perf_counter()
        response, outcome = await self._respond(request, raw)
        self._metrics.notifications.labels(outcome).inc()
        self._metrics.notification_seconds.observe(perf_counter() - began)
        return response

    async def _respond(self, request: Request, raw: bytes) -> tuple[Response, str]:
        timestamp = request.headers.get("x-zm-request-timestamp")
        signature = request.headers.get("x-zm-signature")
        verdict = check(self._secrets, timestamp, signature, raw, self._clock.now())
        match verdict:
            case Verdict.FORGED:
                return Response(status_code=401), verdict.value
            case Verdict.STALE:
                return _later("The signature is good but not of this time.", code="clock_skew"), verdict.value
            case Verdict.UNCONFIGURED:
                return _later("ZOOM_WEBHOOK_SECRET_TOKEN is missing.", code="not_configured"), verdict.value
        news = notifications.read(raw)
        if news.kind == notifications.VALIDATION:
            return self._challenge(timestamp, signature, raw, news), "challenge"
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                outcome = await self._tracker.submit(self._delivery(request, raw, news))
        except RollcallError as error:
            return answer(error), error.code
        except TimeoutError:  # it may be kept yet; if it is, the repeat that Zoom sends changes nothing
            return _later("This took too long."), "timeout"
        return Response(status_code=204), outcome.kept.value

    def _challenge(self, timestamp: str | None, signature: str | None, raw: bytes, news: Understood) -> Response:
        if not self._challenges.allows(self._clock.now()):
            return answer(TooMany("Too many challenges.", retry_after_s=60))
        reply = validation_reply(self._secrets, timestamp, signature, raw, news.plain_token)
        return Response(status_code=400) if reply is None else JSONResponse(reply)

    def _delivery(self, request: Request, raw: bytes, news: Understood) -> Delivery:
        return Delivery(
            facts=news.facts,
            digest=hashlib.sha256(raw).hexdigest(),
            request_id=request.headers.get("x-zm-request-id", "")[:_REQUEST_ID_MOST],
            business_key=news.business_key,
            kind=news.kind,
            received_at=self._clock.now(),
            raw=raw,
            problem=news.problem,
        )


def _later(message: str, *, code: str = "unavailable") -> Response:
    return answer(Unavailable(message, code=code))
