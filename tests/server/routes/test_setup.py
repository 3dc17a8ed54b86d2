import httpx
import pytest

from realtime.audience import Role
from server.auth import Auth
from server.routes.setup import SetupRoutes
from tests.support.house import House

ADA = {"name": "Ada Admin", "email": "ada@school.test", "password": "correct horse"}


async def sent(school: House, **fields: str) -> httpx.Response:
    async with school.browser(SetupRoutes(school.links).routes()) as browser:
        return await browser.post("/setup", data=fields)


async def test_the_form_makes_the_first_admin_and_leads_to_the_dashboard(school: House) -> None:
    token = await school.links.issue()
    assert token is not None
    answer = await sent(school, token=token, **ADA)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    made = Auth(school.database, school.sessions)
    login = await made.login_with(answer.cookies["rollcall_session"])
    assert (login.person.role, login.person.email) == (Role.ADMIN, "ada@school.test")


async def test_the_page_has_no_script_or_style_inside_and_lets_its_form_say_where_it_is_from(school: House) -> None:
    async with school.browser(SetupRoutes(school.links).routes()) as browser:
        page = await browser.get("/setup")
        script, style = await browser.get("/setup/page.js"), await browser.get("/setup/page.css")
        other = await browser.get("/setup/page.html")
    assert page.status_code == script.status_code == style.status_code == 200
    assert other.status_code == 404
    assert "<style" not in page.text
    assert "</script>" in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"


async def test_a_typing_error_keeps_what_was_typed_but_never_the_password(school: House) -> None:
    token = await school.links.issue() or ""
    answer = await sent(school, token=token, **ADA | {"email": "ada"})
    assert answer.status_code == 422
    assert "Expected an e-mail address." in answer.text
    assert token in answer.text
    assert ADA["password"] not in answer.text
    assert (await sent(school, token=token, **ADA)).status_code == 303


async def test_what_was_typed_comes_back_as_text(school: House) -> None:
    answer = await sent(school, token='"><script>alert(1)</script>', name="<img src=x>", email="a", password="x")
    assert answer.status_code == 403
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_without_the_link_nobody_becomes_admin(school: House, token: str) -> None:
    await school.links.issue()
    answer = await sent(school, token=token, **ADA)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert await school.users.page() == []


@pytest.mark.parametrize("field", ["role", "id", "status"])
async def test_further_fields_set_nothing(school: House, field: str) -> None:
    token = await school.links.issue() or ""
    await sent(school, token=token, **ADA, **{field: "student"})
    (made,) = await school.users.page()
    assert (made.role, made.status) == (Role.ADMIN, "active")


async def test_another_site_cannot_send_the_form(school: House) -> None:
    token = await school.links.issue() or ""
    async with school.browser(SetupRoutes(school.links).routes()) as browser:
        answer = await browser.post("/setup", data={"token": token, **ADA}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert await school.users.page() == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 50), "application/x-www-form-urlencoded", 400),
    ],
)
async def test_what_is_no_form_is_refused(school: House, content: bytes, kind: str, status: int) -> None:
    async with school.browser(SetupRoutes(school.links).routes()) as browser:
        answer = await browser.post("/setup", content=content, headers={"content-type": kind})
    assert answer.status_code == status
