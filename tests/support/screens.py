"""Where things are on our pages, by what people read there."""

import re

from playwright.async_api import Locator, Page, expect

OFFICE = "/admin-dashboard/zoom-integration"
OFFICE_ALL = f"{OFFICE}?range=all"
TEACHER = "/zoom/meetings"
STUDENTS = "/dashboard/ZoomIntegration"


def card(page: Page, topic: str) -> Locator:
    """A student's card of the meeting."""
    return page.get_by_role("article", name=topic, exact=True)


def join_link(page: Page, topic: str) -> Locator:
    """What is pressed on the card."""
    return card(page, topic).get_by_role("link")


def toast(page: Page, text: str) -> Locator:
    """A toast that says this."""
    return page.get_by_role("region", name="News").get_by_text(text, exact=True)


def section(page: Page, name: str) -> Locator:
    """A section of a student's page."""
    return page.get_by_role("region", name=name, exact=True)


def row(page: Page, topic: str) -> Locator:
    """The meeting's row in the list of staff."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=topic, exact=True))


def cell(page: Page, topic: str, label: str) -> Locator:
    """A cell of that row, by the name of its column."""
    return row(page, topic).locator(f'[data-label="{label}"]')


def drawer(page: Page, topic: str) -> Locator:
    """The meeting beside the list."""
    return page.get_by_role("dialog", name=f"Meeting: {topic}")


def people(page: Page, topic: str, group: str) -> Locator:
    """A group of people in the drawer."""
    return drawer(page, topic).get_by_role("region", name=re.compile(rf"^{re.escape(group)}\s*\d+$"))


async def open_drawer(page: Page, topic: str) -> Locator:
    """Press the row."""
    await row(page, topic).get_by_role("link", name=topic, exact=True).click()
    shown = drawer(page, topic)
    await expect(shown).to_be_visible()
    return shown


async def choose(page: Page, topic: str, action: str) -> None:
    """Choose from the meeting's menu."""
    await row(page, topic).get_by_role("button", name=f"Actions for {topic}").click()
    await page.get_by_role("menuitem", name=re.compile(f"^{action}")).click()


async def day_news(page: Page) -> list[str]:
    """Everything the bell has kept, the newest first."""
    await page.get_by_role("button", name=re.compile("^News")).click()
    panel = page.get_by_role("dialog", name="News of today")
    await expect(panel).to_be_visible()
    return [text.strip() for text in await panel.locator("li > span").all_text_contents()]


async def mark(page: Page) -> None:
    """Leave a mark that a reload would wipe away."""
    await page.evaluate("window.wasNeverReloaded = true")


async def is_marked(page: Page) -> bool:
    """Whether the mark is still there."""
    return bool(await page.evaluate("window.wasNeverReloaded === true"))
