import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from server.demo import ADMIN, STUDENT
from tests.support.browser import Visitors
from tests.support.screens import (
    OFFICE_ALL,
    TEACHER,
    card,
    cell,
    choose,
    drawer,
    is_marked,
    join_link,
    mark,
    open_drawer,
    people,
    row,
    section,
    toast,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_comes_and_goes_is_seen_as_it_happens(visitors: Visitors) -> None:
    demo, topic = visitors.demo, "Triangles"
    student = await visitors.look(STUDENT)
    admin = await visitors.look(ADMIN, OFFICE_ALL)
    meeting = await demo.create(topic)
    await expect(card(student, topic)).to_contain_text("Ready to join")
    await expect(join_link(student, topic)).to_have_text("Join Meeting")
    for page in (student, admin):
        await mark(page)

    await demo.of_room(meeting, "start")
    await expect(card(student, topic)).to_contain_text("Live now")
    await expect(join_link(student, topic)).to_have_text("Join Live")
    await expect(toast(student, f"“{topic}” is live now")).to_be_visible()
    await expect(row(admin, topic)).to_contain_text("Live now")

    await open_drawer(admin, topic)
    missing = people(admin, topic, "Not here yet")
    await expect(missing.get_by_role("listitem")).to_have_count(12)
    first = await demo.join(meeting, "Maria Clara Reyes", STUDENT)
    await demo.join(meeting, "Andres Bautista", "andres.bautista@demo.school")
    await demo.join(meeting, "Somebody's tablet")
    await expect(cell(admin, topic, "In meeting")).to_have_text("2 / 12 +2")
    await expect(people(admin, topic, "Here").get_by_role("listitem")).to_have_count(3)
    await expect(people(admin, topic, "Unmatched")).to_contain_text("Somebody's tablet")
    await expect(missing.get_by_role("listitem")).to_have_count(10)
    await expect(card(student, topic)).to_contain_text("4 here")

    await demo.leave(meeting, first)
    await expect(cell(admin, topic, "In meeting")).to_have_text("1 / 12 +2")
    await expect(people(admin, topic, "Away")).to_contain_text(re.compile("Reyes"))
    await expect(card(student, topic)).to_contain_text("You left the room")
    assert await is_marked(student)
    assert await is_marked(admin)


async def test_the_waiting_room_is_told_apart(visitors: Visitors) -> None:
    demo, topic = visitors.demo, "Circles"
    student = await visitors.look(STUDENT)
    admin = await visitors.look(ADMIN, OFFICE_ALL)
    meeting = await demo.create(topic, settings={"waiting_room": True})
    await demo.of_room(meeting, "start")
    await open_drawer(admin, topic)
    user_id = await demo.join(meeting, "Maria Clara Reyes", STUDENT)
    await expect(people(admin, topic, "In the waiting room")).to_contain_text("Waiting to be let in")
    await expect(card(student, topic)).to_contain_text("You’re in the waiting room")
    await expect(cell(admin, topic, "In meeting")).to_have_text("0 / 12 +1")
    await demo.of_room(meeting, "admit", participant=user_id)
    await expect(people(admin, topic, "In the waiting room")).to_have_count(0)
    await expect(card(student, topic)).to_contain_text("You’re in the room")
    await expect(cell(admin, topic, "In meeting")).to_have_text("1 / 12 +1")


async def test_an_ended_meeting_loses_its_button_and_staff_keep_who_was_there(visitors: Visitors) -> None:
    demo, topic = visitors.demo, "Squares"
    student = await visitors.look(STUDENT)
    admin = await visitors.look(ADMIN, OFFICE_ALL)
    meeting = await demo.create(topic)
    await demo.of_room(meeting, "start")
    await expect(join_link(student, topic)).to_have_text("Join Live")
    await demo.join(meeting, "Maria Clara Reyes", STUDENT)
    await expect(cell(admin, topic, "In meeting")).to_have_text("1 / 12 +1")
    await choose(admin, topic, "End meeting")
    question = admin.get_by_role("dialog", name="End meeting")
    await expect(question).to_contain_text(f"End “{topic}” for 2 people? Zoom closes the room for everyone.")
    await question.get_by_role("button", name="End meeting").click()
    await expect(question).to_have_count(0)
    await expect(card(student, topic)).to_contain_text("Ended")
    await expect(join_link(student, topic)).to_have_count(0)
    await expect(toast(student, f"“{topic}” ended")).to_be_visible()
    await expect(section(student, "Now").get_by_role("article", name=topic)).to_be_visible()
    await expect(row(admin, topic)).to_contain_text("Ended")
    await open_drawer(admin, topic)
    await expect(drawer(admin, topic)).to_contain_text("1 of 12 expected was seen")
    await expect(people(admin, topic, "Not seen").get_by_role("listitem")).to_have_count(11)


async def test_a_minute_after_its_end_a_meeting_folds_away_by_itself(visitors: Visitors) -> None:
    # Zoom told late, as it may: of a class that was over fifty seconds before.
    demo, topic, now = visitors.demo, "Hexagons", datetime.now(UTC)
    student = await visitors.look(STUDENT)
    meeting = await demo.create(topic)
    await expect(card(student, topic)).to_be_visible()
    await demo.notify(meeting, "meeting.started", now - timedelta(minutes=25))
    for event, name, minutes, user_id in (
        ("meeting.participant_joined", "Maria Clara Reyes", 24, "1"),
        ("meeting.participant_joined", "Andres Bautista", 20, "2"),
        ("meeting.participant_left", "Andres Bautista", 13, "2"),
    ):
        await demo.notify_of(meeting, event, now - timedelta(minutes=minutes), name, user_id)
    await expect(card(student, topic)).to_contain_text("started 25 min ago")
    await expect(card(student, topic)).to_contain_text("You’re in the room")
    ended = datetime.now(UTC) - timedelta(seconds=50)
    await demo.notify(meeting, "meeting.ended", ended, end_time=ended.strftime("%Y-%m-%dT%H:%M:%SZ"))
    await expect(section(student, "Now").get_by_role("article", name=topic)).to_contain_text("Ended")
    await expect(join_link(student, topic)).to_have_count(0)
    await expect(card(student, topic)).to_have_count(0)  # by itself, once the page's own clock says a minute has passed
    assert datetime.now(UTC) - ended > timedelta(seconds=58)
    await student.get_by_text("Earlier today").click()
    await expect(card(student, topic)).to_contain_text("Ended")

    admin = await visitors.look(ADMIN, OFFICE_ALL)
    await open_drawer(admin, topic)
    were_here = people(admin, topic, "Were here")
    await expect(were_here.get_by_role("listitem").filter(has_text="Bautista")).to_contain_text("7 min")
    await expect(were_here.get_by_role("listitem").filter(has_text="Reyes")).to_contain_text("23 min")


@pytest.mark.parametrize("wrong_by_h", [-2, 2])
async def test_a_wrong_clock_of_the_device_changes_no_state(visitors: Visitors, wrong_by_h: int) -> None:
    demo = visitors.demo
    topics = {f"Soon {wrong_by_h}": 5, f"In an hour {wrong_by_h}": 60, f"Ran {wrong_by_h}": 1}
    made = {topic: await demo.create(topic, in_min=in_min) for topic, in_min in topics.items()}
    await demo.of_room(made[f"Ran {wrong_by_h}"], "start")
    page = await (await visitors.arrive(STUDENT)).new_page()
    await page.clock.install(time=datetime.now(UTC) + timedelta(hours=wrong_by_h))
    await page.goto(visitors.demo.url)
    await expect(card(page, f"Soon {wrong_by_h}")).to_contain_text("Ready to join")
    await expect(card(page, f"In an hour {wrong_by_h}")).to_contain_text("Scheduled")
    await expect(card(page, f"Ran {wrong_by_h}")).to_contain_text("Live now")
    await expect(card(page, f"Soon {wrong_by_h}")).to_contain_text(re.compile(r"in (4|5) min"))
    off = await page.evaluate("Date.now()") / 1_000 - datetime.now(UTC).timestamp()
    assert abs(off - wrong_by_h * 3_600) < 60


async def test_a_teacher_sees_their_own_classes_and_no_others(visitors: Visitors) -> None:
    await visitors.demo.create("Ours", in_min=70)
    foreign = await visitors.demo.create("Theirs", in_min=70, class_id="aguinaldo")
    teacher = await visitors.look("teacher@demo.school", f"{TEACHER}?range=all")
    await expect(row(teacher, "Ours")).to_be_visible()
    await expect(row(teacher, "Theirs")).to_have_count(0)
    visitors.allow(r"status of 404")
    await teacher.goto(f"{visitors.demo.url}/teacher/meetings/{foreign['id']}/participants")
    await expect(teacher.get_by_text("Not found, or not shared with you")).to_be_visible()
    await teacher.goto(f"{visitors.demo.url}/admin-dashboard/zoom-integration")
    await expect(teacher.get_by_text("Not found, or not shared with you")).to_be_visible()
