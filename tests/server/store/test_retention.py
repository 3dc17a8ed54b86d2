from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from realtime.facts import Fact
from server.store.retention import trim
from server.store.sqlite import SqliteStore
from server.store.tables import clicks, counters, deliveries, events, idempotency, visits
from tests.support.builders import ANA as PUPIL
from tests.support.builders import ANA_BY_MAIL, MORNING, Run, clicked, minute, scheduled, updated
from tests.support.stores import delivery, sqlite_store, tracking

DAY = timedelta(days=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with sqlite_store(tmp_path) as store:
        yield store


async def count(store: SqliteStore, what: object) -> int:
    async with store.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(what))).scalar_one())  # type: ignore[arg-type]  # tables


async def a_week(store: SqliteStore) -> None:
    """An event a day, from Monday to Monday, and one told late of the Monday before."""
    edits: list[Fact] = [updated("81", 1440 * day, topic=f"Day {day}") for day in range(8)]
    async with tracking(store) as kept:
        await kept.tell(scheduled(at=-1), *edits)
        await kept.tell(updated("81", -1440, agenda="told late"))


async def test_events_older_than_a_week_go_and_the_floor_tells_how_far(store: SqliteStore) -> None:
    await a_week(store)
    gone = await trim(store.database, MORNING + 9 * DAY)
    assert gone.events == 3
    assert await store.floor() == 3
    assert [e.seq for e in await store.events_after(0, 100)] == [4, 5, 6, 7, 8, 9, 10]


async def test_an_event_told_late_does_not_take_younger_ones_with_it(store: SqliteStore) -> None:
    await a_week(store)
    await trim(store.database, MORNING + 7 * DAY)
    assert [e.seq for e in await store.events_after(0, 100)][-1] == 10
    assert await store.floor() == 1


async def test_an_event_from_the_future_does_not_keep_the_log_for_ever(store: SqliteStore) -> None:
    async with tracking(store) as kept:
        await kept.tell(scheduled(at=1440 * 365), updated("81", 1440 * 366, topic="Next year"))
    await trim(store.database, MORNING + 30 * DAY)
    assert (await store.floor(), await count(store, events)) == (2, 0)


async def test_what_is_young_stays_and_trimming_again_does_nothing(store: SqliteStore) -> None:
    await a_week(store)
    await trim(store.database, MORNING + 9 * DAY)
    again = await trim(store.database, MORNING + 9 * DAY)
    assert (again.events, await store.floor()) == (0, 3)


async def test_the_floor_survives_an_empty_log_and_seq_goes_on(store: SqliteStore) -> None:
    await a_week(store)
    await trim(store.database, MORNING + 60 * DAY)
    assert (await store.floor(), await store.last_seq(), await count(store, events)) == (10, 10, 0)
    async with tracking(store) as kept:
        await kept.tell(updated("81", 1440 * 60, topic="Back"))
        assert kept.told.seqs == [11]


async def test_old_rows_go_in_chunks_of_any_size(store: SqliteStore) -> None:
    await a_week(store)
    gone = await trim(store.database, MORNING + 60 * DAY, chunk=3)
    assert (gone.events, await store.floor()) == (10, 10)


async def test_raw_deliveries_are_emptied_after_a_week_and_forgotten_after_ninety_days(store: SqliteStore) -> None:
    async with tracking(store) as kept:
        await kept.deliver(*(delivery(digest=f"d{i}") for i in range(5)))
    assert (await trim(store.database, MORNING + 6 * DAY, chunk=2)).raw_bodies == 0
    assert (await trim(store.database, MORNING + 8 * DAY, chunk=2)).raw_bodies == 5
    assert await count(store, select(deliveries).where(deliveries.c.sealed.is_(None)).subquery()) == 5
    assert (await trim(store.database, MORNING + 89 * DAY)).deliveries == 0
    assert (await trim(store.database, MORNING + 91 * DAY, chunk=2)).deliveries == 5
    assert await count(store, deliveries) == 0


async def test_answers_kept_for_repeats_go_after_a_week(store: SqliteStore) -> None:
    row = {"key_hash": "k", "body_hash": "b", "status": 201, "answer": "{}", "at": MORNING}
    async with store.database.write() as connection:
        await connection.execute(idempotency.insert(), row)
    assert (await trim(store.database, MORNING + 8 * DAY)).answers == 1


async def test_who_came_and_who_pressed_join_is_never_trimmed(store: SqliteStore) -> None:
    run = Run()
    async with tracking(store) as kept:
        await kept.tell(scheduled(), run.started(), run.joined(ANA_BY_MAIL, 61), clicked("81", PUPIL, 60))
    await trim(store.database, minute(0) + 400 * DAY)
    assert (await count(store, visits), await count(store, clicks)) == (1, 1)
    async with store.database.read() as connection:
        names = set((await connection.execute(select(counters.c.name))).scalars())
    assert names == {"seq", "floor"}
