import shutil
from pathlib import Path

import pytest

from server.routes.pages import PAGES, PageRoutes
from tests.support.house import House

INDEX, SCRIPT = "<!doctype html><title>Rollcall</title>", "console.log(1)"
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets" / "deeper").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-abc.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("canary")
    (folder / "assets" / "link.js").symlink_to(tmp_path / "secret.txt")
    return folder


async def test_every_address_of_a_page_gives_the_page_to_anybody(school: House, built: Path) -> None:
    async with school.browser(PageRoutes(built).routes()) as browser:
        for each in PAGES:
            path = each.replace("{id}", "123")
            for spelled in {path, path.rstrip("/") + "/"}:
                answer = await browser.get(spelled)
                assert (answer.status_code, answer.text) == (200, INDEX), spelled
                assert answer.headers["cache-control"] == "no-cache"
                assert answer.headers["content-security-policy"]


async def test_files_of_a_build_are_kept_for_ever_and_the_others_are_asked_for_again(
    school: House, built: Path
) -> None:
    async with school.browser(PageRoutes(built).routes()) as browser:
        script, icon = await browser.get("/assets/index-abc.js"), await browser.get("/favicon.svg")
    assert script.text == SCRIPT
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert icon.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/%2e%2e",
        "/assets/%2e",
        "/assets/deeper",
        "/assets/link.js",
        "/assets/%00",
        "/assets/..%5c..%5csecret.txt",
        "/assets//etc/passwd",
        "/robots.txt",
    ],
)
async def test_no_path_leads_out_of_the_build(school: House, built: Path, path: str) -> None:
    async with school.browser(PageRoutes(built).routes()) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 404
    assert "canary" not in answer.text


async def test_a_browser_that_lost_its_way_gets_the_page_and_a_program_gets_json(school: House, built: Path) -> None:
    pages = PageRoutes(built)
    async with school.browser(pages.routes(), page_not_found=pages.not_found) as browser:
        lost = await browser.get("/nowhere", headers=BROWSER)
        program = await browser.get("/nowhere")
        api = await browser.get("/api/nowhere", headers=BROWSER)
        posted = await browser.post("/nowhere", headers=BROWSER)
    assert (lost.status_code, lost.text) == (404, INDEX)
    for answer in (program, api, posted):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_a_missing_build_is_told_with_what_to_do(school: House, built: Path) -> None:
    async with school.browser(PageRoutes(built).routes()) as browser:
        shutil.rmtree(built)
        answer = await browser.get("/login")
        built.mkdir()
        (built / "index.html").write_text(INDEX)
        assert (await browser.get("/login")).text == INDEX
    assert answer.status_code == 503
    assert "scripts/setup" in answer.text
