from collections.abc import Iterator

import pytest

from realtime.audience import Role
from realtime.errors import BadInput, Conflict, NotFound
from server.people.passwords import Passwords
from server.people.sessions import Sessions
from server.people.upkeep import Upkeep
from server.people.users import Users
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.people import QUICK, add_user


@pytest.fixture
def upkeep(database: Database, clock: ManualClock) -> Iterator[Upkeep]:
    passwords = Passwords(QUICK)
    yield Upkeep(Users(database, clock), passwords)
    passwords.close()


async def test_somebody_is_written_down_with_a_password(upkeep: Upkeep) -> None:
    made = await upkeep.add(email="Tess@school.test", name="Tess", role=Role.TEACHER, password="correct horse")
    assert (made.email, made.role, made.is_active) == ("tess@school.test", Role.TEACHER, True)
    assert QUICK.verify(made.password_hash, "correct horse")
    assert await upkeep.page() == [made]


async def test_what_is_wrong_writes_nobody_down(upkeep: Upkeep, database: Database, clock: ManualClock) -> None:
    await add_user(database, clock)
    with pytest.raises(Conflict):
        await upkeep.add(email="ana@school.test", name="Ana", role=Role.TEACHER, password="correct horse")
    with pytest.raises(BadInput):
        await upkeep.add(email="ben", name="Ben", role=Role.TEACHER, password="correct horse")
    with pytest.raises(BadInput):
        await upkeep.add(email="ben@school.test", name="Ben", role=Role.TEACHER, password="short")
    assert len(await upkeep.page()) == 1


async def test_a_new_password_ends_the_logins_made_with_the_old(
    upkeep: Upkeep, database: Database, clock: ManualClock
) -> None:
    ana = await add_user(database, clock)
    _, session = await Sessions(database, clock).open(ana.id)
    assert await upkeep.set_password(email="ANA@school.test", password="another horse") == [session.id]
    kept = await Users(database, clock).get(ana.id)
    assert kept is not None
    assert QUICK.verify(kept.password_hash, "another horse")
    with pytest.raises(NotFound):
        await upkeep.set_password(email="nobody@school.test", password="another horse")
