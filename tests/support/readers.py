"""Everybody who may look at a dashboard, each with a page that is open and is told what happens."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from realtime import audience
from realtime.audience import ADMINS, BOARDS, Person, View
from realtime.bodies import BoardMeeting, LearnerMeeting, StaffMeeting
from realtime.lifecycle import Meeting
from realtime.log import Event, Latest, heard
from tests.support.builders import (
    ADMIN,
    ANA,
    BOARD,
    CARA,
    HOST,
    OBSERVER,
    OTHER_TEACHER,
    SCHOOL,
    TEACHER,
    ZOOM_IDS,
)
from tests.support.page import MEETING_EVENTS, NOT_TOLD_TO_BOARDS, Json, Page

READERS: Mapping[str, Person] = {
    "admin": ADMIN,
    "observer": OBSERVER,
    "teacher of the class": TEACHER,
    "other teacher": OTHER_TEACHER,
    "host": HOST,
    "student of the class": ANA,
    "other student": CARA,
    "board": BOARD,
}
STAFF_EVENTS = ("participantJoined", "participantLeft", "participantStatusUpdate", "linkClicked")
Snapshot = Callable[[Person, frozenset[str]], Awaitable[Json]]
FIELDS = {
    View.STAFF: StaffMeeting.__annotations__.keys(),
    View.LEARNER: LearnerMeeting.__annotations__.keys(),
    View.BOARD: BoardMeeting.__annotations__.keys(),
}


def rooms_of(person: Person) -> frozenset[str]:
    """Every room a reader is in; a board is in that of boards alone."""
    return frozenset({BOARDS}) if person is BOARD else audience.rooms_of(person)


def secrets_from(person: Person) -> Sequence[str]:
    """What must never reach this reader in any body: for learners and boards, everything of any other learner."""
    always = ["Zhana", "Ztess", "Ztheo", "zoom.example", "first-passcode", "second-passcode", "private@mail.example"]
    if person is not BOARD and person.role is not audience.Role.STUDENT:
        return always[:-1]  # staff see the e-mail that Zoom has for a participant
    others = [p for p in SCHOOL if p.role is audience.Role.STUDENT and p.id != person.id]
    words = [word for p in others for word in (p.name, p.email, p.id, ZOOM_IDS.get(p.id, p.id))]
    return [*always, *words, "REYES, Ana (phone)", "iPad", 'Ana R"', '"run1=="']


class Reader:
    """One page and the rooms its connection is in."""

    def __init__(self, name: str, person: Person, first: Json) -> None:
        self.name = name
        self.person = person
        self.rooms = rooms_of(person)
        self.page = Page(first)
        self.first = first

    def told(self, events: Iterable[Event], latest: Iterable[Latest]) -> list[tuple[str, str, Event | Latest]]:
        """What this reader hears of it, in order; the page takes it in."""
        found: list[tuple[str, str, Event | Latest]] = []
        for event in events:
            for move in event.moves:
                if move.person_id == self.person.id:
                    self.rooms = (self.rooms | move.enter) - move.leave
            text = heard(event, self.rooms)
            if text is not None:
                found.append((event.type, text, event))
                self.page.hear(event.type, text)
        for value in latest:
            if value.hearing.rooms & self.rooms:
                found.append((value.type, value.hearing.body, value))
                self.page.hear(value.type, value.hearing.body)
        return found

    def picture(self, now: datetime) -> Mapping[str, object]:
        """What the page shows."""
        return as_compared(self.page, self.person, now)


def as_compared(page: Page, person: Person, now: datetime) -> Mapping[str, object]:
    """A page's picture, for a board without the numbers it is told late."""
    picture = dict(page.picture(now))
    if person is BOARD:
        meetings = page.picture(now)["meetings"]
        assert isinstance(meetings, dict)
        picture["meetings"] = {
            key: {name: v for name, v in m.items() if name not in NOT_TOLD_TO_BOARDS} for key, m in meetings.items()
        }
    return picture


def assert_may_hear(
    reader: Reader,
    rooms_before: frozenset[str],
    known: Mapping[str, Json],
    told: Sequence[tuple[str, str, Event | Latest]],
    before: Mapping[str, Meeting],
    after: Mapping[str, Meeting],
) -> None:
    """Everything that was told is of meetings the reader may see, in their own view; and nobody's secret is in it.

    Shape: who loses sight of a meeting is told so in words they knew.
    """
    known = dict(known)
    for name, text, _ in told:
        for secret in secrets_from(reader.person):
            assert secret not in text, f"{reader.name} reads {secret} in {name}"
        if name == "scopeRemoved":
            continue
        body = json.loads(text)
        for part in body["meetings"] if name == "scopeAdded" else [body]:
            key = part.get("meetingId", part.get("id"))
            now_seen = audience.view_for(reader.rooms, after[key]) if key in after else None
            once_seen = audience.view_for(rooms_before, before[key]) if key in before else None
            seen = {now_seen, once_seen} - {None}
            assert seen, f"{reader.name} hears {name} of a meeting that is not theirs to see"
            if name in STAFF_EVENTS:
                assert View.STAFF in seen, f"{reader.name} hears {name} and is not of the staff"
            if name in MEETING_EVENTS or name == "scopeAdded":
                assert any(part.keys() == FIELDS[view] for view in seen if view is not None)
            if name in MEETING_EVENTS and part["status"] == "deleted" and now_seen is None and key in known:
                changing = {"status": "deleted", "revision": part["revision"], "participantCount": None}
                assert {**part, **changing} == {**known[key], **changing, **_late(part)}
            if name in MEETING_EVENTS:
                known[key] = part


def _late(part: Json) -> Json:
    return {name: part[name] for name in (*NOT_TOLD_TO_BOARDS, "clickCount") if name in part}


def assert_shows(reader: Reader, fresh: Mapping[str, object], now: datetime, why: object) -> None:
    """The page of a reader shows what a fresh one does.

    Shape: presses of Join of the last minutes are counted from when somebody became staff of a meeting, or from a
           fresh snapshot; only who is always of the staff has the same number.
    """
    page, picture = dict(reader.picture(now)), dict(fresh)
    mine, theirs = page.pop("clicks"), picture.pop("clicks")
    assert isinstance(mine, list)
    assert isinstance(theirs, list)
    assert (reader.name, why, page) == (reader.name, why, picture)
    assert mine == theirs if ADMINS in reader.rooms else set(mine) <= set(theirs)
