import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from realtime.facts import Fact
from realtime.world import World
from server.store import rows
from server.store.database import Database
from server.store.tables import instances, visits
from server.store.transaction import MEETING
from tests.realtime.test_decide_and_pages import CHANGES, FACTS, RIGHTS
from tests.realtime.test_decide_any_order import DAY
from tests.support.memory import Memory, truth
from tests.support.stores import sqlite_store, tracking


async def whole_world(database: Database) -> World:
    """Everything that is kept."""
    world = World()
    async with database.read() as connection:
        for row in (await connection.execute(MEETING)).mappings():
            world.put_meeting(rows.meeting_of(row))
        for row in (await connection.execute(select(instances))).mappings():
            world.put_run(rows.instance_of(row))
        for row in (await connection.execute(select(visits))).mappings():
            world.put_visit(rows.visit_of(row))
    return world


@settings(max_examples=100)
@given(FACTS, st.integers(1, 5))
@example([*DAY, *RIGHTS, *CHANGES], 1)
@example([*DAY, *RIGHTS, *CHANGES], 7)
@example([*reversed([*DAY, *RIGHTS, *CHANGES])], 1)
@example([*reversed([*DAY, *RIGHTS, *CHANGES])], 5)
async def test_what_is_read_for_a_batch_suffices_to_decide_it(heard: list[Fact], batch: int) -> None:
    memory = Memory()
    memory.tell(*heard)
    with tempfile.TemporaryDirectory() as folder:
        async with sqlite_store(Path(folder)) as store, tracking(store, batch=batch) as kept:
            if heard:
                await kept.tell(*heard)
            known = {**truth(await whole_world(store.database)), "secrets": {}}
            assert known == {**truth(memory.world), "secrets": {}}
            told = [(e.seq, e.type, e.at, e.hearings, e.moves) for e in kept.told.events]
            assert told == [(e.seq, e.type, e.at, e.hearings, e.moves) for e in memory.events]
            assert kept.told.latest_values == memory.latest
