"""Rights in a class, given and taken: whose rooms change, what they may see now, and what they must forget.

Grants and revokes are entries of the same log as everything else, so that rooms change in order with content. This
file does not know where rights are kept or which connections a person has.
"""

from dataclasses import replace
from datetime import datetime

from realtime import attendance, audience
from realtime.audience import Person, View
from realtime.bodies import ActiveParticipant, encode
from realtime.facts import RosterChanged
from realtime.lifecycle import Meeting, Status, touched
from realtime.log import Event, Hearing, Move
from realtime.tellings import meeting_events
from realtime.world import Right, World

_UNFINISHED = (Status.WAITING, Status.STARTED)


def change(world: World, fact: RosterChanged) -> list[Event]:
    """Give and take rights in one class; what was so already changes nothing and is not told."""
    events: list[Event] = []
    steps = (
        (fact.enrolled, False, True),
        (fact.withdrawn, False, False),
        (fact.assigned, True, True),
        (fact.unassigned, True, False),
    )
    size_change = 0
    for people, teaches, given in steps:
        for person_id in sorted(people & world.members.keys()):
            before = world.members[person_id]
            after = _with(before, fact.class_id, teaches=teaches, given=given)
            if after == before:
                continue
            world.members[person_id] = after
            world.rights.append(Right(fact.class_id, person_id, teaches, given, fact.at))
            size_change += 0 if teaches else 1 if given else -1
            events += _scope(world, before, after, fact.at)
    if size_change:
        events += _resize(world, fact.class_id, size_change, fact.at)
    return events


def _with(person: Person, class_id: str, *, teaches: bool, given: bool) -> Person:
    one = frozenset({class_id})
    if teaches:
        return replace(person, teaches=person.teaches | one if given else person.teaches - one)
    return replace(person, studies=person.studies | one if given else person.studies - one)


def _scope(world: World, before: Person, after: Person, at: datetime) -> list[Event]:
    old, new = audience.rooms_of(before), audience.rooms_of(after)
    if old == new:
        return []
    move = Move(after.id, enter=new - old, leave=old - new)
    visible = [m for m in world.meetings.values() if m.status is not Status.DELETED]
    views = [(m, audience.view_for(old, m), audience.view_for(new, m)) for m in visible]
    gone = sorted(m.id for m, was, now in views if was is not None and was is not now)
    come = sorted(((m, now) for m, was, now in views if now is not None and was is not now), key=lambda p: p[0].id)
    mine = frozenset({audience.room_of(after.id)})
    body = encode({"meetingIds": gone})
    events = [Event(type="scopeRemoved", at=at, hearings=(Hearing(mine, body),))] if gone else []
    if come or not events:
        added = {
            "meetings": [audience.view(m, view) for m, view in come],
            "activeParticipants": [row for m, view in come if view is View.STAFF for row in _people(world, m)],
        }
        events.append(Event(type="scopeAdded", at=at, hearings=(Hearing(mine, encode(added)),)))
    events[0] = replace(events[0], moves=(move,))
    return events


def _people(world: World, meeting: Meeting) -> list[ActiveParticipant]:
    run = world.instances.get(meeting.uuid)
    if run is None or run.ended_at is not None:
        return []
    class_id = meeting.class_.id if meeting.class_ else None
    rows = attendance.rows(
        world.visits.values(), run=run, people=world.people.by_id, class_id=class_id, host=meeting.host
    )
    return [{**row, "meetingId": meeting.id} for row in rows]


def _resize(world: World, class_id: str, by: int, at: datetime) -> list[Event]:
    """Tell the staff of the class's unfinished meetings that more or fewer people are expected."""
    events: list[Event] = []
    for before in sorted(world.meetings.values(), key=lambda m: m.id):
        if before.class_ is None or before.class_.id != class_id or before.status not in _UNFINISHED:
            continue
        after = touched(replace(before, expected_count=max(0, before.expected_count + by)), for_learners=False)
        world.meetings[after.id] = after
        world.touch("meetings", after.id)
        hearings = meeting_events(before, after, ("meetingStatusUpdate",), at)[0].hearings
        staff_only = tuple(h for h in hearings if h.rooms & audience.staff_rooms(after))
        events.append(Event(type="meetingStatusUpdate", at=at, hearings=staff_only))
    return events
