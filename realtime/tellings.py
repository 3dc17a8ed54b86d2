"""The wording of events about a whole meeting: each view for its rooms, and goodbye for those who lost sight of it.

It does not decide what happened (`lifecycle.py`) or who is in which room (`audience.py`).
"""

from dataclasses import replace
from datetime import datetime

from realtime import audience
from realtime.audience import View
from realtime.bodies import encode
from realtime.lifecycle import DELETED, Meeting
from realtime.log import Event, Hearing

SILENCE = ""


def meeting_events(before: Meeting, after: Meeting, tells: tuple[str, ...], at: datetime) -> list[Event]:
    """These events about a meeting, so worded that everyone who could or can see it is told.

    Shape: rooms that see the meeting for the first time hear `meetingCreated` once, whatever the others hear, because
           to them it is new. Rooms that lost sight of it hear of it as deleted, in words they knew before.
    """
    if not tells:
        return []
    reached = _reached(before) if is_told(before) else frozenset()
    events = _goodbye_as_staff(before, after, at) + _welcome(after, reached, tells, at)
    for name in tells:
        farewells = () if name == "meetingCreated" else _farewells(before, after, reached)
        events.append(Event(type=name, at=at, hearings=(*_words(after), *farewells)))
    return events


def staff_update(meeting: Meeting, at: datetime) -> Event:
    """A change that only staff see."""
    hearing = Hearing(audience.staff_rooms(meeting), _body(meeting, View.STAFF))
    return Event(type="meetingStatusUpdate", at=at, hearings=(hearing,))


def staff_who_heard(meeting: Meeting) -> frozenset[str]:
    """The staff rooms that know of a meeting; none when nobody was told of it, or it was told to be gone."""
    return audience.staff_rooms(meeting) if is_told(meeting) else frozenset()


def is_told(meeting: Meeting) -> bool:
    """Whether those who may see a meeting know of it."""
    return meeting.revision > 0 and meeting.status is not DELETED


def _welcome(after: Meeting, reached: frozenset[str], tells: tuple[str, ...], at: datetime) -> list[Event]:
    """What is scheduled and not over is told as created to those who see it for the first time, before all else."""
    gained = _reached(after) - reached
    if not (gained and reached and after.is_running and after.is_scheduled) or "meetingCreated" in tells:
        return []
    news = tuple(Hearing(words.rooms & gained, words.body) for words in _words(after) if words.rooms & gained)
    return [Event(type="meetingCreated", at=at, hearings=(Hearing(reached, SILENCE), *news))]


def _goodbye_as_staff(before: Meeting, after: Meeting, at: datetime) -> list[Event]:
    """Who was of the staff and is only invited now must forget what staff see: a page keeps the higher revision."""
    lost = staff_who_heard(before) - audience.staff_rooms(after)
    if not lost or not audience.learner_rooms(after):
        return []
    hearings = (Hearing(audience.staff_rooms(after), SILENCE), Hearing(lost, encode({"meetingIds": [after.id]})))
    return [Event(type="scopeRemoved", at=at, hearings=hearings)]


def _words(meeting: Meeting) -> tuple[Hearing, ...]:
    return tuple(Hearing(rooms, _body(meeting, view)) for view, rooms in audience.rooms_by_view(meeting) if rooms)


def _farewells(before: Meeting, after: Meeting, reached: frozenset[str]) -> tuple[Hearing, ...]:
    """The meeting as each of those saw it who see it no more; what it has become is not theirs to know."""
    gone = replace(before, status=DELETED, revision=after.revision, learner_revision=after.learner_revision)
    left = _reached(after)
    lost = ((view, (rooms & reached) - left) for view, rooms in audience.rooms_by_view(gone))
    return tuple(Hearing(rooms, _body(gone, view)) for view, rooms in lost if rooms)


def _reached(meeting: Meeting) -> frozenset[str]:
    return frozenset().union(*(rooms for _, rooms in audience.rooms_by_view(meeting)))


def _body(meeting: Meeting, view: View) -> str:
    return encode(audience.view(meeting, view))
