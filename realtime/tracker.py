"""The one order of effects: claim, load, decide, save, commit, tell, answer.

One task owns it. It takes all the deliveries that wait, keeps them in one transaction, hands the events to the
publisher in commit order, and only then answers everyone; so a 2xx to Zoom means kept, and under load the batch
grows by itself. It does not decide anything (`decide.py`) and does not know how anything is kept or told.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from realtime.decide import Verdict, decide
from realtime.errors import Overloaded, RollcallError, Unavailable
from realtime.facts import Fact
from realtime.lifecycle import Meeting
from realtime.log import Event, Latest
from realtime.ports import Delivery, Kept, Publisher, Store, Transaction
from realtime.wanting import attendees_to_be, wanted, wanted_people, wanted_visits
from realtime.world import WantedPeople, WantedVisits, World

log = logging.getLogger("rollcall.tracker")

BATCH = 256  # more saves nothing per fact and makes the first of the batch wait
WAITING = 10_000  # about two seconds of work; whoever comes after that is better told to come again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery; `meeting` and `click_id` as its last fact left them."""

    kept: Kept
    meeting: Meeting | None = None
    click_id: str = ""
    told: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    delivery: Delivery
    answer: asyncio.Future[Outcome]


@dataclass(slots=True)
class _Done:
    """What a transaction came to, to be told once it is committed."""

    outcomes: list[Outcome | RollcallError] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    latest: list[Latest] = field(default_factory=list)


class Tracker:
    """Takes news in, one batch at a time.

    Errors: `submit` raises Unavailable when the store cannot keep anything now (nothing was kept, asking again is
            right), Overloaded when too much waits already, and Unavailable with code `stopping` at the end.
    """

    def __init__(self, store: Store, publisher: Publisher, *, batch: int = BATCH, waiting: int = WAITING) -> None:
        self._store = store
        self._publisher = publisher
        self._most_per_batch = batch
        self._most_waiting = waiting
        self._waiting: deque[_Work] = deque()
        self._news = asyncio.Event()
        self._is_closing = False

    async def submit(self, delivery: Delivery) -> Outcome:
        """Keep a delivery and tell what it changes; returns once it is committed and handed to the publisher."""
        if self._is_closing:
            raise Unavailable("The server is stopping; please try again in a moment.", code="stopping")
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded("Too much news is waiting already; please try again in a moment.")
        work = _Work(delivery, asyncio.get_running_loop().create_future())
        self._waiting.append(work)
        self._news.set()
        return await work.answer

    async def record(self, *facts: Fact) -> Outcome:
        """The same for facts of our own: what a person did, after Zoom has agreed."""
        return await self.submit(Delivery(facts=facts))

    async def run(self) -> None:
        """Work until `close`; what waits then is still done."""
        while True:
            await self._news.wait()
            while self._waiting:
                size = min(len(self._waiting), self._most_per_batch)
                await self._work([self._waiting.popleft() for _ in range(size)])
            self._news.clear()
            if self._is_closing:
                return

    def close(self) -> None:
        """Take nothing more in, and let `run` end when what waits is done."""
        self._is_closing = True
        self._news.set()

    async def _work(self, works: Sequence[_Work]) -> None:
        began = perf_counter()
        try:
            done = await self._keep([w.delivery for w in works])
        except Exception as error:  # the rim of the task: whatever it is, everyone who waits is told
            if not isinstance(error, RollcallError):
                log.exception("a batch failed", extra={"deliveries": len(works)})
            failed = error if isinstance(error, RollcallError) else Unavailable("The server could not keep this.")
            done = _Done([failed] * len(works))
        try:
            self._publisher.publish(done.events)
            self._publisher.latest(done.latest)
        except Exception:  # it is committed: whoever waits must hear so, and dashboards resume from the log
            log.exception("telling failed", extra={"events": len(done.events)})
        took_ms = (perf_counter() - began) * 1_000
        for work, outcome in zip(works, done.outcomes, strict=True):
            _log(work.delivery, outcome, took_ms, len(works))
            if work.answer.done():
                continue  # whoever asked is gone; the news is kept all the same
            if isinstance(outcome, RollcallError):
                work.answer.set_exception(outcome)
            else:
                work.answer.set_result(outcome)

    async def _keep(self, deliveries: Sequence[Delivery]) -> _Done:
        """All in one transaction; if one of them makes us fail, all again, each in a part that can fail alone."""
        try:
            async with self._store.transaction() as transaction:
                return await _step(transaction, deliveries)
        except Unavailable:
            raise  # locked, full or gone: that is about all of them
        except Exception:
            if not deliveries:
                raise
            log.exception("a batch has a delivery that cannot be decided", extra={"deliveries": len(deliveries)})
        done = _Done()
        async with self._store.transaction() as transaction:
            for delivery in deliveries:
                one = await _alone(transaction, delivery)
                done.outcomes += one.outcomes
                done.events += one.events
                done.latest += one.latest
        return done


async def _alone(transaction: Transaction, delivery: Delivery) -> _Done:
    try:
        async with transaction.savepoint():
            return await _step(transaction, [delivery])
    except Unavailable:
        raise
    except Exception as error:
        log.exception("a delivery cannot be decided", extra={"digest": delivery.digest, "kind": delivery.kind})
        if not delivery.digest:
            return _Done([Unavailable("The server failed on this. Nothing was changed.", code="internal")])
        return _Done([await _park(transaction, delivery, error)])


async def _park(transaction: Transaction, delivery: Delivery, error: Exception) -> Outcome | RollcallError:
    """Keep a delivery we failed on for a person to look at; Zoom sending it again would not help."""
    parked = Delivery(
        digest=delivery.digest,
        request_id=_writable(delivery.request_id),
        kind=_writable(delivery.kind),
        received_at=delivery.received_at,
        raw=delivery.raw,
        problem=f"we failed on it: {type(error).__name__}",
    )
    try:
        async with transaction.savepoint():
            await transaction.save(World(), [], [(parked, Kept.PARKED)])
    except Unavailable:
        raise
    except Exception:
        log.exception("a delivery cannot even be parked", extra={"digest": delivery.digest})
        return Unavailable("The server failed on this. Nothing was changed.", code="internal")
    return Outcome(Kept.PARKED)


def _writable(words: str) -> str:
    """Text without halves of characters, which no database takes."""
    return words.encode(errors="replace").decode()


async def _step(transaction: Transaction, deliveries: Sequence[Delivery]) -> _Done:
    """Claim, load, decide and save: about ten statements, however many deliveries."""
    fresh = _fresh(deliveries, await transaction.known(deliveries))
    facts = [fact for delivery, is_fresh in zip(deliveries, fresh, strict=True) if is_fresh for fact in delivery.facts]
    world = await transaction.load(wanted(facts)) if facts else World()
    await _load_presence(transaction, world, facts)
    done = _Done()
    outcomes: list[tuple[Delivery, Kept]] = []
    for delivery, is_fresh in zip(deliveries, fresh, strict=True):
        if not is_fresh:
            done.outcomes.append(Outcome(Kept.REPEATED))
            continue
        verdicts = [decide(world, fact) for fact in delivery.facts]
        kept = _kept(delivery)
        if delivery.digest:
            outcomes.append((delivery, kept))
        done.outcomes.append(_outcome(kept, verdicts))
        for verdict in verdicts:
            done.events += verdict.events
            done.latest += verdict.latest
    if outcomes or done.events or world.changed or world.rights:
        done.events = await transaction.save(world, done.events, outcomes)
    return done


async def _load_presence(transaction: Transaction, world: World, facts: Sequence[Fact]) -> None:
    """The visits that matter, and the people they are known or may turn out to belong to."""
    wants = wanted_visits(world, facts)
    if not (wants.ids or wants.attendees or wants.uuids):
        return
    await _load_visits(transaction, world, wants)
    # Who comes to a row by what a visit already knew: seldom anybody, as most news say it all again.
    if others := attendees_to_be(world, facts) - wants.attendees:
        await _load_visits(transaction, world, WantedVisits(attendees=others))


async def _load_visits(transaction: Transaction, world: World, wants: WantedVisits) -> None:
    visits = await transaction.load_visits(ids=wants.ids, attendees=wants.attendees, uuids=wants.uuids)
    for visit in visits:
        world.put_visit(visit)
    missing = wanted_people(world, visits)
    if missing != WantedPeople():
        classes = {m.class_.id for m in world.meetings.values() if m.class_ is not None} | world.classes.keys()
        for person in await transaction.load_people(missing, classes):
            world.people.add(person)


def _fresh(deliveries: Sequence[Delivery], known: set[str]) -> list[bool]:
    """Of each whether it is no repeat of one kept before or of one earlier in the batch."""
    seen = set(known)
    fresh = []
    for delivery in deliveries:
        signs = {s for s in (delivery.digest, delivery.request_id, delivery.business_key) if s}
        fresh.append(not signs & seen)
        seen |= signs
    return fresh


def _kept(delivery: Delivery) -> Kept:
    if delivery.problem:
        return Kept.NOT_UNDERSTOOD
    return Kept.APPLIED if delivery.facts else Kept.NOTED


def _outcome(kept: Kept, verdicts: Sequence[Verdict]) -> Outcome:
    last = next((v for v in reversed(verdicts) if v.meeting is not None), Verdict())
    click_id = next((v.click_id for v in verdicts if v.click_id), "")
    return Outcome(kept, last.meeting, click_id, tuple(e.type for v in verdicts for e in v.events))


def _log(delivery: Delivery, outcome: Outcome | RollcallError, took_ms: float, batch: int) -> None:
    """The one line from which the day can be retold."""
    line: dict[str, object] = {
        "kind": delivery.kind or ",".join(type(f).__name__ for f in delivery.facts),
        "digest": delivery.digest[:16],
        "request_id": delivery.request_id,
        "took_ms": round(took_ms, 1),
        "batch": batch,
    }
    if isinstance(outcome, RollcallError):
        log.warning("delivery refused", extra={**line, "code": outcome.code})
        return
    meeting = outcome.meeting
    if meeting is not None:
        line |= {"meeting": meeting.id, "status": meeting.status.value, "revision": meeting.revision}
    log.info("delivery", extra={**line, "outcome": outcome.kept.value, "told": ",".join(outcome.told)})
