from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.facts import Place
from realtime.visits import Stay, Visit, noted, presence, stays, total_s, union
from tests.support.builders import ANA_BY_MAIL, BEN_BY_ZOOM, Run, minute

RUN = Run()
EMPTY = Visit(uuid=RUN.uuid, place=Place.ROOM, participant=ANA_BY_MAIL, attendee="row")
INSTANTS = st.integers(0, 12).map(minute)


def visit(*told: tuple[str, float], place: Place = Place.ROOM, key: str = "11") -> Visit:
    made = replace(EMPTY, place=place, participant=replace(ANA_BY_MAIL, key=key))
    for kind, at in told:
        made = noted(made, RUN.joined(ANA_BY_MAIL, at) if kind == "in" else RUN.left(ANA_BY_MAIL, at))
    return made


def stay(since: float, until: float | None) -> Stay:
    return (minute(since), None if until is None else minute(until))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("in", 1), ("out", 5)], [(1, 5)]),
        ([("out", 5), ("in", 1)], [(1, 5)]),
        ([("in", 1), ("out", 5), ("out", 5), ("in", 1)], [(1, 5)]),
        ([("in", 1)], [(1, None)]),
        ([("out", 5)], [(5, 5)]),
        ([("in", 1), ("in", 3), ("out", 5)], [(1, 5)]),
        ([("in", 1), ("out", 5), ("in", 7)], [(1, 5), (7, None)]),
        ([("in", 7), ("in", 1), ("out", 5), ("out", 9)], [(1, 5), (7, 9)]),
        ([("in", 5), ("out", 5)], [(5, 5)]),
        ([], []),
    ],
)
def test_joins_and_leaves_in_any_order_become_the_same_stays(
    told: list[tuple[str, float]], expected: list[tuple[float, float | None]]
) -> None:
    for order in (told, told[::-1]):
        assert list(stays(visit(*order), None)) == [stay(*each) for each in expected]


def test_a_leave_that_never_came_closes_with_the_run_and_never_before_the_join() -> None:
    assert stays(visit(("in", 1)), minute(9)) == (stay(1, 9),)
    assert stays(visit(("in", 11)), minute(9)) == (stay(11, 11),)
    assert stays(visit(("in", 1), ("out", 3)), minute(9)) == (stay(1, 3),)


def test_two_devices_are_a_union_and_not_a_sum() -> None:
    phone, desk = visit(("in", 1), ("out", 6), key="1"), visit(("in", 4), ("out", 9), key="2")
    assert presence([phone, desk], None).stays == (stay(1, 9),)
    assert total_s(presence([phone, desk], None).stays) == 8 * 60


def test_one_device_leaving_leaves_nobody_away_while_another_is_there() -> None:
    told = presence([visit(("in", 1), ("out", 6), key="1"), visit(("in", 4), key="2")], None)
    assert (told.in_room, told.first_joined, told.last_left) == (True, minute(1), None)


def test_breakout_rooms_count_as_the_room_and_the_waiting_room_does_not() -> None:
    away = visit(("in", 1), ("out", 3))
    breakout = visit(("in", 3), ("out", 8), place=Place.BREAKOUT)
    waits = visit(("in", 0), place=Place.WAITING_ROOM)
    assert presence([away, breakout], None).stays == (stay(1, 8),)
    assert presence([waits], None) == presence([waits, replace(away, joined=(), left=())], None)
    assert (presence([waits], None).waiting, presence([waits], None).stays) == (True, ())
    assert presence([waits, visit(("in", 2))], None).waiting is False  # who is in the room does not wait
    assert presence([waits], minute(5)).waiting is False  # nor does anybody after the end


def test_each_place_and_connection_of_a_run_is_a_visit_of_its_own() -> None:
    visits = [EMPTY, replace(EMPTY, place=Place.BREAKOUT), replace(EMPTY, participant=BEN_BY_ZOOM)]
    assert len({v.id for v in [*visits, replace(EMPTY, uuid="other")]}) == 4


STAYS = st.tuples(INSTANTS, st.none() | INSTANTS).map(
    lambda pair: pair if pair[1] is None or pair[0] <= pair[1] else (pair[1], pair[0])
)


@given(st.lists(STAYS, max_size=8))
def test_a_union_covers_exactly_what_its_parts_cover(parts: list[Stay]) -> None:
    merged = union(parts)

    def covered(all_stays: list[Stay] | tuple[Stay, ...], at: datetime) -> bool:
        return any(since <= at and (until is None or at < until) for since, until in all_stays)

    for step in range(-1, 26):
        at = minute(step / 2) + timedelta(seconds=1)
        assert covered(parts, at) == covered(merged, at)
    ends = [(since, until) for since, until in merged]
    assert all(a[1] is not None and a[1] < b[0] for a, b in pairwise(ends))
    assert total_s(parts) == total_s(merged) >= 0


@given(st.lists(st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 9)), max_size=8), st.randoms())
def test_what_a_visit_remembers_does_not_depend_on_the_order_it_was_told_in(
    told: list[tuple[str, int]], chance: object
) -> None:
    shuffled = [*told, *told[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' Random
    assert visit(*shuffled) == visit(*told)
