"""A user together with what they teach and study: all that decides what they may see and do.

It exists because a login is worth nothing without it, and because it must be read as of one moment. It does not know
sessions.
"""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from realtime.audience import Person, Role
from server.store.tables import class_teachers, enrolments, users

ACTIVE = "active"

_USER = select(users.c.id, users.c.name, users.c.email, users.c.role).where(
    users.c.id == bindparam("id"), users.c.status == ACTIVE
)
_TEACHES = select(class_teachers.c.class_id, class_teachers.c.permissions).where(
    class_teachers.c.user_id == bindparam("id")
)
_STUDIES = select(enrolments.c.class_id).where(
    enrolments.c.user_id == bindparam("id"), enrolments.c.withdrawn_at.is_(None)
)


async def person_of(connection: AsyncConnection, user_id: str) -> Person | None:
    """This user with their rights as of now; None when there is none, or they were deactivated."""
    row = (await connection.execute(_USER, {"id": user_id})).one_or_none()
    if row is None:
        return None
    teaches = (await connection.execute(_TEACHES, {"id": user_id})).all()
    studies = (await connection.execute(_STUDIES, {"id": user_id})).scalars().all()
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        teaches=frozenset(class_id for class_id, _ in teaches),
        studies=frozenset(studies),
        may=frozenset((class_id, permission) for class_id, permissions in teaches for permission in permissions),
    )
