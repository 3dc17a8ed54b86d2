import pytest

from realtime.errors import TooMany
from server.people import guessing
from server.people.guessing import ACCOUNT, ACCOUNT_FROM_ADDRESS, ADDRESS, Guesses
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
    pauses = [guesses.begin("ana", "1.1.1.1").pause_s for _ in range(ACCOUNT_FROM_ADDRESS.free)]
    assert pauses == [0, 0, 0.25, 0.5, 1.0]
    with pytest.raises(TooMany) as refused:
        guesses.begin("ana", "1.1.1.1")
    assert refused.value.retry_after_s == 1


def test_the_wait_doubles_with_each_further_failure_up_to_its_bound(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    assert refused_after(guesses, [("ana", "1.1.1.1")] * 99) == ACCOUNT_FROM_ADDRESS.free
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


def test_one_account_guessed_from_many_addresses_is_slowed_too(clock: ManualClock) -> None:
    tries = [("ana", f"10.0.0.{n}") for n in range(99)]
    assert refused_after(Guesses(clock), tries) == ACCOUNT.free


def test_one_address_that_tries_many_accounts_is_slowed_too(clock: ManualClock) -> None:
    tries = [(f"student{n}", "1.1.1.1") for n in range(300)]
    assert refused_after(Guesses(clock), tries) == ADDRESS.free


def test_the_right_password_clears_the_count(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    for _ in range(200):
        guesses.succeeded(guesses.begin("ana", "1.1.1.1"))
    assert refused_after(guesses, [("ana", "1.1.1.1")] * 99) == ACCOUNT_FROM_ADDRESS.free


def test_tries_that_begin_together_all_count(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    begun = [guesses.begin("ana", "1.1.1.1") for _ in range(ACCOUNT_FROM_ADDRESS.free)]
    with pytest.raises(TooMany):
        guesses.begin("ana", "1.1.1.1")
    assert len(begun) == ACCOUNT_FROM_ADDRESS.free


def test_failures_are_forgotten_after_an_hour_of_peace(clock: ManualClock) -> None:
    guesses = Guesses(clock)
    refused_after(guesses, [("ana", "1.1.1.1")] * 99)
    clock.advance(hours=1, seconds=1)
    assert guesses.begin("ana", "1.1.1.1").pause_s == 0


def test_what_is_kept_is_bounded_however_many_names_are_tried(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "MOST_KEPT", 50)
    guesses = Guesses(clock)
    for n in range(1000):
        guesses.begin("x" * 10_000 + str(n), f"10.0.{n // 250}.{n % 250}")
    assert len(guesses) <= 50
