"""Brings a demo to life: its week of meetings, and the class that plays itself.

Meetings are made through the same door as everybody's, so that what one sees in a demo is what a school gets. It does
not know the simulator; whoever can play a class there hands that in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.audience import Person
from realtime.errors import Conflict, Forbidden, RollcallError
from realtime.lifecycle import Meeting
from realtime.ports import Clock
from server.audit import Doer
from server.auth import Auth
from server.demo import ADMIN, SampleMeeting, seed_people, week_of_meetings
from server.people import access
from server.people.passwords import Passwords
from server.people.rights import person_of
from server.scheduling import Scheduling, Wish
from server.store import reading
from server.store.database import Database
from server.store.tables import users

log = structlog.get_logger(__name__)

# Nobody is registered in this version, so with a waiting room the whole class would stand before the door.
ROOM = {"waiting_room": False, "mute_upon_entry": True, "host_video": True, "participant_video": True}

Play = Callable[[str, Sequence[tuple[str, str]]], None]
"""Plays a class in the meeting with this Zoom id; the cast are names and e-mail addresses. Errors: LookupError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWeek:
    """The demo's week."""

    database: Database
    scheduling: Scheduling
    passwords: Passwords
    clock: Clock
    timezone: str
    play_in_zoom: Play

    async def people(self) -> None:
        """Everybody, before the server answers: who reads the logins at the start may use them at once."""
        await seed_people(self.database, self.passwords, self.clock)

    async def begin(self) -> None:
        """Meetings for the days ahead unless there are some; a refusal or a busy database is told and stops nothing."""
        try:
            admin = await self._admin()
            if admin is None or await self._upcoming(admin):
                return
        except RollcallError as error:
            log.warning("demo.week_not_begun", reason=error.message)
            return
        for sample in week_of_meetings(self.clock.now(), self.timezone):
            try:
                await self.scheduling.create(Doer(admin), _wish(sample, self.timezone))
            except RollcallError as error:
                log.warning("demo.meeting_not_made", topic=sample.topic, code=error.code)

    async def play(self) -> Meeting:
        """Let the next class of the day play itself.

        Errors: Conflict when no class is left to play.
        """
        admin = await self._admin()
        waiting = [m for m in await self._upcoming(admin) if m.class_ is not None] if admin is not None else []
        if not waiting:
            raise Conflict("There is no class left to play. Make a new meeting for a class first.")
        meeting = waiting[0]
        assert meeting.class_ is not None  # noqa: S101  # chosen so
        async with self.database.read() as connection:
            students = await reading.roster(connection, meeting.class_.id)
        try:
            self.play_in_zoom(meeting.zoom_id, [(each["name"], each["email"]) for each in students])
        except LookupError as error:
            raise Conflict("This class cannot be played just now; let the others end first.") from error
        return meeting

    async def _admin(self) -> Person | None:
        async with self.database.read() as connection:
            user_id = (await connection.execute(select(users.c.id).where(users.c.email == ADMIN))).scalar()
            return await person_of(connection, user_id) if user_id is not None else None

    async def _upcoming(self, admin: Person) -> list[Meeting]:
        """What has not begun and is not long past, the next one first."""
        now = self.clock.now()
        filters = reading.Filters(status="waiting", since=now - reading.LATE_FOR)
        async with self.database.read() as connection:
            found, _ = await reading.meetings_for(connection, admin, filters, now)
        return found


class DemoRoutes:
    """What only a demo answers."""

    def __init__(self, auth: Auth, week: DemoWeek) -> None:
        self._auth = auth
        self._week = week

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/api/demo/play", self.play, methods=["POST"])]

    async def play(self, request: Request) -> Response:
        """The banner's *Play a class*."""
        person = (await self._auth.login_of(request.scope)).person
        if not access.may_control_simulator(person):
            raise Forbidden("Only the demo's admin may play a class.")
        meeting = await self._week.play()
        return JSONResponse({"success": True, "meeting": {"id": meeting.id, "topic": meeting.topic}}, 202)


def _wish(sample: SampleMeeting, timezone: str) -> Wish:
    return Wish(
        topic=sample.topic,
        start_time=sample.start,
        duration_min=sample.duration_min,
        timezone=timezone,
        class_id=sample.class_id,
        audience=sample.audience,
        host=sample.host_email,
        settings=ROOM,
    )
