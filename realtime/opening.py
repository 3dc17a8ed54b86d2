"""What a connection is opened with: exactly what it missed, or a fresh picture; never a mixture.

It reads the store at one moment and words it for one reader; when that is sent, and what live news is held back
meanwhile, is the hub's (`hub.py`).
"""

from collections.abc import Sequence
from datetime import datetime

from realtime import attendance, audience
from realtime.audience import Person, View
from realtime.bodies import (
    ActiveParticipant,
    InitialState,
    OwnAttendance,
    RecentClick,
    encode,
    instant,
    optional_instant,
)
from realtime.lifecycle import Meeting
from realtime.log import Event, Latest, Offer, ResumeKey, Seal, owed, replay, skip_until
from realtime.ports import Clock, Login, Opening, Picture, Store
from realtime.presence import count_now


class Opener:
    """Opens connections from the store."""

    def __init__(self, store: Store, seal: Seal, resume_key: ResumeKey, clock: Clock, version: str) -> None:
        self._store = store
        self._seal = seal
        self._resume_key = resume_key
        self._clock = clock
        self._version = version

    async def __call__(self, login: Login, rooms: frozenset[str], offer: Offer | None, frontier: int) -> Opening:
        """A replay when the offer fits, otherwise a snapshot."""
        missed = await self._missed(login.person, rooms, offer, frontier)
        if missed is not None:
            cursor, events = missed
            skip = skip_until(frontier, cursor, None)
            latest = await self._counts(login.person, rooms)
            return Opening(encode(self._first(login.person, rooms, None, skip)), events, skip, latest)
        picture = await self._store.picture(login.person, rooms, self._clock.now())
        skip = skip_until(frontier, None, picture.seq)
        return Opening(encode(self._first(login.person, rooms, picture, skip)), (), skip)

    async def _missed(
        self, person: Person, rooms: frozenset[str], offer: Offer | None, frontier: int
    ) -> tuple[int, Sequence[tuple[Event, str]]] | None:
        """The cursor that was offered and what followed it, or None when a snapshot is due."""

        def fits(key: str) -> bool:
            return self._resume_key.fits(key, person.id, rooms)

        if offer is None or not offer.cursor:
            return None
        what = owed(offer, fits, self._seal, frontier=frontier, floor=await self._store.floor())
        if what.after is None:
            return None
        events = await self._store.events_after(what.after, frontier) if what.after < frontier else []
        if len(events) < frontier - what.after:
            return None  # some were trimmed while we looked
        missed = replay(events, person.id, rooms)
        return None if missed is None else (what.after, missed)

    async def _counts(self, person: Person, rooms: frozenset[str]) -> Sequence[Latest]:
        """How many are in each room now, which is in no log. Who is staff of every meeting has it from the events."""
        if audience.ADMINS in rooms:
            return ()
        now = self._clock.now()
        meetings = (await self._store.picture(person, rooms, now)).meetings
        told = [m for m in meetings if m.is_running and audience.view_for(rooms, m) is not View.STAFF]
        return [count_now(meeting, now) for meeting in told]

    def _first(self, person: Person, rooms: frozenset[str], picture: Picture | None, skip: int) -> InitialState:
        first: InitialState = {
            "mode": "replay" if picture is None else "snapshot",
            "activeMeetings": [],
            "meetings": [],
            "recentNotifications": [],
            "you": {"id": person.id, "name": person.name, "email": person.email, "role": person.role.value},
            "serverTime": instant(self._clock.now()),
            "serverVersion": self._version,
            "cursor": self._seal.seal(skip),
            "resume": self._resume_key.of(person.id, rooms),
        }
        if picture is not None:
            show(first, person, rooms, picture)
        return first


def show(first: InitialState, person: Person, rooms: frozenset[str], picture: Picture) -> None:
    """Put a picture into `initialState`, as this reader may see it."""
    views = [(m, audience.view_for(rooms, m)) for m in picture.meetings]
    seen = [(m, audience.view(m, view)) for m, view in views if view is not None]
    staffed = [m for m, view in views if view is View.STAFF]
    first["meetings"] = [view for _, view in seen]
    first["activeMeetings"] = [view for _, view in seen if view["status"] == "started"]
    if person.role is not audience.Role.STUDENT or staffed:
        first["activeParticipants"] = [row for m in staffed for row in people_of(m, picture)]
        first["recentClicks"] = [_click(c.which.meeting_id, c.at) for c in picture.clicks]
        first["lastZoomEventAt"] = optional_instant(picture.last_zoom_event_at)
    if person.role is audience.Role.STUDENT:
        first["own"] = [own for m, view in views if view is View.LEARNER for own in _own(m, person, picture)]


def people_of(meeting: Meeting, picture: Picture) -> list[ActiveParticipant]:
    """The rows of a live meeting; none once its run is over."""
    run = picture.instances.get(meeting.uuid)
    if run is None or run.ended_at is not None or not meeting.is_running:
        return []
    class_id = meeting.class_.id if meeting.class_ else None
    rows = attendance.rows(picture.visits, run=run, people=picture.candidates, class_id=class_id, host=meeting.host)
    return [{**row, "meetingId": meeting.id} for row in rows]


def _own(meeting: Meeting, person: Person, picture: Picture) -> list[OwnAttendance]:
    mine = [row for row in people_of(meeting, picture) if row["userId"] == person.id]
    return [{"meetingId": meeting.id, "revision": r["revision"], "own": {"state": r["state"]}} for r in mine]


def _click(meeting_id: str, at: datetime) -> RecentClick:
    return {"meetingId": meeting_id, "at": instant(at)}
