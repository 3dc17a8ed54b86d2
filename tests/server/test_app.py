from datetime import UTC
from pathlib import Path

import pytest

from server.app import SystemClock, house
from server.data_folder import DataFolder
from server.settings import Options, Settings
from server.store.schema import SchemaError
from tests.support.ears import page
from tests.support.whole_house import PEOPLE, whole_house


def test_the_machines_clock_tells_whole_milliseconds_which_is_what_is_kept() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1_000 == 0


async def test_a_house_can_be_opened_again_where_it_was_closed(tmp_path: Path) -> None:
    settings, options = Settings(_env_file=None), Options(host="127.0.0.1", port=0, data=tmp_path, demo=False)
    for _ in range(2):
        with DataFolder(tmp_path, demo=False) as folder:
            async with house(settings, options, folder, "http://127.0.0.1:1"):
                pass
    assert not list(tmp_path.glob("*-wal"))  # all of it is in the one file, as when nobody has it open


async def test_a_database_of_a_newer_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as served:
        async with served.parts.database.write() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    settings, options = Settings(_env_file=None), Options(host="127.0.0.1", port=0, data=tmp_path, demo=False)
    with DataFolder(tmp_path, demo=False) as folder, pytest.raises(SchemaError, match="made by a newer version"):
        async with house(settings, options, folder, "http://127.0.0.1:1"):
            pass


async def test_nothing_of_a_demo_stands_in_a_schools_house(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as served:
        assert served.parts.simulator is None
        for path in ("/simulator/v2/users/me", "/simulator/control/webhooks", "/simulator/oauth/token"):
            assert (await served.admin.get(path)).status_code == 404
        for path in ("/api/demo/play", "/simulator/control/faults"):
            assert (await served.admin.post(path, {})).status_code in (404, 405)


async def test_every_answer_carries_what_browsers_must_know(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as served:
        for path in ("/", "/api/auth/me", "/join/x", "/nowhere", "/socket.io/", "/metrics"):
            headers = (await served.by("").get(path)).headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert "server" not in headers, path


async def test_another_sites_page_can_do_nothing_with_the_cookie(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as served:
        cookie = {"cookie": f"rollcall_session={PEOPLE['ada'].token}"}
        http = served.by("").http
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", ""):
            headers = cookie | ({"origin": origin} if origin else {})
            answer = await http.post("/api/zoom/meetings", json={"topic": "x"}, headers=headers)
            assert answer.status_code == 403, origin
            assert "access-control-allow-origin" not in answer.headers
        own = await http.post("/api/zoom/meetings", json={"topic": "x"}, headers=cookie | {"origin": served.url})
        assert own.status_code == 201


async def test_who_signs_out_is_cut_off_on_every_live_connection_of_that_login(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as served:
        sam = await served.fresh_login("sam")
        token = sam.http.headers["authorization"].removeprefix("Bearer ")
        async with page(served.url, token) as opened, page(served.url, PEOPLE["sam"].token) as other:
            assert (await sam.post("/api/auth/logout")).status_code == 200
            await opened.until(lambda: opened.wire.state.name == "CLOSED", "the end")
            assert opened.of("error")[-1].body["code"] == "signed_out"
            await other.quiet()
        assert (await sam.get("/api/auth/me")).status_code == 401
