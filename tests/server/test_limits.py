from datetime import timedelta

from server.limits import Rate
from tests.support.clock import MONDAY_MORNING, ManualClock


def test_so_many_are_allowed_in_any_stretch_and_no_more() -> None:
    clock, window = ManualClock(), Rate(times=3, per_s=60).fresh()
    assert [window.allows(clock.now()) for _ in range(4)] == [True, True, True, False]
    clock.advance(seconds=59.9)
    assert not window.allows(clock.now())
    clock.advance(seconds=0.1)
    assert [window.allows(clock.now()) for _ in range(4)] == [True, True, True, False]


def test_what_was_refused_does_not_count() -> None:
    clock, window = ManualClock(), Rate(times=1, per_s=10).fresh()
    assert window.allows(clock.now())
    for _ in range(9):
        clock.advance(seconds=1)
        assert not window.allows(clock.now())
    clock.advance(seconds=1)
    assert window.allows(clock.now())


def test_each_count_is_its_own() -> None:
    rate = Rate(times=1, per_s=10)
    first, second = rate.fresh(), rate.fresh()
    assert first.allows(MONDAY_MORNING)
    assert second.allows(MONDAY_MORNING)


def test_a_clock_that_is_set_back_does_not_open_the_door() -> None:
    window = Rate(times=1, per_s=10).fresh()
    assert window.allows(MONDAY_MORNING)
    assert not window.allows(MONDAY_MORNING - timedelta(hours=1))
