import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.log import (
    MOST_EVENTS,
    MOST_ROWS,
    Event,
    Hearing,
    Move,
    Offer,
    Owed,
    ResumeKey,
    Seal,
    heard,
    owed,
    replay,
    skip_until,
)
from tests.support.builders import minute

KEY, OTHER = b"k" * 32, b"o" * 32
SEAL = Seal(KEY, "e1")
SEQS = st.integers(0, 2**63)


def event(*hearings: Hearing, seq: int = 1, moves: tuple[Move, ...] = ()) -> Event:
    return Event(type="meetingStarted", at=minute(0), hearings=hearings, seq=seq, moves=moves)


STAFF = Hearing(frozenset({"admins", "teachers"}), '"staff"')
LEARNERS = Hearing(frozenset({"class"}), '"learner"')


def test_a_connection_hears_the_first_wording_that_fits_any_of_its_rooms() -> None:
    told = event(STAFF, LEARNERS)
    assert heard(told, ["class"]) == '"learner"'
    assert heard(told, ["class", "teachers"]) == '"staff"'
    assert heard(told, ["elsewhere"]) is None
    assert heard(told, []) is None


def test_a_silent_wording_ends_the_search() -> None:
    told = event(Hearing(frozenset({"admins"}), ""), LEARNERS)
    assert heard(told, ["admins", "class"]) is None
    assert heard(told, ["class"]) == '"learner"'


@given(SEQS)
def test_a_sealed_seq_opens_again_and_is_the_same_for_everyone(seq: int) -> None:
    cursor = SEAL.seal(seq)
    assert SEAL.open(cursor) == seq
    assert Seal(KEY, "e1").seal(seq) == cursor
    assert len(cursor) == 22


@given(SEQS, st.text(max_size=40))
def test_what_this_seal_did_not_make_does_not_open(seq: int, noise: str) -> None:
    cursor = SEAL.seal(seq)
    assert Seal(OTHER, "e1").open(cursor) is None
    assert Seal(KEY, "e2").open(cursor) is None
    assert SEAL.open(noise) is None
    assert SEAL.open(cursor[:-1]) is None
    assert SEAL.open(cursor + "A") is None
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    assert SEAL.open(changed) is None


def test_cursors_of_neighbours_tell_nothing_of_the_step_between_them() -> None:
    cursors = [SEAL.seal(seq) for seq in range(500)]
    assert len(set(cursors)) == 500
    assert max(len({c[i] for c in cursors}) for i in range(21)) > 30
    assert min(len({c[i] for c in cursors}) for i in range(21)) > 30  # no place stands still


def test_a_resume_key_fits_one_person_with_the_same_rooms_in_the_same_epoch() -> None:
    keys = ResumeKey(KEY, "e1")
    key = keys.of("ana", ["a", "b"])
    assert keys.fits(key, "ana", ["b", "a"])
    for person, rooms in (("ben", ["a", "b"]), ("ana", ["a"]), ("ana", ["a", "b", "c"]), ("ana", [])):
        assert not keys.fits(key, person, rooms)
    assert not ResumeKey(KEY, "e2").fits(key, "ana", ["a", "b"])
    assert not ResumeKey(OTHER, "e1").fits(key, "ana", ["a", "b"])
    assert not keys.fits("", "ana", ["a", "b"])
    assert not keys.fits("half a \ud83d", "ana", ["a", "b"])


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (None, Owed(None, "new")),
        (Offer("key", ""), Owed(None, "new")),
        (Offer("not the key", SEAL.seal(50)), Owed(None, "key")),
        (Offer("key", "nonsense"), Owed(None, "cursor")),
        (Offer("key", SEAL.seal(9)), Owed(None, "trimmed")),
        (Offer("key", SEAL.seal(10)), Owed(10)),
        (Offer("key", SEAL.seal(60)), Owed(60)),
        (Offer("key", SEAL.seal(61)), Owed(None, "ahead")),  # of a log that a restored backup took back
    ],
)
def test_what_is_owed_is_what_came_after_the_cursor_or_a_snapshot(offer: Offer | None, expected: Owed) -> None:
    assert owed(offer, lambda key: key == "key", SEAL, frontier=60, floor=10) == expected


def test_who_is_too_far_behind_gets_a_snapshot() -> None:
    def asked(seq: int) -> Owed:
        return owed(Offer("key", SEAL.seal(seq)), lambda _: True, SEAL, frontier=5_000, floor=0)

    assert asked(5_000 - MOST_ROWS) == Owed(5_000 - MOST_ROWS)
    assert asked(5_000 - MOST_ROWS - 1) == Owed(None, "far behind")


def test_a_replay_holds_what_may_be_heard_now_in_order_and_nothing_else() -> None:
    events = [event(STAFF, seq=1), event(STAFF, LEARNERS, seq=2), event(Hearing(frozenset({"class"}), ""), seq=3)]
    missed = replay(events, "ana", ["class"])
    assert missed is not None
    assert [(e.seq, body) for e, body in missed] == [(2, '"learner"')]


def test_rights_that_changed_meanwhile_ask_for_a_snapshot() -> None:
    mine, anothers = Move("ana", leave=frozenset({"class"})), Move("ben", enter=frozenset({"class"}))
    assert replay([event(LEARNERS, moves=(mine,))], "ana", ["class"]) is None
    assert replay([event(LEARNERS, moves=(anothers,))], "ana", ["class"]) is not None


def test_more_than_is_worth_replaying_asks_for_a_snapshot() -> None:
    events = [event(LEARNERS, seq=i) for i in range(MOST_EVENTS + 1)]
    assert replay(events, "ana", ["class"]) is None
    assert len(replay(events[1:], "ana", ["class"]) or []) == MOST_EVENTS
    assert replay([replace(e, hearings=(STAFF,)) for e in events], "ana", ["class"]) == []


@pytest.mark.parametrize(
    ("frontier", "cursor", "snapshot", "expected"), [(5, None, None, 5), (5, 7, None, 7), (5, 3, 9, 9), (5, 3, 0, 5)]
)
def test_live_news_are_skipped_up_to_whatever_was_ahead(
    frontier: int, cursor: int | None, snapshot: int | None, expected: int
) -> None:
    assert skip_until(frontier, cursor, snapshot) == expected


def test_a_body_is_json_text() -> None:
    assert json.loads(LEARNERS.body) == "learner"
