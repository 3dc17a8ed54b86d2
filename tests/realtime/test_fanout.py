import asyncio
import json
from datetime import UTC, datetime
from random import Random

from realtime.fanout import Fanout, durable, ephemeral
from realtime.frames import Frame
from realtime.log import Event, Hearing, Latest, heard
from realtime.outlet import Outlet
from tests.support.outlets import Wire, bodies, outlet_on

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def event(seq: int, *hearings: tuple[str, str]) -> Event:
    """An event with one hearing for each (rooms, body); rooms are letters."""
    told = tuple(Hearing(frozenset(rooms), body) for rooms, body in hearings)
    return Event(type="t", at=NOW, hearings=told, seq=seq, id=f"e{seq}")


class Room:
    """A fan-out with members that write to lists."""

    def __init__(self, **members: str) -> None:
        self.fanout = Fanout()
        self.wires: dict[str, Wire] = {}
        self.outlets: dict[str, Outlet] = {}
        for name, rooms in members.items():
            self.wires[name] = Wire()
            self.outlets[name] = outlet_on(self.wires[name], self.fanout.flush)
            self.fanout.enter(self.outlets[name], rooms)

    def tell(self, *events: Event) -> None:
        for one in events:
            self.fanout.tell(durable(one, f"c{one.seq}"))

    def heard(self, name: str) -> list[str]:
        self.fanout.flush()
        return bodies(self.wires[name])


async def test_members_hear_what_their_rooms_hear() -> None:
    room = Room(ann="a", bob="b", eve="")
    room.tell(event(1, ("a", "1")), event(2, ("b", "2")), event(3, ("ab", "3")), event(4, ("c", "4")))
    assert (room.heard("ann"), room.heard("bob"), room.heard("eve")) == (["1", "3"], ["2", "3"], [])


async def test_who_is_in_two_rooms_hears_once_and_in_the_first_view() -> None:
    room = Room(both="ab", staff="a", learner="b")
    room.tell(event(1, ("a", "staff"), ("b", "learner")), event(2, ("ab", "all")))
    assert room.heard("both") == ["staff", "all"]
    assert room.heard("staff") == ["staff", "all"]
    assert room.heard("learner") == ["learner", "all"]


async def test_a_silent_view_is_a_view() -> None:
    room = Room(both="ab", other="b")
    room.tell(event(1, ("a", ""), ("b", "x")), event(2, ("a", "y"), ("b", "z")))
    assert (room.heard("both"), room.heard("other")) == (["y"], ["x", "z"])


async def test_one_turn_is_one_write_and_the_same_bytes_for_all() -> None:
    room = Room(ann="a", bob="a", eve="a")
    room.tell(*(event(seq, ("a", str(seq))) for seq in range(1, 6)))
    assert room.wires["ann"].writes == 0
    await asyncio.sleep(0)
    assert [wire.writes for wire in room.wires.values()] == [1, 1, 1]
    assert len({wire.written for wire in room.wires.values()}) == 1
    packet = json.loads(room.wires["ann"].packets()[0][2:])
    assert packet == ["t", 1, {"v": 1, "id": "e1", "type": "t", "at": "2026-11-23T00:00:00Z", "cursor": "c1"}]


async def test_who_enters_or_leaves_does_so_between_two_tellings() -> None:
    room = Room(ann="a", bob="")
    room.tell(event(1, ("a", "1")))
    room.fanout.enter(room.outlets["bob"], "a")
    room.tell(event(2, ("a", "2")))
    room.fanout.leave(room.outlets["ann"], "a")
    room.tell(event(3, ("a", "3")))
    assert (room.heard("ann"), room.heard("bob")) == (["1", "2"], ["2", "3"])


async def test_what_concerns_one_comes_after_what_all_were_told() -> None:
    room = Room(ann="a")
    room.tell(event(1, ("a", "1")))
    room.outlets["ann"].send(Frame('42["ack",0]'))
    room.tell(event(2, ("a", "2")))
    assert room.heard("ann") == ["1", "0]", "2"]


async def test_leaving_all_rooms_leaves_nothing_behind() -> None:
    room = Room(ann="abc")
    room.fanout.leave(room.outlets["ann"])
    room.tell(event(1, ("abc", "1")))
    assert room.heard("ann") == []
    assert room.fanout.rooms_of(room.outlets["ann"]) == frozenset()
    assert not room.fanout._members
    assert not room.fanout._rooms


async def test_each_packet_of_a_run_is_judged_by_itself() -> None:
    """A run that straddles what a connection was opened with must neither double its first part nor lose its last."""
    for skip in range(6):
        room = Room(ann="a", bob="a")
        room.outlets["ann"].hold()
        room.outlets["ann"].release([], skip, now_s=0)
        room.tell(*(event(seq, ("a", str(seq))) for seq in range(1, 6)))
        assert room.heard("ann") == [str(seq) for seq in range(skip + 1, 6)]
        assert room.heard("bob") == ["1", "2", "3", "4", "5"]


async def test_a_newest_value_reaches_who_was_opened_at_its_place_or_before() -> None:
    value = Latest(key="m", type="t", at=NOW, hearing=Hearing(frozenset("a"), "9"))
    for skip, is_heard in ((4, True), (5, True), (6, False)):
        room = Room(ann="a")
        room.outlets["ann"].hold()
        room.outlets["ann"].release([], skip, now_s=0)
        room.fanout.tell(ephemeral(value, as_of=5))
        assert room.heard("ann") == (["9"] if is_heard else []), skip


async def test_order_and_views_hold_for_any_mixture() -> None:
    for seed in range(200):
        rng = Random(seed)
        names = {f"p{n}": "".join(rng.sample("abcd", rng.randrange(4))) for n in range(4)}
        room = Room(**names)
        rooms = {name: set(letters) for name, letters in names.items()}
        want: dict[str, list[str]] = {name: [] for name in names}
        for seq in range(1, 40):
            name = rng.choice(list(names))
            match rng.randrange(6):
                case 0:
                    letter = rng.choice("abcd")
                    room.fanout.enter(room.outlets[name], letter)
                    rooms[name].add(letter)
                case 1:
                    letter = rng.choice("abcd")
                    room.fanout.leave(room.outlets[name], letter)
                    rooms[name].discard(letter)
                case 2:
                    await asyncio.sleep(0)
                case _:
                    views = [("".join(rng.sample("abcd", rng.randrange(1, 3))), f"{seq}v{n}") for n in range(2)]
                    told = event(seq, *views)
                    room.tell(told)
                    for each, letters in rooms.items():
                        body = heard(told, letters)
                        if body is not None:
                            want[each].append(body)
        assert {name: room.heard(name) for name in names} == want, seed
