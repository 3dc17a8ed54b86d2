"""Random schedules against the real hub over real sockets: nothing lost, double or leaked, and all true in the end.

What is scheduled: news, a dispatcher that lags behind the database, pages that come, are cut and return, rights given
and taken in the log, the log trimmed, a page that asks to catch up. How long the store and the doorkeeper take is drawn
too. The pure arithmetic has a model of its own; here sockets, buffers and the order of tasks take part.
"""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest

from realtime.hub import Hub, Limits
from tests.support.hub_house import House, hub_of, served, until
from tests.support.pages import Page, may_hear_by_log
from tests.support.school import ADMIN, School, student, teacher

CLASSES = ("math", "art", "pe")
SEEDS = 320
BUNDLES = 8
STEPS = 40

LIMITS = Limits(
    login_s=5, probe_s=5, refusal_s=0.1, farewell_s=0.3, sweep_s=0.05, count_interval_s=0.01, connects_per_s=100_000
)


class Schedule:
    """One run: a seed, a school, some pages."""

    def __init__(self, home: House, rng: Random, transports: tuple[str, ...]) -> None:
        self.home = home
        self.school = home.school
        self.rng = rng
        self.told = 0
        may_hear = may_hear_by_log(self.school)
        people = ("s1", "s1", "s2", "t1", "a1")
        self.pages = [Page(home, person, rng.choice(transports), may_hear) for person in people]
        self.people = sorted(set(people))
        self.school.before_sign_in = self.school.after_sign_in = self.school.before_read = self._dawdle
        self.school.after_read = self._dawdle

    async def _dawdle(self) -> None:
        for _ in range(self.rng.choice((0, 0, 1, 3, 8, 20))):
            await asyncio.sleep(0)

    async def run(self) -> None:
        for page in self.pages:
            page.come()
        steps = [self.happen] * 6 + [self.dispatch] * 6 + [self.come] * 3 + [self.cut] * 2
        steps += [self.move] * 2 + [self.trim, self.resume]
        for _ in range(STEPS):
            await self.rng.choice(steps)()
            await self._dawdle()
        await self.finish()

    async def happen(self) -> None:
        scope = self.rng.choice(CLASSES)
        self.school.happen(scope, f"m{self.rng.randrange(2)}")
        if self.rng.random() < 0.3:
            self.school.counts[scope] = self.rng.randrange(40)

    async def dispatch(self) -> None:
        for row in self.school.log[self.told : self.told + self.rng.randrange(1, 4)]:
            self.home.publish(row.event)
            self.told += 1
            if row.scope and self.rng.random() < 0.5 and row.scope in self.school.counts:
                self.home.hub.latest([self.school.count(row.scope, self.school.counts[row.scope])])

    async def come(self) -> None:
        self.rng.choice(self.pages).come()

    async def cut(self) -> None:
        await self.rng.choice(self.pages).go()

    async def move(self) -> None:
        person, scope = self.rng.choice(("s1", "s2")), self.rng.choice(CLASSES)
        is_in = scope in self.school.people[person].studies
        (self.school.revoke if is_in else self.school.grant)(person, scope)

    async def trim(self) -> None:
        self.school.trim(self.told - 12)

    async def resume(self) -> None:
        page = self.rng.choice(self.pages)
        if not page.is_away:
            await page.resume()

    async def finish(self) -> None:
        """Everyone is there, everything is told, and then every page shows what is true."""
        while self.told < self.school.head:
            await self.dispatch()
        self.home.hub.latest([self.school.count(scope, number) for scope, number in self.school.counts.items()])
        for page in self.pages:
            page.come()
        await until(lambda: all(page.opened.is_set() or page.is_away for page in self.pages))
        last = {person: self.school.tell_person(person, {"seq": self.school.head + 1}) for person in self.people}
        self.home.publish(*last.values())
        for page in self.pages:
            await until(lambda page=page: page.seq >= last[page.person_id].seq or page.is_away)
            assert not page.is_away, page.wrong
        for page in self.pages:
            assert _without_empty(page.things) == _without_empty(self.school.picture_of(page.person_id))
            await until(lambda page=page: self._counts_of(page) == self._true_counts(page))
            assert page.wrong == []
            await page.go()

    def _true_counts(self, page: Page) -> dict[str, int]:
        seen = self.school.picture_of(page.person_id)
        return {scope: count for scope, count in self.school.counts.items() if scope in seen}

    def _counts_of(self, page: Page) -> dict[str, int]:
        seen = self.school.picture_of(page.person_id)
        return {scope: count for scope, (_, count) in page.counts.items() if scope in seen}


def _without_empty(things: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {scope: inside for scope, inside in things.items() if inside}


class Stage:
    """One port for one schedule after the other: starting a server takes longer than a schedule."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self.hub is not None
        await self.hub.asgi(scope, receive, send)

    async def play(self, seed: int, port: int, transports: tuple[str, ...]) -> Counter[str]:
        school = School(student(1, "math"), student(2, "math", "art"), teacher(1, "math"), ADMIN)
        self.hub = hub_of(school, limits=LIMITS)
        schedule = Schedule(House(school, self.hub, LIMITS, port), Random(seed), transports)
        try:
            await schedule.run()
        except BaseException as error:
            error.add_note(f"seed {seed}, wrong: {[page.wrong[:3] for page in schedule.pages]}")
            raise
        finally:
            for page in schedule.pages:
                await page.go()
            await self.hub.close()
        return sum((page.tally for page in schedule.pages), Counter())


@pytest.mark.parametrize("bundle", range(BUNDLES))
async def test_no_schedule_loses_doubles_or_leaks_and_all_end_true(bundle: int) -> None:
    stage, tally = Stage(), Counter[str]()
    async with served(stage, LIMITS) as port:
        for seed in range(bundle, SEEDS, BUNDLES):
            tally += await stage.play(seed, port, ("websocket",))
    # A test that heard nothing, or was never replayed to, would prove nothing.
    assert tally["heard"] > 1_000
    assert tally["snapshots"] > 100
    assert tally["replays"] > 20


async def test_the_same_holds_on_polling_and_during_upgrades() -> None:
    stage, tally = Stage(), Counter[str]()
    async with served(stage, LIMITS) as port:
        for seed in range(SEEDS, SEEDS + 12):
            tally += await stage.play(seed, port, ("polling", "upgrade"))
    assert tally["heard"] > 100
