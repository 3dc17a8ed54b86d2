"""What a person may ask about a meeting: make it, change it, call it off, end it, delete it.

Each asks Zoom first, outside of any transaction, and then records the same kind of fact that Zoom's notification will
bring a moment later; that one then changes nothing. Nothing is half made: until Zoom agrees nothing is written here.
This file does not know HTTP, or what Zoom's answers look like.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from realtime.audience import Person
from realtime.errors import BadInput, Conflict, Forbidden, NotFound, RollcallError, Unavailable
from realtime.facts import Cancelled, Created, Deleted, Ended, Updated, Which
from realtime.lifecycle import Audience, ClassRef, HostRef, Meeting, Status
from realtime.ports import Clock
from realtime.tracker import Tracker
from server import audit
from server.audit import Doer
from server.people import access
from server.people.rights import person_of
from server.store import reading
from server.store.database import Database
from server.zoom.errors import ZoomNotConfigured, ZoomNotFound
from server.zoom.gateway import MeetingPlan, ZoomGateway, ZoomMeeting, ZoomUser

log = logging.getLogger("rollcall.scheduling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A meeting as somebody wants it; None: not said. `clears_class` takes the class away."""

    topic: str | None = None
    agenda: str | None = None
    start_time: datetime | None = None
    duration_min: int | None = None
    timezone: str | None = None
    passcode: str | None = field(default=None, repr=False)
    settings: Mapping[str, object] = field(default_factory=dict)
    recurrence: Mapping[str, object] | None = None
    class_id: str | None = None
    clears_class: bool = False
    audience: Audience | None = None
    host: str | None = None

    def plan(self) -> MeetingPlan:
        """The part that Zoom is asked for."""
        return MeetingPlan(
            topic=self.topic,
            agenda=self.agenda,
            start_time=self.start_time,
            duration_min=self.duration_min,
            timezone=self.timezone,
            passcode=self.passcode,
            settings=self.settings,
            recurrence=self.recurrence,
        )

    @property
    def is_for_zoom(self) -> bool:
        """Whether Zoom has to be asked at all."""
        return self.plan() != MeetingPlan()


@dataclass(frozen=True, slots=True)
class Changed:
    """A meeting after a change, and the fields that Zoom has otherwise than asked."""

    meeting: Meeting
    not_taken: tuple[str, ...] = ()


class Scheduling:
    """Makes and changes meetings for people."""

    def __init__(
        self,
        database: Database,
        tracker: Tracker,
        zoom: ZoomGateway,
        clock: Clock,
        fallback_host: str = "",
    ) -> None:
        self._database = database
        self._tracker = tracker
        self._zoom = zoom
        self._clock = clock
        self._fallback_host = fallback_host

    async def create(self, doer: Doer, wish: Wish) -> Meeting:
        """A new meeting. Errors: Forbidden, BadInput, and whatever Zoom says."""
        if not access.may_schedule(doer.person, wish.class_id):
            raise Forbidden("You may not schedule meetings here.")
        class_ = await self._class(wish.class_id)
        audience = _audience(wish.audience, class_)
        host, zoom_user = await self._host(doer.person, wish.host)
        made = await self._zoom.create_meeting(zoom_user.id or zoom_user.email, wish.plan())
        told = Created(
            at=self._clock.now(),
            which=Which(zoom_id=made.id),
            details={
                **made.details,
                "class_": class_,
                "audience": audience,
                "host": HostRef(host.id, host.name, host.email, made.host_id or zoom_user.id),
            },
            occurrences=made.occurrences,
            secrets=made.secrets,
        )
        try:
            meeting = _kept((await self._tracker.record(told)).meeting)
        except Unavailable:
            await self._take_back(made.id)
            raise
        await self._note(doer, "meeting.create", meeting)
        return meeting

    async def _take_back(self, zoom_id: str) -> None:
        """A meeting that could not be written down here must not stay in Zoom: whoever asked will ask again."""
        try:
            await self._zoom.delete_meeting(zoom_id)
        except RollcallError as error:  # Zoom's own notification of it comes again, so it will be seen here
            log.error("a meeting is in Zoom that was not asked for", extra={"zoom_id": zoom_id, "code": error.code})

    async def update(self, doer: Doer, ref: str, wish: Wish, occurrence_id: str = "") -> Changed:
        """A meeting with some fields changed; what only we keep is not asked of Zoom."""
        before = await self._editable(doer, ref, occurrence_id)
        is_other_class = (wish.class_id or wish.clears_class) and wish.class_id != (before.class_ and before.class_.id)
        if is_other_class and not access.may_schedule(doer.person, wish.class_id):
            raise Forbidden("You may not schedule meetings there.")
        details: dict[str, object] = {}
        secrets: Mapping[str, str] = {}
        not_taken: tuple[str, ...] = ()
        if wish.class_id is not None or wish.clears_class:
            details["class_"] = await self._class(wish.class_id)
        if wish.audience is not None or "class_" in details:
            class_ = details.get("class_", before.class_)
            audience = wish.audience or (None if "class_" in details else before.audience)
            details["audience"] = _audience(audience, class_ if isinstance(class_, ClassRef) else None)
        if wish.host is not None:
            person, _ = await self._host(doer.person, wish.host)
            details["host"] = HostRef(person.id, person.name, person.email, before.host.zoom_user_id)
        if wish.is_for_zoom:
            amended = await self._zoom.update_meeting(before.zoom_id, wish.plan(), before.occurrence_id)
            not_taken, secrets = amended.not_taken, amended.meeting.secrets
            details |= _asked(wish, amended.meeting)
        told = Updated(at=self._clock.now(), which=Which(meeting_id=before.id), details=details, secrets=secrets)
        meeting = _kept((await self._tracker.record(told)).meeting)
        await self._note(doer, "meeting.update", meeting, fields=sorted(details))
        return Changed(meeting, not_taken)

    async def cancel(self, doer: Doer, ref: str, occurrence_id: str = "") -> Meeting:
        """Call a meeting off: gone from Zoom, in sight here as cancelled."""
        meeting = await self._editable(doer, ref, occurrence_id)
        if meeting.status is not Status.WAITING:
            raise Conflict(f"Only a meeting that has not begun can be cancelled; this one is {meeting.status.value}.")
        await self._zoom.delete_meeting(meeting.zoom_id, meeting.occurrence_id)
        told = Cancelled(at=self._clock.now(), which=Which(meeting_id=meeting.id))
        after = _kept((await self._tracker.record(told)).meeting)
        await self._note(doer, "meeting.cancel", after)
        return after

    async def delete(self, doer: Doer, ref: str, occurrence_id: str = "") -> Meeting:
        """Remove a meeting from Zoom and from sight; what is known of who came stays."""
        meeting = await self._editable(doer, ref, occurrence_id)
        if meeting.status is Status.STARTED:
            raise Conflict("This meeting is live. End it first.")
        await self._zoom.delete_meeting(meeting.zoom_id, meeting.occurrence_id)
        told = Deleted(at=self._clock.now(), which=Which(meeting_id=meeting.id), by_person=True)
        after = _kept((await self._tracker.record(told)).meeting)
        await self._note(doer, "meeting.delete", after)
        return after

    async def end(self, doer: Doer, ref: str, occurrence_id: str = "") -> Meeting:
        """End a live meeting for everyone in it."""
        meeting = await self.visible(doer.person, ref, occurrence_id)
        if not access.may_end(doer.person, meeting):
            raise Forbidden("You may not end this meeting.")
        if meeting.status is not Status.STARTED:
            raise Conflict("Only a live meeting can be ended.")
        with suppress(ZoomNotFound):  # what Zoom does not know any more is not running: we missed its end
            await self._zoom.end_meeting(meeting.zoom_id)
        told = Ended(
            at=self._clock.now(),
            which=Which(meeting_id=meeting.id),
            uuid=meeting.uuid,
            started_at=meeting.started_at,
            from_zoom=False,
        )
        after = _kept((await self._tracker.record(told)).meeting)
        await self._note(doer, "meeting.end", after)
        return after

    async def startable(self, person: Person, ref: str) -> Meeting:
        """A meeting that this person may start as its host. Errors: Forbidden, NotFound."""
        meeting = await self.visible(person, ref)
        if not access.may_start(person, meeting):
            raise Forbidden("You may not start this meeting as its host.")
        return meeting

    async def start_link(self, doer: Doer, ref: str) -> str:
        """The link that makes whoever opens it the host; it is kept nowhere."""
        meeting = await self.startable(doer.person, ref)
        link = await self._zoom.start_link(meeting.zoom_id)
        await self._note(doer, "meeting.start_link", meeting)
        return link.url

    async def visible(self, person: Person, ref: str, occurrence_id: str = "") -> Meeting:
        """A meeting by our id or Zoom's, and its date in a series by Zoom's id of that.

        Errors: NotFound also for one that is not shown to this person.
        """
        async with self._database.read() as connection:
            meeting = await reading.meeting(connection, ref, self._clock.now(), occurrence_id)
        if meeting is None or not access.sees(person, meeting):
            raise NotFound("Not found, or not shared with you.")
        return meeting

    async def _editable(self, doer: Doer, ref: str, occurrence_id: str) -> Meeting:
        meeting = await self.visible(doer.person, ref, occurrence_id)
        if not access.may_edit(doer.person, meeting):
            raise Forbidden("You may not change this meeting.")
        return meeting

    async def _class(self, class_id: str | None) -> ClassRef | None:
        if class_id is None:
            return None
        async with self._database.read() as connection:
            found = await reading.class_named(connection, class_id)
        if found is None:
            raise BadInput("There is no such class.", fields={"class_id": "There is no such class."})
        return found

    async def _host(self, asker: Person, named: str | None) -> tuple[Person, ZoomUser]:
        """Who hosts here, and by which account in Zoom: their own, or else the one the school keeps for that."""
        host = asker if named is None else await self._person(named)
        if host is None or not access.may_let_host(asker, host):
            raise BadInput("There is no such host.", fields={"host": "There is no such host."})
        for email in (host.email, self._fallback_host):
            if email and (found := await self._zoom.find_user(email)) is not None:
                return host, found
        raise ZoomNotConfigured(
            f"Zoom knows no user with the e-mail {host.email}, and no other host is set (ROLLCALL_ZOOM_HOST)."
        )

    async def _person(self, ref: str) -> Person | None:
        async with self._database.read() as connection:
            user_id = await reading.user_named(connection, ref)
            return None if user_id is None else await person_of(connection, user_id)

    async def _note(self, doer: Doer, action: str, meeting: Meeting, **detail: object) -> None:
        told = {"topic": meeting.topic, "status": meeting.status.value, **detail}
        try:
            await audit.note(self._database, self._clock.now(), doer, action, meeting.id, told)
        except Unavailable:  # it is done and told: to say now that nothing was changed would have it done twice
            line = {"action": action, "person": doer.person.id, "address": doer.address, "meeting": meeting.id}
            log.error("the audit misses a line", extra=line)


def _audience(wanted: Audience | None, class_: ClassRef | None) -> Audience:
    """Class members with a class, everyone without, unless somebody says otherwise."""
    if wanted is Audience.CLASS and class_ is None:
        raise BadInput("No class.", fields={"audience": "“Class members only” needs a class."})
    return wanted or (Audience.EVERYONE if class_ is None else Audience.CLASS)


def _asked(wish: Wish, found: ZoomMeeting) -> dict[str, object]:
    """Of what Zoom says now, the fields somebody asked to change: the rest is Zoom's own news to tell."""
    names = ("topic", "agenda", "start_time", "duration_min", "timezone")
    asked = {name for name in names if getattr(wish, name) is not None} | ({"settings"} if wish.settings else set())
    return {name: value for name, value in found.details.items() if name in asked}


def _kept(meeting: Meeting | None) -> Meeting:
    if meeting is None:
        raise NotFound("Not found, or not shared with you.")
    return meeting
