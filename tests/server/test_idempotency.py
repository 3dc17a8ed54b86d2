import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from realtime.errors import BadInput, Conflict, Forbidden
from server.idempotency import Answer, Once
from server.store.database import Database
from server.vault import Vault
from server.zoom.errors import ZoomUnconfirmed
from tests.support.clock import MONDAY_MORNING
from tests.support.database import opened

NOW = MONDAY_MORNING


class Work:
    """Something that is done, and counts how often."""

    def __init__(self) -> None:
        self.times = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.fault: Exception | None = None

    async def __call__(self) -> Answer:
        self.times += 1
        await self.may_end.wait()
        if self.fault is not None:
            raise self.fault
        return 201, {"number": self.times, "password": "canary"}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path) as database:
        yield database


@pytest.fixture
def once(database: Database) -> Once:
    return Once(database, Vault([b"k" * 32]))


async def test_without_a_key_everything_is_done_each_time(once: Once) -> None:
    work = Work()
    for number in (1, 2):
        assert (await once.run("", "ada", "POST /x", b"{}", NOW, work))[1]["number"] == number


async def test_the_same_key_answers_as_before_without_doing_it_again(once: Once) -> None:
    work = Work()
    answers = [await once.run("key", "ada", "POST /x", b"{}", NOW, work) for _ in range(3)]
    assert answers == [(201, {"number": 1, "password": "canary"})] * 3


async def test_what_is_kept_cannot_be_read_without_the_key(once: Once, database: Database) -> None:
    await once.run("key", "ada lovelace", "POST /x", b"secret body", NOW, Work())
    async with database.read() as connection:
        row = str((await connection.execute(text("SELECT * FROM idempotency"))).one())
    for canary in ("canary", "secret body", "ada lovelace"):
        assert canary not in row


@pytest.mark.parametrize(
    ("person", "route", "key"), [("bob", "POST /x", "key"), ("ada", "POST /y", "key"), ("ada", "POST /x", "other")]
)
async def test_a_key_is_of_one_person_and_one_route(once: Once, person: str, route: str, key: str) -> None:
    work = Work()
    await once.run("key", "ada", "POST /x", b"{}", NOW, work)
    await once.run(key, person, route, b"{}", NOW, work)
    assert work.times == 2


async def test_another_body_under_the_same_key_is_refused(once: Once) -> None:
    await once.run("key", "ada", "POST /x", b"{}", NOW, Work())
    with pytest.raises(BadInput) as refused:
        await once.run("key", "ada", "POST /x", b"{ }", NOW, Work())
    assert refused.value.code == "key_reused"


async def test_while_the_first_is_at_work_others_wait_and_do_nothing(once: Once) -> None:
    work = Work()
    work.may_end.clear()
    first = asyncio.create_task(once.run("key", "ada", "POST /x", b"{}", NOW, work))
    while not work.times:  # noqa: ASYNC110  # until it is at work
        await asyncio.sleep(0)
    with pytest.raises(Conflict) as refused:
        await once.run("key", "ada", "POST /x", b"{}", NOW + timedelta(seconds=59), work)
    assert refused.value.code == "in_progress"
    work.may_end.set()
    assert (await first)[1]["number"] == work.times == 1


async def test_one_that_was_cut_off_is_not_said_to_be_at_work_for_ever(once: Once) -> None:
    work = Work()
    work.may_end.clear()
    first = asyncio.create_task(once.run("key", "ada", "POST /x", b"{}", NOW, work))
    while not work.times:  # noqa: ASYNC110  # until it is at work
        await asyncio.sleep(0)
    with pytest.raises(Conflict) as refused:  # as after a kill, when nobody can tell
        await once.run("key", "ada", "POST /x", b"{}", NOW + timedelta(seconds=60), work)
    assert refused.value.code == "outcome_unknown"
    assert work.times == 1
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    with pytest.raises(Conflict):  # as it may have been done all the same
        await once.run("key", "ada", "POST /x", b"{}", NOW + timedelta(seconds=60), work)


@pytest.mark.parametrize("fault", [Forbidden("no"), RuntimeError("a fault")])
async def test_what_failed_may_be_tried_again_under_the_same_key(once: Once, fault: Exception) -> None:
    work = Work()
    work.fault = fault
    with pytest.raises(type(fault)):
        await once.run("key", "ada", "POST /x", b"{}", NOW, work)
    work.fault = None
    assert (await once.run("key", "ada", "POST /x", b"{}", NOW, work))[1]["number"] == 2


async def test_what_zoom_may_have_done_is_not_done_again_under_the_same_key(once: Once) -> None:
    work = Work()
    work.fault = ZoomUnconfirmed("not confirmed", may_be_done=True)
    with pytest.raises(ZoomUnconfirmed):
        await once.run("key", "ada", "POST /x", b"{}", NOW, work)
    work.fault = None
    for _ in range(2):
        status, told = await once.run("key", "ada", "POST /x", b"{}", NOW, work)
        assert (status, told["success"], told["error"]["code"]) == (409, False, "outcome_unknown")
    assert work.times == 1


async def test_what_was_done_is_answered_although_that_cannot_be_noted(once: Once, database: Database) -> None:
    async def breaking() -> Answer:
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE idempotency RENAME TO gone")
        return 201, {"number": 1}

    assert await once.run("key", "ada", "POST /x", b"{}", NOW, breaking) == (201, {"number": 1})


async def test_a_key_too_long_is_refused(once: Once) -> None:
    with pytest.raises(BadInput, match="at most 255 characters, but 256 came"):
        await once.run("k" * 256, "ada", "POST /x", b"{}", NOW, Work())
