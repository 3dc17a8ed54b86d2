"""What is on each picture, act by act: what happens at the school, and then who looks at which page.

It knows neither browsers nor files; a scene only asks things of the page it is handed.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from server.demo import ADMIN, STUDENT, TEACHER, sample_school
from tests.support.browser import is_live, pill
from tests.support.commands import run
from tests.support.demo import Demo, Meeting
from tests.support.screens import OFFICE, card, choose, join_link, open_drawer, row
from tests.support.screens import TEACHER as TEACHERS

NEWCOMER = "bago.estudyante@demo.school"  # in no class yet
PASSWORD = "a password for pictures"  # noqa: S105  # of nobody
STARTED_MIN_AGO = 14

Step = Callable[["Play", Page], Awaitable[None]]


@dataclass
class Play:
    """A demo, and the meetings that the scenes are about."""

    demo: Demo
    zone: str
    class_live: Meeting = field(default_factory=dict)
    called_off: Meeting = field(default_factory=dict)

    async def create(self, topic: str, in_min: float, **more: str) -> Meeting:
        """A meeting of Grade 9 Rizal at the school's own time."""
        return await self.demo.create(topic, in_min=in_min, timezone=self.zone, **more)


@dataclass(frozen=True)
class Scene:
    """One picture: whose page, at which path, after doing what there. Nobody's e-mail is a stranger's browser."""

    name: str
    who: str
    path: str
    do: Step | None = None
    complains: tuple[str, ...] = ()
    is_whole: bool = False
    """The page to its end instead of what fits on the screen."""


@dataclass(frozen=True)
class Act:
    """What happens at the school, and the pictures of it."""

    happens: Callable[[Play], Awaitable[None]]
    scenes: tuple[Scene, ...]


# --- before the bell -------------------------------------------------------------------------------------------------


async def a_morning(play: Play) -> None:
    """The sample school's own week, a class that is late, one that was called off, and somebody who is new."""
    words = ("user", "add", NEWCOMER, "--name", "Bago Estudyante", "--role", "student", "--password-stdin")
    done: subprocess.CompletedProcess[str] = await asyncio.to_thread(
        run, play.demo.folder, *words, typed=f"{PASSWORD}\n"
    )
    done.check_returncode()
    await play.demo.token(NEWCOMER, PASSWORD)
    play.called_off = await play.create("Field trip briefing", 120)
    await play.demo.call("POST", f"/api/zoom/meetings/{play.called_off['id']}/cancel")
    play.class_live = await play.create("Slopes and intercepts", 1, host=TEACHER)


async def _demo_logins(play: Play, page: Page) -> None:
    await expect(page.get_by_role("region", name="Demo logins")).to_be_visible()


async def _wrong_password(play: Play, page: Page) -> None:
    await _demo_logins(play, page)
    await page.get_by_label("School e-mail").fill(STUDENT)
    await page.get_by_label("Password", exact=True).fill("not this")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not match")


async def _menu(play: Play, page: Page) -> None:
    topic = play.class_live["topic"]
    await row(page, topic).get_by_role("button", name=f"Actions for {topic}").click()
    await expect(page.get_by_role("menu", name=f"Actions for {topic}")).to_be_visible()


async def _person_menu(play: Play, page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^Account of")).click()
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()


async def _new_meeting(play: Play, page: Page) -> None:
    await page.get_by_role("button", name="New meeting").click()
    await expect(page.get_by_role("dialog", name="New meeting")).to_be_visible()


async def _new_meeting_refused(play: Play, page: Page) -> None:
    await _new_meeting(play, page)
    dialog = page.get_by_role("dialog", name="New meeting")
    await dialog.get_by_label("Duration").fill("0")
    await dialog.get_by_role("button", name="Create meeting").click()
    await expect(dialog.get_by_text("Give the meeting a topic.")).to_be_visible()


async def _connection(play: Play, page: Page) -> None:
    await pill(page).click()
    panel = page.get_by_role("dialog", name="Connection")
    await expect(panel.get_by_text(re.compile(r"^\d+ ms$"))).to_be_visible()


async def _not_found(play: Play, page: Page) -> None:
    await expect(page.get_by_text("Not found, or not shared with you")).to_be_visible()


BEFORE = (
    Scene("login", "", "/login", _demo_logins),
    Scene("login-wrong", "", "/login", _wrong_password, complains=("status of 401",)),
    Scene("student-later", STUDENT, "/", is_whole=True),
    Scene("student-empty", NEWCOMER, "/"),
    Scene("student-menu", STUDENT, "/", _person_menu),
    Scene("admin-list", ADMIN, OFFICE),
    Scene("admin-list-all", ADMIN, f"{OFFICE}?range=all", is_whole=True),
    Scene("admin-menu", ADMIN, OFFICE, _menu),
    Scene("admin-connection", ADMIN, OFFICE, _connection),
    Scene("new-meeting", ADMIN, OFFICE, _new_meeting),
    Scene("new-meeting-refused", ADMIN, OFFICE, _new_meeting_refused),
    Scene("teacher-list", TEACHER, TEACHERS),
    Scene("not-found", STUDENT, "/no/such/page", _not_found, complains=("status of 404",)),
)


# --- a class is held -------------------------------------------------------------------------------------------------


async def a_class(play: Play) -> None:
    """Everybody of Grade 9 Rizal but two has come in the last minutes: the student whose page we look at is one.

    Zoom's notifications come all at once and tell of the minutes before, so that nobody has to wait for those.
    """
    demo, meeting = play.demo, play.class_live
    await demo.call("POST", "/api/zoom/track-link-click", {"meetingId": meeting["id"]}, by="hana.castillo@demo.school")
    scheduled = _minutes_ago(STARTED_MIN_AGO - 1).strftime("%Y-%m-%dT%H:%M:00Z")  # no meeting can be made for the past
    await demo.notify(meeting, "meeting.updated", _minutes_ago(0), start_time=scheduled, timezone=play.zone)
    await demo.notify(meeting, "meeting.started", _minutes_ago(STARTED_MIN_AGO))
    for number, (name, email) in enumerate(_cast()):
        at = _minutes_ago(STARTED_MIN_AGO - min(number, 9) * 1.3)
        await demo.notify_of(meeting, "meeting.participant_joined", at, name, str(number), email)
    name, email = _cast()[4]
    for event, minutes in (("meeting.participant_left", 6), ("meeting.participant_joined", 4)):
        await demo.notify_of(meeting, event, _minutes_ago(minutes), name, "4", email)


def _cast() -> list[tuple[str, str]]:
    """Who comes, with the e-mail Zoom knows them by; the host first, and a telephone that nobody can place."""
    school = sample_school()
    students = {email: person for person in school.people if (email := person.email)}
    rizal = next(each for each in school.classes if each.id == "rizal").students
    coming = [students[email] for email in (TEACHER, *rizal[1:-1])]
    return [*((person.name, person.email) for person in coming), ("Lola's phone", "")]


def _minutes_ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


async def _drawer(play: Play, page: Page) -> None:
    await open_drawer(page, play.class_live["topic"])
    await expect(page.get_by_role("region", name=re.compile("^(Here|Were here)"))).to_be_visible()


async def _details(play: Play, page: Page) -> None:
    await _drawer(play, page)
    await page.get_by_role("tab", name="Details").click()


async def _end(play: Play, page: Page) -> None:
    await choose(page, play.class_live["topic"], "End meeting")


async def _opened(play: Play, page: Page) -> None:
    async with page.context.expect_page() as opening:
        await join_link(page, play.class_live["topic"]).click()
    await (await opening.value).close()
    await expect(card(page, play.class_live["topic"])).to_contain_text("Opened in a new tab")


async def _room(play: Play, page: Page) -> None:
    await page.goto(f"{play.demo.url}/join/{play.class_live['id']}")


async def _refused(play: Play, page: Page) -> None:
    await page.goto(f"{play.demo.url}/join/{play.called_off['id']}")
    await expect(page.get_by_role("heading")).to_be_visible()


async def _past(play: Play, page: Page) -> None:
    await expect(row(page, play.class_live["topic"])).to_be_visible()


README_SCENE = Scene("admin-drawer-live", ADMIN, OFFICE, _drawer)
DURING = (
    Scene("student-live", STUDENT, "/"),
    Scene("student-opened", STUDENT, "/", _opened),
    Scene("room-door", STUDENT, "/", _room),
    Scene("admin-live", ADMIN, OFFICE),
    README_SCENE,
    Scene("admin-drawer-details", ADMIN, OFFICE, _details),
    Scene("admin-end", ADMIN, OFFICE, _end),
    Scene("teacher-live", TEACHER, TEACHERS),
)


async def the_student_joins(play: Play) -> None:
    """The one whose page we look at, too."""
    event = "meeting.participant_joined"
    await play.demo.notify_of(play.class_live, event, _minutes_ago(0), "Maria Clara Reyes", "99", STUDENT)


async def _in_room(play: Play, page: Page) -> None:
    await expect(card(page, play.class_live["topic"])).to_contain_text("You’re in the room")


JOINED = (Scene("student-joined", STUDENT, "/", _in_room),)


# --- afterwards ------------------------------------------------------------------------------------------------------


async def its_end(play: Play) -> None:
    """The host ends it."""
    now = _minutes_ago(0)
    await play.demo.notify(play.class_live, "meeting.ended", now, end_time=now.strftime("%Y-%m-%dT%H:%M:%SZ"))


async def _has_ended(play: Play, page: Page) -> None:
    await expect(card(page, play.class_live["topic"])).to_contain_text("Ended")


async def _news(play: Play, page: Page) -> None:
    made = await play.create("Extra help with fractions", 30)
    await expect(card(page, made["topic"])).to_be_visible()
    await play.demo.call("DELETE", f"/api/zoom/meetings/{made['id']}")


AFTER = (
    Scene("student-ended", STUDENT, "/", _has_ended),
    Scene("student-toast", STUDENT, "/", _news),
    Scene("admin-ended", ADMIN, OFFICE),
    Scene("admin-drawer-ended", ADMIN, OFFICE, _drawer),
    Scene("admin-past", ADMIN, f"{OFFICE}?range=past", _past),
    Scene("join-refused", STUDENT, "/", _refused, complains=("status of 403",)),
)

ACTS = (Act(a_morning, BEFORE), Act(a_class, DURING), Act(the_student_joins, JOINED), Act(its_end, AFTER))


# --- without a server ------------------------------------------------------------------------------------------------

OFFLINE = (Scene("student-offline", STUDENT, "/"), Scene("admin-offline", ADMIN, OFFICE))
GONE_S = 20


async def open_for_later(play: Play, page: Page, scene: Scene) -> None:
    """A page that will lose its server; its seconds are in our hands."""
    await page.clock.install()
    await page.goto(f"{play.demo.url}{scene.path}")
    await is_live(page)


async def lose_the_server(page: Page) -> None:
    """Return once the page says that it hears nothing any more."""
    await expect(pill(page)).not_to_have_accessible_name("Connection: Live")
    await page.clock.fast_forward(GONE_S * 1_000)
    await expect(pill(page)).to_have_accessible_name("Connection: Offline")
