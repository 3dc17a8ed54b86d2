from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from realtime.audience import Role
from realtime.errors import AuthExpired, AuthRequired, Unavailable
from realtime.ports import Doorkeeper
from server.auth import Auth, binding_of, token_of
from server.people.sessions import IDLE, Session, Sessions
from server.people.users import User
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.database import opened
from tests.support.people import add_class, add_user, enrol


class Door:
    """A database with one student, their login, and who asks about it."""

    def __init__(self, database: Database, clock: ManualClock, user: User, token: str, session: Session) -> None:
        self.database, self.clock, self.user, self.token, self.session = database, clock, user, token, session
        self.sessions = Sessions(database, clock)
        self.auth = Auth(database, self.sessions)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    clock = ManualClock()
    async with opened(tmp_path) as database:
        user = await add_user(database, clock)
        token, session = await Sessions(database, clock).open(user.id)
        yield Door(database, clock, user, token, session)


def scope(**headers: str) -> dict[str, Any]:
    return {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}


def cookie(token: str) -> dict[str, Any]:
    return scope(cookie=f"theme=dark; rollcall_session={token}; other=1")


async def test_a_cookie_or_a_bearer_token_is_a_login(door: Door) -> None:
    for given in (
        cookie(door.token),
        scope(authorization=f"Bearer {door.token}"),
        scope(authorization=f"bearer {door.token}"),
    ):
        login = await door.auth.login_of(given)
        assert (login.person.id, login.session_id) == (door.user.id, door.session.id)
        assert login.expires_at == door.clock.now() + IDLE


async def test_a_connection_signs_in_by_its_token_or_else_by_its_cookie(door: Door) -> None:
    keeper: Doorkeeper = door.auth
    assert (await keeper.sign_in(scope(), {"token": door.token})).person.id == door.user.id
    assert (await keeper.sign_in(cookie(door.token), None)).person.id == door.user.id
    assert (await keeper.sign_in(cookie(door.token), {"token": ""})).person.id == door.user.id
    with pytest.raises(AuthRequired):
        await keeper.sign_in(cookie(door.token), {"token": "wrong"})


@pytest.mark.parametrize("given", [None, {}, {"token": None}, {"token": 1}, {"token": {}}, [], "token", {"token": ""}])
async def test_without_a_token_nobody_is_signed_in(door: Door, given: object) -> None:
    with pytest.raises(AuthRequired):
        await door.auth.sign_in(scope(), given)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": "rollcall_session="},
        {"cookie": "xrollcall_session=TOKEN"},
        {"authorization": "Basic TOKEN"},
        {"authorization": "TOKEN"},
        {"cookie": "rollcall_session"},
    ],
)
async def test_what_only_looks_like_a_login_is_none(door: Door, headers: dict[str, str]) -> None:
    told = {name: value.replace("TOKEN", door.token) for name, value in headers.items()}
    with pytest.raises(AuthRequired):
        await door.auth.login_of(scope(**told))


def test_a_connection_is_bound_to_our_token_and_not_to_other_cookies() -> None:
    ours = binding_of(scope(cookie="theme=dark; rollcall_session=c"))
    assert ours == binding_of(scope(cookie="rollcall_session=c; seen=1"))
    assert ours not in (
        b"",
        binding_of(scope(cookie="rollcall_session=d")),
        binding_of(scope(authorization="Bearer x")),
    )
    assert binding_of(scope()) == binding_of(scope(cookie="theme=dark")) == b""


def test_a_bearer_token_goes_before_the_cookie() -> None:
    assert token_of(scope(cookie="rollcall_session=c", authorization="Bearer b")) == "b"


async def test_a_login_brings_its_rights_as_they_are_now(door: Door) -> None:
    login = await door.auth.login_of(cookie(door.token))
    await add_class(door.database, "rizal", "Grade 9 Rizal")
    await enrol(door.database, door.clock, "rizal", door.user)
    assert (await door.auth.look_up(login)).person.studies == {"rizal"}
    async with door.database.write() as connection:
        await connection.exec_driver_sql("UPDATE users SET role = 'teacher'")
    assert (await door.auth.look_up(login)).person.role is Role.TEACHER


async def test_an_ended_login_is_over_at_once_everywhere(door: Door) -> None:
    login = await door.auth.login_of(cookie(door.token))
    await door.sessions.end(door.user.id, door.session.id)
    with pytest.raises(AuthExpired):
        await door.auth.look_up(login)
    with pytest.raises(AuthExpired):
        await door.auth.sign_in(cookie(door.token), None)


async def test_who_is_deactivated_is_out_at_once(door: Door) -> None:
    login = await door.auth.login_of(cookie(door.token))
    async with door.database.write() as connection:
        await connection.exec_driver_sql("UPDATE users SET status = 'deactivated'")
    for out in (door.auth.look_up(login), door.auth.login_of(cookie(door.token))):
        with pytest.raises(AuthExpired):
            await out


async def test_requests_keep_a_login_alive_and_an_open_page_alone_does_not(door: Door) -> None:
    login = await door.auth.login_of(cookie(door.token))
    door.clock.advance(IDLE / 2)
    assert (await door.auth.look_up(login)).expires_at == login.expires_at
    await door.auth.login_of(cookie(door.token))
    assert (await door.auth.look_up(login)).expires_at == door.clock.now() + IDLE


async def test_a_disk_that_cannot_be_written_keeps_nobody_from_reading(door: Door) -> None:
    door.clock.advance(minutes=5)

    class Full(Sessions):
        async def note_seen(self, session: Session) -> None:
            raise Unavailable("full")

    auth = Auth(door.database, Full(door.database, door.clock))
    assert (await auth.login_of(cookie(door.token))).person.id == door.user.id
