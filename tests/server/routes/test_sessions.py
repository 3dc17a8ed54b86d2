from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie

import httpx
import pytest

from realtime.audience import Role
from server.doors import Policy
from server.people.sessions import IDLE, MOST_OPEN
from server.routes.sessions import AboutUs, SessionRoutes
from tests.support.house import ORIGIN, House
from tests.support.people import PASSWORD, QUICK, add_user

ANA = {"email": "ana@school.test", "password": PASSWORD}


@asynccontextmanager
async def browser(school: House, base_url: str = ORIGIN) -> AsyncIterator[httpx.AsyncClient]:
    routes = SessionRoutes(
        auth=school.auth,
        sign_in=school.sign_in,
        sessions=school.sessions,
        end_session=school.end_session,
        about_us=AboutUs(demo=False, version="1.2.3", class_label="Program", timezone="Asia/Manila"),
    )
    async with school.browser(routes.routes(), base_url=base_url) as browser:
        yield browser


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_login_gives_a_cookie_and_a_token_and_tells_who_one_is(school: House) -> None:
    user = await add_user(school.database, school.clock, Role.TEACHER)
    async with browser(school) as ana:
        answer = await ana.post("/api/auth/login", json=ANA)
        me = await ana.get("/api/auth/me")
    told = answer.json()
    assert told["success"] is True
    assert told["user"] == {"id": user.id, "email": "ana@school.test", "name": "Ana Cruz", "role": "teacher"}
    assert me.json() == {
        "success": True,
        "user": told["user"],
        "expires_at": (school.clock.now() + IDLE).isoformat().replace("+00:00", "Z"),
        "demo": False,
        "version": "1.2.3",
        "class_label": "Program",
        "timezone": "Asia/Manila",
    }
    async with browser(school) as program:
        by_token = await program.get("/api/auth/me", headers={"authorization": f"Bearer {told['token']}"})
    assert by_token.json()["user"]["id"] == user.id


@pytest.mark.parametrize(("base_url", "secure"), [(ORIGIN, False), ("https://rollcall.example.org", True)])
async def test_no_script_reads_the_cookie_and_no_other_site_sends_it(
    school: House, base_url: str, secure: bool
) -> None:
    await add_user(school.database, school.clock)
    school.policy = Policy(hosts=frozenset({"localhost", "rollcall.example.org"}))
    async with browser(school, base_url) as ana:
        answer = await ana.post("/api/auth/login", json=ANA)
    cookie = SimpleCookie(answer.headers["set-cookie"])["rollcall_session"]
    assert cookie.value == answer.json()["token"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert bool(cookie["secure"]) is secure
    assert answer.headers["cache-control"] == "no-store"


async def test_a_wrong_login_is_refused_and_sets_nothing(school: House) -> None:
    await add_user(school.database, school.clock)
    async with browser(school) as ana:
        wrong = await ana.post("/api/auth/login", json=ANA | {"password": "wrong"})
        nobody = await ana.post("/api/auth/login", json=ANA | {"email": "nobody@school.test"})
        me = await ana.get("/api/auth/me")
    assert code(wrong) == code(nobody) == (401, "wrong_credentials")
    assert "set-cookie" not in wrong.headers
    assert wrong.json() == nobody.json()
    assert code(me) == (401, "auth_required")


async def test_a_password_is_taken_as_typed(school: House) -> None:
    await add_user(school.database, school.clock, password_hash=QUICK.hash(" two  spaces "))
    async with browser(school) as ana:
        assert (await ana.post("/api/auth/login", json=ANA | {"password": " two  spaces "})).status_code == 200
        assert (await ana.post("/api/auth/login", json=ANA | {"password": "two  spaces"})).status_code == 401


@pytest.mark.parametrize("field", ["role", "id", "user", "token", "status", "expires_at", "remember"])
async def test_nothing_but_address_and_password_can_be_said(school: House, field: str) -> None:
    await add_user(school.database, school.clock)
    async with browser(school) as ana:
        answer = await ana.post("/api/auth/login", json={**ANA, field: "admin"})
    assert code(answer) == (422, "bad_input")
    assert set(answer.json()["error"]["fields"]) == {field}


async def test_guessing_ends_in_429_with_the_time_to_wait(school: House) -> None:
    await add_user(school.database, school.clock)
    async with browser(school) as eve:
        answers = [await eve.post("/api/auth/login", json=ANA | {"password": "guess"}) for _ in range(6)]
        right = await eve.post("/api/auth/login", json=ANA)
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert code(right) == (429, "too_many")
    assert int(right.headers["retry-after"]) >= 1
    assert school.pauses == [0.25, 0.5, 1.0]


async def test_each_login_is_a_new_session_and_the_one_before_is_over(school: House) -> None:
    user = await add_user(school.database, school.clock)
    async with browser(school) as ana:
        first = (await ana.post("/api/auth/login", json=ANA)).json()["token"]
        held = (await school.sessions.open_of(user.id))[0].id
        second = (await ana.post("/api/auth/login", json=ANA)).json()["token"]
        ana.cookies.clear()
        before = await ana.get("/api/auth/me", headers={"authorization": f"Bearer {first}"})
        now = await ana.get("/api/auth/me", headers={"authorization": f"Bearer {second}"})
    assert first != second
    assert code(before) == (401, "auth_expired")
    assert now.status_code == 200
    assert school.ended == [(held, "signed_in_again")]


async def test_a_token_put_into_the_browser_before_the_login_is_not_the_one_after_it(school: House) -> None:
    await add_user(school.database, school.clock)
    async with browser(school) as ana:
        ana.cookies.set("rollcall_session", "chosen-by-eve", domain="localhost.local")
        answer = await ana.post("/api/auth/login", json=ANA, headers={"cookie": "rollcall_session=chosen-by-eve"})
    assert answer.status_code == 200
    assert answer.json()["token"] != "chosen-by-eve"


async def test_a_logout_ends_the_session_and_its_live_connections(school: House) -> None:
    user = await add_user(school.database, school.clock)
    async with browser(school) as ana:
        token = (await ana.post("/api/auth/login", json=ANA)).json()["token"]
        session = (await school.sessions.open_of(user.id))[0]
        answer = await ana.post("/api/auth/logout")
        after = await ana.get("/api/auth/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert code(after) == (401, "auth_expired")
    assert school.ended == [(session.id, "signed_out")]


async def test_a_logout_of_nobody_is_no_error(school: House) -> None:
    async with browser(school) as ana:
        assert (await ana.post("/api/auth/logout")).json() == {"success": True}
    assert school.ended == []


async def test_another_site_can_neither_log_in_nor_out(school: House) -> None:
    user = await add_user(school.database, school.clock)
    async with browser(school) as ana:
        await ana.post("/api/auth/login", json=ANA)
        evil = {"origin": "https://evil.example"}
        assert code(await ana.post("/api/auth/logout", headers=evil)) == (403, "origin_refused")
        assert code(await ana.post("/api/auth/login", json=ANA, headers=evil)) == (403, "origin_refused")
    assert len(await school.sessions.open_of(user.id)) == 1


async def test_no_answer_and_no_error_holds_a_password_hash(school: House) -> None:
    user = await add_user(school.database, school.clock)
    async with browser(school) as ana:
        answers = [
            await ana.post("/api/auth/login", json=ANA),
            await ana.post("/api/auth/login", json={"email": 1, "password": PASSWORD}),
            await ana.get("/api/auth/me"),
        ]
    for answer in answers:
        assert user.password_hash not in answer.text
        assert PASSWORD not in answer.text


async def test_a_login_too_many_closes_the_live_connections_of_the_one_unused_longest(school: House) -> None:
    user = await add_user(school.database, school.clock)
    opened = []
    for _ in range(MOST_OPEN):
        _, session = await school.sessions.open(user.id)
        opened.append(session.id)
        school.clock.advance(seconds=1)
    async with browser(school) as ana:
        assert (await ana.post("/api/auth/login", json=ANA)).status_code == 200
    assert school.ended == [(opened[0], "too_many_logins")]
