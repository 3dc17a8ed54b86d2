"""The wording of events about a whole meeting: each view for its rooms, and goodbye for those who lost sight of it.

It does not decide what happened (`lifecycle.py`) or who is in which room (`audience.py`).
"""

from dataclasses import replace
from datetime import datetime

from realtime import audience
from realtime.audience import View
from realtime.bodies import encode
from realtime.lifecycle import Meeting, Status
from realtime.log import Event, Hearing

SILENCE = ""


def meeting_events(before: Meeting, after: Meeting, tells: tuple[str, ...], at: datetime) -> list[Event]:
    """These events about a meeting, so worded that everyone who could or can see it is told, each once.

    Shape: rooms that can no longer see the meeting hear of it as deleted. Rooms that can see it for the first time
           hear `meetingCreated`, whatever the others hear, because to them it is new.
    """
    events = [Event(type=name, at=at, hearings=_hearings(before, after, name)) for name in tells]
    reached = _reached(before) if before.is_scheduled or before.revision else frozenset()
    gained = _reached(after) - reached
    is_over = after.status in (Status.ENDED, Status.CANCELLED, Status.DELETED)
    if gained and reached and not is_over and "meetingCreated" not in tells:
        silent = Hearing(reached, SILENCE)
        news = tuple(Hearing(rooms & gained, _body(after, view)) for view, rooms in audience.rooms_by_view(after))
        events.append(Event(type="meetingCreated", at=at, hearings=(silent, *(h for h in news if h.rooms))))
    return events


def _hearings(before: Meeting, after: Meeting, name: str) -> tuple[Hearing, ...]:
    current = tuple(Hearing(rooms, _body(after, view)) for view, rooms in audience.rooms_by_view(after) if rooms)
    if name == "meetingCreated":
        return current
    lost_staff = audience.staff_rooms(before) - _reached(after)
    lost = _reached(before) - _reached(after) - lost_staff
    gone = replace(after, status=Status.DELETED)
    farewells = ((lost_staff, View.STAFF), (lost, View.LEARNER))
    return current + tuple(Hearing(rooms, _body(gone, view)) for rooms, view in farewells if rooms)


def _reached(meeting: Meeting) -> frozenset[str]:
    return frozenset().union(*(rooms for _, rooms in audience.rooms_by_view(meeting)))


def _body(meeting: Meeting, view: View) -> str:
    return encode(audience.view(meeting, view))
