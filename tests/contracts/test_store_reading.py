"""What a Store shows, and to whom: the same rule as who hears of a meeting."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime import audience
from realtime.audience import Role
from realtime.lifecycle import Audience, HostRef, Meeting, Status
from realtime.world import World
from server.store import reading
from server.store.reading import Filters
from server.store.sqlite import SqliteStore
from tests.support.builders import (
    ADMIN,
    ANA,
    ANA_BY_MAIL,
    BEN,
    BEN_BY_ZOOM,
    CARA,
    DAN,
    DAN_BY_NAME,
    HOST,
    NINTH,
    SCHOOL,
    TEACHER,
    TENTH,
    TWIN,
    Run,
    clicked,
    edited,
    id_of,
    minute,
    scheduled,
)
from tests.support.scenarios import roster
from tests.support.stores import STORES, Kept, tracking

NOW = minute(70)
STARTS = [None, *(NOW + timedelta(hours=h, minutes=1) for h in (-800, -25, -23, -1, 0, 1, 24 * 14 - 1, 24 * 14, 9_000))]


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with STORES[request.param](tmp_path) as store:
        yield store


@pytest.fixture
async def kept(store: SqliteStore) -> AsyncIterator[Kept]:
    async with tracking(store) as kept:
        yield kept


async def keep(store: SqliteStore, meetings: Sequence[Meeting]) -> None:
    world = World()
    for meeting in meetings:
        world.put_meeting(meeting)
        world.touch("meetings", meeting.id)
    async with store.transaction() as transaction:
        await transaction.save(world, [], [])


def of_school(number: int) -> st.SearchStrategy[Meeting]:
    return st.builds(
        Meeting,
        id=st.just(f"m{number:02}"),
        zoom_id=st.just(f"{number}"),
        topic=st.sampled_from(["Algebra", "50% off_", "algebra II"]),
        start_time=st.sampled_from(STARTS),
        class_=st.sampled_from([None, NINTH, TENTH]),
        audience=st.sampled_from(Audience),
        host=st.sampled_from([HostRef(), *(HostRef(p.id, p.name, p.email) for p in (TEACHER, HOST, ANA))]),
        status=st.sampled_from(Status),
        ended_at=st.none() | st.sampled_from(STARTS),
        revision=st.just(1),
    )


MANY = st.integers(0, 12).flatmap(lambda n: st.tuples(*(of_school(i) for i in range(n))))


@settings(max_examples=80)
@given(MANY)
@pytest.mark.parametrize("name", STORES)
async def test_a_picture_shows_exactly_what_its_reader_would_hear_of(name: str, meetings: Sequence[Meeting]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with STORES[name](Path(folder)) as store:
            await keep(store, meetings)
            for person in SCHOOL:
                rooms = audience.rooms_of(person)
                seen = {m.id for m in meetings if audience.view_for(rooms, m) and audience.is_shown(m, NOW)}
                picture = await store.picture(person, rooms, NOW)
                assert {m.id for m in picture.meetings} == seen, person.name


@settings(max_examples=80)
@given(MANY, st.sampled_from(["", "live", "upcoming", "past"]), st.integers(1, 5), st.sampled_from(SCHOOL))
@pytest.mark.parametrize("name", STORES)
async def test_pages_of_a_list_hold_everything_one_may_see_once_and_in_order(
    name: str, meetings: Sequence[Meeting], tab: str, limit: int, person: audience.Person
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with STORES[name](Path(folder)) as store:
            await keep(store, meetings)
            async with store.database.read() as connection:
                whole, more = await reading.meetings_for(connection, person, Filters(tab=tab), NOW)
                found: list[Meeting] = []
                after: str | None = ""
                while after is not None:
                    filters = Filters(tab=tab, after=after, limit=limit)
                    page, after = await reading.meetings_for(connection, person, filters, NOW)
                    assert len(page) <= limit
                    found += page
    assert (found, more) == (whole, None)
    rooms = audience.rooms_of(person)
    visible = {m.id for m in meetings if audience.view_for(rooms, m) and m.status is not Status.DELETED}
    assert {m.id for m in found} <= visible
    if not tab:
        assert {m.id for m in found} == visible
    if tab == "live":
        assert {m.status for m in found} <= {Status.STARTED}


async def test_every_meeting_is_either_upcoming_or_past(store: SqliteStore) -> None:
    meetings = [
        Meeting(id=f"m{i}{status}", zoom_id=f"{i}", status=status, start_time=start)
        for i, start in enumerate(STARTS)
        for status in Status
        if status is not Status.DELETED
    ]
    await keep(store, meetings)
    async with store.database.read() as connection:
        upcoming, past = [
            {m.id for m in (await reading.meetings_for(connection, ADMIN, Filters(tab=tab), NOW))[0]}
            for tab in ("upcoming", "past")
        ]
    assert upcoming | past == {m.id for m in meetings}
    assert upcoming & past == set()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(status="scheduled"), "ab"),
        (Filters(status="started"), "c"),
        (Filters(class_id="c9"), "ac"),
        (Filters(host=HOST.id), "a"),
        (Filters(host="HANA@school.example"), "a"),
        (Filters(since=minute(65)), "bc"),
        (Filters(until=minute(65)), "a"),
        (Filters(text="ALGE"), "ac"),
        (Filters(text="0% off_"), "b"),
        (Filters(text="%"), "b"),
        (Filters(text="_"), "b"),
    ],
    ids=str,
)
async def test_a_filter_narrows_the_list(store: SqliteStore, filters: Filters, expected: str) -> None:
    await keep(
        store,
        [
            Meeting(
                id="a", topic="Algebra", class_=NINTH, start_time=minute(60), host=HostRef(HOST.id, "", HOST.email)
            ),
            Meeting(id="b", topic="50% off_", start_time=minute(70)),
            Meeting(id="c", topic="algebra II", class_=NINTH, start_time=minute(80), status=Status.STARTED),
        ],
    )
    async with store.database.read() as connection:
        found, _ = await reading.meetings_for(connection, ADMIN, filters, NOW)
    assert "".join(m.id for m in found) == expected


async def test_a_learner_is_given_no_visit_but_their_own_and_staff_all_of_live_runs(kept: Kept) -> None:
    run = Run()
    await kept.tell(scheduled(), run.started())
    await kept.tell(run.joined(ANA_BY_MAIL, 61), run.joined(BEN_BY_ZOOM, 62), run.joined(DAN_BY_NAME, 63))
    await kept.tell(clicked("81", BEN, 60))
    learner = await kept.store.picture(ANA, audience.rooms_of(ANA), NOW)
    assert {v.participant.key for v in learner.visits} == {"11"}
    assert set(learner.candidates) == {ANA.id}
    assert learner.clicks == []
    staff = await kept.store.picture(TEACHER, audience.rooms_of(TEACHER), NOW)
    assert {v.participant.key for v in staff.visits} == {"11", "13", "14"}
    assert set(staff.candidates) == {ANA.id, BEN.id}
    assert [c.person_id for c in staff.clicks] == [BEN.id]
    other = await kept.store.picture(CARA, audience.rooms_of(CARA), NOW)
    assert (other.meetings, other.visits, other.clicks) == ([], [], [])


async def test_a_picture_is_of_one_moment_and_says_which(kept: Kept) -> None:
    await kept.tell(scheduled(), edited("81", 1, topic="New"))
    picture = await kept.store.picture(ADMIN, audience.rooms_of(ADMIN), NOW)
    assert (picture.seq, [m.topic for m in picture.meetings]) == (2, ["New"])


async def test_who_became_somebody_else_is_shown_by_the_rights_given_not_by_those_kept(kept: Kept) -> None:
    await kept.tell(scheduled())
    guest = replace(ANA, studies=frozenset())
    assert (await kept.store.picture(guest, audience.rooms_of(guest), NOW)).meetings == []
    observer = replace(ANA, role=Role.OBSERVER, studies=frozenset())
    assert len((await kept.store.picture(observer, audience.rooms_of(observer), NOW)).meetings) == 1


async def test_of_a_run_that_is_over_those_are_expected_who_were_in_the_class_then(kept: Kept) -> None:
    run = Run()
    await kept.tell(roster(50, withdrawn=BEN.id), scheduled(), run.started(), run.ended(100))
    await kept.tell(roster(110, withdrawn=ANA.id), roster(111, enrolled=CARA.id))
    async with kept.store.database.read() as connection:
        (over,) = await reading.runs(connection, id_of("81"))
        then = await reading.roster(connection, NINTH.id, over)
        now = await reading.roster(connection, NINTH.id)
    assert {each["id"] for each in then} == {ANA.id, DAN.id, TWIN.id}
    assert {each["id"] for each in now} == {CARA.id, DAN.id, TWIN.id}
    assert {key for each in now for key in each} == {"id", "name", "email", "student_number"}
