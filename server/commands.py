"""What a client may ask over its socket; the same services as over HTTP.

The hub has looked the login up before each of these and makes the ack. This file does not know sockets.
"""

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from realtime.errors import BadInput, Forbidden
from realtime.hub import Command
from realtime.ports import Clock, Login
from server import people_in_meeting
from server.errors import bad_input
from server.joining import Joining
from server.people import access
from server.people_in_meeting import People
from server.scheduling import Scheduling
from server.store.database import Database

ID = r"^[\x21-\x7e]{1,64}$"  # what ids are made of: ours, Zoom's, and those of pages


class Track(BaseModel):
    """A press of Join; `id` is the page's own, so that a repeat is known as one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=ID)
    meetingId: str = Field(pattern=ID)  # noqa: N815  # the wire's name
    action: str = Field(pattern="^join$")


class Commands:
    """The commands, with the parts they call."""

    def __init__(self, scheduling: Scheduling, joining: Joining, database: Database, clock: Clock) -> None:
        self._scheduling = scheduling
        self._joining = joining
        self._database = database
        self._clock = clock

    def by_name(self) -> dict[str, Command]:
        """All of them, as the registry names them."""
        return {
            "joinMeeting": self.join_meeting,
            "leaveMeeting": self.leave_meeting,
            "getAnalytics": self.get_analytics,
            "track": self.track,
        }

    async def join_meeting(self, login: Login, argument: object) -> Mapping[str, object]:
        """The meeting's people now, for its staff. The events come without being asked for."""
        meeting = await self._scheduling.visible(login.person, _id(argument))
        if not access.sees_staff_view(login.person, meeting):
            return {"participants": []}
        async with self._database.read() as connection:
            return {"participants": list((await people_in_meeting.people(connection, meeting)).rows)}

    async def leave_meeting(self, login: Login, argument: object) -> Mapping[str, object]:
        """Changes nothing: who hears what is not a client's choice."""
        await self._scheduling.visible(login.person, _id(argument))
        return {}

    async def get_analytics(self, login: Login, argument: object) -> Mapping[str, object]:
        """The meeting's numbers, for its staff."""
        found = await self._people(login, _id(argument))
        return {"analytics": people_in_meeting.stats(found, self._clock.now())}

    async def track(self, login: Login, argument: object) -> Mapping[str, object]:
        """Keep a press of Join."""
        try:
            told = Track.model_validate(argument)
        except ValidationError as wrong:
            raise bad_input(wrong) from None
        meeting = await self._scheduling.visible(login.person, told.meetingId)
        return {"trackingId": await self._joining.note_click(login.person, meeting, told.id)}

    async def _people(self, login: Login, meeting_id: str) -> People:
        meeting = await self._scheduling.visible(login.person, meeting_id)
        if not access.sees_staff_view(login.person, meeting):
            raise Forbidden("Only the staff of this meeting may see who is in it.")
        async with self._database.read() as connection:
            return await people_in_meeting.people(connection, meeting)


def _id(argument: object) -> str:
    """A meeting's id; older dashboards send it alone or as `{meetingId}`."""
    given = argument.get("meetingId") if isinstance(argument, Mapping) else argument
    if not isinstance(given, str | int) or isinstance(given, bool) or not re.fullmatch(ID, str(given)):
        raise BadInput("Expected the id of a meeting.")
    return str(given)
