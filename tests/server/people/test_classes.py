import pytest

from realtime.audience import Person, Role
from realtime.errors import BadInput
from server.people.classes import Teacher, classes_of
from server.people.users import User
from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.people import add_class, add_user, assign, enrol, person_with_rights


async def person(database: Database, user: User) -> Person:
    found = await person_with_rights(database, user.id)
    assert found is not None
    return found


async def test_each_person_sees_their_own_classes_and_no_others(database: Database, clock: ManualClock) -> None:
    teacher = await add_user(database, clock, Role.TEACHER, "Tess Reyes")
    other = await add_user(database, clock, Role.TEACHER, "Omar Santos")
    ana, ben = await add_user(database, clock), await add_user(database, clock, name="Ben Diaz")
    nobody = await add_user(database, clock, name="New Here")
    await add_class(database, "rizal", "Grade 9 Rizal", "Algebra")
    await add_class(database, "luna", "Grade 7 Luna", "Science")
    await add_class(database, "old", "Grade 1 Old", status="archived")
    await assign(database, "rizal", teacher, "schedule")
    await assign(database, "rizal", other)
    await assign(database, "luna", other, "schedule", "end")
    await enrol(database, clock, "rizal", ana, ben)
    await enrol(database, clock, "old", ana)

    async def names(user: User) -> list[str]:
        return [each.name for each in (await classes_of(database, await person(database, user))).classes]

    assert await names(teacher) == await names(ana) == ["Grade 9 Rizal"]
    assert await names(other) == ["Grade 7 Luna", "Grade 9 Rizal"]
    assert await names(nobody) == []
    admin = await add_user(database, clock, Role.ADMIN, "Ada")
    observer = await add_user(database, clock, Role.OBSERVER, "Olga")
    assert await names(admin) == await names(observer) == ["Grade 7 Luna", "Grade 9 Rizal"]

    (rizal,) = (await classes_of(database, await person(database, teacher))).classes
    assert (rizal.id, rizal.subject, rizal.student_count) == ("rizal", "Algebra", 2)
    assert rizal.teachers == [Teacher(other.id, "Omar Santos"), Teacher(teacher.id, "Tess Reyes")]
    assert rizal.permissions == ["schedule"]
    (as_student,) = (await classes_of(database, await person(database, ana))).classes
    assert as_student.permissions is None


async def test_who_left_a_class_sees_it_no_more_and_is_not_counted(database: Database, clock: ManualClock) -> None:
    ana, ben = await add_user(database, clock), await add_user(database, clock, name="Ben Diaz")
    await add_class(database, "rizal", "Grade 9 Rizal")
    await enrol(database, clock, "rizal", ana, ben)
    async with database.write() as connection:
        await connection.exec_driver_sql(f"UPDATE enrolments SET withdrawn_at = 1 WHERE user_id = '{ana.id}'")
    assert (await classes_of(database, await person(database, ana))).classes == []
    assert [c.student_count for c in (await classes_of(database, await person(database, ben))).classes] == [1]


async def test_a_list_comes_in_pages_without_gap_or_double(database: Database, clock: ManualClock) -> None:
    admin = await person(database, await add_user(database, clock, Role.ADMIN, "Ada"))
    for n, name in enumerate(["B", "A", "A", "C", "A"]):
        await add_class(database, f"class{n}", name)
    seen: list[tuple[str, str]] = []
    after = ""
    for _ in range(3):
        page = await classes_of(database, admin, after=after, limit=2)
        seen += [(each.name, each.id) for each in page.classes]
        after = page.next
    assert seen == [("A", "class1"), ("A", "class2"), ("A", "class4"), ("B", "class0"), ("C", "class3")]
    assert after == ""


async def test_a_page_after_a_class_one_cannot_see_is_refused(database: Database, clock: ManualClock) -> None:
    admin = await person(database, await add_user(database, clock, Role.ADMIN, "Ada"))
    tess = await add_user(database, clock, Role.TEACHER, "Tess Reyes")
    ana = await add_user(database, clock)
    await add_class(database, "luna", "Grade 7 Luna")
    await add_class(database, "rizal", "Grade 9 Rizal")
    await assign(database, "rizal", tess)
    await enrol(database, clock, "rizal", ana)
    for who, unseen in (
        (admin, "nothing"),
        (await person(database, tess), "luna"),
        (await person(database, ana), "luna"),
    ):
        with pytest.raises(BadInput) as refused:
            await classes_of(database, who, after=unseen)
        assert list(refused.value.fields) == ["after"]
    assert [each.id for each in (await classes_of(database, admin, after="luna")).classes] == ["rizal"]
