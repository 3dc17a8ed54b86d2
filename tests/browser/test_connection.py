import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from server.demo import ADMIN, STUDENT
from tests.support.browser import NO_SERVER, Visitors, is_live, pill
from tests.support.demo import demo
from tests.support.screens import OFFICE_ALL, card, cell, is_marked, join_link, mark, row, toast

pytestmark = pytest.mark.asyncio(loop_scope="session")

WHILE_AWAY_S = 20


async def lose_the_server(page: Page) -> None:
    """What a page says, second by second, from when its server is gone. The seconds are the page's own."""
    await expect(pill(page)).to_have_accessible_name("Connection: Reconnecting…")
    await page.clock.fast_forward(WHILE_AWAY_S * 1_000)
    await expect(pill(page)).to_have_accessible_name("Connection: Offline")
    banner = page.get_by_role("region", name="Offline")
    await expect(banner).to_contain_text(
        re.compile(r"Not updating since \d\d:\d\d\. What you see may be old\. Join links still work\.")
    )
    await expect(banner.get_by_role("button", name="Try now")).to_be_visible()


async def test_a_killed_server_is_told_and_what_was_missed_is_there_when_it_is_back(
    browser: Browser, built: None, tmp_path: Path
) -> None:
    asyncio.get_running_loop().set_debug(False)
    async with demo(tmp_path) as first:
        people = Visitors(browser, first)
        people.allow(NO_SERVER)
        try:
            cancelled, kept = await first.create("Called off"), await first.create("Still on")
            student, admin = await people.arrive(STUDENT), await people.arrive(ADMIN)
            pages = [await student.new_page(), await admin.new_page()]
            for page, path in zip(pages, ("/", OFFICE_ALL), strict=True):
                await page.clock.install()
                await page.goto(f"{first.url}{path}")
                await is_live(page)
                await mark(page)
            mine, office = pages
            await expect(card(mine, "Called off")).to_be_visible()
            first.die()
            for page in pages:
                await lose_the_server(page)
            await expect(join_link(mine, "Still on")).to_have_attribute("href", f"/join/{kept['id']}")

            # Elsewhere, so that no page can hear it when it happens.
            async with demo(tmp_path) as elsewhere:
                await elsewhere.create("Made meanwhile")
                await elsewhere.call("POST", f"/api/zoom/meetings/{cancelled['id']}/cancel")
            async with demo(tmp_path, port=first.port) as again:
                assert again.url == first.url
                for page in pages:
                    await is_live(page)
                    await expect(page.get_by_role("region", name="Offline")).to_have_count(0)
                    await expect(toast(page, "While you were away: 1 new meeting, 1 cancelled.")).to_be_visible()
                await expect(card(mine, "Made meanwhile")).to_have_count(1)
                await expect(card(mine, "Called off")).to_contain_text("Cancelled")
                await expect(row(office, "Called off")).to_contain_text("Cancelled")
                # And what happens from now on comes as before.
                await again.of_room(kept, "start")
                await expect(join_link(mine, "Still on")).to_have_text("Join Live")
                await expect(cell(office, "Still on", "In meeting")).to_have_text("0 / 12 +1")
                for page in pages:
                    assert await is_marked(page)
                assert people.complaints == []
        finally:
            await people.go()


async def test_a_browser_without_a_network_says_so_at_once_and_comes_back(visitors: Visitors) -> None:
    visitors.allow(r"net::ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed")
    page = await visitors.look(STUDENT)
    await visitors.demo.create("Before the tunnel")
    await expect(card(page, "Before the tunnel")).to_be_visible()
    await page.context.set_offline(True)
    await expect(pill(page)).to_have_accessible_name("Connection: Offline")
    await expect(join_link(page, "Before the tunnel")).to_be_visible()
    await visitors.demo.create("In the tunnel")
    await page.context.set_offline(False)
    await is_live(page)
    await expect(card(page, "In the tunnel")).to_be_visible()


async def test_signing_out_in_one_tab_sends_the_other_to_the_sign_in_page(visitors: Visitors) -> None:
    visitors.allow(r"status of 401")  # how a page learns that its login is over
    context = await visitors.arrive()
    first = await context.new_page()
    await first.goto(f"{visitors.demo.url}/dashboard/ZoomIntegration")
    await expect(first).to_have_url(re.compile(r"/login\?next=%2Fdashboard%2FZoomIntegration$"))
    await first.get_by_label("School e-mail").fill(STUDENT)
    await first.get_by_label("Password", exact=True).fill("wrong")
    await first.get_by_role("button", name="Sign in").click()
    await expect(first.get_by_role("alert")).to_contain_text("E-mail and password do not match.")
    await first.get_by_label("Password", exact=True).fill("demo")
    await first.get_by_role("button", name="Sign in").click()
    await expect(first).to_have_url(f"{visitors.demo.url}/dashboard/ZoomIntegration")
    await is_live(first)
    second = await context.new_page()
    await second.goto(visitors.demo.url)
    await is_live(second)
    await first.get_by_role("button", name=re.compile("^Account of")).click()
    await first.get_by_role("menuitem", name="Sign out").click()
    await expect(first).to_have_url(re.compile("/login"))
    await expect(second).to_have_url(re.compile("/login"))
