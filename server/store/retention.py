"""What is old and no longer owed to anybody goes: events, raw deliveries, deliveries, answers kept for repeats.

It exists because the log is what a returning client is owed, not a history: timelines, activity and attendance are
read from visits, clicks and the audit, which this file never touches. It works in small steps, each a transaction of
its own, so that news never wait long. It does not know when it is run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Select, Table, Update, bindparam, delete, func, select, update

from server.store.database import Database
from server.store.tables import counters, deliveries, events, idempotency

LOG_FOR = timedelta(days=7)  # whoever was away longer gets a snapshot
RAW_FOR = timedelta(days=7)
DELIVERIES_FOR = timedelta(days=90)  # as long as a repeat of a delivery is known to be one
ANSWERS_FOR = timedelta(days=7)
CHUNK = 1_000
# An event tells when a thing happened, as Zoom's clock has it: one from the future must not keep the log for ever.
CLOCKS_DIFFER = timedelta(days=1)

_NEWEST = select(func.max(events.c.seq))
_FIRST_YOUNG = (
    select(events.c.seq)
    .where(events.c.at.between(bindparam("since"), bindparam("until")))
    .order_by(events.c.seq)
    .limit(1)
)
_OLDEST = select(events.c.seq).where(events.c.seq < bindparam("until")).order_by(events.c.seq).limit(bindparam("n"))
_DROP_EVENTS = delete(events).where(events.c.seq <= bindparam("floor"))
_RAISE_FLOOR = update(counters).where(counters.c.name == "floor", counters.c.value < bindparam("floor"))
_SET_FLOOR = _RAISE_FLOOR.values(value=bindparam("floor"))


@dataclass(frozen=True, slots=True)
class Trimmed:
    """How much went."""

    events: int = 0
    raw_bodies: int = 0
    deliveries: int = 0
    answers: int = 0


async def trim(database: Database, now: datetime, *, chunk: int = CHUNK) -> Trimmed:
    """Let go of what is old.

    Errors: Unavailable; what went before it is gone, the rest goes the next time.
    """
    old_raw = select(deliveries.c.id).where(deliveries.c.received_at < now - RAW_FOR, deliveries.c.sealed.is_not(None))
    without_raw = update(deliveries).values(sealed=None)
    old = select(deliveries.c.id).where(deliveries.c.received_at < now - DELIVERIES_FOR)
    answers = select(idempotency.c.key_hash).where(idempotency.c.at < now - ANSWERS_FOR)
    return Trimmed(
        events=await _trim_log(database, now, chunk),
        raw_bodies=await _in_chunks(database, old_raw, without_raw, deliveries, chunk),
        deliveries=await _in_chunks(database, old, delete(deliveries), deliveries, chunk),
        answers=await _in_chunks(database, answers, delete(idempotency), idempotency, chunk),
    )


async def _trim_log(database: Database, now: datetime, chunk: int) -> int:
    """Drop the oldest events up to the first that is still owed; the floor says how far, in the same transaction."""
    async with database.read() as connection:
        bounds = {"since": now - LOG_FOR, "until": now + CLOCKS_DIFFER}
        until = (await connection.execute(_FIRST_YOUNG, bounds)).scalar()
        if until is None:
            until = ((await connection.execute(_NEWEST)).scalar() or 0) + 1
    dropped = 0
    while True:
        async with database.write() as connection:
            found = (await connection.execute(_OLDEST, {"until": until, "n": chunk})).scalars().all()
            if found:
                await connection.execute(_DROP_EVENTS, {"floor": found[-1]})
                await connection.execute(_SET_FLOOR, {"floor": found[-1]})
        dropped += len(found)
        if len(found) < chunk:
            return dropped


async def _in_chunks(database: Database, old: Select[Any], act: Update | Delete, table: Table, chunk: int) -> int:
    key = next(iter(table.primary_key))
    statement = act.where(key.in_(old.limit(chunk).scalar_subquery()))
    done = 0
    while True:
        async with database.write() as connection:
            count = (await connection.execute(statement)).rowcount
        done += count
        if count < chunk:
            return done
