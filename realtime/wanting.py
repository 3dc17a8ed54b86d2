"""What must be read before a batch of facts can be decided, named so that one query for each kind can fetch it all.

First what the facts name; then, once the meetings are known, the visits that matter and the people those may belong
to. It does not know how anything is read, or what a fact will do.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from realtime import attendance
from realtime.attendance import Directory
from realtime.audience import Role
from realtime.facts import (
    Clicked,
    Created,
    Fact,
    InstanceFact,
    MeetingFact,
    Participant,
    ParticipantJoined,
    ParticipantLeft,
    Recovered,
    RosterChanged,
    Updated,
    Which,
)
from realtime.lifecycle import ClassRef, HostRef, Meeting, named
from realtime.visits import Visit, visit_id
from realtime.world import Wanted, WantedPeople, WantedVisits, World

CLICK_ONCE = timedelta(seconds=10)  # a double press, or a page and its link both telling, is one click


def wanted(facts: Iterable[Fact]) -> Wanted:
    """What must be read before these facts can be decided, visits excepted."""
    found: dict[str, set[str]] = {}
    which: set[Which] = set()
    plans: set[Which] = set()
    clicks_since: datetime | None = None
    at: datetime | None = None

    def want(kind: str, *values: str) -> None:
        found.setdefault(kind, set()).update(v for v in values if v)

    for fact in facts:
        if isinstance(fact, MeetingFact):
            which.add(fact.which)
            if _changes_plan(fact):
                plans.add(fact.which)
        match fact:
            case ParticipantJoined(participant=p) | ParticipantLeft(participant=p):
                want("uuids", fact.uuid)
                want("emails", p.email.casefold(), fact.host_email.casefold())
                want("zoom_user_ids", p.zoom_user_id, fact.zoom_host_id)
                want("name_keys", attendance.name_key(p.name))
            case InstanceFact():
                want("uuids", fact.uuid)
                want("emails", fact.host_email.casefold())
                want("zoom_user_ids", fact.zoom_host_id)
            case Created(details=details) | Updated(details=details):
                if isinstance(host := details.get("host"), HostRef):
                    want("emails", host.email.casefold())
                    want("zoom_user_ids", host.zoom_user_id)
                if isinstance(class_ := details.get("class_"), ClassRef):
                    want("classes", class_.id)
            case Clicked():
                want("clicks", fact.click_id)
                want("clickers", fact.person_id)
                clicks_since = min(clicks_since or fact.at, fact.at - CLICK_ONCE)
            case RosterChanged():
                at = fact.at
                want("rosters", fact.class_id)
                want("members", *fact.enrolled, *fact.withdrawn, *fact.assigned, *fact.unassigned)
    return Wanted(meetings=which, plans=plans, clicks_since=clicks_since, at=at, **found)


def _changes_plan(fact: MeetingFact) -> bool:
    """Whether a fact may change of which meeting a run is, or who its people are or are shown to."""
    if isinstance(fact, InstanceFact | Clicked):
        return False
    if isinstance(fact, Updated) and not fact.which.occurrence_id:
        return bool(fact.details.keys() & {"class_", "host", "start_time", "audience"})
    return isinstance(fact, Created | Recovered) or bool(fact.which.occurrence_id)


def wanted_visits(world: World, facts: Iterable[Fact]) -> WantedVisits:
    """The visits these facts are about, all of the people they belong to, and those of runs looked at as a whole.

    Shape: a run is looked at as a whole where its people may be recognised anew, or be shown to somebody else.
    """
    ids: set[str] = set()
    attendees: set[str] = set()
    uuids: set[str] = set()
    for fact in facts:
        if isinstance(fact, RosterChanged):
            live = (m for m in world.meetings.values() if m.class_ is not None and m.class_.id == fact.class_id)
            uuids.update(m.uuid for m in live if m.uuid and m.ended_at is None)
        elif isinstance(fact, InstanceFact):
            meeting = meeting_of(world, fact)
            if isinstance(fact, ParticipantJoined | ParticipantLeft):
                class_id = meeting.class_.id if meeting and meeting.class_ else None
                match = attendance.identify(fact.participant, class_id, world.people)
                ids.add(visit_id(fact.uuid, fact.participant.key, fact.place))
                attendees.add(attendance.attendee_id(fact.uuid, fact.participant, match))
            if meeting is not None and _may_show_others(world, meeting, fact):
                uuids |= {fact.uuid, meeting.uuid} - {""}
        elif isinstance(fact, MeetingFact) and _changes_plan(fact):
            which = fact.which
            known = world.meetings.get(which.meeting_id)
            zoom_id = known.zoom_id if known and known.occurrence_id else which.zoom_id
            family = [*world.of_zoom(zoom_id), *([known] if known else [])]
            uuids.update(run.uuid for m in family for run in world.runs_of(m.id))
    return WantedVisits(frozenset(ids), frozenset(attendees), frozenset(uuids))


def _may_show_others(world: World, meeting: Meeting, fact: InstanceFact) -> bool:
    """Whether news of a run may put another run in sight, or make known who hosts."""
    if fact.uuid != meeting.uuid:
        return True
    told = HostRef(email=fact.host_email, zoom_user_id=fact.zoom_host_id)
    host = replace(meeting.host, email=meeting.host.email or told.email, zoom_user_id=told.zoom_user_id)
    return not meeting.host.id and bool(known_host(world.people, replace(meeting, host=host)).host.id)


def wanted_people(world: World, visits: Iterable[Visit]) -> WantedPeople:
    """Whoever these visits belong to, or might, and has not been looked for yet.

    Shape: a name says who somebody is only while all who bear it are known, so all of them are wanted.
    """
    ids, emails, zoom_user_ids, name_keys = (set[str]() for _ in range(4))
    for visit in visits:
        ids.add(attendance.person_of(visit.attendee) or "")
        emails.add(visit.participant.email.casefold())
        zoom_user_ids.add(visit.participant.zoom_user_id)
        name_keys.add(attendance.name_key(visit.participant.name))
    sought = world.sought
    return WantedPeople(
        frozenset(ids - world.people.by_id.keys() - {""}),
        frozenset(emails - sought.emails - {""}),
        frozenset(zoom_user_ids - sought.zoom_user_ids - {""}),
        frozenset(name_keys - sought.name_keys - {""}),
    )


def attendees_to_be(world: World, facts: Iterable[Fact]) -> frozenset[str]:
    """The rows these facts will be about once their visits know all that was told of them.

    Shape: a leave often lacks the e-mail that its join had, so the row is named by both together.
    """
    known: dict[str, Participant] = {}
    found: set[str] = set()
    for fact in facts:
        if not isinstance(fact, ParticipantJoined | ParticipantLeft):
            continue
        key = visit_id(fact.uuid, fact.participant.key, fact.place)
        was = known.get(key) or (world.visits[key].participant if key in world.visits else None)
        known[key] = attendance.merged(was, fact.participant) if was else fact.participant
        meeting = meeting_of(world, fact)
        class_id = meeting.class_.id if meeting and meeting.class_ else None
        match = attendance.identify(known[key], class_id, world.people)
        found.add(attendance.attendee_id(fact.uuid, known[key], match))
        if key in world.visits:
            found.add(world.visits[key].attendee)
    return frozenset(found)


def known_host(people: Directory, meeting: Meeting) -> Meeting:
    """The meeting with its host as one of our people, once that can be told; no student is ever a host here."""
    host = meeting.host
    if host.id:
        return meeting
    signed = (*people.found("zoom_user", host.zoom_user_id), *people.found("email", host.email.casefold()))
    found = next((person for person in signed if person.role != Role.STUDENT), None)
    if found is None:
        return meeting
    return replace(meeting, host=replace(host, id=found.id, name=found.name, email=found.email))


def meeting_of(world: World, fact: MeetingFact) -> Meeting | None:
    """The meeting a fact is about: by its run if we know that, else by the name the news give it."""
    if isinstance(fact, InstanceFact) and (run := world.instances.get(fact.uuid)) is not None:
        return world.meetings.get(run.meeting_id)
    if fact.which.meeting_id:
        return world.meetings.get(fact.which.meeting_id)
    at = fact.started_at if isinstance(fact, InstanceFact) and fact.started_at else fact.at
    return named(world.of_zoom(fact.which.zoom_id), fact.which, at)
