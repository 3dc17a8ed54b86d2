from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from server.doors import Policy
from server.errors import exception_handlers
from server.people.upkeep import Upkeep
from server.routes.control import FORWARDED, ControlRoutes
from server.settings import Options, read_settings
from server.zoom.signature import Verdict, check
from tests.support.asgi import client
from tests.support.house import House
from tests.support.people import add_user

KEY = "the key in the data folder"
OPEN = {"authorization": f"RollcallControl {KEY}"}
TESS = {"email": "tess@school.test", "name": "Tess Reyes", "role": "teacher", "password": "correct horse"}


def routes(school: House, *, key: str = KEY, secrets: tuple[str, ...] = ("new secret", "old secret")) -> ControlRoutes:
    return ControlRoutes(
        key=key,
        upkeep=Upkeep(school.users, school.passwords),
        end_session=school.end_session,
        webhook_secrets=secrets,
        clock=school.clock,
    )


async def test_a_command_with_the_key_writes_somebody_down(school: House) -> None:
    async with school.browser(routes(school).routes()) as command:
        made = await command.post("/api/control/users", json=TESS, headers=OPEN)
        listed = await command.get("/api/control/users", headers=OPEN)
    assert made.status_code == 201
    assert made.json()["user"] == listed.json()["users"][0]
    assert listed.json()["users"][0]["role"] == "teacher"
    assert "password" not in listed.text
    assert (await school.sign_in("tess@school.test", "correct horse", address="", user_agent="")).token


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "RollcallControl wrong"},
        {"authorization": "RollcallControl "},
        {"authorization": f"Bearer {KEY}"},
        {"cookie": f"rollcall_session={KEY}"},
        *({**OPEN, name: "127.0.0.1"} for name in FORWARDED),
    ],
)
async def test_without_the_key_or_through_a_proxy_there_is_nothing_here(school: House, headers: dict[str, str]) -> None:
    async with school.browser(routes(school).routes()) as command:
        for route in routes(school).routes():
            (method,) = (route.methods or set()) - {"HEAD"}
            answer = await command.request(method, route.path, json=TESS, headers=headers)
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "not_found"
    assert await school.users.page() == []


async def test_a_server_without_a_key_takes_none(school: House) -> None:
    async with school.browser(routes(school, key="").routes()) as command:
        answer = await command.get("/api/control/users", headers={"authorization": "RollcallControl "})
    assert answer.status_code == 404


async def test_another_machine_with_the_key_finds_nothing_either(school: House) -> None:
    async def asked(address: str) -> httpx.Response:
        app = Starlette(routes=routes(school).routes(), exception_handlers=exception_handlers())
        async with client(app, address=address) as command:
            return await command.get("/api/control/users", headers=OPEN)

    assert (await asked("127.0.0.1")).status_code == 200
    assert (await asked("::ffff:127.0.0.1")).status_code == 200
    assert (await asked("10.0.0.7")).status_code == 404
    assert (await asked("testclient")).status_code == 404


async def test_a_command_beside_a_server_on_one_address_comes_from_that_address(school: House) -> None:
    app = Starlette(routes=routes(school).routes(), exception_handlers=exception_handlers())
    for address, status in {"10.0.0.5": 200, "::ffff:10.0.0.5": 200, "10.0.0.7": 404, "nonsense": 404}.items():
        async with client(app, address=address, base_url="http://10.0.0.5:5000") as command:
            assert (await command.get("/api/control/users", headers=OPEN)).status_code == status, address


def test_the_address_of_a_server_that_listens_on_a_name_is_its_own() -> None:
    options = Options(host="school.test", port=5000, data=Path("data"), demo=False)
    assert "10.0.0.5" in Policy.of(read_settings(None), options, "http://10.0.0.5:5000").hosts


async def test_a_new_password_closes_the_live_connections_made_with_the_old(school: House) -> None:
    ana = await add_user(school.database, school.clock)
    _, session = await school.sessions.open(ana.id)
    async with school.browser(routes(school).routes()) as command:
        body = {"email": "ana@school.test", "password": "another horse"}
        answer = await command.post("/api/control/users/password", json=body, headers=OPEN)
        nobody = await command.post("/api/control/users/password", json=body | {"email": "x@school.test"}, headers=OPEN)
    assert answer.json() == {"success": True, "ended": 1}
    assert school.ended == [(session.id, "password_changed")]
    assert nobody.status_code == 404


@pytest.mark.parametrize("wrong", [{"role": "owner"}, {"role": "Admin"}, {"status": "x"}, {"password": "short"}])
async def test_a_wrong_field_is_named(school: House, wrong: dict[str, str]) -> None:
    async with school.browser(routes(school).routes()) as command:
        answer = await command.post("/api/control/users", json=TESS | wrong, headers=OPEN)
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) == set(wrong)


async def test_a_captured_notification_is_signed_as_zoom_would_now(school: House) -> None:
    body = b'{"event": "meeting.started"}'
    async with school.browser(routes(school).routes()) as command:
        signed = (await command.post("/api/control/signature", content=body, headers=OPEN)).json()["headers"]
    now = school.clock.now() + timedelta(seconds=1)
    timestamp, signature = signed["x-zm-request-timestamp"], signed["x-zm-signature"]
    assert check(["new secret"], timestamp, signature, body, now) is Verdict.GOOD
    assert check(["old secret"], timestamp, signature, body, now) is not Verdict.GOOD


async def test_without_a_secret_nothing_is_signed(school: House) -> None:
    async with school.browser(routes(school, secrets=()).routes()) as command:
        answer = await command.post("/api/control/signature", content=b"{}", headers=OPEN)
    assert answer.status_code == 409
