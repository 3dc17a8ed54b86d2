"""Pressing Join: when it is open, that it is noted, and where it leads.

A click is evidence of a will to come, not of presence. It must go through even when noting it fails: no class waits
for our bookkeeping. This file does not know HTTP.
"""

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from realtime.audience import Person
from realtime.bodies import instant
from realtime.errors import Forbidden, RollcallError, Unavailable
from realtime.facts import Clicked, Updated, Which
from realtime.lifecycle import Meeting, Status
from realtime.ports import Clock
from realtime.tracker import Tracker
from server.metrics import Metrics
from server.store.database import Database
from server.store.tables import meeting_secrets
from server.vault import Vault
from server.zoom.gateway import ZoomGateway

log = logging.getLogger("rollcall.joining")

OPENS_BEFORE = timedelta(minutes=15)
CLOSES_AFTER = timedelta(minutes=30)  # after the scheduled end: a late class is still a class
NOTE_WITHIN_S = 1.0
_PLAIN = re.compile(
    r"[!-\[\]-~]+"
)  # no spaces, nothing that ends a line, no backslash, which browsers take for a slash
ZOOM_HOSTS = ("zoom.us", "zoom.com", "zoomgov.com")
_SECRETS = select(meeting_secrets.c.sealed).where(meeting_secrets.c.meeting_id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Window:
    """When Join is open. `opens_at` is None for a meeting without a start, which is open until it is over."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool


def window(meeting: Meeting, now: datetime) -> Window:
    """From a quarter of an hour before the start to half an hour after the scheduled end, and always while live."""
    if meeting.start_time is None:
        return Window(None, None, meeting.status in (Status.WAITING, Status.STARTED))
    opens_at = meeting.start_time - OPENS_BEFORE
    closes_at = meeting.start_time + timedelta(minutes=meeting.duration_min) + CLOSES_AFTER
    is_off = meeting.status in (Status.CANCELLED, Status.DELETED)
    is_open = meeting.status is Status.STARTED or (opens_at <= now <= closes_at and not is_off)
    return Window(opens_at, closes_at, is_open)


class Joining:
    """Lets people into meetings."""

    def __init__(
        self,
        database: Database,
        tracker: Tracker,
        zoom: ZoomGateway,
        vault: Vault,
        clock: Clock,
        metrics: Metrics,
        simulator_origin: str = "",
    ) -> None:
        self._database = database
        self._tracker = tracker
        self._zoom = zoom
        self._vault = vault
        self._clock = clock
        self._metrics = metrics
        self._simulator_origin = simulator_origin

    def require_open(self, meeting: Meeting) -> Window:
        """The window of a meeting. Errors: Forbidden outside of it, with the time at which it opens."""
        found = window(meeting, self._clock.now())
        if found.is_open:
            return found
        if meeting.status is Status.CANCELLED:
            raise Forbidden("This meeting was cancelled.", code="cancelled")
        if found.opens_at is not None and self._clock.now() < found.opens_at:
            raise Forbidden("This meeting is not open yet.", code="not_open_yet", opens_at=instant(found.opens_at))
        raise Forbidden("This meeting is over.", code="over")

    async def note_click(self, person: Person, meeting: Meeting, click_id: str = "") -> str:
        """Keep that somebody pressed Join; gives the id it is kept under, the earlier one for a repeat."""
        named = click_id and f"{person.id}.{click_id}"  # a page makes up its ids: another person's must not fit
        told = Clicked(
            at=self._clock.now(),
            which=Which(meeting_id=meeting.id),
            click_id=named or secrets.token_hex(8),
            person_id=person.id,
            person_name=person.name,
        )
        return (await self._tracker.record(told)).click_id

    async def try_to_note_click(self, person: Person, meeting: Meeting) -> None:
        """The same, but whoever pressed Join gets in whatever becomes of it."""
        try:
            async with asyncio.timeout(NOTE_WITHIN_S):
                await self.note_click(person, meeting)
        except (RollcallError, TimeoutError) as error:
            self._metrics.clicks_not_noted.inc()
            log.warning("a click was not noted", extra={"meeting": meeting.id, "error": type(error).__name__})

    async def link(self, meeting: Meeting) -> str:
        """Zoom's own link to the meeting, for a redirect and nothing else.

        Errors: Unavailable when we do not have it and Zoom does not give it, or when it leads anywhere but to Zoom.
        """
        url = (await self.secrets(meeting)).get("join_url", "")
        if not url:
            found = await self._zoom.get_meeting(meeting.zoom_id)
            url = found.join_url
            await self._try_to_keep(meeting, found.secrets)
        if not self._leads_to_zoom(url):
            log.error("a join link leads elsewhere than to Zoom", extra={"meeting": meeting.id})
            raise Unavailable("This meeting has no link that is safe to follow. Ask the school's office.")
        return url

    async def _try_to_keep(self, meeting: Meeting, secrets: Mapping[str, str]) -> None:
        """What is not kept is asked of Zoom again; nobody waits before the door for that."""
        told = Updated(at=self._clock.now(), which=Which(meeting_id=meeting.id), details={}, secrets=secrets)
        try:
            async with asyncio.timeout(NOTE_WITHIN_S):
                await self._tracker.record(told)
        except (RollcallError, TimeoutError) as error:
            log.warning("a join link was not kept", extra={"meeting": meeting.id, "error": type(error).__name__})

    async def secrets(self, meeting: Meeting) -> dict[str, str]:
        """Zoom's join link and the passcode, as far as we know them."""
        async with self._database.read() as connection:
            sealed = (await connection.execute(_SECRETS, {"id": meeting.id})).scalar()
        plain = self._vault.open_if_ours(sealed) if sealed is not None else None
        return {} if plain is None else dict(json.loads(plain))

    def _leads_to_zoom(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if self._simulator_origin and f"{parts.scheme}://{parts.netloc}" == self._simulator_origin:
            return True
        host = (parts.hostname or "").rstrip(".")
        is_zoom = any(host == zoom or host.endswith(f".{zoom}") for zoom in ZOOM_HOSTS)
        is_plain = _PLAIN.fullmatch(url) is not None and "@" not in parts.netloc
        return is_plain and parts.scheme == "https" and port in (None, 443) and is_zoom
