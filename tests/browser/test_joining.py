import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from server.demo import ADMIN, SAMPLE_TIMEZONE, STUDENT
from tests.support.browser import Visitors
from tests.support.demo import Meeting
from tests.support.screens import OFFICE_ALL, card, cell, is_marked, join_link, mark

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def press_join(page: Page, topic: str) -> Page:
    """Press the card's link; the tab that opens."""
    async with page.context.expect_page() as opening:
        await join_link(page, topic).click()
    return await opening.value


async def live(visitors: Visitors, topic: str) -> Meeting:
    """A meeting of Grade 9 Rizal whose host is there."""
    meeting = await visitors.demo.create(topic)
    await visitors.demo.of_room(meeting, "start")
    return meeting


async def is_room_of(page: Page, topic: str) -> None:
    """Return once this is the door of the meeting's room in Zoom."""
    await expect(page.get_by_text("This is a simulated Zoom room")).to_be_visible()
    await expect(page.get_by_role("heading", name=topic, exact=True)).to_be_visible()


async def test_join_leads_to_the_room_in_a_new_tab_and_counts_once(visitors: Visitors) -> None:
    await live(visitors, "Fractions")
    student = await visitors.look(STUDENT)
    admin = await visitors.look(ADMIN, OFFICE_ALL)
    await mark(student)
    await expect(cell(admin, "Fractions", "Clicks")).to_have_text("0")
    await expect(join_link(student, "Fractions")).to_have_text("Join Live")
    room = await press_join(student, "Fractions")
    await is_room_of(room, "Fractions")
    assert room.url.startswith(f"{visitors.demo.url}/simulator/")
    assert await room.evaluate("window.opener") is None
    await expect(cell(admin, "Fractions", "Clicks")).to_have_text("1")
    await expect(card(student, "Fractions")).to_contain_text("Opened in a new tab at")
    await expect(join_link(student, "Fractions")).to_have_text("Rejoin")

    # In the room at last: Zoom says so, and nobody had to press anything on the page.
    await room.get_by_label("Your name").fill("Maria Clara Reyes")
    await room.get_by_role("button", name="Join", exact=True).click()
    await expect(room.get_by_text("You are in the room.")).to_be_visible()
    await expect(card(student, "Fractions")).to_contain_text("You’re in the room")
    await expect(card(student, "Fractions")).to_contain_text("2 here")
    await expect(cell(admin, "Fractions", "In meeting")).to_have_text("1 / 12 +1")

    # Closing the tab is leaving.
    await room.close(run_before_unload=False)
    await expect(card(student, "Fractions")).to_contain_text("You left the room")
    await expect(cell(admin, "Fractions", "In meeting")).to_have_text("0 / 12 +1")
    await expect(cell(admin, "Fractions", "Clicks")).to_have_text("1")
    assert await is_marked(student)


async def test_join_works_without_scripts(visitors: Visitors) -> None:
    meeting = await live(visitors, "Decimals")
    admin = await visitors.look(ADMIN, OFFICE_ALL)
    context = await visitors.arrive(STUDENT, java_script_enabled=False)
    page = await context.new_page()
    answer = await page.goto(f"{visitors.demo.url}/join/{meeting['id']}")
    assert answer is not None
    assert answer.status == 200
    await is_room_of(page, "Decimals")
    await expect(cell(admin, "Decimals", "Clicks")).to_have_text("1")


async def test_join_goes_through_when_the_click_cannot_be_noted(visitors: Visitors) -> None:
    await live(visitors, "Percentages")
    student = await visitors.look(STUDENT)
    not_noted = await visitors.demo.metric("rollcall_clicks_not_noted_total")
    with visitors.demo.locked():
        began = time.monotonic()
        room = await press_join(student, "Percentages")
        await is_room_of(room, "Percentages")
        assert time.monotonic() - began < 5.0  # it gives up noting after one
        assert await visitors.demo.metric("rollcall_clicks_not_noted_total") == not_noted + 1
    await expect(card(student, "Percentages")).to_contain_text("Opened in a new tab at")


async def test_whoever_is_not_signed_in_signs_in_first_and_then_lands_in_the_room(visitors: Visitors) -> None:
    meeting = await live(visitors, "Ratios")
    page = await (await visitors.arrive()).new_page()
    await page.goto(f"{visitors.demo.url}/join/{meeting['id']}")
    await page.get_by_label("School e-mail").fill(STUDENT)
    await page.get_by_label("Password", exact=True).fill("demo")
    await page.get_by_role("button", name="Sign in").click()
    await is_room_of(page, "Ratios")


async def test_a_join_that_is_too_early_is_refused_on_a_page_that_says_when_it_opens(visitors: Visitors) -> None:
    meeting = await visitors.demo.create("Proofs", in_min=90)
    visitors.allow("status of 403")
    context = await visitors.arrive(STUDENT, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{visitors.demo.url}/join/{meeting['id']}")
    await expect(page.get_by_role("heading", name="This meeting is not open yet.")).to_be_visible()
    start = datetime.fromisoformat(meeting["start_time"]).astimezone(ZoneInfo(SAMPLE_TIMEZONE))
    opens = start - timedelta(minutes=15)
    await expect(page.get_by_text(f"It opens at {opens:%H:%M} on {opens:%A} {opens.day}")).to_be_visible()
    await expect(page.locator("main")).to_have_css("max-width", "448px")
    await page.get_by_role("link", name="Back to Rollcall").click()
    await expect(page).to_have_url(f"{visitors.demo.url}/")
