import pytest

from realtime.audience import Role
from realtime.errors import BadInput, Conflict, NotFound
from server.people.sessions import Sessions
from server.people.users import NewUser, Users, has_admin
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.people import add_class, add_user, assign, enrol, person_with_rights


async def test_an_address_is_the_same_however_it_is_written(database: Database, clock: ManualClock) -> None:
    users = Users(database, clock)
    made = await users.create(NewUser(email=" Ana@School.Test ", name=" Ana  Cruz ", role=Role.TEACHER))
    assert (made.email, made.name) == ("ana@school.test", "Ana Cruz")
    assert await users.by_email("ANA@school.test") == made
    assert await users.get(made.id) == made
    with pytest.raises(Conflict, match=r"ana@school\.test"):
        await users.create(NewUser(email="ana@SCHOOL.test", name="Another", role=Role.STUDENT))


async def test_nobody_is_found_who_is_not_there(database: Database, clock: ManualClock) -> None:
    users = Users(database, clock)
    assert await users.get("nobody") is None
    assert await users.by_email("nobody@school.test") is None
    with pytest.raises(NotFound):
        await users.set_password("nobody", "hash")


@pytest.mark.parametrize(
    ("email", "name", "fields"),
    [
        ("ana", "Ana", {"email"}),
        ("ana@", "Ana", {"email"}),
        ("a na@school.test", "Ana", {"email"}),
        ("ana@school.test\n", "Ana\x00", {"name"}),
        ("ana@school.test", "  ", {"name"}),
        ("a@" + "b" * 260, "x" * 201, {"email", "name"}),
    ],
)
async def test_what_is_no_address_or_no_name_is_refused_field_by_field(
    database: Database, clock: ManualClock, email: str, name: str, fields: set[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        await Users(database, clock).create(NewUser(email=email, name=name, role=Role.STUDENT))
    assert set(refused.value.fields) == fields


async def test_users_come_in_pages_and_by_role(database: Database, clock: ManualClock) -> None:
    users = Users(database, clock)
    made = [await add_user(database, clock, name=f"Student {n}", email=f"s{n}@school.test") for n in range(5)]
    teacher = await add_user(database, clock, Role.TEACHER, name="Tess")
    first = await users.page(limit=4)
    rest = await users.page(after=first[-1].id, limit=4)
    assert sorted(u.id for u in (*first, *rest)) == sorted(u.id for u in (*made, teacher))
    assert [u.id for u in await users.page(role=Role.TEACHER)] == [teacher.id]


async def test_a_new_password_ends_every_login_of_that_person_and_no_others(
    database: Database, clock: ManualClock
) -> None:
    users, sessions = Users(database, clock), Sessions(database, clock)
    ana, ben = await add_user(database, clock), await add_user(database, clock, name="Ben Diaz")
    mine = [(await sessions.open(ana.id))[1].id for _ in range(2)]
    await sessions.open(ben.id)
    assert sorted(await users.set_password(ana.id, "new hash")) == sorted(mine)
    assert await sessions.open_of(ana.id) == []
    assert len(await sessions.open_of(ben.id)) == 1


async def test_a_school_has_an_admin_or_has_none(database: Database, clock: ManualClock) -> None:
    await add_user(database, clock, Role.TEACHER)
    async with database.read() as connection:
        assert not await has_admin(connection)
    await add_user(database, clock, Role.ADMIN, name="Ada")
    async with database.read() as connection:
        assert await has_admin(connection)


async def test_a_person_comes_with_what_they_teach_and_study(database: Database, clock: ManualClock) -> None:
    teacher, student = await add_user(database, clock, Role.TEACHER, "Tess"), await add_user(database, clock)
    await add_class(database, "rizal", "Grade 9 Rizal")
    await add_class(database, "luna", "Grade 7 Luna")
    await assign(database, "rizal", teacher, "schedule", "end")
    await assign(database, "luna", teacher)
    await enrol(database, clock, "rizal", student)
    tess = await person_with_rights(database, teacher.id)
    assert tess is not None
    assert tess.teaches == {"rizal", "luna"}
    assert tess.may == {("rizal", "schedule"), ("rizal", "end")}
    ana = await person_with_rights(database, student.id)
    assert ana is not None
    assert (ana.studies, ana.role) == (frozenset({"rizal"}), Role.STUDENT)


async def test_who_was_withdrawn_or_deactivated_has_no_rights_left(database: Database, clock: ManualClock) -> None:
    student = await add_user(database, clock)
    await add_class(database, "rizal", "Grade 9 Rizal")
    await enrol(database, clock, "rizal", student)
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE enrolments SET withdrawn_at = 1")
    ana = await person_with_rights(database, student.id)
    assert ana is not None
    assert ana.studies == frozenset()
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE users SET status = 'deactivated'")
    assert await person_with_rights(database, student.id) is None
