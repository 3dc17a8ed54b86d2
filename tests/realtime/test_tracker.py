import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from realtime.facts import Fact
from realtime.ports import Delivery
from realtime.ports import Kept as Became
from realtime.tracker import Tracker
from tests.support.builders import ANA, ANA_BY_MAIL, Run, clicked, id_of, scheduled, updated
from tests.support.publishers import Recorder
from tests.support.stores import Kept, delivery, sqlite_store, tracking

RUN = Run()


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    async with sqlite_store(tmp_path) as store, tracking(store) as kept:
        yield kept


async def test_an_answer_means_kept_and_told(kept: Kept) -> None:
    outcome = await kept.tracker.submit(delivery(scheduled(), digest="d1"))
    assert (outcome.kept, outcome.told) == (Became.APPLIED, ("meetingCreated",))
    assert outcome.meeting is not None
    assert (outcome.meeting.id, await kept.store.last_seq(), kept.told.seqs) == (id_of("81"), 1, [1])


async def test_what_is_told_is_committed_before_it_is_told(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        seen: list[int] = []

        class Looking(Recorder):
            def publish(self, events: object) -> None:
                reader = asyncio.ensure_future(store.last_seq())
                reader.add_done_callback(lambda done: seen.append(done.result()))

        tracker = Tracker(store, Looking())
        task = asyncio.create_task(tracker.run())
        await tracker.record(scheduled())
        tracker.close()
        await task
        assert await store.last_seq() == 1
        assert seen == [1]


@pytest.mark.parametrize(
    ("news", "became"),
    [
        (Delivery(digest="d1"), Became.NOTED),
        (Delivery(digest="d1", problem="It is not JSON."), Became.NOT_UNDERSTOOD),
        (Delivery(facts=(scheduled(),), digest="d1"), Became.APPLIED),
        (Delivery(facts=(RUN.started(), RUN.started()), digest="d1"), Became.APPLIED),
    ],
)
async def test_each_delivery_is_kept_with_what_became_of_it(kept: Kept, news: Delivery, became: Became) -> None:
    at_eight = delivery(digest="d1").received_at
    outcome = await kept.tracker.submit(
        Delivery(facts=news.facts, digest="d1", problem=news.problem, received_at=at_eight, raw=b"{}")
    )
    assert outcome.kept is became
    again = await kept.tracker.submit(delivery(scheduled("99"), digest="d1"))
    assert again.kept is (Became.APPLIED if became is Became.NOT_UNDERSTOOD else Became.REPEATED)
    assert (await kept.tracker.submit(delivery(scheduled("99"), digest="d1"))).kept is Became.REPEATED


async def test_news_of_our_own_have_no_delivery_and_may_repeat(kept: Kept) -> None:
    first, again = await kept.tell(scheduled()), await kept.tell(scheduled())
    assert (first.kept, again.kept) == (Became.APPLIED, Became.APPLIED)
    assert (first.told, again.told) == (("meetingCreated",), ())


async def test_several_facts_of_one_person_are_kept_together(kept: Kept) -> None:
    facts: list[Fact] = [scheduled(), RUN.started(), clicked("81", ANA, 55)]
    outcome = await kept.tracker.record(*facts)
    assert outcome.told == ("meetingCreated", "meetingStarted", "linkClicked")
    assert outcome.click_id == "click-pupil-ana-55"
    assert outcome.meeting is not None
    assert outcome.meeting.click_count == 1


async def test_what_waits_is_kept_in_few_transactions(kept: Kept) -> None:
    transactions = 0
    real = kept.store.transaction

    def counted() -> object:
        nonlocal transactions
        transactions += 1
        return real()

    kept.store.transaction = counted  # type: ignore[method-assign,assignment]  # counts, and does the same
    await kept.tell(*(updated(str(800 + i), 1, topic="x") for i in range(300)))
    assert (transactions, len(kept.told.seqs)) == (2, 300)


async def test_one_line_of_the_log_retells_each_delivery(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="rollcall.tracker")
    await kept.tell(scheduled())
    await kept.tracker.submit(delivery(RUN.joined(ANA_BY_MAIL, 61), digest="d" * 64, kind="meeting.participant_joined"))
    line = vars(caplog.records[-1])
    assert (line["kind"], line["digest"], line["outcome"]) == ("meeting.participant_joined", "d" * 16, "applied")
    assert (line["meeting"], line["status"]) == (id_of("81"), "started")
    assert line["told"] == "meetingStarted,participantJoined,attendanceUpdated"
    assert "Ana" not in str({k: v for k, v in line.items() if k != "name"})
    assert vars(caplog.records[-2])["kind"] == "Created"
