"""Zoom's answers into our values.

It exists because an answer may be a page of a proxy, an error with status 200, or lack what was promised: then it is
an error of ours and not an exception from its depths. Pure: it does not know how the answer was had.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from realtime.facts import Occurrence
from server.zoom import options
from server.zoom.errors import ZoomUnavailable
from server.zoom.fields import (
    Email,
    Instant,
    Key,
    Line,
    Lines,
    Link,
    Loose,
    MeetingId,
    Minutes,
    OccurrenceRows,
    Zone,
    rows,
)
from server.zoom.gateway import ListedMeeting, StartLink, ZoomMeeting, ZoomUser

MOST_ROWS = 2_000  # of one page; Zoom sends no more
LICENSED = 2

_Shape = TypeVar("_Shape", bound=Loose)
Kind = Annotated[int, BeforeValidator(lambda value: value if type(value) is int and 0 <= value < 1000 else 0)]


class _Row(Loose):
    id: MeetingId
    uuid: Key = ""
    host_id: Key = ""
    topic: Line = ""
    type: Kind = 2
    start_time: Instant = None
    duration: Minutes = 0
    timezone: Zone = ""
    created_at: Instant = None


class _Meeting(_Row):
    host_email: Email = ""
    agenda: Lines = None
    status: Line = ""
    join_url: Link = ""
    password: Line = ""
    settings: object = None
    occurrences: OccurrenceRows = Field(default_factory=list)


class _Start(Loose):
    start_url: Link = ""


class _User(Loose):
    id: Key = ""
    email: Email = ""
    display_name: Line = ""
    first_name: Line = ""
    last_name: Line = ""
    type: Kind = 0
    timezone: Zone = ""


def meeting(body: Mapping[str, object]) -> ZoomMeeting:
    """A whole meeting. Errors: ZoomUnavailable when it is none."""
    told = _understood(_Meeting, body)
    return ZoomMeeting(
        id=told.id,
        uuid=told.uuid,
        host_id=told.host_id,
        host_email=told.host_email,
        topic=told.topic,
        agenda=told.agenda or "",
        type=told.type,
        is_started=told.status == "started",
        start_time=told.start_time,
        duration_min=told.duration,
        timezone=told.timezone,
        created_at=told.created_at,
        settings=options.known(told.settings),
        occurrences=tuple(
            Occurrence(row.occurrence_id, row.start_time, row.duration or told.duration)
            for row in told.occurrences
            if row.occurrence_id and row.start_time is not None and row.status != "deleted"
        ),
        join_url=told.join_url,
        passcode=told.password,
    )


def listed_meeting(row: Mapping[str, object]) -> ListedMeeting:
    """A meeting in a list. Errors: ZoomUnavailable when it is none."""
    told = _understood(_Row, row)
    return ListedMeeting(
        id=told.id,
        uuid=told.uuid,
        host_id=told.host_id,
        topic=told.topic,
        type=told.type,
        start_time=told.start_time,
        duration_min=told.duration,
        timezone=told.timezone,
        created_at=told.created_at,
    )


def start_link(body: Mapping[str, object]) -> StartLink:
    """The start link of a whole meeting. Errors: ZoomUnavailable when there is none."""
    if not (url := _understood(_Start, body).start_url):
        raise not_understood()
    return StartLink(url)


def user(body: Mapping[str, object]) -> ZoomUser | None:
    """Somebody of the account; None for who was invited and has no id yet."""
    told = _understood(_User, body)
    if not told.id:
        return None
    name = told.display_name or f"{told.first_name} {told.last_name}".strip()
    return ZoomUser(id=told.id, email=told.email, name=name, is_licensed=told.type == LICENSED, timezone=told.timezone)


def page(body: Mapping[str, object], name: str) -> tuple[list[dict[str, object]], str]:
    """The rows of one page of a list, and the token of the next page, empty at the end.

    Errors: ZoomUnavailable when the list is missing.
    """
    if not isinstance(body.get(name), list):
        raise not_understood()
    token = body.get("next_page_token")
    return rows(body[name], MOST_ROWS), token if isinstance(token, str) else ""


def not_understood() -> ZoomUnavailable:
    """Zoom answered something else than its documents say; what was asked may have been done."""
    message = "Zoom answered in a way that is not understood. Try again in a moment."
    return ZoomUnavailable(message, may_be_done=True)


def _understood(shape: type[_Shape], body: Mapping[str, object]) -> _Shape:
    try:
        return shape.model_validate(dict(body))
    except ValidationError:
        raise not_understood() from None
