import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from realtime import audience
from realtime.audience import BOARDS, Person
from realtime.facts import Participant
from realtime.log import Offer, ResumeKey, Seal
from realtime.opening import Opener
from realtime.ports import Login, Opening
from server.store.database import Database
from server.store.retention import trim
from server.store.tables import events
from tests.support.builders import (
    ADMIN,
    ANA,
    ANA_BY_MAIL,
    BEN,
    BEN_BY_ZOOM,
    BOARD,
    STRANGER,
    TEACHER,
    Run,
    clicked,
    minute,
    scheduled,
    updated,
)
from tests.support.clock import ManualClock
from tests.support.scenarios import roster
from tests.support.stores import Kept, delivery, sqlite_store, tracking

KEY = b"k" * 32
RUN = Run()
NOW = minute(70)


class Door:
    """Opens connections of people, and remembers what each was given."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.seal = Seal(KEY, kept.store.epoch)
        self.keys = ResumeKey(KEY, kept.store.epoch)
        self.open = Opener(kept.store, self.seal, self.keys, ManualClock(NOW), "1.2.3")

    async def come(self, person: Person, offer: Offer | None = None, frontier: int | None = None) -> Opening:
        at = await self.kept.store.last_seq() if frontier is None else frontier
        rooms = frozenset({BOARDS}) if person is BOARD else audience.rooms_of(person)
        return await self.open(Login(person, "session", minute(1_000)), rooms, offer, at)

    async def first(self, person: Person) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((await self.come(person)).first)
        return told


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with sqlite_store(tmp_path) as store, tracking(store) as kept:
        await kept.tell(scheduled(), RUN.started(), RUN.joined(ANA_BY_MAIL, 61), RUN.joined(BEN_BY_ZOOM, 62))
        yield Door(kept)


def offer(opening: Opening) -> Offer:
    first = json.loads(opening.first)
    return Offer(first["resume"], first["cursor"])


async def test_a_new_page_gets_a_picture_with_the_key_and_the_cursor_to_return_with(door: Door) -> None:
    opening = await door.come(ANA)
    first = json.loads(opening.first)
    assert (first["mode"], opening.missed, opening.skip) == ("snapshot", (), 6)
    assert door.seal.open(first["cursor"]) == 6
    assert door.keys.fits(first["resume"], ANA.id, audience.rooms_of(ANA))
    assert first["you"] == {"id": ANA.id, "name": "Ana Reyes", "email": "ana@pupil.example", "role": "student"}
    assert (first["serverTime"], first["serverVersion"]) == ("2026-09-14T09:10:00Z", "1.2.3")


async def test_a_learner_is_shown_the_meeting_and_only_their_own_state(door: Door) -> None:
    await door.kept.tell(clicked("81", BEN, 69))
    first = await door.first(ANA)
    assert [m["participantCount"] for m in first["activeMeetings"]] == [2]
    assert first["own"] == [{"meetingId": first["meetings"][0]["id"], "revision": 1, "own": {"state": "here"}}]
    assert {"activeParticipants", "recentClicks", "lastZoomEventAt"} & first.keys() == set()
    assert "Ben" not in json.dumps(first)


async def test_staff_are_shown_the_people_the_clicks_and_how_fresh_it_is(door: Door) -> None:
    await door.kept.tell(clicked("81", BEN, 69), clicked("81", BEN, 40))
    await door.kept.deliver(delivery(digest="d1"))
    first = await door.first(TEACHER)
    assert [p["name"] for p in first["activeParticipants"]] == ["Ana Reyes", "Ben Cruz"]
    assert [c["at"] for c in first["recentClicks"]] == ["2026-09-14T09:09:00Z"]  # of the last quarter of an hour
    assert first["lastZoomEventAt"] == "2026-09-14T08:00:00Z"
    assert "own" not in first


async def test_the_people_of_a_meeting_that_is_over_are_not_shown(door: Door) -> None:
    await door.kept.tell(RUN.ended(69))
    first = await door.first(TEACHER)
    assert (first["activeMeetings"], first["activeParticipants"]) == ([], [])
    assert [m["status"] for m in first["meetings"]] == ["ended"]
    assert (await door.first(ANA))["own"] == []


async def test_a_board_is_shown_no_person(door: Door) -> None:
    first = await door.first(BOARD)
    assert [m["hereCount"] for m in first["meetings"]] == [2]
    assert first["activeParticipants"] == []
    assert "Ana" not in json.dumps(first["meetings"])


async def test_who_returns_gets_exactly_what_they_missed_and_may_hear(door: Door) -> None:
    before = await door.come(ANA)
    await door.kept.tell(RUN.left(ANA_BY_MAIL, 63), RUN.joined(STRANGER, 64), updated("81", 65, topic="Geometry"))
    back = await door.come(ANA, offer(before))
    first = json.loads(back.first)
    assert (first["mode"], first["meetings"], "own" in first) == ("replay", [], False)
    assert [e.type for e, _ in back.missed] == ["attendanceUpdated", "meetingStatusUpdate"]
    assert door.seal.open(first["cursor"]) == back.skip == await door.kept.store.last_seq()


async def test_who_returns_is_told_the_newest_counts_which_no_log_holds(door: Door) -> None:
    before = await door.come(ANA)
    await door.kept.tell(RUN.joined(STRANGER, 64), RUN.joined(Participant(key="99", name="Eve"), 64))
    back = await door.come(ANA, offer(before))
    assert [json.loads(v.hearing.body)["participantCount"] for v in back.latest] == [4]
    staff = await door.come(ADMIN, offer(await door.come(ADMIN)))
    assert staff.latest == ()


async def test_who_missed_nothing_is_told_nothing(door: Door) -> None:
    back = await door.come(ADMIN, offer(await door.come(ADMIN)))
    assert (json.loads(back.first)["mode"], back.missed) == ("replay", [])


@pytest.mark.parametrize("offered", [Offer(), Offer("key", ""), Offer("nonsense", "nonsense")])
async def test_an_offer_that_makes_no_sense_is_answered_with_a_picture(door: Door, offered: Offer) -> None:
    assert json.loads((await door.come(ANA, offered)).first)["mode"] == "snapshot"


async def test_anothers_offer_is_answered_with_a_picture(door: Door) -> None:
    stolen = offer(await door.come(ADMIN))
    assert json.loads((await door.come(ANA, stolen)).first)["mode"] == "snapshot"


async def test_a_right_that_changed_meanwhile_is_answered_with_a_picture(door: Door) -> None:
    before = await door.come(ANA)
    await door.kept.tell(roster(65, withdrawn=ANA.id), roster(66, enrolled=ANA.id))
    assert json.loads((await door.come(ANA, offer(before))).first)["mode"] == "snapshot"


async def test_a_cursor_older_than_the_log_is_answered_with_a_picture(door: Door) -> None:
    before = await door.come(ANA)
    await door.kept.tell(updated("81", 60 * 24 * 8, topic="A week later"))
    await trim(door.kept.store.database, minute(60 * 24 * 8))
    assert await door.kept.store.floor() == 6
    assert json.loads((await door.come(ANA, offer(before))).first)["mode"] == "replay"  # all it missed is there
    await trim(door.kept.store.database, minute(60 * 24 * 30))
    assert json.loads((await door.come(ANA, offer(before))).first)["mode"] == "snapshot"


async def test_a_log_that_is_trimmed_while_it_is_read_is_answered_with_a_picture(door: Door) -> None:
    before = await door.come(ANA)
    await door.kept.tell(updated("81", 65, topic="A"), updated("81", 66, topic="B"))
    database: Database = door.kept.store.database
    async with database.write() as connection:  # the floor as it was when it was asked for, and a row less
        await connection.execute(events.delete().where(events.c.seq == 7))
    assert json.loads((await door.come(ANA, offer(before))).first)["mode"] == "snapshot"


async def test_a_cursor_ahead_of_all_that_was_told_here_gets_a_snapshot(door: Door) -> None:
    before = await door.come(ANA)
    back = await door.come(ANA, offer(before), frontier=3)
    assert (json.loads(back.first)["mode"], back.missed, back.skip) == ("snapshot", (), 6)


async def test_a_picture_that_is_ahead_of_the_node_says_what_live_news_it_holds(door: Door) -> None:
    opening = await door.come(ANA, frontier=2)
    assert opening.skip == 6
