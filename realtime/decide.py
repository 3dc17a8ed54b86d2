"""From facts to what is true now and what must be told: the core's one decision, without any effect.

Fact by fact, on values in memory, so that a later fact of a batch sees what an earlier one decided. What must be in
the world before is said in `wanting.py`. It does not know how anything is read, kept or sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

from realtime import attendance, audience, presence, roster, series
from realtime.bodies import encode, instant
from realtime.details import filled, keep_secrets, without_date
from realtime.facts import (
    Clicked,
    Created,
    Fact,
    InstanceFact,
    MeetingFact,
    ParticipantJoined,
    ParticipantLeft,
    RosterChanged,
    Updated,
    Which,
)
from realtime.lifecycle import (
    Instance,
    Meeting,
    Status,
    advance,
    follow,
    implied,
    is_visible_change,
    showing,
    told,
)
from realtime.lifecycle import touched as raised
from realtime.log import Event, Hearing, Latest
from realtime.presence import Shown, class_id_of
from realtime.tellings import meeting_events
from realtime.visits import Visit, noted, visit_id
from realtime.wanting import CLICK_ONCE, known_host, meeting_of, wanted, wanted_visits
from realtime.world import World

__all__ = ["CLICK_ONCE", "Verdict", "decide", "wanted", "wanted_visits"]

PresenceFact = ParticipantJoined | ParticipantLeft


_SHOWN_TO = attrgetter("uuid", "class_", "audience", "host", "is_running")


@dataclass(slots=True)
class Verdict:
    """What a fact came to: the meeting as it is now, what is told, and the click that was kept."""

    meeting: Meeting | None = None
    events: list[Event] = field(default_factory=list)
    latest: list[Latest] = field(default_factory=list)
    click_id: str = ""

    def add(self, other: "Verdict") -> None:
        """Take in what one more part of the fact came to."""
        self.meeting = self.meeting or other.meeting
        self.events += other.events
        self.latest += other.latest


def decide(world: World, fact: Fact) -> Verdict:
    """What `fact` makes of the world, and what should be told.

    Shape:  changes `world`; facts in any order and number.
    Errors: none for facts; whatever is raised is a fault of ours.
    """
    match fact:
        case RosterChanged():
            events, latest = roster.change(world, fact)
            return Verdict(events=events, latest=latest)
        case ParticipantJoined() | ParticipantLeft():
            return _presence(world, fact)
        case InstanceFact():
            return _run(world, fact)
        case Clicked():
            return _click(world, fact)
        case MeetingFact():
            return _plan(world, fact)
    raise TypeError(f"nobody decides about {type(fact).__name__}")


# --- what is planned -----------------------------------------------------------------------------------------


def _plan(world: World, fact: MeetingFact) -> Verdict:
    """What is said of a meeting, applied to each meeting it is said of."""
    verdict, zoom_id = Verdict(), fact.which.zoom_id
    is_of_dates = bool(fact.which.occurrence_id or (isinstance(fact, Created) and fact.occurrences))
    if is_of_dates and not (base := series.whole(world, zoom_id)).is_series:
        step = told(base, series.as_series(base))
        verdict.events += _settle(world, base, step.meeting, step.tells, fact.at).events
    for before, part in _parts(world, fact):
        verdict.add(_apply(world, before, part))
    if verdict.meeting is not None and verdict.meeting.occurrence_id:
        _rehome(world, verdict, verdict.meeting.zoom_id, fact.at)
    return verdict


def _parts(world: World, fact: MeetingFact) -> Iterator[tuple[Meeting, MeetingFact]]:
    """The meetings a fact is said of, each with its part of it; what is to be answered with comes first."""
    which = fact.which
    if which.meeting_id:
        if (known := world.meetings.get(which.meeting_id)) is not None:
            yield known, fact
        return
    if isinstance(fact, Created):
        for one in fact.occurrences:
            details = {**fact.details, "start_time": one.start_time, "duration_min": one.duration_min}
            yield series.date(world, which.zoom_id, one.id), replace(fact, details=details, occurrences=())
        if fact.occurrences and which.occurrence_id:
            return
    elif which.occurrence_id:
        before = series.date(world, which.zoom_id, which.occurrence_id)
        if isinstance(fact, Updated) and not before.is_scheduled:  # so Zoom tells of a date that was added
            yield before, Created(at=fact.at, which=which, details=fact.details, secrets=fact.secrets)
        else:
            yield before, fact
        return
    yield from _whole(world, fact)


def _whole(world: World, fact: MeetingFact) -> Iterator[tuple[Meeting, MeetingFact]]:
    """What Zoom says without naming a date: meant for each of the dates, the time of day excepted."""
    zoom_id = fact.which.zoom_id
    dates = series.dates_of(world, zoom_id)
    if not dates:
        yield series.whole(world, zoom_id), fact
        return
    if isinstance(fact, Created | Updated):
        fact = replace(fact, details=without_date(fact.details))
    for before in dates:
        if isinstance(fact, Created):
            yield before, Updated(at=fact.at, which=fact.which, details=fact.details, secrets=fact.secrets)
        else:
            yield before, fact
    yield series.whole(world, zoom_id), replace(fact, occurrences=()) if isinstance(fact, Created) else fact


def _apply(world: World, before: Meeting, fact: MeetingFact) -> Verdict:
    run = world.instances.get(fact.uuid) if isinstance(fact, InstanceFact) else None
    step = advance(before, fact, run)
    after = step.meeting
    if isinstance(fact, Created | Updated):
        if "class_" in fact.details:
            after = replace(after, expected_count=_class_size(world, after))
        if fact.secrets:
            after, newer = keep_secrets(after, fact.secrets, fact.at)
            world.secrets[after.id] = {**world.secrets.get(after.id, {}), **newer}
            world.touch("secrets", after.id)
    return _settle(world, before, after, step.tells, fact.at, step.instance)


def _settle(
    world: World,
    before: Meeting,
    after: Meeting,
    tells: tuple[str, ...],
    at: datetime,
    run: Instance | None = None,
    was: Shown | None = None,
) -> Verdict:
    """Hold a meeting as it is now, and tell how it and its people differ from before."""
    after = known_host(world.people, after)
    if was is None and _people_may_differ(before, after):
        was = presence.shown(world, before)
    if run is not None and world.instances.get(run.uuid) != run:
        world.put_run(run)
        world.touch("instances", run.uuid)
    if class_id_of(before) != class_id_of(after):
        after = presence.recognised(world, after, world.runs_of(after.id))
    if not tells and is_visible_change(before, after):
        tells, after = ("meetingStatusUpdate",), raised(after)
    _keep(world, after)
    events = meeting_events(before, after, tells, at)
    if was is not None:
        events += presence.retold(world, before, after, was, at)
    return Verdict(after, events, presence.count(before, after, at))


def _people_may_differ(before: Meeting, after: Meeting) -> bool:
    """Whether pages may show other people, or other people may be shown them."""
    return _SHOWN_TO(before) != _SHOWN_TO(after)


def _rehome(world: World, verdict: Verdict, zoom_id: str, at: datetime) -> None:
    """Put every run to the date it is of, now that the dates have changed."""
    placed = series.misplaced(world, zoom_id)
    if not placed:
        return
    ids = sorted({world.instances[run.uuid].meeting_id for run in placed} | {run.meeting_id for run in placed})
    shown_before = {key: presence.shown(world, world.meetings[key]) for key in ids}
    for run in placed:
        world.put_run(run)
        world.touch("instances", run.uuid)
    for key in ids:
        before = world.meetings[key]
        runs = world.runs_of(key)
        step = told(before, presence.recognised(world, showing(before, runs), runs))
        one = _settle(world, before, step.meeting, step.tells, at, was=shown_before[key])
        verdict.events += one.events
        verdict.latest += one.latest
    if verdict.meeting is not None:
        verdict.meeting = world.meetings[verdict.meeting.id]


# --- what happens in a run -----------------------------------------------------------------------------------


def _run(world: World, fact: InstanceFact) -> Verdict:
    verdict = Verdict()
    before = meeting_of(world, fact) or (None if fact.which.meeting_id else implied(fact.which))
    if before is None:
        return verdict
    if before.series:  # what is said on the side is said of the whole series
        whole = series.whole(world, before.zoom_id)
        if (known := filled(whole, fact)) != whole:
            _keep(world, known)
            for other in series.dates_of(world, before.zoom_id):
                if other.id != before.id:
                    step = told(other, filled(other, fact))
                    verdict.events += _settle(world, other, step.meeting, step.tells, fact.at).events
    verdict.add(_apply(world, before, fact))
    return verdict


def _presence(world: World, fact: PresenceFact) -> Verdict:
    verdict = _run(world, fact)
    meeting, run = verdict.meeting, world.instances.get(fact.uuid)
    if meeting is None or run is None:
        return verdict
    was = world.visits.get(visit_id(fact.uuid, fact.participant.key, fact.place))
    participant = attendance.merged(was.participant, fact.participant) if was else fact.participant
    attendee = attendance.attendee_id(fact.uuid, participant, presence.match(world, meeting, participant))
    visit = noted(was or Visit(uuid=fact.uuid, place=fact.place, participant=participant, attendee=attendee), fact)
    visit = replace(visit, participant=participant, attendee=attendee)
    if visit == was:
        return verdict
    rows = {attendee} | ({was.attendee} if was else set())
    gone = presence.row(world, meeting, run, was.attendee) if was and was.attendee != attendee else None
    before = [presence.heads(world, meeting, run, each) for each in rows]
    revision = 1 + max(presence.revision_of(world, run.uuid, each) for each in rows)
    presence.keep_visit(world, replace(visit, revision=revision))
    after = [presence.heads(world, meeting, run, each) for each in rows]
    change = [sum(b) - sum(a) for a, b in zip(zip(*before, strict=True), zip(*after, strict=True), strict=True)]
    run = replace(run, present=run.present + change[0], here=run.here + change[1], seen=run.seen + change[2])
    world.put_run(run)
    world.touch("instances", run.uuid)
    if meeting.uuid != run.uuid:
        return verdict
    verdict.meeting = raised(follow(meeting, run), for_learners=False)
    _keep(world, verdict.meeting)
    if meeting.status is not Status.DELETED:
        verdict.events += _tell_row(world, fact, verdict.meeting, run, attendee)
        verdict.events += presence.left_behind(world, verdict.meeting, run, gone, fact.at) if gone else []
        verdict.latest += presence.count(meeting, verdict.meeting, fact.at)
    return verdict


def _tell_row(world: World, fact: PresenceFact, meeting: Meeting, run: Instance, attendee: str) -> list[Event]:
    told = presence.row(world, meeting, run, attendee)
    arrived = isinstance(fact, ParticipantJoined) and told["state"] == "here"
    left = isinstance(fact, ParticipantLeft) and told["state"] == "away"
    name = "participantJoined" if arrived else "participantLeft" if left else "participantStatusUpdate"
    events = [presence.change(meeting, told, fact.at, name)]
    person = world.people.by_id.get(attendance.person_of(attendee) or "")
    if person is not None and meeting.is_running and presence.is_learner_of(person, meeting):
        events.append(presence.own_event(meeting, person.id, told["state"], told["revision"], fact.at))
    return events


# --- what people press ---------------------------------------------------------------------------------------


def _click(world: World, fact: Clicked) -> Verdict:
    meeting = meeting_of(world, fact)
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
    _keep(world, after)
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


def _keep(world: World, meeting: Meeting) -> None:
    if world.meetings.get(meeting.id) != meeting:
        world.put_meeting(meeting)
        world.touch("meetings", meeting.id)


def _class_size(world: World, meeting: Meeting) -> int:
    class_id = class_id_of(meeting)
    return 0 if class_id is None else world.class_sizes.get(class_id, meeting.expected_count)
