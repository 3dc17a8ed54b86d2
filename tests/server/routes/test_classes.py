import pytest

from realtime.audience import Role
from server.routes.classes import ClassRoutes
from tests.support.house import House
from tests.support.people import add_class, add_user, assign, enrol


def routes(school: House) -> ClassRoutes:
    return ClassRoutes(login_of=school.auth.login_of, database=school.database)


async def test_a_teacher_sees_the_classes_they_teach_with_their_permissions(school: House) -> None:
    tess = await add_user(school.database, school.clock, Role.TEACHER, "Tess Reyes")
    ana = await add_user(school.database, school.clock)
    await add_class(school.database, "rizal", "Grade 9 Rizal", "Algebra")
    await add_class(school.database, "luna", "Grade 7 Luna", "Science")
    await assign(school.database, "rizal", tess, "schedule", "end")
    await enrol(school.database, school.clock, "rizal", ana)
    rizal = {
        "id": "rizal",
        "name": "Grade 9 Rizal",
        "subject": "Algebra",
        "studentCount": 1,
        "teachers": [{"id": tess.id, "name": "Tess Reyes"}],
    }
    async with school.browser(routes(school).routes()) as browser:
        browser.headers["authorization"] = f"Bearer {await school.token_of('tess@school.test')}"
        taught = await browser.get("/api/classes")
        old = await browser.get("/api/programs")
        browser.headers["authorization"] = f"Bearer {await school.token_of('ana@school.test')}"
        studied = await browser.get("/api/classes")
    with_permissions = {**rizal, "permissions": ["schedule", "end"]}
    assert taught.json() == {"success": True, "classes": [with_permissions], "next": None}
    assert old.json() == {"success": True, "programs": [with_permissions], "next": None}
    assert studied.json() == {"success": True, "classes": [rizal], "next": None}


async def test_a_long_list_comes_in_pages(school: House) -> None:
    await add_user(school.database, school.clock, Role.ADMIN, "Ada")
    for n in range(3):
        await add_class(school.database, f"class{n}", f"Class {n}")
    async with school.browser(routes(school).routes()) as browser:
        browser.headers["authorization"] = f"Bearer {await school.token_of('ada@school.test')}"
        first = (await browser.get("/api/classes?limit=2")).json()
        rest = (await browser.get(f"/api/classes?limit=2&after={first['next']}")).json()
    assert [each["id"] for each in first["classes"]] == ["class0", "class1"]
    assert [each["id"] for each in rest["classes"]] == ["class2"]
    assert rest["next"] is None


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "", "1e9", "٣"])
async def test_a_page_has_a_size_one_can_bear(school: House, limit: str) -> None:
    await add_user(school.database, school.clock)
    async with school.browser(routes(school).routes()) as browser:
        browser.headers["authorization"] = f"Bearer {await school.token_of('ana@school.test')}"
        assert (await browser.get("/api/classes", params={"limit": limit})).status_code == 422


async def test_nobody_sees_nothing(school: House) -> None:
    async with school.browser(routes(school).routes()) as browser:
        assert (await browser.get("/api/classes")).status_code == 401
