"""Who is in a meeting, over HTTP; for its staff."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.audience import Person, Role, View, rooms_of, view_for
from realtime.bodies import optional_instant
from realtime.errors import Forbidden
from realtime.lifecycle import Meeting
from realtime.ports import Clock, Login
from server import people_in_meeting
from server.people import access
from server.people_in_meeting import People
from server.routes.meetings import named, shown
from server.scheduling import Scheduling
from server.store import reading
from server.store.database import Database


class AttendanceRoutes:
    """The routes, with the parts they call."""

    def __init__(
        self,
        login_of: Callable[[Mapping[str, Any]], Awaitable[Login]],
        scheduling: Scheduling,
        database: Database,
        clock: Clock,
    ) -> None:
        self._login_of = login_of
        self._scheduling = scheduling
        self._database = database
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/zoom/meetings/{id}/participants", self.participants, methods=["GET"]),
            Route("/api/zoom/meeting/{id}/live-participants", self.live, methods=["GET"]),
            Route("/api/zoom/real-time", self.real_time, methods=["GET"]),
        ]

    async def participants(self, request: Request) -> Response:
        """Everybody of one run, and everybody who was expected."""
        person, meeting, found = await self._people(request, request.query_params.get("instance", ""))
        run = None
        if found.run is not None:
            run = {
                "uuid": found.run.uuid,
                "started_at": optional_instant(found.run.started_at),
                "ended_at": optional_instant(found.run.ended_at),
            }
        return JSONResponse(
            {
                "success": True,
                "meeting": shown(person, meeting),
                "instance": run,
                "participants": list(found.rows),
                "expectedAttendees": people_in_meeting.expected_attendees(found),
                "stats": people_in_meeting.stats(found, self._clock.now()),
            }
        )

    async def live(self, request: Request) -> Response:
        """The same numbers under the names that older dashboards know. Units: `average_duration` is minutes."""
        _, _, found = await self._people(request, "")
        numbers = people_in_meeting.stats(found, self._clock.now())
        statistics = {
            "total_participants": numbers["totalParticipants"],
            "active_now": sum(1 for row in found.rows if row["state"] == "here"),
            "students_identified": sum(1 for row in found.rows if row["role"] == "student"),
            "average_duration": round(numbers["avgDurationSeconds"] / 60),
        }
        return JSONResponse({"success": True, "participants": list(found.rows), "statistics": statistics})

    async def real_time(self, request: Request) -> Response:
        """What is live now; students get the meetings and the counts, and nobody's name."""
        person = (await self._login_of(request.scope)).person
        live = reading.Filters(tab="live")
        told = []
        everyone: list[dict[str, Any]] = []
        async with self._database.read() as connection:
            found, _ = await reading.meetings_for(connection, person, live, self._clock.now())
            for meeting in found:
                seen_as = view_for(rooms_of(person), meeting)
                rows = []
                if seen_as is View.STAFF:
                    rows = [r for r in (await people_in_meeting.people(connection, meeting)).rows if r["joinTime"]]
                view = {**(shown(person, meeting) or {})}
                people = [{**row, "join_time": row["joinTime"]} for row in rows]
                told.append({**view, **({"participants": people} if seen_as is View.STAFF else {})})
                everyone += [{"participantName": r["name"], "attendanceStatus": r["state"]} for r in rows]
        active = sum(meeting.participant_count for meeting in found)
        total = len(everyone) if person.role is not Role.STUDENT else active
        return JSONResponse(
            {
                "success": True,
                "activeMeetings": told,
                "participants": everyone,
                "analytics": {"totalParticipants": total, "activeParticipants": active},
            }
        )

    async def _people(self, request: Request, uuid: str) -> tuple[Person, Meeting, People]:
        person = (await self._login_of(request.scope)).person
        meeting = await self._scheduling.visible(person, *named(request))
        if not access.sees_staff_view(person, meeting):
            raise Forbidden("Only the staff of this meeting may see who is in it.")
        async with self._database.read() as connection:
            return person, meeting, await people_in_meeting.people(connection, meeting, uuid)
