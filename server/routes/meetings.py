"""Meetings over HTTP: list, make, read, change, call off, delete, end. Parse, call, answer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime import audience
from realtime.audience import Person
from realtime.bodies import instant
from realtime.errors import BadInput
from realtime.lifecycle import Audience, Meeting
from realtime.ports import Clock, Login
from server.audit import Doer
from server.doors.addresses import client_address
from server.idempotency import Answer, Once
from server.joining import Joining
from server.people import access
from server.routes.bodies import Body, read
from server.routes.classes import limit_of
from server.scheduling import Scheduling, Wish
from server.store import reading
from server.store.database import Database

_OLD_NAMES = {"title": "topic", "description": "agenda"}
_OLD_AUDIENCES = {"all": "everyone", "teachers": "staff"}
_ON_THE_WIRE = {"duration_min": "duration", "passcode": "password"}
MINUTES_PER_DAY = 1_440
FIRST_YEAR, LAST_YEAR = 2000, 2100


class RoomSettings(Body):
    """The settings of the room that can be chosen; names and values are Zoom's."""

    host_video: bool | None = None
    participant_video: bool | None = None
    mute_upon_entry: bool | None = None
    waiting_room: bool | None = None
    join_before_host: bool | None = None
    auto_recording: Literal["local", "cloud", "none"] | None = None

    def chosen(self) -> dict[str, object]:
        """Those that were said."""
        return self.model_dump(exclude_none=True)


class MeetingChange(Body):
    """What may be changed about a meeting; what is missing stays."""

    topic: str | None = Field(None, min_length=1, max_length=200)
    agenda: str | None = Field(None, max_length=2_000)
    start_time: datetime | None = None
    duration: int | None = Field(None, ge=1, le=MINUTES_PER_DAY)
    timezone: str | None = None
    password: str | None = Field(None, min_length=1, max_length=10, pattern=r"^[A-Za-z0-9@_*-]+$")
    class_id: str | None = None
    audience: Audience | None = None
    host: str | None = Field(None, max_length=254)
    settings: RoomSettings = RoomSettings()

    @model_validator(mode="before")
    @classmethod
    def present_names(cls, given: object) -> object:
        """Older dashboards say `title` and `description`."""
        return {_OLD_NAMES.get(k, k): v for k, v in given.items()} if isinstance(given, dict) else given

    @field_validator("audience", mode="before")
    @classmethod
    def known_audience(cls, value: object) -> object:
        """Older dashboards say `all` and `teachers`."""
        return _OLD_AUDIENCES.get(value, value) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def known_timezone(cls, value: str | None) -> str | None:
        """A time zone must have a name that clocks know."""
        try:
            return value and ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("There is no such time zone; a name like Asia/Manila was expected.") from error

    @field_validator("start_time")
    @classmethod
    def known_years(cls, value: datetime | None) -> datetime | None:
        """A class is held in our days; far from them there is no room left to reckon with."""
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"Expected a date between {FIRST_YEAR} and {LAST_YEAR}.")
        return value

    def wish(self) -> Wish:
        """In the words of whoever does it."""
        start = self.start_time
        if start is not None and start.tzinfo is None:
            start = start.replace(tzinfo=ZoneInfo(self.timezone or "UTC"))
        return Wish(
            topic=self.topic,
            agenda=self.agenda,
            start_time=start,
            duration_min=self.duration,
            timezone=self.timezone,
            passcode=self.password,
            settings=self.settings.chosen(),
            class_id=self.class_id,
            clears_class="class_id" in self.model_fields_set and self.class_id is None,
            audience=self.audience,
            host=self.host,
        )


class NewMeeting(MeetingChange):
    """A meeting to be made. Without `start_time` it is now."""

    topic: str = Field(min_length=1, max_length=200)
    duration: int = Field(60, ge=1, le=MINUTES_PER_DAY)
    type: Literal[1, 2] | None = None  # Zoom's number for now or later, which `start_time` already says


class MeetingRoutes:
    """The routes, with the parts they call."""

    def __init__(
        self,
        login_of: Callable[[Mapping[str, Any]], Awaitable[Login]],
        scheduling: Scheduling,
        joining: Joining,
        once: Once,
        database: Database,
        clock: Clock,
    ) -> None:
        self._login_of = login_of
        self._scheduling = scheduling
        self._joining = joining
        self._once = once
        self._database = database
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of them. Two have a second name that older dashboards use."""
        one, ended = "/api/zoom/meetings/{id}", "/api/zoom/meetings/{id}/end"
        return [
            Route("/api/zoom/meetings", self.list, methods=["GET"]),
            Route("/api/zoom/meetings", self.create, methods=["POST"]),
            Route("/api/zoom/enhanced/create-meeting", self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.update, methods=["PATCH"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route("/api/zoom/meetings/{id}/cancel", self.cancel, methods=["POST"]),
            Route(ended, self.end, methods=["POST"]),
            Route("/api/zoom/meeting/{id}/end", self.end, methods=["PATCH"]),
        ]

    async def list(self, request: Request) -> Response:
        """The meetings this person may see."""
        person = (await self._login_of(request.scope)).person
        filters = _filters(request.query_params, limit_of(request, reading.PAGE))
        async with self._database.read() as connection:
            found, after = await reading.meetings_for(connection, person, filters, self._clock.now())
        views = [view for meeting in found if (view := shown(person, meeting)) is not None]
        return JSONResponse({"success": True, "meetings": views, "next": after})

    async def create(self, request: Request) -> Response:
        """A new meeting; the same `Idempotency-Key` makes it once."""
        doer = await self._doer(request)
        wanted = await read(request, NewMeeting)

        async def act() -> Answer:
            meeting = await self._scheduling.create(doer, wanted.wish())
            return 201, {"success": True, "meeting": await self._for_editor(doer.person, meeting)}

        key, now = request.headers.get("idempotency-key", ""), self._clock.now()
        route = "POST /api/zoom/meetings"
        status, told = await self._once.run(key, doer.person.id, route, await request.body(), now, act)
        return JSONResponse(told, status)

    async def get(self, request: Request) -> Response:
        """One meeting; with the passcode for those who may change it."""
        person = (await self._login_of(request.scope)).person
        meeting = await self._scheduling.visible(person, *named(request))
        return JSONResponse({"success": True, "meeting": await self._for_editor(person, meeting)})

    async def update(self, request: Request) -> Response:
        """Some fields changed; `not_taken` names those that Zoom has otherwise."""
        doer = await self._doer(request)
        wanted = await read(request, MeetingChange)
        ref, occurrence_id = named(request)
        changed = await self._scheduling.update(doer, ref, wanted.wish(), occurrence_id)
        not_taken = [_ON_THE_WIRE.get(name, name) for name in changed.not_taken]
        told = {"success": True, "meeting": shown(doer.person, changed.meeting), "not_taken": not_taken}
        return JSONResponse(told)

    async def cancel(self, request: Request) -> Response:
        """Called off, and still in sight."""
        doer = await self._doer(request)
        meeting = await self._scheduling.cancel(doer, *named(request))
        return JSONResponse({"success": True, "meeting": shown(doer.person, meeting)})

    async def delete(self, request: Request) -> Response:
        """Gone from Zoom and from sight."""
        doer = await self._doer(request)
        meeting = await self._scheduling.delete(doer, *named(request))
        return JSONResponse({"success": True, "id": meeting.id})

    async def end(self, request: Request) -> Response:
        """Ended for everyone."""
        doer = await self._doer(request)
        meeting = await self._scheduling.end(doer, *named(request))
        return JSONResponse({"success": True, "meeting": shown(doer.person, meeting)})

    async def _doer(self, request: Request) -> Doer:
        return Doer((await self._login_of(request.scope)).person, client_address(request.scope))

    async def _for_editor(self, person: Person, meeting: Meeting) -> dict[str, Any]:
        view: dict[str, Any] = dict(shown(person, meeting) or {})
        if access.may_edit(person, meeting):
            view["password"] = (await self._joining.secrets(meeting)).get("passcode", "")
        return view


def shown(person: Person, meeting: Meeting) -> Mapping[str, Any] | None:
    """A meeting as this person may see it."""
    seen_as = audience.view_for(audience.rooms_of(person), meeting)
    return None if seen_as is None else audience.view(meeting, seen_as)


def named(request: Request) -> tuple[str, str]:
    """The meeting an address names, and which date of its series; empty: no date was named."""
    return request.path_params["id"], request.query_params.get("occurrence", "")


def _filters(query: Mapping[str, str], limit: int) -> reading.Filters:
    tab, status = query.get("tab", ""), query.get("status", "")
    _one_of("tab", tab, ("live", "upcoming", "past"))
    _one_of("status", status, ("scheduled", "waiting", "started", "ended", "cancelled"))
    return reading.Filters(
        tab=tab,
        status=status,
        class_id=query.get("class", ""),
        host=query.get("host", ""),
        since=_moment("from", query.get("from", "")),
        until=_moment("to", query.get("to", "")),
        text=query.get("q", "")[:200],
        after=query.get("after", ""),
        limit=limit,
    )


def _one_of(name: str, given: str, known: tuple[str, ...]) -> None:
    if given and given not in known:
        raise BadInput(f"{name} has no such value.", fields={name: f"Expected one of {', '.join(known)}."})


def _moment(name: str, given: str) -> datetime | None:
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given.replace(" ", "+"))
        instant(found)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{name} is no date.", fields={name: "Expected a date like 2026-11-21T09:00:00Z."}) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo("UTC"))
