"""Who did what, when, from where.

Rows are only ever added. This file does not know who may do it (`people/access.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from realtime.audience import Person
from server.store.database import Database
from server.store.tables import audit

_ADD = insert(audit)


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody who asks for something, and from which address."""

    person: Person
    address: str = ""


async def note(
    database: Database, at: datetime, doer: Doer, action: str, object_id: str, detail: Mapping[str, object]
) -> None:
    """Write down that `doer` did `action` to `object_id`; `detail` holds no secret."""
    row = {
        "at": at,
        "user_id": doer.person.id,
        "action": action,
        "object_id": object_id,
        "address": doer.address,
        "detail": dict(detail),
    }
    async with database.write() as connection:
        await connection.execute(_ADD, row)
