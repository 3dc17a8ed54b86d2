"""A request that may be sent twice and is done once.

A client that never saw the answer sends the same request again under the same `Idempotency-Key`. The key belongs to
one person and one route; answers are sealed, because some of them hold a passcode. It does not know what is done.
"""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from realtime.errors import BadInput, Conflict, Unavailable
from server.errors import body_of
from server.store.database import Database
from server.store.tables import idempotency
from server.vault import Vault
from server.zoom.errors import ZoomUnconfirmed

log = logging.getLogger("rollcall.idempotency")

LONGEST_KEY = 255
LONGEST_WORK = timedelta(minutes=1)  # no request takes longer, so whatever is older was cut off
_FIND = select(idempotency).where(idempotency.c.key_hash == bindparam("key"))
_CLAIM = insert(idempotency).on_conflict_do_nothing()
_ANSWER = (
    update(idempotency)
    .where(idempotency.c.key_hash == bindparam("key"))
    .values(status=bindparam("code"), answer=bindparam("told"))
)
_FORGET = delete(idempotency).where(idempotency.c.key_hash == bindparam("key"))

Answer = tuple[int, dict[str, Any]]


class Once:
    """Does a thing once for each key.

    Errors: BadInput when the same key comes with another body, Conflict while the first request is still at work, or
            when it was cut off and nobody can tell what it has done; so also after a ZoomUnconfirmed.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def run(
        self, key: str, person_id: str, route: str, body: bytes, now: datetime, act: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """The answer of `act`, or the one it gave before. Without a key, `act` is simply done."""
        if not key:
            return await act()
        if len(key) > LONGEST_KEY:
            raise BadInput(f"Idempotency-Key: expected at most {LONGEST_KEY} characters, but {len(key)} came.")
        key_hash = _hash(person_id, route, key)
        body_hash = hashlib.sha256(body).hexdigest()
        if (before := await self._claim(key_hash, body_hash, now)) is not None:
            return before
        try:
            status, told = await act()
        except ZoomUnconfirmed:  # it may have been done: who sends it again must look first
            await self._try_to_write(_ANSWER, self._answer(key_hash, 409, body_of(_unknown())))
            raise
        except Exception:  # nothing was done, so the same key may try again; of one that was cut off nobody knows
            await self._try_to_write(_FORGET, {"key": key_hash})
            raise
        await self._try_to_write(_ANSWER, self._answer(key_hash, status, told))
        return status, told

    def _answer(self, key_hash: str, status: int, told: dict[str, Any]) -> dict[str, object]:
        return {"key": key_hash, "code": status, "told": self._vault.seal(json.dumps(told).encode()).decode()}

    async def _claim(self, key_hash: str, body_hash: str, now: datetime) -> Answer | None:
        row = {"key_hash": key_hash, "body_hash": body_hash, "status": 0, "answer": "", "at": now}
        async with self._database.write() as connection:
            if (await connection.execute(_CLAIM, row)).rowcount:
                return None
            kept = (await connection.execute(_FIND, {"key": key_hash})).one()
        if kept.body_hash != body_hash:
            raise BadInput("This Idempotency-Key was used for another request.", code="key_reused")
        if not kept.status and now - kept.at < LONGEST_WORK:
            raise Conflict("The same request is still at work; please wait for it.", code="in_progress")
        plain = self._vault.open_if_ours(kept.answer.encode()) if kept.status else None
        if plain is None:
            raise _unknown()
        return kept.status, json.loads(plain)

    async def _try_to_write(self, statement: Any, values: dict[str, object]) -> None:
        """What was done is done, and what failed has failed: that this is not written down changes neither."""
        try:
            async with self._database.write() as connection:
                await connection.execute(statement, values)
        except Unavailable:
            log.warning("the end of a request with a key was not noted", extra={"key": str(values["key"])[:16]})


def _unknown() -> Conflict:
    message = "An earlier request with this key was cut off. Look what became of it, then use a new key."
    return Conflict(message, code="outcome_unknown")


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
