import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from realtime.errors import Overloaded, Unavailable
from realtime.facts import Fact
from realtime.ports import Kept as Became
from realtime.tracker import Outcome, Tracker
from server.store.database import LOCK_WAIT_S, Database
from server.store.sqlite import SqliteStore
from tests.support.builders import ANA, ANA_BY_MAIL, BEN_BY_ZOOM, Run, clicked, minute, scheduled, updated
from tests.support.publishers import Recorder
from tests.support.stores import Kept, delivery, sqlite_store, tracking, vault

ROOT = Path(__file__).resolve().parents[3]
RUN = Run()
PATIENCE_S = 20


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    async with sqlite_store(tmp_path) as store, tracking(store) as kept:
        await kept.tell(scheduled())
        yield kept


@asynccontextmanager
async def impatient(kept: Kept) -> AsyncIterator[Kept]:
    """The same file, by a store that waits only a little for a lock."""
    database = Database(kept.store.database.path, lock_wait_s=0.3)
    try:
        async with tracking(SqliteStore(database, vault(), "epoch")) as other:
            yield other
    finally:
        await database.close()


@contextmanager
def locked(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the file."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.locker", str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "locked\n"
        yield child
    finally:
        child.communicate(timeout=PATIENCE_S)


async def released(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.close()
    await asyncio.to_thread(child.wait, PATIENCE_S)
    child.stdin = None


async def turns(until: asyncio.Future[Outcome]) -> int:
    """How often the loop comes round until then."""
    count = 0
    while not until.done():
        await asyncio.sleep(0.01)
        count += 1
    return count


async def test_a_lock_that_is_let_go_in_time_only_delays(kept: Kept) -> None:
    with locked(kept.store.database.path) as child:
        waiting = asyncio.ensure_future(kept.tell(RUN.started()))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        await released(child)
        assert (await asyncio.wait_for(waiting, PATIENCE_S)).kept is Became.APPLIED
    assert kept.told.seqs == [1, 2]


async def test_a_lock_held_longer_is_a_refusal_that_may_be_tried_again_and_the_loop_goes_on(kept: Kept) -> None:
    async with impatient(kept) as other:
        with locked(kept.store.database.path):
            waiting = asyncio.ensure_future(other.tracker.submit(delivery(RUN.started(), digest="d1")))
            assert await turns(waiting) > 10
            assert isinstance(waiting.exception(), Unavailable)
            assert [e.seq for e in await other.store.events_after(0, 9)] == [1]  # reading goes on
        outcome = await other.tracker.submit(delivery(RUN.started(), digest="d1"))
        assert (outcome.kept, other.told.seqs) == (Became.APPLIED, [2])


def test_a_lock_is_waited_for_no_longer_than_two_seconds() -> None:
    assert LOCK_WAIT_S == 2.0


async def pragma(kept: Kept, words: str) -> int:
    """Outside of any transaction, on the connection that writes."""
    raw = await (await kept.store.database._connection()).get_raw_connection()
    assert raw.driver_connection is not None
    async with raw.driver_connection.execute(f"PRAGMA {words}") as cursor:
        row = await cursor.fetchone()
        return int(row[0]) if row else 0


async def test_a_full_disk_refuses_what_is_new_and_keeps_what_was_and_recovers_by_itself(kept: Kept) -> None:
    await pragma(kept, f"max_page_count={await pragma(kept, 'page_count')}")
    heavy = replace(delivery(RUN.started(), digest="d1"), raw=b"x" * 400_000)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await kept.tracker.submit(heavy)
    assert await kept.store.last_seq() == 1
    assert [e.seq for e in await kept.store.events_after(0, 9)] == [1]  # reading goes on
    await pragma(kept, "max_page_count=1000000")
    assert (await kept.tracker.submit(heavy)).kept is Became.APPLIED
    assert kept.told.seqs == [1, 2]


async def test_a_file_that_may_only_be_read_refuses_and_works_again_when_it_may_be_written(kept: Kept) -> None:
    await pragma(kept, "query_only=ON")
    with pytest.raises(Unavailable) as refusal:
        await kept.tell(RUN.started())
    assert refusal.value.code == "store_unavailable"
    await pragma(kept, "query_only=OFF")
    await kept.tell(RUN.started())
    assert kept.told.seqs == [1, 2]


async def test_a_damaged_page_is_unavailable_and_the_process_lives(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store, tracking(store) as kept:
        await kept.tell(*(scheduled(str(800 + i), agenda="x" * 2_000) for i in range(60)))
        path = store.database.path
    damaged = bytearray(path.read_bytes())
    damaged[8 * 4096 :] = b"\xff" * (len(damaged) - 8 * 4096)
    path.write_bytes(damaged)
    database = Database(path)
    try:
        async with tracking(SqliteStore(database, vault(), "epoch")) as kept:
            with pytest.raises(Unavailable):
                await kept.tell(updated("805", 9, topic="New"))
            with pytest.raises(Unavailable):
                await kept.store.events_after(0, 100)
    finally:
        await database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Fact):
    """Nothing anybody decides about."""


async def test_a_poisoned_delivery_is_parked_alone_and_its_neighbours_are_kept(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    surrogate = replace(ANA_BY_MAIL, name="half a \ud83d character")
    outcomes = await kept.deliver(
        delivery(RUN.started(), digest="d1"),
        delivery(Unheard(at=minute(60)), digest="d2", kind="meeting.unheard"),
        delivery(RUN.joined(surrogate, 61), digest="d3"),
        delivery(RUN.joined(BEN_BY_ZOOM, 61), digest="d4"),
    )
    assert [o.kept for o in outcomes if isinstance(o, Outcome)] == [
        Became.APPLIED,
        Became.PARKED,
        Became.PARKED,
        Became.APPLIED,
    ]
    assert [e.type for e in kept.told.events[1:]] == ["meetingStarted", "participantJoined", "attendanceUpdated"]
    assert kept.told.seqs == [1, 2, 3, 4]
    again = await kept.deliver(delivery(Unheard(at=minute(60)), digest="d2"))
    assert [o.kept for o in again if isinstance(o, Outcome)] == [Became.PARKED]  # it may come again, and we fail again
    mended = await kept.deliver(delivery(RUN.ended(100), digest="d2"))
    assert [o.kept for o in mended if isinstance(o, Outcome)] == [Became.APPLIED]
    assert [o.kept for o in await kept.deliver(delivery(RUN.ended(100), digest="d2")) if isinstance(o, Outcome)] == [
        Became.REPEATED
    ]
    assert "half a" not in caplog.text


async def test_no_error_of_the_database_brings_values_into_the_log(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = replace(ANA, id="nobody-CANARY", name="CANARY")
    outcomes = await kept.deliver(delivery(clicked("81", nobody, 55, "CANARY-id"), digest="d1"))
    assert [o.kept for o in outcomes if isinstance(o, Outcome)] == [Became.PARKED]
    assert "FOREIGN KEY" in caplog.text
    assert "CANARY" not in caplog.text


async def test_a_delivery_that_cannot_even_be_parked_as_it_is_harms_nobody(kept: Kept) -> None:
    poison = delivery(Unheard(at=minute(60)), digest="d2", kind="kind\ud83d", request_id="request\ud83d")
    outcomes = await kept.deliver(delivery(RUN.started(), digest="d1"), poison)
    assert [o.kept for o in outcomes if isinstance(o, Outcome)] == [Became.APPLIED, Became.PARKED]


async def test_a_fault_of_ours_in_what_a_person_did_is_told_to_them_and_changes_nothing(kept: Kept) -> None:
    with pytest.raises(Unavailable) as refusal:
        await kept.tracker.record(Unheard(at=minute(60)))
    assert refusal.value.code == "internal"
    assert await kept.store.last_seq() == 1


async def test_what_a_caller_who_went_away_brought_is_kept_all_the_same(kept: Kept) -> None:
    gone = asyncio.ensure_future(kept.tracker.submit(delivery(RUN.started(), digest="d1")))
    await asyncio.sleep(0)
    gone.cancel()
    await kept.tell(RUN.joined(ANA_BY_MAIL, 61))
    assert [e.type for e in kept.told.events[1:]] == ["meetingStarted", "participantJoined", "attendanceUpdated"]


async def test_a_writer_who_is_cancelled_leaves_nothing_and_the_next_one_works(kept: Kept) -> None:
    for patience in range(12):  # at every await there is, and some beyond
        began = asyncio.Event()

        async def write(began: asyncio.Event = began) -> None:
            async with kept.store.database.write() as connection:
                await connection.execute(text("UPDATE counters SET value = 99 WHERE name = 'seq'"))
                began.set()
                await asyncio.Event().wait()

        task = asyncio.ensure_future(write())
        if patience == 11:
            await began.wait()
        for _ in range(patience * 3):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await kept.store.last_seq() == 1 + patience
        await kept.tell(updated("81", 1 + patience, topic=f"after {patience}"))


async def test_readers_who_are_cancelled_do_not_use_up_the_connections(kept: Kept) -> None:
    for patience in range(30):
        task = asyncio.ensure_future(kept.store.events_after(0, 9))
        for _ in range(patience):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    found = await asyncio.wait_for(
        asyncio.gather(*(kept.store.events_after(0, 9) for _ in range(20))), timeout=PATIENCE_S
    )
    assert {len(events) for events in found} == {1}


class Deaf(Recorder):
    """A publisher with a fault of its own."""

    def publish(self, events: object) -> None:
        raise RuntimeError("a planted fault")


async def test_a_publisher_that_fails_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        tracker = Tracker(store, Deaf())
        task = asyncio.create_task(tracker.run())
        try:
            outcome = await asyncio.wait_for(tracker.record(scheduled()), PATIENCE_S)
            assert outcome.kept is Became.APPLIED
            await asyncio.wait_for(tracker.record(RUN.started()), PATIENCE_S)
        finally:
            tracker.close()
            await asyncio.wait_for(task, PATIENCE_S)
        assert await store.last_seq() == 2


async def test_more_than_may_wait_is_refused_and_nothing_is_taken_in_at_the_end(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        tracker = Tracker(store, Recorder(), waiting=2)
        waiting = [asyncio.ensure_future(tracker.record(scheduled(str(800 + i)))) for i in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await tracker.record(scheduled("900"))
        tracker.close()
        with pytest.raises(Unavailable) as refusal:
            await tracker.record(scheduled("901"))
        assert refusal.value.code == "stopping"
        await tracker.run()  # what waits is still done
        assert [o.kept for o in await asyncio.gather(*waiting)] == [Became.APPLIED] * 2


def test_a_process_that_kept_something_ends_by_itself(tmp_path: Path) -> None:
    script = (
        "import asyncio, pathlib, sys\n"
        "from tests.support.builders import scheduled\n"
        "from tests.support.stores import sqlite_store, tracking\n"
        "async def main():\n"
        "    async with sqlite_store(pathlib.Path(sys.argv[1])) as store, tracking(store) as kept:\n"
        "        await kept.tell(scheduled())\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "rollcall.db-wal").exists()  # a clean end leaves one file
