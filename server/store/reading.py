"""What pages and connections are shown: reads only, each of one moment.

Which meetings somebody may see is said once, as a condition, from the same rooms that decide who hears of them
(`realtime/audience.py`); what comes back is checked against that rule again before it is shown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime import audience
from realtime.attendance import Candidate, person_of
from realtime.audience import SHOWN_AFTER, SHOWN_AHEAD, Person, Role
from realtime.errors import BadInput
from realtime.facts import Clicked, Which
from realtime.lifecycle import ClassRef, Instance, Meeting, Status, named
from realtime.log import Event
from realtime.ports import Picture
from realtime.visits import Visit
from server.store import rows
from server.store.tables import (
    classes,
    clicks,
    counters,
    deliveries,
    enrolments,
    events,
    instances,
    meetings,
    users,
    visits,
)
from server.store.transaction import MEETING

RECENT_CLICKS = timedelta(minutes=15)
PAGE = 200
LATE_FOR = timedelta(hours=1)  # a class that has not begun by then will not

_COUNTER = select(counters.c.value).where(counters.c.name == bindparam("name"))
_EVENTS = (
    select(events).where(events.c.seq > bindparam("after"), events.c.seq <= bindparam("until")).order_by(events.c.seq)
)
_LIVE_RUNS = select(instances).where(instances.c.uuid.in_(bindparam("uuids", expanding=True)))
_VISITS_OF = select(visits).where(visits.c.uuid.in_(bindparam("uuids", expanding=True)))
_USERS = select(users).where(users.c.id.in_(bindparam("ids", expanding=True)))
_STUDIES = select(enrolments.c.user_id, enrolments.c.class_id).where(
    enrolments.c.user_id.in_(bindparam("ids", expanding=True)), enrolments.c.withdrawn_at.is_(None)
)
_ROSTER = (
    select(users.c.id, users.c.name, users.c.email, users.c.student_number)
    .join(enrolments, enrolments.c.user_id == users.c.id)
    .where(enrolments.c.class_id == bindparam("class_id"))
    .order_by(users.c.family_name, users.c.given_name, users.c.id)
)
_ROSTER_NOW = _ROSTER.where(enrolments.c.withdrawn_at.is_(None))
_ROSTER_THEN = _ROSTER.where(
    enrolments.c.enrolled_at <= bindparam("ended_at"),
    or_(enrolments.c.withdrawn_at.is_(None), enrolments.c.withdrawn_at >= bindparam("started_at")),
)
_CLICKS_OF = (
    select(clicks, users.c.name.label("user_name"))
    .join(users, users.c.id == clicks.c.user_id)
    .where(clicks.c.meeting_id == bindparam("id"))
    .order_by(clicks.c.at)
)
_CLASS = select(classes.c.id, classes.c.name).where(classes.c.id == bindparam("id"), classes.c.status == "active")
_USER = select(users.c.id).where(
    users.c.status == "active", or_(users.c.id == bindparam("ref"), users.c.email == bindparam("email"))
)
_LAST_HEARD = select(func.max(deliveries.c.received_at))
_RUNS_OF = (
    select(instances)
    .where(instances.c.meeting_id == bindparam("id"))
    .order_by(instances.c.started_at.is_(None), instances.c.started_at.desc(), instances.c.opened_at.desc())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of meetings is narrowed to."""

    tab: str = ""
    status: str = ""
    class_id: str = ""
    host: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    after: str = ""
    limit: int = PAGE


def visible_to(person: Person) -> ColumnElement[bool]:
    """The meetings somebody may see, as a condition; the same rule as `audience.view_for`."""
    if person.role in (Role.ADMIN, Role.OBSERVER):
        return true()
    hosting = meetings.c.host_id == person.id if person.role is not Role.STUDENT else false()
    teaching = meetings.c.class_id.in_(person.teaches) if person.role is Role.TEACHER else false()
    studying = meetings.c.class_id.in_(person.studies) if person.role is Role.STUDENT else false()
    open_to = ["everyone", "staff" if person.role is Role.TEACHER else "students"]
    invited = or_(meetings.c.audience.in_(open_to), and_(meetings.c.audience == "class", studying))
    return or_(hosting, teaching, invited)


def _not_hidden() -> ColumnElement[bool]:
    return meetings.c.status != "deleted"


async def meeting(connection: AsyncConnection, ref: str, now: datetime, occurrence_id: str = "") -> Meeting | None:
    """A meeting by our id or by Zoom's; of a series the date named, or else the one that is live or nearest to now."""
    query = MEETING.where(_not_hidden(), or_(meetings.c.id == ref, meetings.c.zoom_id == ref))
    found = [rows.meeting_of(row) for row in (await connection.execute(query)).mappings()]
    if occurrence_id:
        found = [m for m in found if m.occurrence_id == occurrence_id]
    ours = next((m for m in found if m.id == ref), None)
    live = [m for m in found if m.status is Status.STARTED]
    return ours or named(live or found, Which(zoom_id=ref), now)


async def class_named(connection: AsyncConnection, class_id: str) -> ClassRef | None:
    """A class that is not archived, by id."""
    row = (await connection.execute(_CLASS, {"id": class_id})).one_or_none()
    return None if row is None else ClassRef(row.id, row.name)


async def user_named(connection: AsyncConnection, ref: str) -> str | None:
    """The id of an active person, by id or e-mail."""
    return (await connection.execute(_USER, {"ref": ref, "email": ref.casefold()})).scalar()


async def meetings_for(
    connection: AsyncConnection, person: Person, filters: Filters, now: datetime
) -> tuple[list[Meeting], str | None]:
    """The meetings this person may see under these filters, a page of them, and where the next page begins.

    Shape: by their start, the soonest first; what is past, the latest first.
    Errors: BadInput for an `after` they cannot see, and for a student who asks by host: whose e-mail a host has is
            not shown to them, so it must not be found by trying either.
    """
    if filters.host and person.role is Role.STUDENT:
        raise BadInput("Only staff may look for a host.", fields={"host": "Leave it out."})
    is_past = filters.tab == "past"
    upcoming = or_(meetings.c.status == "started", and_(meetings.c.status == "waiting", _starts_after(now)))
    wanted: list[ColumnElement[bool]] = [visible_to(person), _not_hidden()]
    match filters.tab:
        case "live":
            wanted.append(meetings.c.status == "started")
        case "upcoming":
            wanted.append(upcoming)
        case "past":
            wanted.append(~upcoming)
    if filters.status:
        wanted.append(meetings.c.status == ("waiting" if filters.status == "scheduled" else filters.status))
    if filters.class_id:
        wanted.append(meetings.c.class_id == filters.class_id)
    if filters.host:
        wanted.append(or_(meetings.c.host_id == filters.host, meetings.c.host_email == filters.host.casefold()))
    if filters.since:
        wanted.append(meetings.c.start_time >= filters.since)
    if filters.until:
        wanted.append(meetings.c.start_time <= filters.until)
    if filters.text:
        wanted.append(meetings.c.topic.icontains(filters.text, autoescape=True))
    if filters.after:
        wanted.append(await _after(connection, person, filters.after, is_backwards=is_past))
    order = (meetings.c.start_time, meetings.c.id)
    query = MEETING.where(*wanted).order_by(*(column.desc() for column in order) if is_past else order)
    query = query.limit(filters.limit + 1)
    found = [rows.meeting_of(row) for row in (await connection.execute(query)).mappings()]
    page = found[: filters.limit]
    return page, page[-1].id if len(found) > filters.limit else None


def _starts_after(now: datetime) -> ColumnElement[bool]:
    """Not over by the clock: what began within the last day may still be late, or running without our knowing."""
    return or_(meetings.c.start_time.is_(None), meetings.c.start_time >= now - timedelta(hours=24))


async def _after(
    connection: AsyncConnection, person: Person, last_id: str, *, is_backwards: bool
) -> ColumnElement[bool]:
    """What follows this one; a meeting without a start comes before all others, or backwards after them.

    Errors: BadInput when there is none, or none this person may see: a page must say nothing of where it stands.
    """
    last = select(meetings.c.start_time).where(meetings.c.id == last_id, visible_to(person))
    found = (await connection.execute(last)).one_or_none()
    if found is None:
        raise BadInput("There is no such meeting to go on from.", fields={"after": "Expected the `next` of a page."})
    start = found.start_time
    if is_backwards and start is None:
        return and_(meetings.c.start_time.is_(None), meetings.c.id < last_id)
    if is_backwards:
        earlier = or_(meetings.c.start_time < start, meetings.c.start_time.is_(None))
        return or_(earlier, and_(meetings.c.start_time == start, meetings.c.id < last_id))
    if start is None:
        return or_(meetings.c.start_time.is_not(None), meetings.c.id > last_id)
    return or_(meetings.c.start_time > start, and_(meetings.c.start_time == start, meetings.c.id > last_id))


async def runs(connection: AsyncConnection, meeting_id: str) -> list[Instance]:
    """The runs of a meeting, the latest first."""
    found = await connection.execute(_RUNS_OF, {"id": meeting_id})
    return [rows.instance_of(row) for row in found.mappings()]


async def visits_of(connection: AsyncConnection, uuids: Collection[str]) -> list[Visit]:
    """Every visit of these runs."""
    if not uuids:
        return []
    return [rows.visit_of(row) for row in (await connection.execute(_VISITS_OF, {"uuids": list(uuids)})).mappings()]


async def people(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Candidate]:
    """These people, with the classes they are in."""
    if not ids:
        return {}
    found = (await connection.execute(_USERS, {"ids": list(ids)})).mappings().all()
    studies: dict[str, set[str]] = {}
    for user_id, class_id in await connection.execute(_STUDIES, {"ids": list(ids)}):
        studies.setdefault(user_id, set()).add(class_id)
    return {row["id"]: rows.candidate_of(row, frozenset(studies.get(row["id"], ())), frozenset()) for row in found}


async def roster(connection: AsyncConnection, class_id: str, run: Instance | None = None) -> list[dict[str, Any]]:
    """The students of a class now, by family name; with a run that is over, those it had during that run."""
    bounds: dict[str, object] = {"class_id": class_id}
    query = _ROSTER_NOW
    if run is not None and run.ended_at is not None:
        query = _ROSTER_THEN
        bounds |= {"started_at": run.started_at or run.ended_at, "ended_at": run.ended_at}
    return [dict(row) for row in (await connection.execute(query, bounds)).mappings()]


async def clicks_of(connection: AsyncConnection, meeting_id: str) -> list[Clicked]:
    """Every click on a meeting's Join, oldest first."""
    return [_click(row) for row in (await connection.execute(_CLICKS_OF, {"id": meeting_id})).mappings()]


def _click(row: Any) -> Clicked:
    return Clicked(
        at=row["at"],
        which=Which(meeting_id=row["meeting_id"]),
        click_id=row["id"],
        person_id=row["user_id"],
        person_name=row["user_name"],
    )


async def picture(connection: AsyncConnection, person: Person, rooms: frozenset[str], now: datetime) -> Picture:
    """All this person may see: what is not over and starts within two weeks, and what was over for less than a day."""
    seq = await counter(connection, "seq")
    shown = or_(
        meetings.c.status == "started",
        and_(meetings.c.status == "waiting", or_(meetings.c.start_time.is_(None), _between(now))),
        and_(meetings.c.status == "ended", meetings.c.ended_at >= now - SHOWN_AFTER),
        and_(meetings.c.status == "cancelled", _between(now)),
    )
    query = MEETING.where(visible_to(person), shown).order_by(meetings.c.start_time, meetings.c.id)
    found = [rows.meeting_of(row) for row in (await connection.execute(query)).mappings()]
    views = {m.id: audience.view_for(rooms, m) for m in found}
    visible = [m for m in found if views[m.id] is not None]
    live = [m for m in visible if m.uuid and m.ended_at is None]
    live_runs = await connection.execute(_LIVE_RUNS, {"uuids": [m.uuid for m in live]}) if live else None
    run_by_id = {r["uuid"]: rows.instance_of(r) for r in live_runs.mappings()} if live_runs else {}
    all_visits = await visits_of(connection, run_by_id)
    staffed = {m.uuid for m in live if views[m.id] is audience.View.STAFF}
    seen = [v for v in all_visits if v.uuid in staffed or person_of(v.attendee) == person.id]
    known = {person_of(v.attendee) or "" for v in seen} - {""}
    heard = (await connection.execute(_LAST_HEARD)).scalar() if staffed or person.role is not Role.STUDENT else None
    return Picture(
        seq=seq,
        meetings=visible,
        instances=run_by_id,
        visits=seen,
        candidates=await people(connection, known),
        clicks=await _recent_clicks(connection, [m.id for m in visible if views[m.id] is audience.View.STAFF], now),
        last_zoom_event_at=heard,
    )


def _between(now: datetime) -> ColumnElement[bool]:
    return and_(meetings.c.start_time >= now - SHOWN_AFTER, meetings.c.start_time <= now + SHOWN_AHEAD)


async def _recent_clicks(connection: AsyncConnection, ids: Sequence[str], now: datetime) -> list[Clicked]:
    if not ids:
        return []
    query = (
        select(clicks, users.c.name.label("user_name"))
        .join(users, users.c.id == clicks.c.user_id)
        .where(clicks.c.at >= now - RECENT_CLICKS, clicks.c.meeting_id.in_(ids))
        .order_by(clicks.c.at)
    )
    return [_click(row) for row in (await connection.execute(query)).mappings()]


async def counter(connection: AsyncConnection, name: str) -> int:
    """The value of a counter; 0 before its first step."""
    value = (await connection.execute(_COUNTER, {"name": name})).scalar()
    return int(value or 0)


async def events_after(connection: AsyncConnection, seq: int, until: int) -> list[Event]:
    """The log from `seq` (exclusive) to `until` (inclusive)."""
    found = await connection.execute(_EVENTS, {"after": seq, "until": until})
    return [rows.event_of(row) for row in found.mappings()]
