"""The shapes of all that travels between us and a dashboard.

Field names are the wire's, some of them odd on purpose: dashboards written for an older system rely on them. Instants
are ISO 8601 in UTC with `Z`. Which event carries what is in `events.py`; how a body comes about in `audience.py`.
"""

import json
from datetime import UTC, datetime
from typing import Literal, NotRequired, TypedDict

Instant = str  # ISO 8601, UTC, ends in Z
WireStatus = Literal["waiting", "started", "ended", "cancelled", "deleted"]


def instant(at: datetime) -> Instant:
    """An aware moment as it travels: UTC, whole milliseconds at most, `Z` at the end."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text.removesuffix("+00:00") + "Z"


def optional_instant(at: datetime | None) -> Instant | None:
    """The same for a moment that may not have come."""
    return None if at is None else instant(at)


def encode(body: object) -> str:
    """A body as the JSON text that goes out; made once, shared by the log and every member of a room."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# --- what a meeting looks like -------------------------------------------------------------------------------


class ClassRef(TypedDict):
    id: str
    name: str


class Host(TypedDict):
    id: str
    name: str
    email: str


class HostName(TypedDict):
    name: str


class MeetingSettings(TypedDict):
    host_video: NotRequired[bool]
    participant_video: NotRequired[bool]
    mute_upon_entry: NotRequired[bool]
    waiting_room: NotRequired[bool]
    join_before_host: NotRequired[bool]
    auto_recording: NotRequired[Literal["local", "cloud", "none"]]


BoardMeeting = TypedDict(
    "BoardMeeting",
    {
        "id": str,
        "topic": str,
        "status": WireStatus,
        "start_time": Instant | None,
        "duration": int,
        "class": ClassRef | None,
        "host": HostName,
        "started_at": Instant | None,
        "participantCount": int,
        "expectedCount": int,
        "hereCount": int,
        "revision": int,
    },
)

LearnerMeeting = TypedDict(
    "LearnerMeeting",
    {
        "id": str,
        "meetingId": str,
        "series": str | None,
        "topic": str,
        "title": str,
        "agenda": str,
        "status": WireStatus,
        "start_time": Instant | None,
        "duration": int,
        "timezone": str,
        "class": ClassRef | None,
        "audience": str,
        "host": HostName,
        "join_url": str,
        "started_at": Instant | None,
        "ended_at": Instant | None,
        "participantCount": int,
        "revision": int,
    },
)

StaffMeeting = TypedDict(
    "StaffMeeting",
    {
        "id": str,
        "meetingId": str,
        "zoom_meeting_id": str,
        "series": str | None,
        "topic": str,
        "title": str,
        "agenda": str,
        "status": WireStatus,
        "start_time": Instant | None,
        "duration": int,
        "timezone": str,
        "class": ClassRef | None,
        "audience": str,
        "host": Host,
        "join_url": str,
        "started_at": Instant | None,
        "ended_at": Instant | None,
        "participantCount": int,
        "expectedCount": int,
        "hereCount": int,
        "clickCount": int,
        "revision": int,
        "settings": MeetingSettings,
    },
)

MeetingView = StaffMeeting | LearnerMeeting | BoardMeeting

# --- people in a meeting -------------------------------------------------------------------------------------


class ParticipantRow(TypedDict):
    """One person of one run: the union of all their visits. `userId` is ours, null while nobody knows who it is.

    `durationSeconds` counts finished stays; since `hereSince` a page counts by itself. State `over`: no longer live.
    """

    id: str
    userId: str | None
    name: str
    email: str
    role: Literal["host", "staff", "student", "guest"]
    matchedBy: Literal["registrant", "zoom_user", "email", "name"] | None
    expected: bool
    state: Literal["waiting_room", "here", "away", "over"]
    joinTime: Instant | None
    leaveTime: Instant | None
    durationSeconds: int
    hereSince: Instant | None
    rejoins: int
    revision: int


class ClickRow(TypedDict):
    """One press of Join."""

    id: str
    userId: str
    name: str
    at: Instant
    revision: int


class ParticipantChange(TypedDict):
    """Somebody came, went or changed; the whole row."""

    meetingId: str
    revision: int
    participantCount: int
    hereCount: int
    participant: ParticipantRow


class ClickChange(TypedDict):
    """Somebody pressed Join."""

    meetingId: str
    revision: int
    participantCount: int
    clickCount: int
    click: ClickRow


class OwnState(TypedDict):
    """What the room knows of the learner who reads this."""

    state: Literal["not_seen", "waiting_room", "here", "away", "over"]


class OwnAttendance(TypedDict):
    """A learner's own state in a meeting, and of nobody else."""

    meetingId: str
    revision: int
    own: OwnState


class CountUpdate(TypedDict):
    """How many different people are in the room now; the latest value only."""

    meetingId: str
    participantCount: int


# --- what belongs to a connection ----------------------------------------------------------------------------


class ActiveParticipant(ParticipantRow):
    """A participant's row with the meeting it belongs to."""

    meetingId: str


class RecentClick(TypedDict):
    """A press of Join in the last fifteen minutes, for the counter."""

    meetingId: str
    at: Instant


class Notice(TypedDict):
    """A sentence for one person."""

    id: str
    kind: str
    text: str
    meetingId: NotRequired[str]
    at: Instant


class You(TypedDict):
    """Who the server takes the reader for."""

    id: str
    name: str
    email: str
    role: Literal["admin", "teacher", "student", "observer"]


class InitialState(TypedDict):
    """The first frame: all this person may see now, or in `replay` nothing, and the missed events follow.

    `own` holds a learner's own state by meeting; `recentClicks` and `lastZoomEventAt` are for staff.
    """

    mode: Literal["snapshot", "replay"]
    activeMeetings: list[StaffMeeting | LearnerMeeting | BoardMeeting]
    meetings: list[StaffMeeting | LearnerMeeting | BoardMeeting]
    activeParticipants: NotRequired[list[ActiveParticipant]]
    recentClicks: NotRequired[list[RecentClick]]
    lastZoomEventAt: NotRequired[Instant | None]
    own: NotRequired[list[OwnAttendance]]
    recentNotifications: list[Notice]
    you: You
    serverTime: Instant
    serverVersion: str
    cursor: str
    resume: str


class ScopeAdded(TypedDict):
    """What this person may now see."""

    meetings: list[StaffMeeting | LearnerMeeting | BoardMeeting]
    activeParticipants: list[ActiveParticipant]


class ScopeRemoved(TypedDict):
    """What this person must forget."""

    meetingIds: list[str]


class CursorBody(TypedDict):
    """A quiet connection's newest cursor, and the server's time."""

    cursor: str
    serverTime: Instant


class Resync(TypedDict):
    """The page should ask for a fresh picture."""

    reason: str


class Drain(TypedDict):
    """The server is going down; come back after so many milliseconds."""

    retryAfter: int


# The login ends in so many seconds unless it is renewed; `in` cannot be a field of a class, hence this spelling.
AuthExpiring = TypedDict("AuthExpiring", {"in": int})


class ErrorBody(TypedDict):
    """Something a client did was refused."""

    code: str
    message: str


class Meta(TypedDict):
    """Argument 1 of every event that is news. `cursor` is opaque and missing on ephemeral events."""

    v: Literal[1]
    id: str
    type: str
    at: Instant
    cursor: NotRequired[str]
    replay: NotRequired[bool]


# --- what a client may say, and what its ack brings ---------------------------------------------------------


class TrackBody(TypedDict):
    """A click, told over the socket; `id` is made by the page, so that a repeat is known as one."""

    id: str
    meetingId: str
    action: Literal["join"]


class AuthBody(TypedDict):
    """A fresh login for the connection that is open."""

    token: str


class ResumeBody(TypedDict):
    """The newest `initialState.resume` and the newest cursor seen; both opaque."""

    key: str
    cursor: str


class Analytics(TypedDict):
    """The numbers of one meeting."""

    totalParticipants: int
    joinedCount: int
    expectedCount: int
    attendanceRate: int
    totalDurationSeconds: int
    avgDurationSeconds: int


class JoinMeetingAck(TypedDict):
    """The people of the meeting now, for its staff; empty for learners."""

    ok: Literal[True]
    participants: list[ParticipantRow]


class AnalyticsAck(TypedDict):
    """`getAnalytics`' answer."""

    ok: Literal[True]
    analytics: Analytics


class TrackAck(TypedDict):
    """The click was kept under this id."""

    ok: Literal[True]
    trackingId: str


class Done(TypedDict):
    """It was done, and there is nothing to add."""

    ok: Literal[True]


class Refusal(TypedDict):
    """It was not done, and why."""

    ok: Literal[False]
    error: ErrorBody
