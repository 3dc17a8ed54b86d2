import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from server.demo import ADMIN, STUDENT
from tests.support.browser import Ears, Visitors
from tests.support.demo import OTHER_STUDENT
from tests.support.screens import OFFICE, card, choose, day_news, drawer, is_marked, mark, open_drawer, row, toast

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_STEPS = 40
EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


async def fill(page: Page, topic: str) -> None:
    """A new meeting for Grade 9 Rizal, everything else as the dialog has it."""
    await page.get_by_role("button", name="New meeting").click()
    dialog = page.get_by_role("dialog", name="New meeting")
    await dialog.get_by_label("Topic").fill(topic)
    await dialog.get_by_label("Class", exact=True).select_option(label="Grade 9 Rizal · Algebra · 12 students")
    await dialog.get_by_role("button", name="Create meeting").click()
    await expect(dialog).to_have_count(0)


async def press_until_focused(wanted: Locator, *keys: str) -> None:
    """Walk there by the first key and, past the end, by the next, as somebody without a mouse does."""
    for key in keys:
        for _ in range(MOST_STEPS):
            await wanted.page.keyboard.press(key)
            if await wanted.evaluate("element => element === document.activeElement"):
                return
    await expect(wanted).to_be_focused()


async def test_a_meeting_made_with_all_defaults_comes_to_a_students_page_once_without_a_reload(
    visitors: Visitors,
) -> None:
    ears = Ears()
    student = await visitors.look(STUDENT, ears=ears)
    await mark(student)
    admin = await visitors.look(ADMIN)
    before = datetime.now(UTC)
    await fill(admin, "Parallel lines")
    await expect(card(student, "Parallel lines")).to_be_visible()
    await expect(toast(student, "New meeting available: “Parallel lines”")).to_be_visible()
    # What comes after it comes after its repetition, if there were one.
    await fill(admin, "Skew lines")
    await expect(card(student, "Skew lines")).to_be_visible()
    await expect(card(student, "Parallel lines")).to_have_count(1)
    await expect(card(student, "Parallel lines")).to_contain_text("Scheduled")
    assert (await day_news(student)).count("New meeting available: “Parallel lines”") == 1
    assert len([one for one in await ears.about("Parallel lines") if "meetingCreated" in one]) == 1
    assert await is_marked(student)

    await expect(row(admin, "Parallel lines")).to_have_count(1)
    found = (await visitors.demo.call("GET", "/api/zoom/meetings?q=Parallel"))["meetings"]
    assert [(meeting["duration"], meeting["class"]["id"], meeting["audience"]) for meeting in found] == [
        (60, "rizal", "class")
    ]
    start = datetime.fromisoformat(found[0]["start_time"])
    assert abs(start - before - timedelta(hours=1)) < timedelta(minutes=2)


async def test_a_student_hears_nothing_of_a_class_they_are_not_in(visitors: Visitors) -> None:
    ears, others_ears = Ears(), Ears()
    student = await visitors.look(STUDENT, ears=ears)
    other = await visitors.look(OTHER_STUDENT, ears=others_ears)
    made = await visitors.demo.create("Perpendicular lines")
    await visitors.demo.of_room(made, "start")
    await visitors.demo.join(made, "Maria Clara Reyes", STUDENT)
    await expect(card(student, "Perpendicular lines")).to_contain_text("2 here")
    # For both classes; whoever has heard this has heard all that came before.
    await visitors.demo.create("Assembly", class_id=None, audience="everyone")
    for page in (student, other):
        await expect(card(page, "Assembly")).to_be_visible()
    await expect(card(other, "Perpendicular lines")).to_have_count(0)
    assert await ears.about("Perpendicular lines")
    assert await ears.about(made["id"])
    assert await others_ears.about("Assembly")
    for secret in ("Perpendicular lines", made["id"], made["zoom_meeting_id"]):
        assert await others_ears.about(secret) == []
    gone = await other.request.get(f"{visitors.demo.url}/api/zoom/meetings/{made['id']}")
    assert gone.status == 404


async def test_markup_in_a_topic_or_a_name_is_only_text(visitors: Visitors) -> None:
    topic = f"Tags {EVIL}"
    student = await visitors.look(STUDENT)
    admin = await visitors.look(ADMIN, OFFICE)
    await fill(admin, topic)
    await expect(row(admin, topic)).to_be_visible()
    await expect(card(student, topic)).to_be_visible()
    await expect(toast(student, f"New meeting available: “{topic}”")).to_be_visible()
    found = (await visitors.demo.call("GET", "/api/zoom/meetings?q=Tags"))["meetings"][0]
    await visitors.demo.of_room(found, "start")
    user_id = await visitors.demo.join(found, f"Mallory {EVIL}")
    await open_drawer(admin, topic)
    await expect(drawer(admin, topic).get_by_text(f"Mallory {EVIL}")).to_be_visible()
    await visitors.demo.of_room(found, "admit", participant=user_id)
    await expect(drawer(admin, topic).get_by_role("region", name=re.compile("^Unmatched"))).to_contain_text(EVIL)
    await expect(toast(student, f"“{topic}” is live now")).to_be_visible()
    assert topic in " ".join(await day_news(student))
    await admin.keyboard.press("Escape")
    await choose(admin, topic, "End meeting")
    await expect(admin.get_by_role("dialog", name="End meeting")).to_contain_text(topic)
    async with student.context.expect_page() as opening:
        await card(student, topic).get_by_role("link").click()
    room = await opening.value
    await expect(room.get_by_role("heading", name=topic)).to_be_visible()
    for page in (student, admin, room):
        assert await page.locator("img[src=x], main script").count() == 0


async def test_a_meeting_is_made_and_ended_by_keyboard_alone(visitors: Visitors) -> None:
    student = await visitors.look(STUDENT)
    admin = await visitors.look(ADMIN)
    keys = admin.keyboard
    await keys.press("n")
    dialog = admin.get_by_role("dialog", name="New meeting")
    await expect(dialog.get_by_label("Topic")).to_be_focused()
    await keys.type("Bearings")
    await keys.press("Tab")
    await keys.press("Tab")
    await expect(dialog.get_by_label("Class", exact=True)).to_be_focused()
    await keys.type("Grade 9")
    await press_until_focused(dialog.get_by_role("button", name="Create meeting"), "Tab")
    await keys.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(card(student, "Bearings")).to_be_visible()
    await expect(card(student, "Bearings")).to_contain_text("Grade 9 Rizal")
    found = (await visitors.demo.call("GET", "/api/zoom/meetings?q=Bearings"))["meetings"][0]
    await visitors.demo.of_room(found, "start")
    await expect(row(admin, "Bearings")).to_contain_text("Live now")
    await press_until_focused(row(admin, "Bearings").get_by_role("link"), "j", "k")
    await keys.press("Shift+F10")
    await expect(admin.get_by_role("menu", name="Actions for Bearings")).to_be_visible()
    await press_until_focused(admin.get_by_role("menuitem", name="End meeting"), "ArrowDown")
    await keys.press("Enter")
    question = admin.get_by_role("dialog", name="End meeting")
    await expect(question.get_by_role("button", name="Keep running")).to_be_focused()
    await keys.press("Tab")
    await expect(question.get_by_role("button", name="End meeting")).to_be_focused()
    await keys.press("Enter")
    await expect(row(admin, "Bearings")).to_contain_text("Ended")
    await expect(card(student, "Bearings")).to_contain_text("Ended")
