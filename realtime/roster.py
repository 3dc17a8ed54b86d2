"""Rights in a class, given and taken: whose rooms change, what they may see now, and what they must forget.

Grants and revokes are entries of the same log as everything else, so that rooms change in order with content. This
file does not know where rights are kept or which connections a person has.
"""

from dataclasses import replace
from datetime import datetime

from realtime import audience, presence
from realtime.audience import Person, View
from realtime.bodies import ActiveParticipant, encode
from realtime.facts import RosterChanged
from realtime.lifecycle import Meeting, touched
from realtime.log import Event, Hearing, Latest, Move
from realtime.tellings import is_told, staff_update
from realtime.world import Right, World


def change(world: World, fact: RosterChanged) -> tuple[list[Event], list[Latest]]:
    """Give and take rights in one class; what was so already changes nothing and is not told."""
    events: list[Event] = []
    meetings = [m for _, m in sorted(world.meetings.items()) if m.class_ is not None and m.class_.id == fact.class_id]
    shown = {m.id: presence.shown(world, m) for m in meetings}
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
            _note(world, after, fact.class_id)
            events += _scope(world, before, after, fact.at)
    if fact.class_id in world.class_sizes:
        world.class_sizes[fact.class_id] += size_change
    latest: list[Latest] = []
    for was in meetings:
        now = _recounted(world, was, size_change)
        if now != was:
            world.put_meeting(now)
            world.touch("meetings", now.id)
            events.append(staff_update(now, fact.at))
        latest += presence.count(was, now, fact.at)
        events += presence.retold(world, was, now, shown[was.id], fact.at)
    return events, latest


def _recounted(world: World, before: Meeting, size_change: int) -> Meeting:
    """A meeting of the class with those now expected, and with its people recognised anew, while it is not over."""
    if not before.is_running:
        return before
    after = replace(before, expected_count=max(0, before.expected_count + size_change))
    run = world.instances.get(before.uuid)
    if run is not None and run.ended_at is None:
        after = presence.recognised(world, after, [run])
    return after if after == before else touched(after, for_learners=False)


def _note(world: World, person: Person, class_id: str) -> None:
    """Whoever looks for this person later in the batch finds them in the class, or not."""
    known = world.people.by_id.get(person.id)
    if known is not None:
        one = frozenset({class_id})
        classes = known.classes | one if class_id in person.studies else known.classes - one
        teaches = known.teaches | one if class_id in person.teaches else known.teaches - one
        world.people.put(replace(known, classes=classes, teaches=teaches))


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
    visible = [m for m in world.meetings.values() if is_told(m) and audience.is_shown(m, at)]
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
    return [{**row, "meetingId": meeting.id} for row in presence.shown(world, meeting).rows.values()]
