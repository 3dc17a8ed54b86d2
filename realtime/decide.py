"""From facts to what is true now and what must be told: the core's one decision, without any effect.

A batch goes through three steps here: name what is wanted, name the visits that matter once the rest is known, and
decide fact by fact on values in memory, so that a later fact of the batch sees what an earlier one decided. It does
not know how anything is read, kept or sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from realtime import attendance, audience, roster
from realtime.attendance import Candidate
from realtime.bodies import encode, instant
from realtime.facts import (
    Clicked,
    Created,
    Deleted,
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
from realtime.lifecycle import ClassRef, HostRef, Instance, Meeting, advance, follow, implied, meeting_id_for, named
from realtime.lifecycle import touched as raised
from realtime.log import Event, Hearing, Latest
from realtime.tellings import meeting_events
from realtime.visits import Visit, noted, presence, visit_id
from realtime.world import Wanted, World

CLICK_ONCE = timedelta(seconds=10)  # a double press, or a page and its link both telling, is one click
PresenceFact = ParticipantJoined | ParticipantLeft


@dataclass(slots=True)
class Verdict:
    """What a fact came to: the meeting as it is now, what is told, and the click that was kept."""

    meeting: Meeting | None = None
    events: list[Event] = field(default_factory=list)
    latest: list[Latest] = field(default_factory=list)
    click_id: str = ""


def wanted(facts: Iterable[Fact]) -> Wanted:
    """What must be read before these facts can be decided, visits excepted."""
    found: dict[str, set[str]] = {}
    which: set[Which] = set()
    clicks_since: datetime | None = None
    at: datetime | None = None

    def want(kind: str, *values: str) -> None:
        found.setdefault(kind, set()).update(v for v in values if v)

    for fact in facts:
        if isinstance(fact, MeetingFact):
            which.add(fact.which)
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
                want("clickers", fact.person_id)
                clicks_since = min(clicks_since or fact.at, fact.at - CLICK_ONCE)
            case RosterChanged():
                at = fact.at
                want("rosters", fact.class_id)
                want("members", *fact.enrolled, *fact.withdrawn, *fact.assigned, *fact.unassigned)
    return Wanted(meetings=which, clicks_since=clicks_since, at=at, **found)


@dataclass(frozen=True, slots=True)
class WantedVisits:
    """The visits that a batch needs once its meetings and people are known."""

    ids: frozenset[str]
    attendees: frozenset[str]
    uuids: frozenset[str]


def wanted_visits(world: World, facts: Iterable[Fact]) -> WantedVisits:
    """The visits these facts are about, all of the people they belong to, and those of live runs whose staff grew."""
    ids: set[str] = set()
    attendees: set[str] = set()
    uuids: set[str] = set()
    for fact in facts:
        if isinstance(fact, PresenceFact):
            meeting = _find(world, fact)
            ids.add(visit_id(fact.uuid, fact.participant.key, fact.place))
            attendees.add(attendance.attendee_id(fact.uuid, fact.participant, _match(world, meeting, fact.participant)))
        elif isinstance(fact, RosterChanged) and fact.assigned:
            uuids.update(m.uuid for m in world.meetings.values() if m.uuid and m.ended_at is None)
    return WantedVisits(frozenset(ids), frozenset(attendees), frozenset(uuids))


def decide(world: World, fact: Fact) -> Verdict:
    """What `fact` makes of the world, and what should be told.

    Shape:  changes `world`; facts in any order and number.
    Errors: none for facts; whatever is raised is a fault of ours.
    """
    match fact:
        case RosterChanged():
            return Verdict(events=roster.change(world, fact))
        case Created(occurrences=dates) if dates:
            return _series(world, fact)
        case ParticipantJoined() | ParticipantLeft():
            return _presence(world, fact)
        case Clicked():
            return _click(world, fact)
        case Updated() | Deleted() | Recovered() if fact.which.zoom_id and not fact.which.occurrence_id:
            return _all_of_series(world, fact)
        case MeetingFact():
            return _meeting(world, fact)
    raise TypeError(f"nobody decides about {type(fact).__name__}")


def _find(world: World, fact: MeetingFact) -> Meeting | None:
    """The meeting a fact is about: by its run if we know that, else by the name the news give it."""
    if isinstance(fact, InstanceFact) and (run := world.instances.get(fact.uuid)) is not None:
        return world.meetings.get(run.meeting_id)
    at = fact.started_at if isinstance(fact, InstanceFact) and fact.started_at else fact.at
    return named(world.meetings.values(), fact.which, at)


def _meeting(world: World, fact: MeetingFact) -> Verdict:
    before = _find(world, fact) or implied(fact.which)
    instance = world.instances.get(fact.uuid) if isinstance(fact, InstanceFact) else None
    step = advance(before, fact, instance)
    after = _known_host(world, step.meeting)
    if isinstance(fact, Created | Updated):
        after = replace(after, expected_count=_class_size(world, after))
        if fact.secrets:
            world.secrets[after.id] = {**world.secrets.get(after.id, {}), **fact.secrets}
            world.touch("secrets", after.id)
    _keep(world, after, step.instance)
    return Verdict(after, meeting_events(before, after, step.tells, fact.at))


def _series(world: World, fact: Created) -> Verdict:
    """One meeting for each date of a series; what was said of the series is said of each."""
    verdict = Verdict()
    for date in fact.occurrences:
        which = Which(zoom_id=fact.which.zoom_id, occurrence_id=date.id)
        details = {**fact.details, "start_time": date.start_time, "duration_min": date.duration_min}
        one = _meeting(world, replace(fact, which=which, details=details, occurrences=()))
        if one.meeting is not None:
            one.meeting = replace(one.meeting, series=meeting_id_for(fact.which.zoom_id))
            _keep(world, one.meeting, None)
        verdict.meeting = verdict.meeting or one.meeting
        verdict.events += one.events
    return verdict


def _all_of_series(world: World, fact: Updated | Deleted | Recovered) -> Verdict:
    """What Zoom says of a meeting without naming a date is meant for each of its dates, the time of day excepted."""
    dates = sorted(m.id for m in world.meetings.values() if m.zoom_id == fact.which.zoom_id)
    if len(dates) < 2:
        return _meeting(world, fact)
    if isinstance(fact, Updated):
        fact = replace(fact, details={k: v for k, v in fact.details.items() if k not in ("start_time", "duration_min")})
    verdict = Verdict()
    for meeting_id in dates:
        one = _meeting(world, replace(fact, which=Which(meeting_id=meeting_id)))
        verdict.meeting = verdict.meeting or one.meeting
        verdict.events += one.events
    return verdict


def _presence(world: World, fact: PresenceFact) -> Verdict:
    verdict = _meeting(world, fact)
    meeting, run = verdict.meeting, world.instances[fact.uuid]
    assert meeting is not None  # noqa: S101  # _meeting always has one
    was = world.visits.get(visit_id(fact.uuid, fact.participant.key, fact.place))
    participant = _merged(was.participant, fact.participant) if was else fact.participant
    match = _match(world, meeting, participant)
    attendee = attendance.attendee_id(fact.uuid, participant, match)
    visit = noted(was or Visit(uuid=fact.uuid, place=fact.place, participant=participant, attendee=attendee), fact)
    visit = replace(visit, participant=participant, attendee=attendee)
    if visit == was:
        return verdict
    person = world.people.by_id.get(match.person_id) if match else None
    rows = {attendee} | ({was.attendee} if was else set())
    before = [_heads(world, run, row) for row in rows]
    world.put_visit(visit)
    world.touch("visits", visit.id)
    after = [_heads(world, run, row) for row in rows]
    change = [sum(b) - sum(a) for a, b in zip(zip(*before, strict=True), zip(*after, strict=True), strict=True)]
    run = replace(run, present=run.present + change[0], here=run.here + change[1], seen=run.seen + change[2])
    is_shown = meeting.uuid == run.uuid
    told = raised(follow(meeting, run), for_learners=False) if is_shown else meeting
    _keep(world, told, run)
    verdict.meeting = told
    if is_shown:
        gone = was.attendee if was and was.attendee != attendee and not world.visits_of(was.attendee) else None
        _tell_presence(world, verdict, fact, told, run, visit, person, gone)
        if told.participant_count != meeting.participant_count:
            verdict.latest.append(_count(told, fact.at))
    return verdict


def _tell_presence(
    world: World,
    verdict: Verdict,
    fact: PresenceFact,
    meeting: Meeting,
    run: Instance,
    visit: Visit,
    person: Candidate | None,
    gone: str | None,
) -> None:
    row = attendance.row(
        world.visits_of(visit.attendee), run=run, person=person, class_id=_class_id(meeting), host=meeting.host
    )
    arrived = isinstance(fact, ParticipantJoined) and row["state"] == "here"
    left = isinstance(fact, ParticipantLeft) and row["state"] == "away"
    told_as = "participantJoined" if arrived else "participantLeft" if left else "participantStatusUpdate"
    rows = [(told_as, row)]
    if gone is not None:  # who this is, turned out later: the stranger's row of before goes
        rows.append(("participantStatusUpdate", {**row, "id": gone, "userId": None, "state": "over"}))
    for name, told in rows:
        body = {
            "meetingId": meeting.id,
            "revision": meeting.revision,
            "participantCount": meeting.participant_count,
            "hereCount": meeting.here_count,
            "participant": told,
        }
        verdict.events.append(
            Event(type=name, at=fact.at, hearings=(Hearing(audience.staff_rooms(meeting), encode(body)),))
        )
    if person is not None and person.role == audience.Role.STUDENT:
        own = {"meetingId": meeting.id, "revision": row["revision"], "own": {"state": row["state"]}}
        hearing = Hearing(frozenset({audience.room_of(person.id)}), encode(own))
        verdict.events.append(Event(type="attendanceUpdated", at=fact.at, hearings=(hearing,)))


def _click(world: World, fact: Clicked) -> Verdict:
    meeting = _find(world, fact)
    if meeting is None:
        return Verdict()
    for kept in world.clicks.values():
        is_same = kept.person_id == fact.person_id and kept.which.meeting_id == meeting.id
        if kept.click_id == fact.click_id or (is_same and abs(kept.at - fact.at) < CLICK_ONCE):
            return Verdict(meeting, click_id=kept.click_id)
    after = raised(replace(meeting, click_count=meeting.click_count + 1), for_learners=False)
    kept = replace(fact, which=Which(meeting_id=meeting.id))
    world.clicks[fact.click_id] = kept
    world.touch("clicks", fact.click_id)
    _keep(world, after, None)
    body = {
        "meetingId": after.id,
        "revision": after.revision,
        "participantCount": after.participant_count,
        "clickCount": after.click_count,
        "click": {
            "id": fact.click_id,
            "userId": fact.person_id,
            "name": fact.person_name,
            "at": instant(fact.at),
            "revision": 1,
        },
    }
    event = Event(type="linkClicked", at=fact.at, hearings=(Hearing(audience.staff_rooms(after), encode(body)),))
    return Verdict(after, [event], click_id=fact.click_id)


def _keep(world: World, meeting: Meeting, run: Instance | None) -> None:
    if world.meetings.get(meeting.id) != meeting:
        world.meetings[meeting.id] = meeting
        world.touch("meetings", meeting.id)
    if run is not None and world.instances.get(run.uuid) != run:
        world.instances[run.uuid] = run
        world.touch("instances", run.uuid)


def _count(meeting: Meeting, at: datetime) -> Latest:
    rooms = audience.learner_rooms(meeting) | audience.board_rooms(meeting)
    body = {"meetingId": meeting.id, "participantCount": meeting.participant_count}
    return Latest(key=f"count:{meeting.id}", type="countUpdate", at=at, hearing=Hearing(rooms, encode(body)))


def _known_host(world: World, meeting: Meeting) -> Meeting:
    """The meeting with its host as one of our people, once that can be told."""
    host = meeting.host
    if host.id:
        return meeting
    by_zoom = world.people.found("zoom_user", host.zoom_user_id)
    found = next(iter(by_zoom or world.people.found("email", host.email.casefold())), None)
    if found is None:
        return meeting
    return replace(meeting, host=replace(host, id=found.id, name=found.name, email=found.email))


def _class_id(meeting: Meeting | None) -> str | None:
    return meeting.class_.id if meeting is not None and meeting.class_ is not None else None


def _class_size(world: World, meeting: Meeting) -> int:
    class_id = _class_id(meeting)
    return 0 if class_id is None else world.class_sizes.get(class_id, meeting.expected_count)


def _match(world: World, meeting: Meeting | None, participant: Participant) -> attendance.Match | None:
    return attendance.identify(participant, _class_id(meeting), world.people)


def _merged(known: Participant, told: Participant) -> Participant:
    """One connection as all news together describe it; where two differ the same one wins in any order."""
    pairs = {name: (getattr(known, name), getattr(told, name)) for name in Participant.__slots__}
    return Participant(**{name: a if not b else b if not a else min(a, b) for name, (a, b) in pairs.items()})


def _heads(world: World, run: Instance, attendee: str) -> tuple[int, int, int]:
    """Whether this row counts as present, as an expected one present, and as seen: ones and zeros."""
    told = presence(world.visits_of(attendee), None)
    person_id = attendance.person_of(attendee)
    person = world.people.by_id.get(person_id) if person_id else None
    meeting = world.meetings[run.meeting_id]
    is_expected = person is not None and _class_id(meeting) in person.classes
    return (int(told.in_room), int(told.in_room and is_expected), int(bool(told.stays)))
