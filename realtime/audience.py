"""Who hears of a meeting, and the meeting as each of them may see it.

It exists because this choice must be made once: events, lists, single answers, replay and snapshots all ask here.
The rule is one sentence: a person sees of a meeting the first view among whose rooms is one of theirs. Views are
made by naming the fields that are shown, never by leaving out the secret ones. This file does not know sockets.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from realtime.bodies import (
    BoardMeeting,
    Host,
    HostName,
    LearnerMeeting,
    MeetingSettings,
    MeetingView,
    StaffMeeting,
    WireStatus,
    optional_instant,
)
from realtime.bodies import ClassRef as WireClass
from realtime.meeting import Audience, Meeting, Status

SHOWN_AHEAD = timedelta(days=14)
SHOWN_AFTER = timedelta(hours=24)


class Role(StrEnum):
    """What a person is in the school."""

    ADMIN = "admin"
    TEACHER = "teacher"
    STUDENT = "student"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is signed in, with all that decides what they may see.

    Shape: `teaches` and `studies` hold class ids; `may` holds (class id, permission) of a teacher.
    """

    id: str
    name: str
    email: str
    role: Role
    teaches: frozenset[str] = frozenset()
    studies: frozenset[str] = frozenset()
    may: frozenset[tuple[str, str]] = field(default_factory=frozenset)


class View(StrEnum):
    """How much of a meeting is shown."""

    STAFF = "staff"
    LEARNER = "learner"
    BOARD = "board"


# Rooms. Each name is made here and nowhere else, and no client ever says one.
ADMINS = "admins"  # admins and observers: every meeting, as staff
EVERYONE = "everyone"  # whoever is signed in
STUDENTS = "students"
TEACHERS = "teachers"
BOARDS = "boards"


def room_of(person_id: str) -> str:
    """The room of one person, on all their devices."""
    return f"user:{person_id}"


def host_of(person_id: str) -> str:
    """The room of one person as the host of meetings; no student is in theirs."""
    return f"host:{person_id}"


def learners_of(class_id: str) -> str:
    """The room of a class's students."""
    return f"class:{class_id}"


def teachers_of(class_id: str) -> str:
    """The room of a class's teachers."""
    return f"class:{class_id}:teachers"


def rooms_of(person: Person) -> frozenset[str]:
    """Every room this person is in."""
    rooms = {EVERYONE, room_of(person.id)}
    if person.role is not Role.STUDENT:
        rooms.add(host_of(person.id))
    match person.role:
        case Role.ADMIN | Role.OBSERVER:
            rooms.add(ADMINS)
        case Role.TEACHER:
            rooms.add(TEACHERS)
            rooms.update(teachers_of(c) for c in person.teaches)
        case Role.STUDENT:
            rooms.add(STUDENTS)
            rooms.update(learners_of(c) for c in person.studies)
    return frozenset(rooms)


def staff_rooms(meeting: Meeting) -> frozenset[str]:
    """Where the staff of a meeting listen: admins, its host, the teachers of its class."""
    rooms = {ADMINS}
    if meeting.host.id:
        rooms.add(host_of(meeting.host.id))
    if meeting.class_ is not None:
        rooms.add(teachers_of(meeting.class_.id))
    return frozenset(rooms)


def learner_rooms(meeting: Meeting) -> frozenset[str]:
    """Where those listen who are invited but do not run the meeting."""
    match meeting.audience:
        case Audience.CLASS:
            return frozenset({learners_of(meeting.class_.id)}) if meeting.class_ is not None else frozenset()
        case Audience.EVERYONE:
            return frozenset({EVERYONE})
        case Audience.STUDENTS:
            return frozenset({STUDENTS})
        case Audience.STAFF:
            return frozenset({TEACHERS})
        case Audience.PERSONAL:
            return frozenset()


def board_rooms(meeting: Meeting) -> frozenset[str]:
    """Where screens on walls listen; what only staff or one person is invited to is not for a wall."""
    private = meeting.audience in (Audience.PERSONAL, Audience.STAFF)
    return frozenset() if private else frozenset({BOARDS})


def rooms_by_view(meeting: Meeting) -> tuple[tuple[View, frozenset[str]], ...]:
    """Each view of a meeting with the rooms that get it; who is in rooms of two views gets the first."""
    return (
        (View.STAFF, staff_rooms(meeting)),
        (View.LEARNER, learner_rooms(meeting)),
        (View.BOARD, board_rooms(meeting)),
    )


def view_for(rooms: Iterable[str], meeting: Meeting) -> View | None:
    """What somebody in these rooms may see of a meeting; None: nothing, not even that it exists."""
    mine = frozenset(rooms)
    return next((view for view, hearing in rooms_by_view(meeting) if mine & hearing), None)


def is_shown(meeting: Meeting, now: datetime) -> bool:
    """Whether pages show it: what is not over and starts within two weeks, and what was over for less than a day."""
    start = meeting.start_time
    is_near = start is not None and now - SHOWN_AFTER <= start <= now + SHOWN_AHEAD
    match meeting.status:
        case Status.STARTED:
            return True
        case Status.WAITING:
            return start is None or is_near
        case Status.ENDED:
            return meeting.ended_at is not None and meeting.ended_at >= now - SHOWN_AFTER
        case Status.CANCELLED:
            return is_near
        case Status.DELETED:
            return False


def view(meeting: Meeting, seen_as: View) -> MeetingView:
    """The meeting as this view shows it."""
    match seen_as:
        case View.STAFF:
            return staff_view(meeting)
        case View.LEARNER:
            return learner_view(meeting)
        case View.BOARD:
            return board_view(meeting)


def _status(meeting: Meeting) -> WireStatus:
    return meeting.status.value


def _class(meeting: Meeting) -> WireClass | None:
    return None if meeting.class_ is None else {"id": meeting.class_.id, "name": meeting.class_.name}


def _host(meeting: Meeting) -> Host:
    return {"id": meeting.host.id, "name": meeting.host.name, "email": meeting.host.email}


def _host_name(meeting: Meeting) -> HostName:
    return {"name": meeting.host.name}


def join_path(meeting_id: str) -> str:
    """The one link by which anybody joins; Zoom's own links are given out only as a redirect from it."""
    return f"/join/{meeting_id}"


SHOWN_SETTINGS = frozenset(MeetingSettings.__annotations__)


def _settings(meeting: Meeting) -> MeetingSettings:
    shown = {key: value for key, value in meeting.settings.items() if key in SHOWN_SETTINGS}
    return shown  # type: ignore[return-value]  # the keys are this type's own, their values were checked at the door


def staff_view(meeting: Meeting) -> StaffMeeting:
    """For those who run the meeting."""
    return {
        "id": meeting.id,
        "meetingId": meeting.id,
        "zoom_meeting_id": meeting.zoom_id,
        "series": meeting.series or None,
        "topic": meeting.topic,
        "title": meeting.topic,
        "agenda": meeting.agenda,
        "status": _status(meeting),
        "start_time": optional_instant(meeting.start_time),
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
        "class": _class(meeting),
        "audience": meeting.audience.value,
        "host": _host(meeting),
        "join_url": join_path(meeting.id),
        "started_at": optional_instant(meeting.started_at),
        "ended_at": optional_instant(meeting.ended_at),
        "participantCount": meeting.participant_count,
        "expectedCount": meeting.expected_count,
        "hereCount": meeting.here_count,
        "clickCount": meeting.click_count,
        "revision": meeting.revision,
        "settings": _settings(meeting),
    }


def learner_view(meeting: Meeting) -> LearnerMeeting:
    """For those who are invited: nothing about other learners, nothing that opens the room for a stranger."""
    return {
        "id": meeting.id,
        "meetingId": meeting.id,
        "series": meeting.series or None,
        "topic": meeting.topic,
        "title": meeting.topic,
        "agenda": meeting.agenda,
        "status": _status(meeting),
        "start_time": optional_instant(meeting.start_time),
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
        "class": _class(meeting),
        "audience": meeting.audience.value,
        "host": _host_name(meeting),
        "join_url": join_path(meeting.id),
        "started_at": optional_instant(meeting.started_at),
        "ended_at": optional_instant(meeting.ended_at),
        "participantCount": meeting.participant_count,
        "revision": meeting.learner_revision,
    }


def board_view(meeting: Meeting) -> BoardMeeting:
    """For a screen on a wall: no names but the teacher's."""
    return {
        "id": meeting.id,
        "topic": meeting.topic,
        "status": _status(meeting),
        "start_time": optional_instant(meeting.start_time),
        "duration": meeting.duration_min,
        "class": _class(meeting),
        "host": _host_name(meeting),
        "started_at": optional_instant(meeting.started_at),
        "participantCount": meeting.participant_count,
        "expectedCount": meeting.expected_count,
        "hereCount": meeting.here_count,
        "revision": meeting.learner_revision,
    }
