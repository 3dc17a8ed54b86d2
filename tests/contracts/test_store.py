"""What every Store promises; each test runs on each of them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.errors import RollcallError
from realtime.facts import Which
from realtime.lifecycle import implied
from realtime.log import Event, Hearing, Move
from realtime.ports import Kept as Became
from realtime.world import Wanted, World
from server.store.sqlite import SqliteStore
from tests.support.builders import ANA, ANA_BY_MAIL, BEN_BY_ZOOM, Run, clicked, id_of, minute, scheduled, updated
from tests.support.stores import STORES, Kept, delivery, tracking
from tests.support.strategies import MEETINGS, runs_of, visits_of

RUN = Run()


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with STORES[request.param](tmp_path) as store:
        yield store


@pytest.fixture
async def kept(store: SqliteStore) -> AsyncIterator[Kept]:
    async with tracking(store) as kept:
        yield kept


def event(name: str = "meetingCreated", **more: object) -> Event:
    return replace(Event(type=name, at=minute(0), hearings=(Hearing(frozenset({"admins"}), "{}"),)), **more)  # type: ignore[arg-type]  # its fields


async def test_seq_is_contiguous_and_in_the_order_of_commits_and_of_telling(store: SqliteStore) -> None:
    async with tracking(store, batch=3) as kept:
        await kept.tell(*(scheduled(str(800 + i)) for i in range(40)))
        await kept.tell(*(updated("805", 1 + i, topic=f"{i}") for i in range(9)))
        assert kept.told.seqs == list(range(1, 50))
    logged = await store.events_after(0, 1_000)
    assert [(e.seq, e.id, e.hearings) for e in logged] == [(e.seq, e.id, e.hearings) for e in kept.told.events]
    assert len({e.id for e in logged}) == 49


async def test_the_log_is_read_from_behind_one_place_up_to_another(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.save(World(), [event() for _ in range(5)], [])
    assert [e.seq for e in await store.events_after(0, 5)] == [1, 2, 3, 4, 5]
    assert [e.seq for e in await store.events_after(2, 4)] == [3, 4]
    assert await store.events_after(5, 9) == []
    assert (await store.last_seq(), await store.floor()) == (5, 0)


async def test_an_event_comes_back_as_it_was_given(store: SqliteStore) -> None:
    moves = (Move("u1", frozenset({"a", "b"}), frozenset({"c"})), Move("u2"))
    hearings = (Hearing(frozenset({"x", "y"}), ""), Hearing(frozenset({"z"}), '{"name":"Ünï 🎓"}'))
    async with store.transaction() as transaction:
        given = await transaction.save(World(), [event("scopeAdded", hearings=hearings, moves=moves)], [])
    assert await store.events_after(0, 9) == given


@pytest.mark.parametrize("sign", ["digest", "request_id", "business_key"])
async def test_a_delivery_known_by_any_of_its_signs_has_one_effect(kept: Kept, sign: str) -> None:
    await kept.tell(scheduled(), RUN.started())
    first = delivery(RUN.joined(ANA_BY_MAIL, 61), digest="d1", request_id="r1", business_key="b1")
    signs = {"digest": "d2", "request_id": "r2", "business_key": "b2"} | {sign: getattr(first, sign)}
    again = delivery(RUN.joined(BEN_BY_ZOOM, 62), **signs)
    told = len(kept.told.events)
    outcomes = [o.kept for o in await kept.deliver(first, again, first) if not isinstance(o, BaseException)]
    assert outcomes == [Became.APPLIED, Became.REPEATED, Became.REPEATED]  # within one batch
    outcomes = [o.kept for o in await kept.deliver(again, first) if not isinstance(o, BaseException)]
    assert outcomes == [Became.REPEATED, Became.REPEATED]  # and across batches
    assert [e.type for e in kept.told.events[told:]] == ["participantJoined", "attendanceUpdated"]


async def test_what_failed_leaves_nothing_and_takes_no_seq(store: SqliteStore) -> None:
    async def fail() -> None:
        async with store.transaction() as transaction:
            world = World()
            meeting = implied(Which(zoom_id="81"))
            world.put_meeting(meeting)
            world.touch("meetings", meeting.id)
            await transaction.save(world, [event(), event()], [(delivery(digest="d"), Became.APPLIED)])
            raise ValueError("after all was saved")

    with pytest.raises(ValueError, match="after all"):
        await fail()
    async with store.transaction() as transaction:
        assert await transaction.known([delivery(digest="d")]) == set()
        assert (await transaction.load(Wanted(meetings=[Which(zoom_id="81")]))).meetings == {}
        assert [e.seq for e in await transaction.save(World(), [event()], [])] == [1]


async def test_a_part_fails_alone_and_the_seq_it_took_is_given_again(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.save(World(), [event("meetingStarted")], [(delivery(digest="d1"), Became.APPLIED)])
        with suppress(ValueError):
            async with transaction.savepoint():
                await transaction.save(World(), [event()], [(delivery(digest="d2"), Became.APPLIED)])
                raise ValueError("alone")
        await transaction.save(World(), [event("meetingEnded")], [(delivery(digest="d3"), Became.APPLIED)])
        assert await transaction.known([delivery(digest=f"d{i}") for i in (1, 2, 3)]) == {"d1", "d3"}
    assert [(e.seq, e.type) for e in await store.events_after(0, 9)] == [(1, "meetingStarted"), (2, "meetingEnded")]


async def test_nobody_sees_what_is_not_committed(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.save(World(), [event()], [])
        assert await store.last_seq() == 0
        assert await store.events_after(0, 9) == []
    assert await store.last_seq() == 1


@settings(max_examples=60)
@given(st.data())
@pytest.mark.parametrize("name", STORES)
async def test_a_store_returns_what_it_was_given(name: str, data: st.DataObject) -> None:
    meeting = data.draw(MEETINGS)
    run = data.draw(runs_of(meeting))
    visit = data.draw(visits_of(run))
    world = World()
    world.put_meeting(meeting)
    world.put_run(run)
    world.put_visit(visit)
    for table, key in (("meetings", meeting.id), ("instances", run.uuid), ("visits", visit.id)):
        world.touch(table, key)
    with tempfile.TemporaryDirectory() as folder:
        async with STORES[name](Path(folder)) as store:
            for _ in range(2):  # the second time over the first
                async with store.transaction() as transaction:
                    await transaction.save(world, [], [])
            async with store.transaction() as transaction:
                found = await transaction.load(Wanted(meetings=[Which(meeting_id=meeting.id)], uuids=[run.uuid]))
                assert found.meetings == {meeting.id: meeting}
                assert found.instances == {run.uuid: run}
                for wanted in ({"ids": [visit.id]}, {"attendees": [visit.attendee]}, {"uuids": [run.uuid]}):
                    assert await transaction.load_visits(**wanted) == [visit]


async def test_a_click_is_kept_once_and_found_for_as_long_as_it_may_repeat(kept: Kept) -> None:
    await kept.tell(scheduled())
    first = await kept.tell(clicked("81", ANA, 55))
    again = await kept.tell(clicked("81", ANA, 55.1))
    later = await kept.tell(clicked("81", ANA, 56))
    assert (first.click_id, again.click_id) == ("click-pupil-ana-55", "click-pupil-ana-55")
    assert later.click_id == "click-pupil-ana-56"
    told = len(kept.told.events)
    much_later = await kept.tell(clicked("81", ANA, 90, first.click_id))  # a page asked again, hours after
    assert (much_later.click_id, much_later.meeting and much_later.meeting.click_count) == (first.click_id, 2)
    assert len(kept.told.events) == told


async def test_secrets_and_raw_bodies_are_sealed_at_rest(kept: Kept, tmp_path: Path) -> None:
    secrets = {"join_url": "https://zoom.example/j/81?pwd=CANARY-LINK", "passcode": "CANARY-CODE"}
    raw = b'{"name": "CANARY-RAW"}'
    await kept.tell(replace(scheduled(), secrets=secrets))
    await kept.deliver(replace(delivery(RUN.started(), digest="d1"), raw=raw))
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert any(b"Algebra" in path.read_bytes() for path in files)  # so one looks in the right place
    for canary in (b"CANARY-LINK", b"CANARY-CODE", b"CANARY-RAW"):
        assert [path for path in files if canary in path.read_bytes()] == []


async def test_secrets_told_in_part_are_kept_together_and_never_undone_by_older_ones(kept: Kept) -> None:
    await kept.tell(replace(scheduled(at=5), secrets={"join_url": "new link", "passcode": "new code"}))
    await kept.tell(replace(updated("81", 1), secrets={"passcode": "old code"}))
    await kept.tell(replace(updated("81", 9), secrets={"passcode": "newest code"}))
    assert await kept.store_secrets(id_of("81")) == {"join_url": "new link", "passcode": "newest code"}


async def test_facts_of_one_batch_see_what_those_before_them_decided(kept: Kept) -> None:
    outcomes = await kept.deliver(
        delivery(scheduled(), digest="a"),
        delivery(RUN.started(), digest="b"),
        delivery(RUN.joined(ANA_BY_MAIL, 61), digest="c"),
        delivery(RUN.joined(ANA_BY_MAIL, 61), digest="d"),
        delivery(RUN.ended(90), digest="e"),
    )
    assert not any(isinstance(o, RollcallError) for o in outcomes)
    names = [e.type for e in kept.told.events]
    assert names == ["meetingCreated", "meetingStarted", "participantJoined", "attendanceUpdated", "meetingEnded"]
