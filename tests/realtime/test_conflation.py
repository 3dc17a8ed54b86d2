import asyncio
from datetime import UTC, datetime

from realtime.conflation import Conflation
from realtime.log import Hearing, Latest


def value(key: str, body: str) -> Latest:
    return Latest(
        key=key, type="countUpdate", at=datetime(2026, 11, 23, tzinfo=UTC), hearing=Hearing(frozenset(), body)
    )


class Told:
    """What was passed on, and a way to wait for so much of it."""

    def __init__(self) -> None:
        self.values: list[tuple[str, str, int]] = []
        self._more = asyncio.Event()

    def __call__(self, value: Latest, as_of: int) -> None:
        self.values.append((value.key, value.hearing.body, as_of))
        self._more.set()

    async def reach(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.values) < count:
                self._more.clear()
                await self._more.wait()


async def test_the_first_goes_at_once_and_of_the_others_the_last() -> None:
    told = Told()
    conflation = Conflation(0.05, told)
    for number in range(1, 6):
        conflation.put(value("m1", str(number)), number)
    assert told.values == [("m1", "1", 1)]
    await told.reach(2)
    assert told.values == [("m1", "1", 1), ("m1", "5", 5)]
    conflation.put(value("m1", "6"), 6)
    assert len(told.values) == 2  # the interval begins anew with each that is told
    await told.reach(3)
    conflation.close()


async def test_keys_do_not_wait_for_each_other() -> None:
    told = Told()
    conflation = Conflation(60, told)
    conflation.put(value("m1", "1"), 1)
    conflation.put(value("m2", "2"), 1)
    assert told.values == [("m1", "1", 1), ("m2", "2", 1)]
    conflation.close()


async def test_after_a_quiet_interval_the_next_goes_at_once_again() -> None:
    told = Told()
    conflation = Conflation(0.02, told)
    conflation.put(value("m1", "1"), 1)
    await asyncio.sleep(0.1)
    conflation.put(value("m1", "2"), 2)
    assert len(told.values) == 2
    conflation.close()


async def test_once_closed_nothing_is_told() -> None:
    told = Told()
    conflation = Conflation(0.02, told)
    conflation.put(value("m1", "1"), 1)
    conflation.put(value("m1", "2"), 2)
    conflation.close()
    await asyncio.sleep(0.06)
    assert len(told.values) == 1
