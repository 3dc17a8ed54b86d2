from pathlib import Path

import httpx
import pytest

from tests.support.people import PASSWORD
from tests.support.seeded import PEOPLE
from tests.support.whole_house import whole_house

PUBLIC = "https://rollcall.example.org"


async def signed_in(folder: Path, host: str, origin: str, public_url: str = PUBLIC) -> httpx.Response:
    said = {"email": PEOPLE["ada"].email, "password": PASSWORD}
    async with whole_house(folder, ROLLCALL_PUBLIC_URL=public_url) as house:
        answer = await house.by("").post("/api/auth/login", said, headers={"host": host, "origin": origin})
        assert answer.status_code == 200, answer.text
        return answer


@pytest.mark.parametrize("host", ["rollcall.example.org", "Rollcall.example.org:443"])
async def test_who_calls_us_by_our_public_name_has_a_secure_cookie_whatever_a_proxy_says(
    tmp_path: Path, host: str
) -> None:
    answer = await signed_in(tmp_path, host, PUBLIC)
    assert "; Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


async def test_on_this_machine_http_stays_http(tmp_path: Path) -> None:
    answer = await signed_in(tmp_path, "localhost", "http://localhost")
    assert "Secure" not in answer.headers["set-cookie"]
    assert "strict-transport-security" not in answer.headers


async def test_where_the_public_name_is_plain_http_so_is_the_cookie(tmp_path: Path) -> None:
    public = "http://rollcall.example.org"
    answer = await signed_in(tmp_path, "rollcall.example.org", public, public)
    assert "Secure" not in answer.headers["set-cookie"]
