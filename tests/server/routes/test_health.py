import pytest

from realtime.audience import Role
from server.routes.health import HealthRoutes
from tests.support.house import House
from tests.support.people import add_user


def routes(school: House) -> HealthRoutes:
    return HealthRoutes(
        login_of=school.auth.login_of,
        database=school.database,
        metrics=lambda: b"rollcall_x 1\n",
        demo=True,
        version="1",
    )


@pytest.mark.parametrize("path", ["/api/health", "/healthz"])
async def test_anybody_may_ask_whether_it_lives(school: House, path: str) -> None:
    async with school.browser(routes(school).routes()) as browser:
        answer = await browser.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "demo": True, "version": "1"})


async def test_it_is_ready_as_long_as_it_can_read(school: House) -> None:
    async with school.browser(routes(school).routes()) as browser:
        assert (await browser.get("/readyz")).json() == {"status": "ok", "database": "ok"}
        async with school.database.write() as connection:
            await connection.exec_driver_sql("DROP TABLE counters")
        failing = await browser.get("/readyz")
        assert (await browser.get("/healthz")).status_code == 200
    assert failing.status_code == 503
    assert failing.json() == {"status": "unavailable", "database": "failing"}


async def test_only_admins_read_the_numbers(school: House) -> None:
    for role in Role:
        await add_user(school.database, school.clock, role, f"{role.value} N")
    statuses = {}
    async with school.browser(routes(school).routes()) as browser:
        assert (await browser.get("/metrics")).status_code == 401
        for role in Role:
            token = await school.token_of(f"{role.value}@school.test")
            answer = await browser.get("/metrics", headers={"authorization": f"Bearer {token}"})
            statuses[role] = answer.status_code
            assert ("rollcall_x" in answer.text) is (role is Role.ADMIN)
    assert statuses == {Role.ADMIN: 200, Role.TEACHER: 403, Role.STUDENT: 403, Role.OBSERVER: 403}
