from pathlib import Path

from server.demo_week import DemoWeek
from server.people.passwords import Passwords
from tests.support.people import QUICK
from tests.support.whole_house import whole_house


async def test_a_database_that_does_not_answer_does_not_take_the_server_down(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        passwords = Passwords(QUICK)
        try:
            week = DemoWeek(
                database=house.parts.database,
                scheduling=house.parts.scheduling,
                passwords=passwords,
                clock=house.clock,
                timezone="UTC",
                play_in_zoom=lambda zoom_id, cast: None,
            )
            async with house.parts.database.write() as connection:
                await connection.exec_driver_sql("ALTER TABLE users RENAME TO gone")
            await week.begin()
            async with house.parts.database.write() as connection:
                await connection.exec_driver_sql("ALTER TABLE gone RENAME TO users")
        finally:
            passwords.close()
        assert (await house.admin.get("/api/auth/me")).status_code == 200
