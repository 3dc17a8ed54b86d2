"""The way out: every webhook leaves here, signed, timed, and repeated as Zoom repeats.

Events of one meeting leave one after the other unless an answer is slow, those of different meetings side by side.
An attempt that meets a status of 500 or more, a timeout or no connection is repeated after 5, then 20, then 60 minutes
of the simulator's clock (t+5, t+25, t+85), with the same bytes and request id and a new signature. 3xx and 4xx are
final. Whatever is not settled when the outbox closes goes on when it opens again, so an event may arrive twice.
Source: Zoom, "Using webhooks".
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from server.simulator.clock import SimulatorClock, zoom_time
from server.simulator.config import SimulatorConfig
from server.simulator.faults import Faults, WebhookFault
from server.simulator.notifications import Body, canonical
from server.simulator.signing import delivery_headers, new_request_id, tracking_id
from server.simulator.tasks import TaskOwner

log = logging.getLogger(__name__)

RETRY_WAITS_S = (5 * 60.0, 20 * 60.0, 60 * 60.0)
MOST_AT_ONCE = 32
REORDER_PATIENCE_S = 2.0
LANE_PATIENCE_S = 0.5

# Zoom's own codes for attempts without an answer; 0 is ours, for what a fault or a full queue made vanish.
READ_TIMEOUT, REFUSED, REMOTE_ERROR, NEVER_SENT = -1, -2, -7, 0


@dataclass(slots=True, eq=False)
class Letter:
    """One event on its way: bytes and request id stay the same over all attempts, of which `attempts` were answered."""

    event: str
    lane: str
    raw: bytes
    tracking: str
    request_id: str = field(default_factory=new_request_id)
    is_forged: bool = False
    attempts: int = 0
    next_at: datetime | None = None


class Outbox:
    """Delivers webhooks; bounded in what it holds, in what it sends at once and in what it remembers."""

    def __init__(
        self,
        config: SimulatorConfig,
        clock: SimulatorClock,
        faults: Faults,
        webhook_url: Callable[[], str | None],
        verification_token: str,
        changed: Callable[[], None],
    ) -> None:
        self._config = config
        self._clock = clock
        self._faults = faults
        self._webhook_url = webhook_url
        self._verification_token = verification_token
        self._changed = changed
        self._unsettled: dict[Letter, None] = {}  # oldest first
        self._lanes: dict[str, deque[Letter]] = {}
        self._held: dict[str, Letter] = {}
        self._waiting = 0  # of the unsettled, those whose first attempt has no answer yet
        self._tasks = TaskOwner("webhook delivery")
        self._at_once = asyncio.Semaphore(MOST_AT_ONCE)
        self._client: httpx.AsyncClient | None = None
        self.log: deque[dict[str, Any]] = deque(maxlen=config.webhook_log_limit)

    def open(self) -> None:
        """Be ready to send, and go on with what is not settled; nothing leaves before."""
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._config.webhook_timeout_s), follow_redirects=False, trust_env=False
        )
        for letter in self.unsettled():
            if letter.attempts:
                self._tasks.spawn(self._repeat(letter))
            else:
                self._line_up(letter)

    async def close(self) -> None:
        """Stop sending; what waits stays unsettled."""
        await self._tasks.close()
        self._lanes.clear()
        self._held.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def put(self, body: Body, lane: str) -> None:
        """Send `body` soon, after what `lane` (a meeting) already waits to send. Without a subscription: nothing."""
        if self._webhook_url() is None:
            return
        self._changed()
        event = str(body["event"])
        # Real tracking ids repeat across events; ours do within one second of one meeting.
        letter = Letter(event, lane, canonical(body), tracking_id(f"{lane}:{body['event_ts'] // 1000}"))
        fault = self._faults.of_event(event)
        if fault is not None:
            self._misfortune(letter, fault)
        elif self._accept(letter):
            self._line_up(letter)

    def unsettled(self) -> list[Letter]:
        """What has no final answer yet, oldest first."""
        return list(self._unsettled)

    def take_over(self, letters: Iterable[Letter]) -> None:
        """Have these to deliver, as another outbox left them."""
        for letter in letters:
            self._unsettled[letter] = None
            self._waiting += not letter.attempts

    def _misfortune(self, letter: Letter, fault: WebhookFault) -> None:
        if fault.drop:
            self._note(letter, 1, NEVER_SENT)
            return
        letter.is_forged = fault.forge
        copies = [letter]
        for _ in range(fault.duplicate):
            again = Letter(letter.event, letter.lane, letter.raw, letter.tracking, letter.request_id, letter.is_forged)
            if fault.new_request_id:
                again.request_id = new_request_id()
            copies.append(again)
        for copy in filter(self._accept, copies):
            if fault.delay_s:
                self._tasks.spawn(self._later(copy, fault.delay_s))
            elif fault.reorder and copy.lane not in self._held:
                self._held[copy.lane] = copy
                self._tasks.spawn(self._release(copy))
            else:
                self._line_up(copy)

    async def _later(self, letter: Letter, delay_s: float) -> None:
        await self._clock.wait(delay_s)
        self._line_up(letter)

    async def _release(self, letter: Letter) -> None:
        """A held letter follows the next of its lane, or leaves alone when none comes."""
        await self._clock.wait_on_the_wall(REORDER_PATIENCE_S)
        if self._held.get(letter.lane) is letter:
            del self._held[letter.lane]
            self._line_up(letter)

    def _accept(self, letter: Letter) -> bool:
        if self._waiting >= self._config.outbox_limit:
            log.warning("the simulator's outbox is full: %s was not sent", letter.event)
            self._note(letter, 1, NEVER_SENT)
            return False
        self._waiting += 1
        self._unsettled[letter] = None
        return True

    def _line_up(self, letter: Letter) -> None:
        if self._client is None:
            return
        lane = self._lanes.get(letter.lane)
        if lane is None:
            lane = self._lanes[letter.lane] = deque()
            self._tasks.spawn(self._drain(letter.lane))
        lane.append(letter)
        held = self._held.get(letter.lane)
        if held is not None and held is not letter:
            del self._held[letter.lane]
            self._line_up(held)

    async def _drain(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            letter, answered = lane.popleft(), asyncio.Event()
            self._tasks.spawn(self._deliver(letter, answered))
            # In order, but not at any price: behind an endpoint that hangs, the next event does not wait either.
            with suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), LANE_PATIENCE_S)
        del self._lanes[name]

    async def _deliver(self, letter: Letter, answered: asyncio.Event) -> None:
        async with self._at_once:
            await self._attempt(letter)
        answered.set()
        await self._repeat(letter)

    async def _repeat(self, letter: Letter) -> None:
        while letter in self._unsettled:
            now = self._clock.now()
            await self._clock.wait(max(0.0, ((letter.next_at or now) - now).total_seconds()))
            async with self._at_once:
                await self._attempt(letter)

    async def _attempt(self, letter: Letter) -> None:
        """Send once; then it is settled, or due again."""
        status, _ = await self.post(letter)
        letter.attempts += 1
        self._note(letter, letter.attempts, status)
        self._changed()
        if letter.attempts == 1:
            self._waiting -= 1
        if 0 < status < 500 or letter.attempts > len(RETRY_WAITS_S):
            del self._unsettled[letter]
        elif len(self._unsettled) - self._waiting > self._config.outbox_limit:
            log.warning("too many webhooks wait for another attempt: %s is given up", letter.event)
            del self._unsettled[letter]
        else:
            letter.next_at = self._clock.now() + timedelta(seconds=RETRY_WAITS_S[letter.attempts - 1])

    async def post(self, letter: Letter) -> tuple[int, bytes]:
        """One signed POST and its answer: the status or one of Zoom's negative codes, and the body."""
        url = self._webhook_url()
        if self._client is None or url is None:
            return REFUSED, b""
        secret = self._config.webhook_secret
        headers = delivery_headers(
            raw=letter.raw,
            secret=secret + "-forged" if letter.is_forged else secret,
            client_id=self._config.client_id,
            verification_token=self._verification_token,
            request_id=letter.request_id,
            tracking=letter.tracking,
            now=self._clock.now(),
        )
        try:
            async with asyncio.timeout(self._config.webhook_timeout_s):
                answer = await self._client.post(url, content=letter.raw, headers=headers)
        except (TimeoutError, httpx.TimeoutException):
            return READ_TIMEOUT, b""
        except httpx.ConnectError:
            return REFUSED, b""
        except (httpx.HTTPError, httpx.InvalidURL):
            return REMOTE_ERROR, b""
        return answer.status_code, answer.content

    def note(self, letter: Letter, status: int) -> None:
        """Remember an attempt made outside the queue."""
        self._note(letter, 1, status)

    def _note(self, letter: Letter, attempt: int, status: int) -> None:
        self.log.append(
            {
                "event": letter.event,
                "attempt": attempt,
                "status": status,
                "at": zoom_time(self._clock.now()),
                "request_id": letter.request_id,
                "meeting": letter.lane,
            }
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for its first attempt."""
        return not self._waiting
