"""What we ask of Zoom, in our words.

It exists so that whoever asks knows no HTTP, no paths and no JSON, and so that tests can see what is promised:
`client.ZoomClient` keeps it over HTTP, with Zoom or with the simulator at the other end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from realtime.facts import Occurrence
from realtime.lifecycle import HostRef


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """What a meeting should be like; None means: not said, so Zoom's choice when it is made, as it is when changed.

    Shape:  `settings` and `recurrence` have Zoom's names; settings that `options` does not know are not asked for.
            With `recurrence` it is a series with fixed dates; `start_time` None means now.
    Units:  `start_time` is aware; a series keeps to the clocks of `timezone`, an IANA name.
    """

    topic: str | None = None
    agenda: str | None = None
    start_time: datetime | None = None
    duration_min: int | None = None
    timezone: str | None = None
    passcode: str | None = field(default=None, repr=False)
    settings: Mapping[str, object] = field(default_factory=dict)
    recurrence: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomMeeting:
    """A meeting as Zoom has it.

    Shape: `uuid` is the run's if it is `started`, otherwise of a run to come; of a recurring meeting `occurrences` are
           the dates that stand. `type` is Zoom's number: 1 instant, 2 scheduled, 3 recurring, 8 a series with dates.
    """

    id: str
    uuid: str = ""
    host_id: str = ""
    host_email: str = ""
    topic: str = ""
    agenda: str = ""
    type: int = 2
    is_started: bool = False
    start_time: datetime | None = None
    duration_min: int = 0
    timezone: str = ""
    created_at: datetime | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    occurrences: tuple[Occurrence, ...] = ()
    join_url: str = field(default="", repr=False)
    passcode: str = field(default="", repr=False)

    @property
    def details(self) -> dict[str, object]:
        """What a fact about this meeting tells of it; unknown fields are left out."""
        told: dict[str, object] = {
            "topic": self.topic,
            "start_time": self.start_time,
            "duration_min": self.duration_min,
            "timezone": self.timezone,
            "settings": dict(self.settings),
            "host": HostRef(email=self.host_email, zoom_user_id=self.host_id) if self.host_id else None,
        }
        return {"agenda": self.agenda, **{name: value for name, value in told.items() if value}}

    @property
    def secrets(self) -> dict[str, str]:
        """What a fact about this meeting tells of it apart: Zoom's own link for everybody, and the passcode."""
        told = {"join_url": self.join_url, "passcode": self.passcode}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMeeting:
    """A meeting in a list, where Zoom tells less: of a series one date, or one run of a meeting that is over."""

    id: str
    uuid: str = ""
    host_id: str = ""
    topic: str = ""
    type: int = 2
    start_time: datetime | None = None
    duration_min: int = 0
    timezone: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """A meeting after a change, and the fields that Zoom has otherwise than asked, as `topic` or `settings.audio`."""

    meeting: ZoomMeeting
    not_taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomUser:
    """Somebody of the Zoom account; only who `is_licensed` may host with registration, and longer than 40 minutes."""

    id: str
    email: str = ""
    name: str = ""
    is_licensed: bool = False
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class StartLink:
    """The link that makes whoever opens it the host. It is for one redirect, and for nothing that is kept."""

    url: str = field(repr=False)


class ListKind(StrEnum):
    """Which meetings of a host; Zoom's words. No list has instant meetings that are not running."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    UPCOMING = "upcoming"
    UPCOMING_MEETINGS = "upcoming_meetings"
    PREVIOUS = "previous_meetings"


class ZoomGateway(Protocol):
    """Asks Zoom. `host` is a user's id in Zoom, or the e-mail address there.

    Errors: of every call: ZoomUnavailable (ZoomRateLimited), ZoomNotConfigured, ZoomRefused. Ids that Zoom does not
            know are ZoomNotFound. No call takes longer than some ten seconds; none may be waited for in a transaction.
    """

    async def create_meeting(self, host: str, plan: MeetingPlan) -> ZoomMeeting:
        """A new meeting, made once even if Zoom's answer is lost: then it is looked for.

        Errors: ZoomUnconfirmed when it may have been made and cannot be found.
        """
        ...

    async def get_meeting(self, meeting_id: str, occurrence_id: str = "") -> ZoomMeeting:
        """A meeting as it is now; with `occurrence_id`, that date of it."""
        ...

    async def update_meeting(self, meeting_id: str, plan: MeetingPlan, occurrence_id: str = "") -> Amended:
        """Change what the plan says, then read what became of it: Zoom takes some values without a word for others."""
        ...

    async def delete_meeting(self, meeting_id: str, occurrence_id: str = "") -> None:
        """Delete a meeting, or one date of a series. One that Zoom does not know is deleted already."""
        ...

    async def end_meeting(self, meeting_id: str) -> None:
        """End the run for all."""
        ...

    async def list_meetings(self, host: str, kind: ListKind = ListKind.SCHEDULED) -> list[ListedMeeting]:
        """A host's meetings of one kind."""
        ...

    async def list_users(self) -> list[ZoomUser]:
        """Everybody active in the account, to choose a host from."""
        ...

    async def find_user(self, email: str) -> ZoomUser | None:
        """The person of the account with this e-mail address or id."""
        ...

    async def start_link(self, meeting_id: str) -> StartLink:
        """A fresh start link: the one from creating a meeting dies after two hours."""
        ...
