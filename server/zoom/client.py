"""The gateway over HTTP: Zoom's API, or the simulator's, which is the same.

It exists to keep what `gateway.ZoomGateway` promises. Of its own it has one rule: a meeting that may have been made
is looked for before anybody is told that it was not. It does not know our meetings.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import httpx
import structlog

from realtime.ports import Clock
from server.zoom import answers, endpoints, plans
from server.zoom.calls import API_URL, Calls
from server.zoom.endpoints import Endpoint
from server.zoom.errors import ZoomNotFound, ZoomUnavailable, ZoomUnconfirmed
from server.zoom.gateway import Amended, ListedMeeting, ListKind, MeetingPlan, StartLink, ZoomMeeting, ZoomUser
from server.zoom.tokens import TOKEN_URL, Credentials, Tokens
from server.zoom.wire import Patience, new_http

PAGE_SIZE = "300"  # the most Zoom gives
MOST_PAGES = 20
LOOKS = 2  # for a meeting that may have been made: at once, and when Zoom has had time to make it

log = structlog.get_logger(__name__)


class ZoomClient:
    """Zoom over HTTP, with a Server-to-Server app.

    Shape:  `http` is used and left open when given, otherwise made here and closed by `close`. `api_url` ends with
            the version, `token_url` is the whole address tokens are had from.
    Errors: ValueError when an address is neither https nor on this machine.
    """

    def __init__(
        self,
        credentials: Credentials,
        clock: Clock,
        *,
        api_url: str = API_URL,
        token_url: str = TOKEN_URL,
        http: httpx.AsyncClient | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._clock = clock
        self._patience = patience or Patience()
        used = http or new_http()
        self._own_http = used if http is None else None
        self._tokens = Tokens(used, credentials, clock, url=token_url, patience=self._patience)
        self._calls = Calls(used, self._tokens, clock, url=api_url, patience=self._patience)

    async def close(self) -> None:
        """Stop what is under way and close the connections that are ours."""
        await self._tokens.close()
        if self._own_http is not None:
            await self._own_http.aclose()

    async def create_meeting(self, host: str, plan: MeetingPlan) -> ZoomMeeting:
        """A new meeting."""
        began_at = self._clock.now()
        try:
            body = await self._calls.make(endpoints.CREATE_MEETING, host, body=plans.body_of_new(plan))
            return answers.meeting(body)
        except ZoomUnavailable as error:
            if not error.may_be_done:
                raise
            made = await self._find_made(host, plan, began_at)
            if made is None:
                message = "Zoom did not confirm the new meeting. Look whether it is there before you try again."
                raise ZoomUnconfirmed(message, retry_after_s=60, may_be_done=True) from error
            return made

    async def _find_made(self, host: str, plan: MeetingPlan, began_at: datetime) -> ZoomMeeting | None:
        """The meeting that a lost answer was about, if it was made. The newest that fits: an older one is another."""
        fits = plans.may_be_made_from(plan, began_at)
        for look in range(LOOKS):
            await asyncio.sleep(self._patience.look_again_s if look else 0)
            try:
                found = [meeting for meeting in await self.list_meetings(host) if fits(meeting)]
                if found:
                    newest = max(found, key=lambda meeting: (meeting.created_at or began_at, meeting.id))
                    log.info("zoom.found_made", zoom_id=newest.id, look=look + 1)
                    return await self.get_meeting(newest.id)
            except (ZoomUnavailable, ZoomNotFound) as error:
                log.warning("zoom.look_failed", code=error.code, look=look + 1)
        return None

    async def get_meeting(self, meeting_id: str, occurrence_id: str = "") -> ZoomMeeting:
        """A meeting as it is now."""
        query = {"show_previous_occurrences": "true", **_occurrence(occurrence_id)}
        return answers.meeting(await self._of_meeting(endpoints.GET_MEETING, meeting_id, query))

    async def update_meeting(self, meeting_id: str, plan: MeetingPlan, occurrence_id: str = "") -> Amended:
        """Change a meeting and read what became of it."""
        body = plans.body_of_change(plan)
        if body:
            await self._of_meeting(endpoints.UPDATE_MEETING, meeting_id, _occurrence(occurrence_id), body)
        meeting = await self.get_meeting(meeting_id, occurrence_id)
        return Amended(meeting=meeting, not_taken=plans.not_taken(plan, meeting))

    async def delete_meeting(self, meeting_id: str, occurrence_id: str = "") -> None:
        """Delete a meeting or one date of it."""
        try:
            await self._of_meeting(endpoints.DELETE_MEETING, meeting_id, _occurrence(occurrence_id))
        except ZoomNotFound:
            log.info("zoom.deleted_already", zoom_id=meeting_id)

    async def end_meeting(self, meeting_id: str) -> None:
        """End the run for all."""
        await self._of_meeting(endpoints.SET_STATUS, meeting_id, {}, {"action": "end"})

    async def list_meetings(self, host: str, kind: ListKind = ListKind.SCHEDULED) -> list[ListedMeeting]:
        """A host's meetings of one kind."""
        rows = await self._list(endpoints.LIST_MEETINGS, host, name="meetings", query={"type": kind.value})
        return [answers.listed_meeting(row) for row in rows]

    async def list_users(self) -> list[ZoomUser]:
        """Everybody active in the account."""
        rows = await self._list(endpoints.LIST_USERS, name="users", query={"status": "active"})
        return [user for row in rows if (user := answers.user(row)) is not None]

    async def find_user(self, email: str) -> ZoomUser | None:
        """The person of the account with this e-mail address or id."""
        try:
            return answers.user(await self._calls.make(endpoints.GET_USER, email))
        except ZoomNotFound:
            return None

    async def start_link(self, meeting_id: str) -> StartLink:
        """A fresh start link."""
        return answers.start_link(await self._of_meeting(endpoints.GET_MEETING, meeting_id, {}))

    async def _of_meeting(
        self,
        endpoint: Endpoint,
        meeting_id: str,
        query: Mapping[str, str],
        body: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        if not (meeting_id.isascii() and meeting_id.isdigit()):
            raise ZoomNotFound("Zoom does not know this meeting.")
        return await self._calls.make(endpoint, meeting_id, query=query, body=body)

    async def _list(self, endpoint: Endpoint, *ids: str, name: str, query: dict[str, str]) -> list[dict[str, object]]:
        """All rows of a list, page by page."""
        found: list[dict[str, object]] = []
        token = ""
        for _ in range(MOST_PAGES):
            more = {"next_page_token": token} if token else {}
            body = await self._calls.make(endpoint, *ids, query={**query, "page_size": PAGE_SIZE, **more})
            rows, token = answers.page(body, name)
            found += rows
            if not token:
                return found
        log.warning("zoom.list_cut", path=endpoint.path, rows=len(found))
        return found


def _occurrence(occurrence_id: str) -> dict[str, str]:
    return {"occurrence_id": occurrence_id} if occurrence_id else {}
