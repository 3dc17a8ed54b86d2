"""The people of a run: recognised, counted, and told to those who may know.

It exists because who somebody is can turn out later: with a better sign, a class, a change of the roster. Then the
rows of a run are made anew, and what differs from what was shown before is told, so that a page which was open all
the while shows what a fresh one does. It does not decide what happens to a meeting (`lifecycle.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from realtime import attendance, audience
from realtime.attendance import Candidate
from realtime.audience import Role, View
from realtime.bodies import ParticipantRow, encode
from realtime.facts import Participant
from realtime.lifecycle import Instance, Meeting, Status
from realtime.log import Event, Hearing, Latest
from realtime.tellings import SILENCE, staff_who_heard
from realtime.visits import Visit, presence
from realtime.world import World


@dataclass(frozen=True, slots=True)
class Shown:
    """The people of a meeting as pages show them: its rows to its staff, and to each learner their own state."""

    rows: Mapping[str, ParticipantRow] = field(default_factory=dict)
    own: Mapping[str, ParticipantRow] = field(default_factory=dict)


def class_id_of(meeting: Meeting | None) -> str | None:
    """The class of a meeting, if it has one."""
    return meeting.class_.id if meeting is not None and meeting.class_ is not None else None


def row(world: World, meeting: Meeting, run: Instance, attendee: str) -> ParticipantRow:
    """One person of a run, as the world knows them now."""
    return attendance.row(
        world.visits_of(run.uuid, attendee),
        run=run,
        person=_person(world, attendee),
        class_id=class_id_of(meeting),
        host=meeting.host,
    )


def shown(world: World, meeting: Meeting) -> Shown:
    """What pages show of a meeting's people: those of its newest run, while it may be running."""
    run = world.instances.get(meeting.uuid)
    if run is None or run.ended_at is not None or not meeting.is_running:
        return Shown()
    rows = {attendee: row(world, meeting, run, attendee) for attendee in world.attendees_of(run.uuid)}
    own = {person.id: rows[a] for a in rows if (person := _person(world, a)) and is_learner_of(person, meeting)}
    return Shown(rows, own)


def is_learner_of(person: Candidate, meeting: Meeting) -> bool:
    """Whether this person sees the meeting as a learner, and so hears what the room knows of them."""
    if person.role != Role.STUDENT or meeting.status is Status.DELETED:
        return False
    rooms = {audience.EVERYONE, audience.STUDENTS, audience.room_of(person.id)}
    rooms.update(audience.learners_of(class_id) for class_id in person.classes)
    return audience.view_for(rooms, meeting) is View.LEARNER


def match(world: World, meeting: Meeting | None, participant: Participant) -> attendance.Match | None:
    """Who this participant of a meeting is."""
    return attendance.identify(participant, class_id_of(meeting), world.people)


def recognised(world: World, meeting: Meeting, runs: Iterable[Instance]) -> Meeting:
    """The meeting with the visits of these runs put to whom they belong now, and counted anew.

    Shape: the world holds every visit of these runs.
    """
    for run in runs:
        for visit in [v for attendee in world.attendees_of(run.uuid) for v in world.visits_of(run.uuid, attendee)]:
            attendee = attendance.attendee_id(run.uuid, visit.participant, match(world, meeting, visit.participant))
            if attendee != visit.attendee:
                revision = 1 + max(revision_of(world, run.uuid, a) for a in (attendee, visit.attendee))
                keep_visit(world, replace(visit, attendee=attendee, revision=revision))
        sums = [heads(world, meeting, run, attendee) for attendee in world.attendees_of(run.uuid)]
        present, here, seen = (sum(column) for column in zip((0, 0, 0), *sums, strict=True))
        counted = replace(run, present=present, here=here, seen=seen)
        if counted != run:
            world.put_run(counted)
            world.touch("instances", run.uuid)
        if run.uuid == meeting.uuid and run.ended_at is None:
            meeting = replace(meeting, participant_count=present, here_count=here)
    return meeting


def heads(world: World, meeting: Meeting, run: Instance, attendee: str) -> tuple[int, int, int]:
    """Whether this row counts as present, as an expected one present, and as seen: ones and zeros."""
    told = presence(world.visits_of(run.uuid, attendee), None)
    person = _person(world, attendee)
    is_expected = person is not None and class_id_of(meeting) in person.classes
    return (int(told.in_room), int(told.in_room and is_expected), int(bool(told.stays)))


def revision_of(world: World, uuid: str, attendee: str) -> int:
    """How often a row was told of; 0 for one that is not there."""
    return max((visit.revision for visit in world.visits_of(uuid, attendee)), default=0)


def keep_visit(world: World, visit: Visit) -> None:
    """Hold a visit, to be saved."""
    world.put_visit(visit)
    world.touch("visits", visit.id)


def retold(world: World, before: Meeting, after: Meeting, was: Shown, at: datetime) -> list[Event]:
    """What tells those who see `after` how its people differ from what they were shown before.

    Shape: staff who see the meeting for the first time are told every row, the others those that changed.
    """
    for attendee in [a for a, now in shown(world, after).rows.items() if _differs(now, was.rows.get(a))]:
        _bump(world, attendee, after.uuid, was.rows.get(attendee))
    now = shown(world, after)
    staff, known = audience.staff_rooms(after), staff_who_heard(before)
    events = [
        change(after, _over(gone), at)
        for attendee, gone in was.rows.items()
        if attendee not in now.rows and after.is_running
    ]
    for attendee, told in now.rows.items():
        if attendee not in was.rows or told["revision"] != was.rows[attendee]["revision"]:
            events.append(change(after, told, at))
        elif staff - known:
            hearings = (Hearing(known, SILENCE), Hearing(staff - known, _change_body(after, told)))
            events.append(Event(type="participantStatusUpdate", at=at, hearings=hearings))
    for person_id, mine in now.own.items():
        if person_id not in was.own or was.own[person_id]["revision"] != mine["revision"]:
            events.append(own_event(after, person_id, mine["state"], mine["revision"], at))
    for person_id in sorted(was.own.keys() - now.own.keys()):
        person = world.people.by_id.get(person_id)
        if after.is_running and person is not None and is_learner_of(person, after):
            events.append(own_event(after, person_id, "not_seen", was.own[person_id]["revision"] + 1, at))
    return events


def change(meeting: Meeting, told: ParticipantRow, at: datetime, name: str = "participantStatusUpdate") -> Event:
    """The event that tells a row to the staff of a meeting."""
    return Event(type=name, at=at, hearings=(Hearing(audience.staff_rooms(meeting), _change_body(meeting, told)),))


def own_event(meeting: Meeting, person_id: str, state: str, revision: int, at: datetime) -> Event:
    """The event that tells a learner their own state, and nobody else."""
    body = {"meetingId": meeting.id, "revision": revision, "own": {"state": state}}
    return Event(
        type="attendanceUpdated", at=at, hearings=(Hearing(frozenset({audience.room_of(person_id)}), encode(body)),)
    )


def count(before: Meeting, after: Meeting, at: datetime) -> list[Latest]:
    """How many are in the room now, for those who are told nothing else of who comes and goes."""
    told = count_now(after, at)
    is_news = after.participant_count != before.participant_count and after.status is not Status.DELETED
    return [told] if is_news and told.hearing.rooms else []


def count_now(meeting: Meeting, at: datetime) -> Latest:
    """The same, whether it has changed or not."""
    rooms = audience.learner_rooms(meeting) | audience.board_rooms(meeting)
    body = {"meetingId": meeting.id, "participantCount": meeting.participant_count}
    return Latest(key=f"count:{meeting.id}", type="countUpdate", at=at, hearing=Hearing(rooms, encode(body)))


def left_behind(world: World, meeting: Meeting, run: Instance, gone: ParticipantRow, at: datetime) -> list[Event]:
    """What tells that a stay counted to one row until now belongs to another: who that is, turned out later."""
    attendee = gone["id"]
    state: str
    if world.visits_of(run.uuid, attendee):
        _bump(world, attendee, run.uuid, gone)
        remains = row(world, meeting, run, attendee)
        state, revision = remains["state"], remains["revision"]
    else:
        remains = _over(gone)
        state, revision = "not_seen", remains["revision"]
    events = [change(meeting, remains, at)]
    person = _person(world, attendee)
    if person is not None and is_learner_of(person, meeting):
        events.append(own_event(meeting, person.id, state, revision, at))
    return events


def _person(world: World, attendee: str) -> Candidate | None:
    return world.people.by_id.get(attendance.person_of(attendee) or "")


def _change_body(meeting: Meeting, told: ParticipantRow) -> str:
    return encode(
        {
            "meetingId": meeting.id,
            "revision": meeting.revision,
            "participantCount": meeting.participant_count,
            "hereCount": meeting.here_count,
            "participant": told,
        }
    )


def _over(gone: ParticipantRow) -> ParticipantRow:
    """The last word about a row that is no more."""
    return {**gone, "state": "over", "hereSince": None, "revision": gone["revision"] + 1}


def _differs(now: ParticipantRow, was: ParticipantRow | None) -> bool:
    """Whether a row must be told anew, and with a higher revision than it has."""
    return was is not None and now != was and now["revision"] <= was["revision"]


def _bump(world: World, attendee: str, uuid: str, was: ParticipantRow | None) -> None:
    newest = max(world.visits_of(uuid, attendee), key=lambda visit: (visit.revision, visit.id))
    revision = 1 + max(newest.revision, was["revision"] if was else 0)
    keep_visit(world, replace(newest, revision=revision))
