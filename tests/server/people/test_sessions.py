from datetime import timedelta

import pytest

from realtime.errors import AuthExpired, AuthRequired
from server.people.sessions import ABSOLUTE, IDLE, MOST_OPEN, Session, Sessions
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.people import add_user


async def found(database: Database, sessions: Sessions, token: str) -> Session:
    async with database.read() as connection:
        return await sessions.find(connection, token)


async def test_a_token_opens_its_session_and_nothing_else_does(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    token, session = await sessions.open(user.id, address="1.1.1.1", user_agent="Browser")
    assert await found(database, sessions, token) == session
    for wrong in ("", token[:-1], token.swapcase(), session.id, "x" * 10_000, "\ud800"):
        with pytest.raises(AuthRequired):
            await found(database, sessions, wrong)


async def test_the_database_never_holds_the_token(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    token, _ = await sessions.open(user.id)
    await database.close()
    assert all(token.encode() not in path.read_bytes() for path in database.path.parent.iterdir())


async def test_each_login_is_a_new_session(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    (first, one), (second, two) = await sessions.open(user.id), await sessions.open(user.id)
    assert first != second
    assert one.id != two.id


async def test_a_session_ends_when_it_is_not_used(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    token, session = await sessions.open(user.id)
    clock.advance(IDLE - timedelta(seconds=1))
    assert sessions.is_due(await found(database, sessions, token))
    await sessions.note_seen(session)
    clock.advance(IDLE - timedelta(seconds=1))
    assert (await found(database, sessions, token)).expires_at == clock.now() + timedelta(seconds=1)
    clock.advance(seconds=1)
    with pytest.raises(AuthExpired):
        await found(database, sessions, token)


async def test_a_session_ends_after_a_month_however_much_it_is_used(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    token, session = await sessions.open(user.id)
    for _ in range(ABSOLUTE // IDLE * 2 - 1):
        clock.advance(IDLE / 2)
        await sessions.note_seen(session)
    await found(database, sessions, token)
    clock.advance(IDLE / 2)
    with pytest.raises(AuthExpired):
        await found(database, sessions, token)


async def test_being_seen_is_noted_once_a_minute(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    _, session = await sessions.open(user.id)
    clock.advance(seconds=59)
    assert not sessions.is_due(session)
    clock.advance(seconds=1)
    assert sessions.is_due(session)


async def test_one_login_can_be_ended_and_the_others_stay(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    token, session = await sessions.open(user.id)
    other_token, _ = await sessions.open(user.id)
    assert await sessions.end(user.id, session.id)
    assert not await sessions.end(user.id, session.id)
    with pytest.raises(AuthExpired):
        await found(database, sessions, token)
    await found(database, sessions, other_token)


async def test_nobody_ends_anothers_login(database: Database, clock: ManualClock) -> None:
    sessions, ana = Sessions(database, clock), await add_user(database, clock)
    ben = await add_user(database, clock, name="Ben Diaz")
    token, session = await sessions.open(ana.id)
    assert not await sessions.end(ben.id, session.id)
    await found(database, sessions, token)


async def test_all_logins_of_a_person_can_be_ended(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    opened = [await sessions.open(user.id) for _ in range(3)]
    assert sorted(await sessions.end_all(user.id)) == sorted(session.id for _, session in opened)
    for token, _ in opened:
        with pytest.raises(AuthExpired):
            await found(database, sessions, token)


async def test_a_person_has_a_bounded_number_of_logins_and_the_longest_unused_go(
    database: Database, clock: ManualClock
) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    first, _ = await sessions.open(user.id)
    for _ in range(MOST_OPEN):
        clock.advance(seconds=1)
        last, _ = await sessions.open(user.id)
    assert len(await sessions.open_of(user.id)) == MOST_OPEN
    await found(database, sessions, last)
    with pytest.raises(AuthExpired):
        await found(database, sessions, first)


async def test_long_ended_sessions_are_forgotten_at_the_next_login(database: Database, clock: ManualClock) -> None:
    sessions, user = Sessions(database, clock), await add_user(database, clock)
    token, _ = await sessions.open(user.id)
    await sessions.end_all(user.id)
    clock.advance(days=31)
    await sessions.open(user.id)
    with pytest.raises(AuthRequired):
        await found(database, sessions, token)
