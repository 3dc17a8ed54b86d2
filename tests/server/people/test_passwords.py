import asyncio
from collections.abc import Iterator
from typing import Literal

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from realtime.errors import BadInput, Overloaded
from server.people.passwords import MOST_ASKING, Passwords, checked
from tests.support.people import QUICK


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    passwords = Passwords(QUICK)
    yield passwords
    passwords.close()


async def test_a_password_proves_itself_and_no_other_does(passwords: Passwords) -> None:
    kept = await passwords.hash("correct horse")
    assert "correct" not in kept
    assert await passwords.prove(kept, "correct horse")
    assert not await passwords.prove(kept, "correct horsе")


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$nonsense"])
async def test_without_a_good_hash_nothing_is_proved(passwords: Passwords, kept: str) -> None:
    assert not await passwords.prove(kept, "nobody's")
    assert not await passwords.prove(kept, "")


async def test_a_login_of_nobody_does_the_same_work_as_one_of_somebody() -> None:
    class Counting(PasswordHasher):
        proved = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            try:
                return super().verify(hash, password)
            except VerifyMismatchError:  # the whole work was done, and came to no
                Counting.proved += 1
                raise

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    await passwords.prove("", "wrong")
    await passwords.prove(hasher.hash("right"), "wrong")
    passwords.close()
    assert Counting.proved == 2


async def test_more_than_may_wait_are_told_when_to_come_back(passwords: Passwords) -> None:
    asked = await asyncio.gather(*(passwords.hash("x") for _ in range(MOST_ASKING + 5)), return_exceptions=True)
    refused = [each for each in asked if isinstance(each, Overloaded)]
    assert len(refused) == 5
    assert refused[0].retry_after_s > 0
    assert (await passwords.hash("afterwards")).startswith("$argon2id$")


async def test_ours_are_as_strong_as_the_standard_asks() -> None:
    passwords = Passwords()
    kept = await passwords.hash("correct horse")
    passwords.close()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.is_weak(kept)
    assert passwords.is_weak(QUICK.hash("correct horse"))


def test_a_chosen_password_has_a_length() -> None:
    assert checked("x" * 8) == "x" * 8
    for wrong in ("", "x" * 7, "x" * 1025):
        with pytest.raises(BadInput) as refused:
            checked(wrong)
        assert "password" in refused.value.fields
