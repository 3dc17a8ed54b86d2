import pytest

from realtime.errors import TooMany
from server.people import guessing
from server.people.guessing import ACCOUNT_FREE, ADDRESS_FREE, FREE, KNOWN_FOR, LONGEST_PAUSE_S, Guesses
from tests.support.clock import ManualClock


def refused_after(guesses: Guesses, tries: list[tuple[str, str]]) -> int:
    for made, (account, address) in enumerate(tries):
        try:
            guesses.begin(account, address)
        except TooMany:
            return made
    return len(tries)


def test_answers_get_slower_before_they_are_refused(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    pauses = [guesses.begin("ana", "1.1.1.1").pause_s for _ in range(FREE)]
    assert pauses == [0, 0, 0.25, 0.5, 1.0]
    with pytest.raises(TooMany) as refused:
        guesses.begin("ana", "1.1.1.1")
    assert refused.value.retry_after_s == 1


def test_the_wait_doubles_with_each_further_failure_up_to_its_bound(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    assert refused_after(guesses, [("ana", "1.1.1.1")] * 99) == FREE
    waits = []
    for _ in range(12):
        with pytest.raises(TooMany) as refused:
            guesses.begin("ana", "1.1.1.1")
        waits.append(refused.value.retry_after_s)
        clock.advance(seconds=refused.value.retry_after_s)
        guesses.begin("ana", "1.1.1.1")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_who_is_guessed_at_still_gets_in_from_elsewhere(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    refused_after(guesses, [("ana", "6.6.6.6")] * 99)
    assert guesses.begin("ana", "1.1.1.1").pause_s == 0


def test_one_account_guessed_from_many_addresses_is_slowed_and_refused_at_each_of_them(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    pauses = [guesses.begin("ana", f"10.0.0.{n}").pause_s for n in range(99)]
    assert pauses[:ACCOUNT_FREE] == [0] * ACCOUNT_FREE
    assert pauses[ACCOUNT_FREE:][:4] == [0.25, 0.5, 1, 2]
    assert set(pauses[ACCOUNT_FREE + 4 :]) == {LONGEST_PAUSE_S}
    for n in range(99):
        with pytest.raises(TooMany):
            guesses.begin("ana", f"10.0.0.{n}")


def test_one_address_that_tries_many_accounts_is_slowed_and_refused_for_each_of_them(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    pauses = [guesses.begin(f"student{n}", "1.1.1.1").pause_s for n in range(300)]
    assert set(pauses[:ADDRESS_FREE]) == {0}
    assert set(pauses[ADDRESS_FREE + 4 :]) == {LONGEST_PAUSE_S}
    for n in range(300):
        with pytest.raises(TooMany):
            guesses.begin(f"student{n}", "1.1.1.1")


def attacked(guesses: Guesses) -> Guesses:
    """Ana is guessed at from everywhere, and somebody at her school guesses at everybody."""
    for n in range(999):
        guesses.begin("ana", f"10.0.{n // 250}.{n % 250}")
        guesses.begin(f"student{n}", "1.1.1.1")
    return guesses


def test_no_stranger_can_lock_out_an_account_or_a_school(clock: ManualClock) -> None:
    guesses = attacked(Guesses(clock))
    assert guesses.begin("ana", "1.1.1.1").pause_s == LONGEST_PAUSE_S
    assert guesses.begin("ben", "1.1.1.1").pause_s == LONGEST_PAUSE_S


def test_who_signed_in_here_before_is_not_met_by_what_others_do(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    guesses.succeeded(guesses.begin("ana", "1.1.1.1"))
    attacked(guesses)
    assert guesses.begin("ana", "1.1.1.1").pause_s == 0
    assert refused_after(guesses, [("ana", "1.1.1.1")] * 99) == FREE - 1
    clock.advance(seconds=KNOWN_FOR.total_seconds() + 1)
    attacked(guesses)
    assert guesses.begin("ana", "1.1.1.1").pause_s == LONGEST_PAUSE_S


def test_the_addresses_of_one_ipv6_network_are_one_address(clock: ManualClock) -> None:
    tries = [("ana", f"2001:db8:1:2::{n:x}") for n in range(99)]
    assert refused_after(Guesses(clock), tries) == FREE
    others = [("ana", f"2001:db8:1:{n:x}::1") for n in range(99)]
    assert refused_after(Guesses(clock), others) == 99


def test_a_try_that_was_taken_back_changed_nothing(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    for _ in range(99):
        guesses.take_back(guesses.begin("ana", "1.1.1.1"))
    assert len(guesses) == 0
    assert refused_after(guesses, [("ana", "1.1.1.1")] * 99) == FREE
    clock.advance(seconds=1)
    for _ in range(2):  # the wait does not begin anew
        guesses.take_back(guesses.begin("ana", "1.1.1.1"))


def test_the_right_password_clears_the_count(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    for _ in range(200):
        guesses.succeeded(guesses.begin("ana", "1.1.1.1"))
    assert refused_after(guesses, [("ana", "1.1.1.1")] * 99) == FREE


def test_tries_that_begin_together_all_count(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    begun = [guesses.begin("ana", "1.1.1.1") for _ in range(FREE)]
    with pytest.raises(TooMany):
        guesses.begin("ana", "1.1.1.1")
    assert len(begun) == FREE


def test_failures_are_forgotten_after_an_hour_of_peace(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    refused_after(guesses, [("ana", "1.1.1.1")] * 99)
    clock.advance(hours=1, seconds=1)
    assert guesses.begin("ana", "1.1.1.1").pause_s == 0


def test_what_is_kept_is_bounded_however_many_names_are_tried(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "MOST_KEPT", 50)
    monkeypatch.setattr(guessing, "MOST_KNOWN", 50)
    guesses = Guesses(clock)
    for n in range(1000):
        guesses.begin("x" * 10_000 + str(n), f"10.0.{n // 250}.{n % 250}")
        guesses.succeeded(guesses.begin(f"somebody{n}", "1.1.1.1"))
    assert len(guesses) <= 100
