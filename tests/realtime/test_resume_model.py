"""Thousands of random schedules against the arithmetic of resuming: never stale at rest, never a leak, never a double.

The log, the rights, the nodes and the pages are a few lines each; what is owed, replayed, skipped and heard is decided
by the real functions. Any two steps may have any others between them.
"""

import json
from collections.abc import Iterable
from random import Random

import pytest

from realtime import log
from realtime.log import Event, Hearing, Move, Offer, ResumeKey, Seal, heard, owed, replay, skip_until
from tests.support.builders import minute

KEY = b"k" * 32
SCOPES = ("math", "art", "pe")
ME = "me"
MY_ROOM = "user:me"
SEAL, RESUME = Seal(KEY, "epoch"), ResumeKey(KEY, "epoch")

Things = dict[str, int]


class Log:
    """What is written, in one order; and the rights of one person as they are now."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.floor = 0
        self.things: dict[str, Things] = {scope: {} for scope in SCOPES}
        self.mine = {"math"}
        self.rights_at = [frozenset(self.mine)]  # by seq

    @property
    def head(self) -> int:
        return len(self.events)

    def write(self, rng: Random) -> None:
        scope = rng.choice(SCOPES)
        thing = f"{scope}-{rng.randrange(2)}"
        self.things[scope][thing] = self.things[scope].get(thing, 0) + 1
        self._add("changed", scope, {thing: self.things[scope][thing]})

    def move_me(self, rng: Random) -> None:
        scope = rng.choice(SCOPES)
        if scope in self.mine:
            self.mine.remove(scope)
            self._add("removed", MY_ROOM, dict.fromkeys(self.things[scope], 0), Move(ME, leave=frozenset({scope})))
        else:
            self.mine.add(scope)
            self._add("added", MY_ROOM, self.things[scope], Move(ME, enter=frozenset({scope})))

    def move_another(self, rng: Random) -> None:
        scope = rng.choice(SCOPES)
        self._add("added", "user:you", self.things[scope], Move("you", enter=frozenset({scope})))

    def _add(self, name: str, room: str, body: Things, *moves: Move) -> None:
        seq = self.head + 1
        hearing = Hearing(frozenset({room}), json.dumps(body))
        self.events.append(Event(type=name, at=minute(seq), hearings=(hearing,), moves=moves, seq=seq, id=str(seq)))
        self.rights_at.append(frozenset(self.mine))

    def rooms(self) -> frozenset[str]:
        return frozenset({MY_ROOM, *self.mine})

    def visible(self) -> Things:
        return {thing: version for scope in self.mine for thing, version in self.things[scope].items()}

    def restore(self, seq: int) -> None:
        """A backup is put back: what came after `seq` never was, and its numbers are given again."""
        del self.events[seq:]
        del self.rights_at[seq + 1 :]
        self.mine = set(self.rights_at[-1])
        self.things = {scope: {} for scope in SCOPES}
        for event in self.events:
            if event.type == "changed":
                scope = next(iter(event.hearings[0].rooms))
                self.things[scope] |= json.loads(event.hearings[0].body)

    def trim(self, rng: Random) -> None:
        self.floor = max(self.floor, self.head - rng.randrange(1, 25))


class Page:
    """What a client knows: its picture, and what it hands back."""

    def __init__(self, world: Log) -> None:
        self.world = world
        self.picture: Things = {}
        self.offer = Offer()
        self.settled = 0
        self.snapshots = self.replays = 0

    def open(self, things: Things, seq: int) -> None:
        self.picture, self.settled = dict(things), seq
        self.snapshots += 1

    def hear(self, event: Event, body: str) -> None:
        assert event.seq > self.settled, "an event came twice, or after a picture that held it"
        self.settled = event.seq
        for thing, version in json.loads(body).items():
            if event.type == "removed":
                self.picture.pop(thing, None)
            else:
                assert version >= self.picture.get(thing, 0), "the page stepped back"
                self.picture[thing] = version

    def keep(self, seq: int) -> None:
        self.offer = Offer(self.offer.key, SEAL.seal(seq))


class Connection:
    """One connection to one node: it holds live news back until it has been opened."""

    def __init__(self, node: "Node", page: Page) -> None:
        self.node, self.page = node, page
        self.frontier = node.dispatched
        self.rooms = node.world.rooms()
        self.held: list[Event] = []
        self.skip: int | None = None

    def sync(self) -> None:
        """Read the store at one moment, rights included, and open the page with it."""
        if self.skip is not None:
            return
        world, page = self.node.world, self.page
        self.rooms = world.rooms()
        what = owed(page.offer, self._fits, SEAL, frontier=self.frontier, floor=world.floor)
        missed = None
        if what.after is not None:
            missed = replay(world.events[what.after : self.frontier], ME, self.rooms)
        if missed is None or what.after is None:
            self.skip = skip_until(self.frontier, None, world.head)
            page.open(world.visible(), world.head)
        else:
            self.skip = skip_until(self.frontier, what.after, None)
            page.replays += 1
            for event, body in missed:
                told = {room for move in event.moves for room in move.enter} or set(event.hearings[0].rooms)
                assert told & world.rooms(), "replayed what may not be seen any more"
                page.hear(event, body)
        page.offer = Offer(RESUME.of(ME, self.rooms), SEAL.seal(self.skip))
        for event in self.held:
            self.live(event)

    def _fits(self, key: str) -> bool:
        return RESUME.fits(key, ME, self.rooms)

    def live(self, event: Event) -> None:
        if self.skip is None:
            self.held.append(event)
            return
        if event.seq <= self.skip:
            return
        for move in event.moves:
            if move.person_id == ME:
                self.rooms = (self.rooms | move.enter) - move.leave
        body = heard(event, self.rooms)
        if body is not None:
            # A right that is committed counts, even where this node has not come to it yet.
            may = self.node.world.rights_at[event.seq] | self.node.world.rooms()
            assert event.hearings[0].rooms & may, "heard what was not theirs to hear"
            self.page.hear(event, body)
        self.page.keep(event.seq)


class Node:
    """A server that tells the log in order, some way behind it."""

    def __init__(self, world: Log) -> None:
        self.world = world
        self.dispatched = 0
        self.connection: Connection | None = None

    def dispatch(self) -> None:
        if self.dispatched < self.world.head:
            event = self.world.events[self.dispatched]
            self.dispatched = event.seq
            if self.connection is not None:
                self.connection.live(event)


class Schedule:
    """Two nodes, one page, and whatever happens."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.world = Log()
        self.nodes = [Node(self.world), Node(self.world)]
        self.page = Page(self.world)
        self.open: Connection | None = None

    def connect(self) -> None:
        if self.open is None:
            node = self.rng.choice(self.nodes)
            self.open = node.connection = Connection(node, self.page)

    def sync(self) -> None:
        if self.open is not None:
            self.open.sync()

    def disconnect(self) -> None:
        if self.open is not None:
            self.open.node.connection = None
            self.open = None

    def run(self, steps: int) -> None:
        world, rng = self.world, self.rng
        things = [lambda: world.write(rng)] * 8 + [lambda: world.move_me(rng), lambda: world.move_another(rng)]
        things += [
            lambda: world.trim(rng),
            self.disconnect,
            self.connect,
            self.connect,
            self.sync,
            self.sync,
            self.sync,
        ]
        things += [lambda: rng.choice(self.nodes).dispatch()] * 14
        for _ in range(steps):
            rng.choice(things)()
        self.connect()
        self.sync()
        for node in self.nodes:
            while node.dispatched < world.head:
                node.dispatch()


def play(seeds: Iterable[int], steps: int = 90) -> tuple[int, int]:
    snapshots = replays = 0
    for seed in seeds:
        schedule = Schedule(seed)
        try:
            schedule.run(steps)
            assert schedule.page.picture == schedule.world.visible(), "stale at rest"
        except AssertionError as wrong:
            raise AssertionError(f"seed {seed}: {wrong}") from wrong
        snapshots += schedule.page.snapshots
        replays += schedule.page.replays
    return snapshots, replays


def test_no_schedule_leaves_a_page_stale_or_tells_it_twice_or_what_it_may_not_hear() -> None:
    snapshots, replays = play(range(6_000))
    assert snapshots > 3_000
    assert replays > 1_000  # both ways back are taken, or nothing was shown


def test_nor_where_little_may_be_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_EVENTS", 2)
    monkeypatch.setattr(log, "MOST_ROWS", 6)
    snapshots, replays = play(range(1_500))
    assert snapshots > replays > 0


def test_a_page_that_saw_more_than_a_restored_backup_holds_misses_nothing_new() -> None:
    world, rng = Log(), Random(1)
    for _ in range(9):
        world.write(rng)
    page, node = Page(world), Node(world)
    for restored in (None, 4):
        if restored is not None:
            world.restore(restored)
            node = Node(world)
        while node.dispatched < world.head:
            node.dispatch()
        node.connection = Connection(node, page)
        node.connection.sync()
    for _ in range(9):
        world.write(rng)
        node.dispatch()
    assert page.picture == world.visible()
    assert (page.snapshots, page.replays) == (2, 0)


@pytest.mark.parametrize("rule", ["skip", "rights", "floor", "key"])
def test_a_rule_left_out_would_be_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = globals()
    if rule == "skip":
        monkeypatch.setitem(module, "skip_until", lambda frontier, cursor, snapshot: frontier)
    elif rule == "rights":
        monkeypatch.setitem(module, "replay", lambda events, person, rooms: log.replay(events, "nobody", rooms))
        monkeypatch.setattr(ResumeKey, "fits", lambda *_: True)
    elif rule == "floor":
        monkeypatch.setattr(Log, "trim", _trim_for_good)
        monkeypatch.setitem(module, "owed", lambda *a, frontier, floor: log.owed(*a, frontier=frontier, floor=0))
    else:
        monkeypatch.setattr(ResumeKey, "fits", lambda *_: True)
        monkeypatch.setattr(Connection, "live", _without_moves)
    with pytest.raises(AssertionError, match="seed"):
        play(range(600))


def _trim_for_good(world: Log, rng: Random) -> None:
    """Trimmed events are really gone: in their place stands what nobody hears."""
    world.floor = max(world.floor, world.head - rng.randrange(1, 25))
    for event in world.events[: world.floor]:
        world.events[event.seq - 1] = Event(type="gone", at=event.at, hearings=(), seq=event.seq)


def _without_moves(connection: Connection, event: Event) -> None:
    if connection.skip is not None and event.seq > connection.skip:
        body = heard(event, connection.rooms)
        if body is not None:
            connection.page.hear(event, body)
        connection.page.keep(event.seq)
