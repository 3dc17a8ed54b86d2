"""The tracker's batch on SQLite: each step one statement, however many facts.

Every statement is built once, because building costs more than running it.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.dml import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime.attendance import Candidate, Directory
from realtime.audience import SHOWN_AFTER, SHOWN_AHEAD, Person, Role
from realtime.facts import Clicked, Which
from realtime.lifecycle import ClassRef, Meeting
from realtime.log import Event
from realtime.ports import Delivery, Kept
from realtime.visits import Visit
from realtime.world import Wanted, WantedPeople, World
from server.store import rows
from server.store.tables import (
    class_teachers,
    classes,
    clicks,
    counters,
    deliveries,
    enrolments,
    events,
    instances,
    meeting_secrets,
    meetings,
    users,
    visits,
)
from server.vault import Vault


def _any(name: str) -> Any:
    return bindparam(name, expanding=True)


MEETING = (
    select(meetings, classes.c.name.label("class_name"), users.c.name.label("user_name"))
    .add_columns(users.c.email.label("user_email"))
    .outerjoin(classes, classes.c.id == meetings.c.class_id)
    .outerjoin(users, users.c.id == meetings.c.host_id)
)
_planned = meetings.alias()
_MEETINGS = MEETING.where(
    or_(
        meetings.c.zoom_id.in_(_any("zoom_ids")),
        meetings.c.id.in_(_any("ids")),
        meetings.c.id.in_(select(instances.c.meeting_id).where(instances.c.uuid.in_(_any("uuids")))),
        # A date whose plan changes comes with the whole series: a run may turn out to be of another date.
        meetings.c.zoom_id.in_(
            select(_planned.c.zoom_id).where(_planned.c.id.in_(_any("planned")), _planned.c.occurrence_id != "")
        ),
    )
)
_OF_CLASSES = MEETING.where(
    meetings.c.class_id.in_(_any("classes")),
    or_(
        meetings.c.status.in_(("waiting", "started")),
        and_(meetings.c.status == "ended", meetings.c.ended_at >= bindparam("since")),
        and_(meetings.c.status == "cancelled", meetings.c.start_time.between(bindparam("since"), bindparam("until"))),
    ),
)
_INSTANCES = select(instances).where(instances.c.uuid.in_(_any("uuids")))
_RUNS_OF = select(instances).where(instances.c.meeting_id.in_(_any("ids")))
_VISITS = select(visits).where(
    or_(visits.c.id.in_(_any("ids")), visits.c.attendee.in_(_any("attendees")), visits.c.uuid.in_(_any("uuids")))
)
_PEOPLE = select(users).where(
    or_(
        users.c.id.in_(_any("ids")),
        and_(
            users.c.status == "active",
            or_(
                users.c.email.in_(_any("emails")),
                users.c.zoom_user_id.in_(_any("zoom_user_ids")),
                users.c.name_key.in_(_any("name_keys")),
            ),
        ),
    )
)
_BY_ID = select(users).where(users.c.id.in_(_any("ids")))
_STUDIES = select(enrolments.c.user_id, enrolments.c.class_id).where(
    enrolments.c.user_id.in_(_any("ids")), enrolments.c.withdrawn_at.is_(None)
)
_TEACHES = select(class_teachers.c.user_id, class_teachers.c.class_id, class_teachers.c.permissions).where(
    class_teachers.c.user_id.in_(_any("ids"))
)
_CLASSES = (
    select(classes.c.id, classes.c.name, func.count(enrolments.c.user_id).label("size"))
    .outerjoin(enrolments, and_(enrolments.c.class_id == classes.c.id, enrolments.c.withdrawn_at.is_(None)))
    .where(classes.c.id.in_(_any("ids")))
    .group_by(classes.c.id, classes.c.name)
)
_CLICKS = (
    select(clicks, users.c.name.label("user_name"))
    .join(users, users.c.id == clicks.c.user_id)
    .where(
        or_(
            clicks.c.id.in_(_any("ids")),
            and_(clicks.c.user_id.in_(_any("clickers")), clicks.c.at >= bindparam("since")),
        )
    )
)
# What had no effect is not known: it may be applied later, when we can.
_KNOWN = select(deliveries.c.digest, deliveries.c.request_id, deliveries.c.business_key).where(
    deliveries.c.outcome.not_in((Kept.NOT_UNDERSTOOD.value, Kept.PARKED.value)),
    or_(
        deliveries.c.digest.in_(_any("digests")),
        deliveries.c.request_id.in_(_any("request_ids")),
        deliveries.c.business_key.in_(_any("business_keys")),
    ),
)
_SEALED = select(meeting_secrets).where(meeting_secrets.c.meeting_id.in_(_any("ids")))
_NEXT = update(counters).where(counters.c.name == "seq").values(value=counters.c.value + bindparam("n"))
_NEXT_RETURNING = _NEXT.returning(counters.c.value)


def _upsert(table: Table, *signs: str) -> Insert:
    """One row for each value of these columns, or else of the primary key: the newest."""
    statement = insert(table)
    primary = [c.name for c in table.primary_key]
    kept = {*primary, *signs}
    return statement.on_conflict_do_update(
        index_elements=signs or primary,
        set_={c.name: statement.excluded[c.name] for c in table.c if c.name not in kept},
    )


_SAVE = {name: _upsert(t) for name, t in (("meetings", meetings), ("instances", instances), ("visits", visits))}
_SAVE_SECRETS = _upsert(meeting_secrets)
_SAVE_ENROLMENT = _upsert(enrolments)
_WITHDRAW = (
    update(enrolments)
    .where(enrolments.c.class_id == bindparam("c"), enrolments.c.user_id == bindparam("u"))
    .values(withdrawn_at=bindparam("at"))
)
_SAVE_TEACHER = insert(class_teachers).on_conflict_do_nothing()
_DROP_TEACHER = class_teachers.delete().where(
    class_teachers.c.class_id == bindparam("c"), class_teachers.c.user_id == bindparam("u")
)
_ADD_CLICK = insert(clicks).on_conflict_do_nothing()
_SAVE_DELIVERY = _upsert(deliveries, "digest")
_ADD_EVENTS = insert(events)
NEW_TEACHER_MAY = ("schedule", "end", "mark", "export")


class SqlTransaction:
    """One batch in one write transaction of `connection`."""

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """A part that can fail alone."""
        return self._db.begin_nested()

    async def known(self, news: Sequence[Delivery]) -> set[str]:
        """Which of these signs were kept before, with news that could be decided."""
        named = {
            "digests": [d.digest for d in news if d.digest],
            "request_ids": [d.request_id for d in news if d.request_id],
            "business_keys": [d.business_key for d in news if d.business_key],
        }
        if not any(named.values()):
            return set()
        found = await self._db.execute(_KNOWN, named)
        return {sign for row in found for sign in row if sign}

    async def load(self, wanted: Wanted) -> World:
        """What is wanted, in a statement for each kind of row."""
        world = World()
        await self._load_meetings(world, wanted)
        class_ids = {m.class_.id for m in world.meetings.values() if m.class_ is not None}
        named = set(wanted.classes) | set(wanted.rosters)
        if named:
            for row in await self._db.execute(_CLASSES, {"ids": list(named)}):
                world.classes[row.id] = ClassRef(row.id, row.name)
                world.class_sizes[row.id] = row.size
        world.sought = WantedPeople(
            emails=frozenset(wanted.emails),
            zoom_user_ids=frozenset(wanted.zoom_user_ids),
            name_keys=frozenset(wanted.name_keys),
        )
        world.people = Directory(await self.load_people(world.sought, class_ids | named))
        if wanted.clickers:
            named_clicks = {"ids": list(wanted.clicks), "clickers": list(wanted.clickers)}
            for row in await self._db.execute(_CLICKS, {**named_clicks, "since": wanted.clicks_since}):
                which = Which(meeting_id=row.meeting_id)
                click = Clicked(
                    at=row.at, which=which, click_id=row.id, person_id=row.user_id, person_name=row.user_name
                )
                world.clicks[row.id] = click
        if wanted.members:
            world.members = {p.id: p for p in await self.persons(wanted.members)}
        return world

    async def _load_meetings(self, world: World, wanted: Wanted) -> None:
        named = {
            "zoom_ids": [w.zoom_id for w in wanted.meetings if w.zoom_id and not w.meeting_id],
            "ids": [w.meeting_id for w in wanted.meetings if w.meeting_id],
            "uuids": list(wanted.uuids),
            "planned": [w.meeting_id for w in wanted.plans if w.meeting_id],
        }
        if any(named.values()):
            for row in (await self._db.execute(_MEETINGS, named)).mappings():
                world.put_meeting(rows.meeting_of(row))
        whole = _planned_with(wanted, world.meetings.values())
        if wanted.rosters and wanted.at is not None:
            bounds = {"until": wanted.at + SHOWN_AHEAD, "since": wanted.at - SHOWN_AFTER}
            for row in (await self._db.execute(_OF_CLASSES, {"classes": list(wanted.rosters), **bounds})).mappings():
                if row["id"] not in world.meetings:
                    world.put_meeting(rows.meeting_of(row))
        uuids = {m.uuid for m in world.meetings.values() if m.uuid and m.ended_at is None} | set(wanted.uuids)
        if uuids:
            await self._put_runs(world, _INSTANCES, {"uuids": list(uuids)})
        if whole:
            await self._put_runs(world, _RUNS_OF, {"ids": list(whole)})

    async def _put_runs(self, world: World, statement: Any, named: dict[str, list[str]]) -> None:
        for row in (await self._db.execute(statement, named)).mappings():
            world.put_run(rows.instance_of(row))

    async def load_people(self, wanted: WantedPeople, classes: Collection[str]) -> list[Candidate]:
        """These people, with which of these classes they are in; signs find only those who are active."""
        signs = {
            "ids": list(wanted.ids),
            "emails": list(wanted.emails),
            "zoom_user_ids": list(wanted.zoom_user_ids),
            "name_keys": list(wanted.name_keys),
        }
        found = (await self._db.execute(_PEOPLE, signs)).mappings().all() if any(signs.values()) else []
        return await self._candidates(found, set(classes))

    async def _candidates(self, found: Sequence[Any], class_ids: set[str]) -> list[Candidate]:
        ids = {"ids": [row["id"] for row in found]}
        studies: dict[str, set[str]] = {}
        teaches: dict[str, set[str]] = {}
        if found and class_ids:
            for user_id, class_id in await self._db.execute(_STUDIES, ids):
                studies.setdefault(user_id, set()).add(class_id)
            for user_id, class_id, _ in await self._db.execute(_TEACHES, ids):
                teaches.setdefault(user_id, set()).add(class_id)
        return [
            rows.candidate_of(
                row,
                frozenset(studies.get(row["id"], set()) & class_ids),
                frozenset(teaches.get(row["id"], set()) & class_ids),
            )
            for row in found
        ]

    async def persons(self, ids: Collection[str]) -> list[Person]:
        """These people with all their rights."""
        return await persons(self._db, ids)

    async def load_visits(
        self, *, ids: Collection[str] = (), attendees: Collection[str] = (), uuids: Collection[str] = ()
    ) -> list[Visit]:
        """The visits with these ids, and all visits of these attendees and of these runs."""
        named = {"ids": list(ids), "attendees": list(attendees), "uuids": list(uuids)}
        return [rows.visit_of(row) for row in (await self._db.execute(_VISITS, named)).mappings()]

    async def save(self, world: World, news: Sequence[Event], outcomes: Sequence[tuple[Delivery, Kept]]) -> list[Event]:
        """Keep what changed; the counter row is updated last, so that seq is contiguous whatever fails before."""
        changed = world.changed
        await self._many(_SAVE["meetings"], (rows.meeting_row(world.meetings[k]) for k in changed.get("meetings", ())))
        runs = (rows.instance_row(world.instances[k]) for k in changed.get("instances", ()))
        await self._many(_SAVE["instances"], runs)
        await self._many(_SAVE["visits"], (rows.visit_row(world.visits[k]) for k in changed.get("visits", ())))
        await self._many(_ADD_CLICK, (_click_row(world.clicks[k]) for k in changed.get("clicks", ())))
        await self._save_secrets(world)
        await self._save_rights(world)
        await self._many(_SAVE_DELIVERY, (self._delivery_row(d, kept) for d, kept in outcomes))
        if not news:
            return []
        last = (await self._db.execute(_NEXT_RETURNING, {"n": len(news)})).scalar_one()
        first = last - len(news) + 1
        kept = [replace(e, seq=first + i, id=secrets.token_hex(8)) for i, e in enumerate(news)]
        await self._many(_ADD_EVENTS, (rows.event_row(e) for e in kept))
        return kept

    async def _many(self, statement: Any, values: Iterable[dict[str, object]]) -> None:
        if listed := list(values):
            await self._db.execute(statement, listed)

    async def _save_secrets(self, world: World) -> None:
        touched = world.changed.get("secrets", set())
        if not touched:
            return
        held = await self._db.execute(_SEALED, {"ids": list(touched)})
        before = {row.meeting_id: json.loads(self._vault.open_if_ours(row.sealed) or b"{}") for row in held}
        merged = {key: {**before.get(key, {}), **world.secrets[key]} for key in touched}
        sealed: list[dict[str, object]] = [
            {"meeting_id": k, "sealed": self._vault.seal(json.dumps(v).encode())} for k, v in merged.items()
        ]
        await self._many(_SAVE_SECRETS, sealed)

    async def _save_rights(self, world: World) -> None:
        for right in world.rights:
            if not right.teaches and right.given:
                row = {"class_id": right.class_id, "user_id": right.person_id}
                await self._db.execute(_SAVE_ENROLMENT, {**row, "enrolled_at": right.at, "withdrawn_at": None})
            elif not right.teaches:  # since when they were enrolled stays: of runs before they are still expected
                await self._db.execute(_WITHDRAW, {"c": right.class_id, "u": right.person_id, "at": right.at})
            elif right.given:
                teacher = {"class_id": right.class_id, "user_id": right.person_id}
                await self._db.execute(_SAVE_TEACHER, {**teacher, "permissions": list(NEW_TEACHER_MAY)})
            else:
                await self._db.execute(_DROP_TEACHER, {"c": right.class_id, "u": right.person_id})

    def _delivery_row(self, delivery: Delivery, kept: Kept) -> dict[str, object]:
        return {
            "digest": delivery.digest,
            "request_id": delivery.request_id,
            "business_key": delivery.business_key,
            "kind": delivery.kind,
            "received_at": delivery.received_at,
            "outcome": kept.value,
            "problem": delivery.problem,
            "sealed": self._vault.seal(delivery.raw),
        }


async def persons(connection: AsyncConnection, ids: Collection[str]) -> list[Person]:
    """These people with all their rights, as of this transaction."""
    named = {"ids": list(ids)}
    found = (await connection.execute(_BY_ID, named)).mappings().all()
    studies: dict[str, set[str]] = {}
    teaches: dict[str, set[str]] = {}
    may: dict[str, set[tuple[str, str]]] = {}
    for user_id, class_id in await connection.execute(_STUDIES, named):
        studies.setdefault(user_id, set()).add(class_id)
    for user_id, class_id, permissions in await connection.execute(_TEACHES, named):
        teaches.setdefault(user_id, set()).add(class_id)
        may.setdefault(user_id, set()).update((class_id, p) for p in permissions)
    return [
        Person(
            id=row["id"],
            name=row["name"],
            email=row["email"],
            role=Role(row["role"]),
            teaches=frozenset(teaches.get(row["id"], ())),
            studies=frozenset(studies.get(row["id"], ())),
            may=frozenset(may.get(row["id"], ())),
        )
        for row in found
    ]


def _planned_with(wanted: Wanted, found: Collection[Meeting]) -> set[str]:
    """The meetings of which all runs are wanted: those whose plan changes, and the other dates of their series."""
    ids = {w.meeting_id for w in wanted.plans}
    zoom_ids = {w.zoom_id for w in wanted.plans if not w.meeting_id}
    zoom_ids |= {m.zoom_id for m in found if m.id in ids and m.occurrence_id}
    return {m.id for m in found if m.id in ids or m.zoom_id in zoom_ids}


def _click_row(click: Clicked) -> dict[str, object]:
    return {"id": click.click_id, "meeting_id": click.which.meeting_id, "user_id": click.person_id, "at": click.at}
