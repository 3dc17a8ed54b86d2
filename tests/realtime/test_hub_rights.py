"""Who hears what: rooms, views, and rights that change in the order of the log."""

import asyncio

import pytest

from realtime.log import Event, Hearing, Move
from tests.support.hub_house import Client, house, until
from tests.support.school import ADMIN, School, student, teacher


async def test_a_connection_hears_an_event_once_and_in_its_first_view() -> None:
    school = School(student(1, "math", "art"), teacher(1, "math"), ADMIN)
    async with house(school) as home:
        async with home.page("s1") as learner, home.page("t1") as staff, home.page("a1") as admin:
            for thing in ("m1", "m2", "m3"):
                home.publish(school.happen("math", thing, rooms=frozenset({"class:math", "class:art", "everyone"})))
            for client, view in ((learner, "learner"), (staff, "staff"), (admin, "staff")):
                heard = [(await client.event())[1] for _ in range(3)]
                assert [(body["thing"], body["as"]) for body in heard] == [("m1", view), ("m2", view), ("m3", view)]
            home.publish(*(school.tell_person(person, "last") for person in ("s1", "t1", "a1")))
            assert [(await client.event())[1] for client in (learner, staff, admin)] == ["last"] * 3


async def test_a_silent_hearing_is_heard_as_silence() -> None:
    school = School(student(1, "math"), student(2, "art"))
    async with house(school) as home, home.page("s1") as one, home.page("s2") as two:
        hearings = (Hearing(frozenset({"class:math"}), ""), Hearing(frozenset({"everyone"}), '"aloud"'))
        home.publish(Event(type="notification", at=school.clock.now(), hearings=hearings, seq=1, id="e1"))
        hearings = (Hearing(frozenset({"class:math"}), '"now"'), Hearing(frozenset({"everyone"}), '"too"'))
        home.publish(Event(type="notification", at=school.clock.now(), hearings=hearings, seq=2, id="e2"))
        assert (await one.event())[1] == "now"
        assert [(await two.event())[1] for _ in range(2)] == ["aloud", "too"]


async def test_rights_change_in_the_order_of_the_log() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1") as client, home.page("s1") as other_device:
        home.publish(
            school.happen("art", "a1"),
            school.grant("s1", "art"),
            school.happen("art", "a1"),
            school.revoke("s1", "art"),
            school.happen("art", "a1"),
            school.happen("math", "m1"),
        )
        for page in (client, other_device):
            heard = [await page.event() for _ in range(4)]
            assert [(name, body["scope"]) for name, body, _ in heard] == [
                ("scopeAdded", "art"),
                ("meetingStatusUpdate", "art"),
                ("scopeRemoved", "art"),
                ("meetingStatusUpdate", "math"),
            ]


async def test_a_move_concerns_its_person_alone() -> None:
    school = School(student(1, "math"), student(2, "math"))
    async with house(school) as home, home.page("s1") as one, home.page("s2") as two:
        home.publish(school.revoke("s1", "math"), school.happen("math", "m1"), school.tell_person("s1", "last"))
        assert [(await one.event())[0] for _ in range(2)] == ["scopeRemoved", "notification"]
        assert (await two.event())[0] == "meetingStatusUpdate"


async def test_a_right_lost_while_the_login_is_looked_up_is_lost() -> None:
    school = School(student(1, "math"))
    gate = asyncio.Event()
    school.after_sign_in = gate.wait  # the doorkeeper has read the rights, and dawdles
    async with house(school) as home, home.websocket() as client:
        await client.send('40{"token":"s1"}')
        await until(lambda: school.signed_in)
        home.publish(school.revoke("s1", "math"))
        gate.set()
        assert (await client.packet()).startswith("40{")
        assert (await client.event())[1]["things"] == {}
        home.publish(school.happen("math", "m1"), school.tell_person("s1", "last"))
        assert (await client.event())[1] == "last"


async def test_a_picture_read_with_rights_that_had_changed_is_made_anew() -> None:
    school = School(student(1, "math"), student(2))
    school.happen("math", "m1")
    school.happen("art", "a1")
    began, gate = asyncio.Event(), asyncio.Event()

    async def dawdle() -> None:
        began.set()
        await gate.wait()

    async with house(school) as home, home.websocket() as client:
        school.before_read = dawdle  # the rooms are known, the picture is not read yet
        await client.send('40{"token":"s1"}')
        await began.wait()
        lost, won = school.revoke("s1", "math"), school.grant("s1", "art")  # committed, told later
        gate.set()
        assert (await client.packet()).startswith("40{")
        assert (await client.event())[1]["things"] == {"math": {"m1": 1}}
        home.publish(lost, won)
        home.publish(school.happen("math", "m1"), school.happen("art", "a1"))
        name, again = await client.event()
        assert (name, again["mode"], again["things"]) == ("initialState", "snapshot", {"art": {"a1": 2}})
        home.publish(school.happen("art", "a1"))
        assert (await client.event())[1]["version"] == 3


async def test_a_move_of_rooms_one_is_in_already_changes_nothing() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1") as client:
        move = Move("s1", enter=frozenset({"class:math"}), leave=frozenset({"class:pe"}))
        event = school.tell_person("s1", "as before")
        home.publish(Event(type=event.type, at=event.at, hearings=event.hearings, moves=(move,), seq=1, id="e1"))
        home.publish(school.happen("math", "m1"))
        assert [(await client.event())[0] for _ in range(2)] == ["notification", "meetingStatusUpdate"]


async def test_a_newest_value_comes_at_once_and_then_only_the_last_of_an_interval() -> None:
    school = School(student(1, "math", "art"))
    async with house(school) as home, home.page("s1") as client:
        for number in range(1, 30):
            home.hub.latest([school.count("math", number)])
        home.hub.latest([school.count("art", 5)])
        told = [(await client.event())[1] for _ in range(3)]
        assert [(body["scope"], body["count"]) for body in told] == [("math", 1), ("art", 5), ("math", 29)]


async def test_a_newest_value_carries_no_cursor_and_an_id_of_its_own() -> None:
    school = School(student(1, "math", "art"))
    async with house(school) as home, home.page("s1") as client:
        home.hub.latest([school.count("math", 1), school.count("art", 2)])
        metas = [(await client.event())[2] for _ in range(2)]
        assert all("cursor" not in meta and meta["type"] == "countUpdate" for meta in metas)
        assert metas[0]["id"] != metas[1]["id"]


async def test_a_value_that_waits_does_not_undo_a_newer_picture() -> None:
    school = School(student(1, "math"))
    async with house(school) as home, home.page("s1") as before:
        home.hub.latest([school.count("math", 1)])
        home.hub.latest([school.count("math", 2)])  # waits for its turn
        school.happen("math", "m1")
        school.counts["math"] = 3  # the picture is ahead of what was told
        async with home.page("s1") as after:
            assert after.first["counts"] == {"math": 3}
            assert [(await before.event())[1]["count"] for _ in range(2)] == [1, 2]
            home.publish(school.log[0].event)
            home.hub.latest([school.count("math", 3)])
            assert await numbers_of(before) == ["m1", 3]
            home.publish(school.happen("math", "m1"))
            home.hub.latest([school.count("math", 4)])
            assert await numbers_of(after, 3) == [3, "m1", 4]


async def test_a_value_that_comes_while_the_picture_is_read_is_not_lost() -> None:
    school = School(student(1, "math"))
    gate = asyncio.Event()
    async with house(school) as home, home.websocket() as client:
        school.after_read = gate.wait  # the picture has been read, and waits
        await client.send('40{"token":"s1"}')
        assert (await client.packet()).startswith("40{")
        home.publish(school.happen("math", "m1"))
        home.hub.latest([school.count("math", 8)])
        gate.set()
        assert (await client.event())[1]["counts"] == {}
        assert await numbers_of(client) == ["m1", 8]


@pytest.mark.parametrize("count", [1, 200])
async def test_many_events_in_one_turn_keep_their_order(count: int) -> None:
    school = School(student(1, "math", "art"), ADMIN)
    async with house(school) as home, home.page("s1") as learner, home.page("a1") as admin:
        scopes = ("math", "math", "art", "math", "art")
        home.publish(*(school.happen(scopes[number % 5], "m1") for number in range(count)))
        for client in (learner, admin):
            assert [(await client.event())[1]["seq"] for _ in range(count)] == list(range(1, count + 1))


async def numbers_of(client: Client, events: int = 2) -> list[object]:
    """What the next events are about: a thing, or a count."""
    told = [await client.event() for _ in range(events)]
    return [body["count"] if name == "countUpdate" else body["thing"] for name, body, _ in told]
