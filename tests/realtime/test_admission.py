import pytest

from realtime.admission import Admission
from realtime.errors import Overloaded


def waits(admission: Admission, now_s: float, count: int, *, is_full: bool = False) -> list[int]:
    """The seconds each of so many is asked to wait; 0 is let in."""
    found = []
    for _ in range(count):
        try:
            admission.admit(now_s, is_full=is_full)
            found.append(0)
        except Overloaded as refusal:
            found.append(refusal.retry_after_s)
    return found


def test_one_second_s_worth_comes_in_at_once() -> None:
    assert waits(Admission(10), 100.0, 10) == [0] * 10


def test_the_others_are_asked_to_come_back_spread_over_time() -> None:
    asked = waits(Admission(10), 100.0, 40)[10:]
    assert asked == sorted(asked)
    assert asked[0] >= 1
    assert 3 <= asked[-1] <= 5


def test_those_who_return_when_they_were_asked_to_come_in() -> None:
    admission = Admission(10)
    returning = [100.0 + wait for wait in waits(admission, 100.0, 40)[10:]]
    assert all(waits(admission, now_s, 1) == [0] for now_s in returning)


def test_a_full_house_lets_nobody_in_and_nobody_waits_for_ever() -> None:
    admission = Admission(10)
    asked = waits(admission, 100.0, 5_000, is_full=True)
    assert min(asked) >= 1
    assert max(asked) == 60
    assert waits(admission, 100.0, 1) == [0]


def test_after_a_quiet_time_no_more_than_one_second_s_worth_is_saved_up() -> None:
    admission = Admission(5)
    assert waits(admission, 100.0, 6).count(0) == 5
    assert waits(admission, 1_000.0, 9).count(0) == 5


def test_a_refusal_says_that_it_may_work_later() -> None:
    with pytest.raises(Overloaded) as refusal:
        Admission(1).admit(1.0, is_full=True)
    assert refusal.value.temporary
