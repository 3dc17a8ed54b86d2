"""How long it takes until people see it: from the call that makes something happen to the painted page.

A real server in demo mode, its simulator, and Chromium with an admin's and a student's page. Classes begin, the
student comes and goes, classes end; the pages themselves say when the change was painted. Both clocks are this
machine's, compared before.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benches import figures, machine, sizes
from benches.children import Served, ask, rollcall

PASSWORD = "demo"  # noqa: S105  # everybody's
ADMIN, STUDENT, CLASS = "admin@demo.school", "student@demo.school", "rizal"
PATHS = {"admin": "/admin/meetings", "student": "/dashboard/ZoomIntegration"}
WATCH = Path(__file__).with_name("watch.mjs")
PATIENCE_MS = 10_000
EVENTS_PER_CLASS = 4
LIVE_GOAL_S = 0.500
SEED_WITHIN_S = 30.0
Sight = tuple[str, str]
"""Where to look, and what must stand there, as a pattern; empty when being there is enough."""


@dataclass
class Person:
    """Somebody of the demo, with a login and perhaps a page."""

    role: str
    email: str
    name: str
    token: str


@dataclass
class Watched:
    """A page that says when it painted what; `ahead_s` is its clock against ours."""

    page: Page
    ahead_s: float = 0.0
    delays_s: dict[str, list[float]] = field(default_factory=dict)

    def compare_clocks(self) -> None:
        """The best of many looks: the shortest question is the most exact one."""
        looks = []
        for _ in range(30):
            before = time.time()
            there = self.page.evaluate("bench.wall()") / 1000
            after = time.time()
            looks.append((after - before, there - (before + after) / 2))
        self.ahead_s = min(looks)[1]

    def arm(self, name: str, selector: str, text: str = "") -> None:
        """Begin to watch. Errors: SystemExit when it is there already."""
        if self.page.evaluate("([name, selector, text]) => bench.arm(name, selector, text)", [name, selector, text]):
            raise SystemExit(f"bench: {name}: {selector} {text!r} was there before anything happened")

    def painted(self, name: str, began: float) -> None:
        """Note how long it took. Errors: playwright's TimeoutError when it does not come."""
        self.page.wait_for_function(f"bench.painted({name!r}).then(() => true)", timeout=PATIENCE_MS)
        at = self.page.evaluate(f"bench.painted({name!r})") / 1000
        self.delays_s.setdefault(name, []).append(at - self.ahead_s - began)


def run(events: int, loads: int) -> None:
    """Measure and print. Errors: SystemExit without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit(
            "bench: Chromium is needed on the PATH as `chromium`; `scripts/test tests/browser` installs it"
        )
    print(f"dashboard on {machine.conditions()}")
    sizes.report()
    with TemporaryDirectory(prefix="rollcall-bench-") as name, rollcall(Path(name) / "data", is_demo=True) as served:
        began, server_before = machine.Moment.now(), machine.cpu_s(served.pid)
        people = {"admin": _sign_in(served, "admin", ADMIN), "student": _sign_in(served, "student", STUDENT)}
        _until_seeded(served, people["admin"])
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            try:
                _measure_loads(browser, served, people, loads)
                _measure_events(browser, served, people, -(-events // EVENTS_PER_CLASS))
            finally:
                browser.close()
        running = machine.cpu_s(served.pid) - server_before
    print(figures.line("meanwhile", machine.others(began, running)))


def _sign_in(served: Served, role: str, email: str) -> Person:
    deadline = time.monotonic() + SEED_WITHIN_S
    while True:  # people are written down just after the server answers
        try:
            found = ask(f"{served.url}/api/auth/login", {"email": email, "password": PASSWORD})
            return Person(role, email, found["user"]["name"], found["token"])
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _until_seeded(served: Served, admin: Person) -> None:
    """Wait until the demo has made its week, so that making it is not measured."""
    deadline, known = time.monotonic() + SEED_WITHIN_S, -1
    while time.monotonic() < deadline:
        count = len(ask(f"{served.url}/api/zoom/meetings", None, token=admin.token)["meetings"])
        if count == known and count:
            return
        known = count
        time.sleep(1.0)


@contextmanager
def _page(browser: Browser, served: Served, person: Person) -> Iterator[Watched]:
    """A fresh browser profile with this person's login and nothing cached."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    try:
        context.add_cookies([{"name": "rollcall_session", "value": person.token, "url": served.url}])
        context.add_init_script(WATCH.read_text("utf-8"))
        yield Watched(context.new_page())
    finally:
        context.close()


def _measure_loads(browser: Browser, served: Served, people: dict[str, Person], loads: int) -> None:
    """From the navigation to the word Live, with nothing cached and with everything."""
    for role, person in people.items():
        first, again = [], []
        for _ in range(loads):
            with _page(browser, served, person) as watched:
                first.append(_live_s(watched.page, served.url + PATHS[role]))
                again.append(_live_s(watched.page, served.url + PATHS[role]))
        for name, found in (("nothing cached", first), ("cached", again)):
            met = figures.goal(figures.percentile(found, 0.5) <= LIVE_GOAL_S, f"≤ {LIVE_GOAL_S * 1000:.0f} ms")
            print(figures.line(f"{role}: Live, {name}", f"{figures.spread(found)}  ({loads} loads) {met}"))


def _live_s(page: Page, url: str) -> float:
    page.goto(url, wait_until="commit")
    page.wait_for_function("bench.live.then(() => true)", timeout=PATIENCE_MS)
    return float(page.evaluate("bench.live")) / 1000


def _measure_events(browser: Browser, served: Served, people: dict[str, Person], classes: int) -> None:
    admin, student = people["admin"], people["student"]
    with _page(browser, served, admin) as office, _page(browser, served, student) as pupil:
        for watched, role in ((office, "admin"), (pupil, "student")):
            _live_s(watched.page, served.url + PATHS[role])
            watched.compare_clocks()
        for number in range(classes):
            meeting = _new_meeting(served, admin, number)
            for watched, row in ((office, f'[data-row="{meeting["id"]}"]'), (pupil, _card(meeting))):
                watched.page.wait_for_selector(row, timeout=PATIENCE_MS)
            _live_through(served, admin, student, meeting, office, pupil)
        for role, watched in (("admin", office), ("student", pupil)):
            for name, delays_s in watched.delays_s.items():
                print(figures.line(f"{role}: {name}", f"{figures.spread(delays_s)}  ({len(delays_s)})"))
            together = [delay for delays_s in watched.delays_s.values() for delay in delays_s]
            print(figures.line(f"{role}: all events to pixels", f"{figures.spread(together)}  ({len(together)})"))


def _new_meeting(served: Served, admin: Person, number: int) -> dict[str, Any]:
    start = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    wish = {"topic": f"Bench {number}", "class_id": CLASS, "start_time": start, "duration": 60}
    made: dict[str, Any] = ask(f"{served.url}/api/zoom/meetings", wish, token=admin.token)["meeting"]
    return made


def _card(meeting: dict[str, Any]) -> str:
    return f'[aria-labelledby="topic-{meeting["id"]}"]'


def _live_through(
    served: Served, admin: Person, student: Person, meeting: dict[str, Any], office: Watched, pupil: Watched
) -> None:
    """One class: it begins, the student comes and goes, it ends."""
    row, card = f'[data-row="{meeting["id"]}"]', _card(meeting)
    room = f"{served.url}/simulator/control/meetings/{meeting['zoom_meeting_id']}"

    def happen(name: str, call: str, body: dict[str, str], in_office: Sight, for_pupil: Sight) -> Any:
        office.arm(name, *in_office)
        pupil.arm(name, *for_pupil)
        began = time.time()
        answer = ask(f"{room}/{call}", body, token=admin.token)
        office.painted(name, began)
        pupil.painted(name, began)
        return answer

    people = f"{row} .col-inMeeting"
    happen("class begins", "start", {}, (f"{row} .col-status .tone-live", ""), (f"{card}.is-live", ""))
    office.page.wait_for_function(
        "(cell) => document.querySelector(cell)?.textContent.endsWith('+1')", arg=people, timeout=PATIENCE_MS
    )
    came = {"name": student.name, "email": student.email}
    joined = happen("student comes", "join", came, (people, "^1"), (card, "in the room"))
    gone = {"participant": joined["participant"]["user_id"]}
    happen("student goes", "leave", gone, (people, "^0"), (card, "left the room"))
    happen("class ends", "end", {}, (f"{row} .col-status .tone-ended", ""), (f"{card}.is-ended", ""))
