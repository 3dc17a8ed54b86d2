"""The classes a person has to do with, as lists show them.

It exists so that nobody learns of a class that is not theirs: the scope is part of the query, not of what is left
out afterwards. It does not know HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime.audience import Person, Role
from realtime.errors import BadInput
from server.people.access import sees_every_class
from server.store.database import Database
from server.store.tables import class_teachers, classes, enrolments, users

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody who teaches a class; who that is, is no secret."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class as its people see it; `permissions` are the reader's own, when they teach it."""

    id: str
    name: str
    subject: str
    student_count: int
    teachers: Sequence[Teacher]
    permissions: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A part of a list; `next` is where the following one begins, empty at the end."""

    classes: Sequence[Class]
    next: str = ""


_TAUGHT = select(class_teachers.c.class_id).where(class_teachers.c.user_id == bindparam("me"))
_STUDIED = select(enrolments.c.class_id).where(
    enrolments.c.user_id == bindparam("me"), enrolments.c.withdrawn_at.is_(None)
)
_ALL = select(classes.c.id, classes.c.name, classes.c.subject).where(classes.c.status == "active")
_SEEN: dict[Role, Select[Any]] = {
    Role.ADMIN: _ALL,
    Role.OBSERVER: _ALL,
    Role.TEACHER: _ALL.where(classes.c.id.in_(_TAUGHT)),
    Role.STUDENT: _ALL.where(classes.c.id.in_(_STUDIED)),
}
_SIZES = (
    select(enrolments.c.class_id, func.count().label("size"))
    .where(enrolments.c.class_id.in_(bindparam("ids", expanding=True)), enrolments.c.withdrawn_at.is_(None))
    .group_by(enrolments.c.class_id)
)
_TEACHERS = (
    select(class_teachers.c.class_id, users.c.id, users.c.name, class_teachers.c.permissions)
    .join(users, users.c.id == class_teachers.c.user_id)
    .where(class_teachers.c.class_id.in_(bindparam("ids", expanding=True)))
    .order_by(users.c.name, users.c.id)
)


async def classes_of(database: Database, person: Person, *, after: str = "", limit: int = MOST_LISTED) -> ClassPage:
    """This person's classes by name, from the one after `after`: those they teach or study, or for an admin all.

    Errors: BadInput when they cannot see the class named by `after`: where it stands in the list is not theirs to know.
    """
    limit = max(1, min(limit, MOST_LISTED))
    me = {} if sees_every_class(person) else {"me": person.id}
    query = _SEEN[person.role]
    async with database.read() as connection:
        if after:
            last = (await connection.execute(query.where(classes.c.id == after), me)).one_or_none()
            if last is None:
                raise BadInput(
                    "There is no such class to go on from.", fields={"after": "Expected the `next` of a page."}
                )
            query = query.where(_follows(last.name, last.id))
        query = query.order_by(classes.c.name, classes.c.id).limit(limit + 1)
        found = (await connection.execute(query, me)).all()
        listed = await _described(connection, person, found[:limit])
    return ClassPage(listed, listed[-1].id if len(found) > limit else "")


def _follows(name: str, class_id: str) -> ColumnElement[bool]:
    return or_(classes.c.name > name, and_(classes.c.name == name, classes.c.id > class_id))


async def _described(connection: AsyncConnection, person: Person, found: Sequence[Any]) -> list[Class]:
    ids = {"ids": [row.id for row in found]}
    sizes = {row.class_id: row.size for row in await connection.execute(_SIZES, ids)}
    teaching = (await connection.execute(_TEACHERS, ids)).all()
    mine = {row.class_id: row.permissions for row in teaching if row.id == person.id}
    return [
        Class(
            id=row.id,
            name=row.name,
            subject=row.subject,
            student_count=sizes.get(row.id, 0),
            teachers=[Teacher(each.id, each.name) for each in teaching if each.class_id == row.id],
            permissions=mine.get(row.id),
        )
        for row in found
    ]
