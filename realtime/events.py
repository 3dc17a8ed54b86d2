"""The one registry of what dashboards hear and may say: names, bodies, who, durable or ephemeral.

The TypeScript types of the dashboards and the tables of the README are made from this file, and a test holds them
together. This file does not know how a body comes about (`audience.py`) or how it travels (`hub.py`; acks `desk.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from realtime.bodies import (
    AnalyticsAck,
    AuthBody,
    AuthExpiring,
    BoardMeeting,
    ClickChange,
    CountUpdate,
    CursorBody,
    Done,
    Drain,
    ErrorBody,
    InitialState,
    JoinMeetingAck,
    LearnerMeeting,
    Notice,
    OwnAttendance,
    ParticipantChange,
    ResumeBody,
    Resync,
    ScopeAdded,
    ScopeRemoved,
    StaffMeeting,
    TrackAck,
    TrackBody,
)


class Delivery(StrEnum):
    """How an event travels: in the log with a seq; as the latest value only; or about the connection itself."""

    DURABLE = "durable"
    EPHEMERAL = "ephemeral"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class EventKind:
    """One line of the registry: a name, what it carries, to whom, and how."""

    name: str
    body: tuple[object, ...]
    hears: str
    delivery: Delivery


_MEETING = (StaffMeeting, LearnerMeeting, BoardMeeting)
_AUDIENCE = "the meeting's audience and its staff"
_STAFF = "staff of the meeting"
_SOCKET = "one socket"

EVENTS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in (
        EventKind("initialState", (InitialState,), _SOCKET, Delivery.CONTROL),
        EventKind("meetingCreated", _MEETING, _AUDIENCE, Delivery.DURABLE),
        EventKind("meetingStarted", _MEETING, _AUDIENCE, Delivery.DURABLE),
        EventKind("meetingEnded", _MEETING, _AUDIENCE, Delivery.DURABLE),
        EventKind("meetingStatusUpdate", _MEETING, _AUDIENCE, Delivery.DURABLE),
        EventKind("participantJoined", (ParticipantChange,), _STAFF, Delivery.DURABLE),
        EventKind("participantLeft", (ParticipantChange,), _STAFF, Delivery.DURABLE),
        EventKind("participantStatusUpdate", (ParticipantChange,), _STAFF, Delivery.DURABLE),
        EventKind("linkClicked", (ClickChange,), _STAFF, Delivery.DURABLE),
        EventKind("attendanceUpdated", (OwnAttendance,), "the learner it is about", Delivery.DURABLE),
        EventKind("countUpdate", (CountUpdate,), "learners and boards of the meeting", Delivery.EPHEMERAL),
        EventKind("notification", (Notice,), "one person", Delivery.DURABLE),
        EventKind("scopeAdded", (ScopeAdded,), "one person", Delivery.DURABLE),
        EventKind("scopeRemoved", (ScopeRemoved,), "one person", Delivery.DURABLE),
        EventKind("cursor", (CursorBody,), _SOCKET, Delivery.CONTROL),
        EventKind("resync", (Resync,), _SOCKET, Delivery.CONTROL),
        EventKind("drain", (Drain,), _SOCKET, Delivery.CONTROL),
        EventKind("authExpiring", (AuthExpiring,), _SOCKET, Delivery.CONTROL),
        EventKind("error", (ErrorBody,), _SOCKET, Delivery.CONTROL),
    )
}


@dataclass(frozen=True, slots=True)
class CommandKind:
    """A command a client may send: its argument and what its ack brings."""

    name: str
    argument: object
    ack: object
    does: str


COMMANDS: Mapping[str, CommandKind] = {
    kind.name: kind
    for kind in (
        CommandKind("joinMeeting", str, JoinMeetingAck, "brings the meeting's participants now (staff)"),
        CommandKind("leaveMeeting", str, Done, "kept for older dashboards; changes nothing"),
        CommandKind("getAnalytics", str, AnalyticsAck, "brings the meeting's numbers (staff)"),
        CommandKind("track", TrackBody, TrackAck, "keeps a press of Join; idempotent by id"),
        CommandKind("auth", AuthBody, Done, "renews the login of this connection"),
        CommandKind("resume", ResumeBody, Done, "catches up without reconnecting"),
    )
}
