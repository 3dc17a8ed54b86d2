import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from realtime.errors import AuthRequired, Overloaded, TooMany
from server.people.guessing import Guesses
from server.people.passwords import Passwords
from server.people.sessions import Sessions
from server.people.sign_in import SignedIn, SignIn
from server.people.users import Users
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.people import PASSWORD, QUICK, add_user


class Door:
    """Everything a login passes, with the pauses noted and not waited for."""

    def __init__(self, database: Database, clock: ManualClock, passwords: Passwords | None = None) -> None:
        self.passwords = passwords or Passwords(QUICK)
        self.pauses: list[float] = []
        self.users = Users(database, clock)
        self.sign_in = SignIn(
            database=database,
            users=self.users,
            passwords=self.passwords,
            sessions=Sessions(database, clock),
            guesses=Guesses(clock),
            pause=self._pause,
        )

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def enter(self, email: str = "ana@school.test", password: str = PASSWORD) -> SignedIn:
        return await self.sign_in(email, password, address="1.1.1.1", user_agent="Browser")


@pytest.fixture
def door(database: Database, clock: ManualClock) -> Iterator[Door]:
    door = Door(database, clock)
    yield door
    door.passwords.close()


async def test_the_right_password_opens_a_session(door: Door, database: Database, clock: ManualClock) -> None:
    user = await add_user(database, clock)
    signed = await door.enter("ANA@school.test")
    assert signed.person.id == signed.session.user_id == user.id
    assert signed.session.address == "1.1.1.1"
    assert signed.token not in repr(signed)


async def test_every_failure_is_told_in_the_same_words(door: Door, database: Database, clock: ManualClock) -> None:
    await add_user(database, clock)
    await add_user(database, clock, name="Gone Away")
    await add_user(database, clock, name="No Password", password_hash="")
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE users SET status = 'deactivated' WHERE name = 'Gone Away'")
    told = set()
    for email, password in (
        ("ana@school.test", "wrong"),
        ("nobody@school.test", PASSWORD),
        ("gone@school.test", PASSWORD),
        ("no@school.test", ""),
        ("ana@school.test", "x" * 100_000),
        ("x" * 100_000, PASSWORD),
    ):
        with pytest.raises(AuthRequired) as refused:
            await door.enter(email, password)
        told.add((refused.value.code, refused.value.message))
    assert len(told) == 1


async def test_guessing_is_slowed_and_then_refused_even_with_the_right_password(
    door: Door, database: Database, clock: ManualClock
) -> None:
    await add_user(database, clock)
    for _ in range(5):
        with pytest.raises(AuthRequired):
            await door.enter(password="wrong")
    assert door.pauses == [0.25, 0.5, 1.0]
    with pytest.raises(TooMany):
        await door.enter()
    clock.advance(seconds=1)
    assert (await door.enter()).person.name == "Ana Cruz"


async def test_a_try_that_could_not_be_judged_is_no_wrong_guess(database: Database, clock: ManualClock) -> None:
    """At the first bell many are turned away for lack of room, with the right password."""
    await add_user(database, clock)

    class Busy(Passwords):
        ends_with: BaseException | None = None

        async def prove(self, kept: str, password: str) -> bool:
            if self.ends_with is not None:
                raise self.ends_with
            return await super().prove(kept, password)

    busy = Busy(QUICK)
    door = Door(database, clock, busy)
    for ending in (Overloaded("Too many people sign in just now.", retry_after_s=1), asyncio.CancelledError()):
        busy.ends_with = ending
        for _ in range(9):
            with pytest.raises(type(ending)):
                await door.enter()
    busy.ends_with = None
    assert (await door.enter()).person.name == "Ana Cruz"
    assert door.pauses == []
    busy.close()


async def test_a_weak_hash_is_made_stronger_at_the_next_login(database: Database, clock: ManualClock) -> None:
    await add_user(database, clock)
    door = Door(database, clock, Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)))
    signed = await door.enter()
    user = await door.users.get(signed.person.id)
    assert user is not None
    assert "t=2" in user.password_hash
    assert (await door.enter()).person == signed.person
    door.passwords.close()


async def test_a_password_changed_while_it_is_proved_opens_nothing(database: Database, clock: ManualClock) -> None:
    user = await add_user(database, clock)

    class Late(Passwords):
        async def prove(self, kept: str, password: str) -> bool:
            is_right = await super().prove(kept, password)
            await slow.users.set_password(user.id, "another hash")
            return is_right

    slow = Door(database, clock, Late(QUICK))
    with pytest.raises(AuthRequired):
        await slow.enter()
    slow.passwords.close()
