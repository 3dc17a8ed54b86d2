from collections.abc import Iterator

import pytest

from realtime.audience import Role
from realtime.errors import BadInput, Forbidden
from server.people.passwords import Passwords
from server.people.sessions import Sessions
from server.people.setup_links import SetupLinks
from server.people.sign_in import SignedIn
from server.people.users import Users
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.people import QUICK, add_user


@pytest.fixture
def links(database: Database, clock: ManualClock) -> Iterator[SetupLinks]:
    passwords = Passwords(QUICK)
    users, sessions = Users(database, clock), Sessions(database, clock)
    yield SetupLinks(database=database, users=users, passwords=passwords, sessions=sessions, clock=clock)
    passwords.close()


async def use(links: SetupLinks, token: str | None, **other: str) -> SignedIn:
    given = {"email": "ada@school.test", "name": "Ada Admin", "password": "correct horse"} | other
    return await links.use(token or "", **given)


async def test_the_link_makes_the_first_admin_and_signs_them_in(links: SetupLinks) -> None:
    signed = await use(links, await links.issue())
    assert signed.person.role is Role.ADMIN
    assert signed.session.user_id == signed.person.id


async def test_it_works_once(links: SetupLinks) -> None:
    token = await links.issue()
    await use(links, token)
    with pytest.raises(Forbidden):
        await use(links, token, email="eve@school.test")


async def test_it_works_for_a_day(links: SetupLinks, clock: ManualClock) -> None:
    token = await links.issue()
    clock.advance(hours=24)
    with pytest.raises(Forbidden):
        await use(links, token)


async def test_a_newer_link_makes_the_older_worthless(links: SetupLinks) -> None:
    older, newer = await links.issue(), await links.issue()
    with pytest.raises(Forbidden):
        await use(links, older)
    assert (await use(links, newer)).person.role is Role.ADMIN


async def test_where_there_is_an_admin_there_is_no_link(
    links: SetupLinks, database: Database, clock: ManualClock
) -> None:
    token = await links.issue()
    await add_user(database, clock, Role.ADMIN, "Other Admin")
    with pytest.raises(Forbidden):
        await use(links, token)
    assert await links.issue() is None


async def test_a_used_link_stays_used_when_its_admin_is_gone(links: SetupLinks, database: Database) -> None:
    token = await links.issue()
    await use(links, token)
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE users SET status = 'deactivated'")
    with pytest.raises(Forbidden):
        await use(links, token, email="eve@school.test")


@pytest.mark.parametrize("token", ["", "wrong", "x" * 10_000])
async def test_a_wrong_link_opens_nothing(links: SetupLinks, token: str) -> None:
    await links.issue()
    with pytest.raises(Forbidden):
        await use(links, token)


@pytest.mark.parametrize("wrong", [{"email": "ada"}, {"name": ""}, {"password": "short"}])
async def test_a_typing_error_does_not_spend_it(links: SetupLinks, wrong: dict[str, str]) -> None:
    token = await links.issue()
    with pytest.raises(BadInput) as refused:
        await use(links, token, **wrong)
    assert set(refused.value.fields) == set(wrong)
    assert (await use(links, token)).person.email == "ada@school.test"


async def test_the_database_never_holds_the_token(links: SetupLinks, database: Database) -> None:
    token = await links.issue()
    await database.close()
    assert token is not None
    assert all(token.encode() not in path.read_bytes() for path in database.path.parent.iterdir())
