"""A server's write side that is killed in the middle: `python -m tests.support.doomed FOLDER`.

Reads one order a line, `{"seed": 1, "step": 4}`, and answers each with one line. For every order a child of this
process takes in a batch of news on a fresh database and kills itself, without any farewell, before the step of that
number; another one then takes in the same batch again, as Zoom would send it, and says what the log holds. A process
that has everything imported and forks is quick; one that starts anew each time is not.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

from realtime.log import Event, Latest
from realtime.ports import Delivery
from realtime.tracker import Tracker
from server.store.database import Database
from server.store.sqlite import SqliteStore
from tests.support.builders import ANA_BY_MAIL, ANA_BY_NAME, BEN_BY_ZOOM, STRANGER, Run, scheduled, updated
from tests.support.stores import delivery, sqlite_store, tracking, vault

RUN = Run()
NEWS = (
    updated("81", 10, topic="Algebra II"),
    RUN.started(),
    RUN.joined(ANA_BY_MAIL, 61),
    RUN.joined(ANA_BY_NAME, 62),
    RUN.joined(BEN_BY_ZOOM, 63),
    RUN.joined(STRANGER, 64),
    RUN.left(BEN_BY_ZOOM, 70),
    RUN.ended(90),
)


def batch(seed: int) -> list[Delivery]:
    """Some of the news, in some order, a few of them twice."""
    rng = Random(seed)
    some = rng.sample(NEWS, rng.randrange(1, len(NEWS)))
    some += rng.sample(some, rng.randrange(len(some) // 2 + 1))
    return [delivery(fact, digest=f"digest-{NEWS.index(fact)}") for fact in some]


class Fate:
    """Counts the steps and ends the process before one of them."""

    def __init__(self, step: int) -> None:
        self._left = step

    def step(self) -> None:
        """One more step is about to be taken."""
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedTransaction:
    """A transaction of which every call is a step."""

    def __init__(self, real: Any, fate: Fate) -> None:
        self._real, self._fate = real, fate

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._real, name)
        if name == "savepoint":
            return call

        async def step(*args: Any, **kwargs: Any) -> Any:
            self._fate.step()
            found = await call(*args, **kwargs)
            self._fate.step()
            return found

        return step


class DoomedStore:
    """A store that may end the process around every call and on both sides of the commit."""

    def __init__(self, store: SqliteStore, fate: Fate) -> None:
        self._store, self._fate = store, fate

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DoomedTransaction]:
        """A write transaction."""
        self._fate.step()
        async with self._store.transaction() as transaction:
            yield DoomedTransaction(transaction, self._fate)
            self._fate.step()
        self._fate.step()


class DoomedPublisher:
    """A publisher that may end the process before and after it tells."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate

    def publish(self, events: Sequence[Event]) -> None:
        """A step."""
        self._fate.step()

    def latest(self, values: Sequence[Latest]) -> None:
        """Another step; the next is the answer."""
        self._fate.step()


async def prepare(folder: Path) -> None:
    """A database with a school and a meeting in it."""
    async with sqlite_store(folder) as store, tracking(store) as kept:
        await kept.tell(scheduled())


async def take_in(folder: Path, seed: int, step: int) -> None:
    """The batch, by a write side that ends before this step; ends well if there are fewer."""
    database = Database(folder / "rollcall.db")
    try:
        fate = Fate(step)
        store: Any = DoomedStore(await SqliteStore.open(database, vault()), fate)
        tracker = Tracker(store, DoomedPublisher(fate))
        task = asyncio.create_task(tracker.run())
        await asyncio.gather(*(tracker.submit(each) for each in batch(seed)))
        fate.step()
        tracker.close()
        await task
    finally:
        await database.close()


async def take_in_again(folder: Path, seed: int) -> dict[str, object]:
    """The same batch by a sound write side, and what the log holds then."""
    database = Database(folder / "rollcall.db")
    try:
        store = await SqliteStore.open(database, vault())
        async with tracking(store) as kept:
            outcomes = await kept.deliver(*batch(seed))
        logged = await store.events_after(0, 10_000)
        return {
            "log": [[e.seq, e.type, [[sorted(h.rooms), h.body] for h in e.hearings]] for e in logged],
            "outcomes": [type(o).__name__ for o in outcomes if isinstance(o, BaseException)],
        }
    finally:
        await database.close()


def in_child(work: Any, answer: Path) -> int:
    """Do this in a child of this process; gives its end as `os.waitstatus_to_exitcode` does."""
    child = os.fork()
    if child == 0:
        try:
            answer.write_text(json.dumps(asyncio.run(work)))
        except BaseException as error:  # noqa: BLE001  # whatever it is, a child must not go on as its parent
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    work.close()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Carry out the orders that come in."""
    asyncio.set_event_loop_policy(None)
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as template:
        said = Path(template, "said.json")
        if in_child(prepare(Path(template)), said) != 0:
            sys.exit(1)
        database = Path(template, "rollcall.db").read_bytes()
        for line in sys.stdin:
            order = json.loads(line)
            with tempfile.TemporaryDirectory(dir=sys.argv[1]) as name:
                folder = Path(name)
                (folder / "rollcall.db").write_bytes(database)
                end = in_child(take_in(folder, order["seed"], order["step"]), said)
                again = in_child(take_in_again(folder, order["seed"]), said)
                told = json.loads(said.read_text()) if again == 0 else {}
                print(json.dumps({"end": end, "again": again, **told}), flush=True)


if __name__ == "__main__":
    main()
