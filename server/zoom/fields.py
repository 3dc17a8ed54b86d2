"""Zoom's values, however they come, as ours.

It exists because Zoom writes the same meeting id as text here and as a number there, sends "" for what it does not
know, and because a name may hold anything a stranger can type. Nothing here raises but for the two ids without which
a message is about nothing. It does not know which message a value came in.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

NAME_LENGTH = 200  # Zoom's own limit for a topic; the names of people are shorter
AGENDA_LENGTH = 2_000
EMAIL_LENGTH = 254
ID_LENGTH = 200
URL_LENGTH = 2_000
MOST_OCCURRENCES = 60  # Zoom lists no more than 50

# An instant outside these years is a fault; kept, it would overflow the first sum it meets.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_ID = 2**63 - 1
_EXACT_FLOAT = 2**53
_MOST_MINUTES = 60 * 24 * 31

_LINE = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")
_LINES = {code: given for code, given in _LINE.items() if chr(code) not in "\n\t"}
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}", re.ASCII)


class Loose(BaseModel):
    """A part of a message from Zoom: unknown fields are let through, live ones carry more than is documented."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def line(value: object, length: int = NAME_LENGTH) -> str:
    """Text in one line, cut to `length`; anything but text is empty."""
    return _clean(value, _LINE, length)


def lines(value: object) -> str | None:
    """Text that may have several lines, or be empty on purpose; None for anything but text."""
    return _clean(value, _LINES, AGENDA_LENGTH) if isinstance(value, str) else None


def _clean(value: object, table: dict[int, str], length: int) -> str:
    if not isinstance(value, str):
        return ""
    if value.isascii() and value.isprintable():
        return value.strip()[:length].rstrip()  # nearly all: nothing to mend
    # Two halves of one character come together again, a lone half becomes a replacement character: half a
    # character cannot be written as UTF-8, so neither kept nor sent.
    whole = value[: 2 * length].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.translate(table).strip()[:length].rstrip()


def key(value: object) -> str:
    """An id that Zoom chose, as text. One that is too long is none: cut, it would be somebody else's."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID:
        return str(value)
    if not isinstance(value, str) or len(value) > ID_LENGTH:
        return ""
    return line(value, ID_LENGTH)


def meeting_id(value: object) -> str:
    """A meeting's id as text, from text or a number. Errors: ValueError when it is neither."""
    if isinstance(value, float) and value.is_integer() and value <= _EXACT_FLOAT:
        value = int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ID:
        raise ValueError("expected the id of a meeting, digits or a whole number")
    return str(value)


def run_uuid(value: object) -> str:
    """The uuid of a run. Errors: ValueError when there is none."""
    if not (known := key(value)):
        raise ValueError("expected the uuid of a run")
    return known


def instant(value: object) -> datetime | None:
    """An instant in UTC from ISO 8601 with an offset; None for anything else, a time without an offset included."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        told = datetime.fromisoformat(value)
        return None if told.tzinfo is None else _within(told.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def instant_ms(value: object) -> datetime | None:
    """An instant in UTC from milliseconds since 1970; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**15:
        return None
    return _within(_EPOCH + timedelta(milliseconds=value))


def _within(told: datetime) -> datetime | None:
    return told if _EARLIEST <= told < _LATEST else None


def minutes(value: object) -> int:
    """A length in whole minutes; 0 when it is not known."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_MINUTES:
        return 0
    return value


def zone(value: object) -> str:
    """The name of a time zone; empty when it cannot be one."""
    return value if isinstance(value, str) and _ZONE.fullmatch(value) else ""


def link(value: object) -> str:
    """A web address; empty when it is none, so that nothing else is ever made a link of."""
    given = value if isinstance(value, str) and len(value) <= URL_LENGTH else ""
    known = line(given, URL_LENGTH)
    return known if known == given and known.startswith(("https://", "http://")) else ""


def rows(value: object, most: int = MOST_OCCURRENCES) -> list[dict[str, object]]:
    """The objects of a list, so many at most; an empty list for anything else."""
    return [row for row in value[:most] if isinstance(row, dict)] if isinstance(value, list) else []


def _limited(length: int) -> Callable[[object], str]:
    return lambda value: line(value, length)


Line = Annotated[str, BeforeValidator(line)]
Lines = Annotated[str | None, BeforeValidator(lines)]
Email = Annotated[str, BeforeValidator(_limited(EMAIL_LENGTH))]
Key = Annotated[str, BeforeValidator(key)]
MeetingId = Annotated[str, BeforeValidator(meeting_id)]
RunUuid = Annotated[str, BeforeValidator(run_uuid)]
Instant = Annotated[datetime | None, BeforeValidator(instant)]
InstantMs = Annotated[datetime | None, BeforeValidator(instant_ms)]
Minutes = Annotated[int, BeforeValidator(minutes)]
Zone = Annotated[str, BeforeValidator(zone)]
Link = Annotated[str, BeforeValidator(link)]


class OccurrenceRow(Loose):
    """One date of a recurring meeting, as Zoom lists it."""

    occurrence_id: Key = ""
    start_time: Instant = None
    duration: Minutes = 0
    status: Line = ""


OccurrenceRows = Annotated[list[OccurrenceRow], BeforeValidator(rows)]
