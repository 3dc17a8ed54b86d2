"""News about a meeting itself into facts: scheduled, changed, deleted, brought back.

It exists beside `run_news` because these speak of the plan (`start_time` is when it should begin) and of series with
their dates, those of a run (`start_time` is when it did). It does not know meetings, only what is told of them.

Shape: a fact that names no occurrence is about the whole meeting, of a series about every date of it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from pydantic import Field

from realtime.facts import Created, Deleted, Fact, MeetingFact, Occurrence, Recovered, Updated, Which
from realtime.lifecycle import HostRef
from server.zoom import options
from server.zoom.fields import (
    Instant,
    InstantMs,
    Key,
    Line,
    Lines,
    Link,
    Loose,
    MeetingId,
    Minutes,
    OccurrenceRow,
    OccurrenceRows,
    Zone,
    rows,
)
from server.zoom.news import Misshapen, News, Reader

_PARTS_OF_A_SERIES = ("single", "range")


class _Meeting(Loose):
    id: MeetingId
    host_id: Key = ""
    topic: Line = ""
    agenda: Lines = None
    start_time: Instant = None
    duration: Minutes = 0
    timezone: Zone = ""
    join_url: Link = ""
    password: Line = ""
    occurrences: OccurrenceRows = Field(default_factory=list)
    settings: object = None


class _News(Loose):
    """The payload; `operation` and `scope` say whether a series is meant or some of its dates."""

    object: _Meeting
    operation: Line = ""
    scope: Line = ""
    time_stamp: InstantMs = None


def _created(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    news = _News.model_validate(payload)
    meeting = news.object
    standing = [row for row in meeting.occurrences if row.occurrence_id and row.status != "deleted"]
    is_one_date = news.operation == "single" and len(standing) == 1
    fact = Created(
        which=Which(zoom_id=meeting.id, occurrence_id=standing[0].occurrence_id if is_one_date else ""),
        at=_known(event_at),
        details=_details(meeting),
        occurrences=tuple(
            Occurrence(row.occurrence_id, row.start_time, row.duration or meeting.duration)
            for row in standing
            if row.start_time is not None
        ),
        secrets=_secrets(meeting),
    )
    return (fact,), ""


def _updated(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    """What changed, and of a series: which of its dates were moved, added or taken away."""
    news = _News.model_validate(_only_changes(payload))
    at, meeting = _known(news.time_stamp or event_at), news.object
    details, secrets = _details(meeting), _secrets(meeting)
    dates = [row for row in meeting.occurrences if row.occurrence_id]
    if dates:
        details.pop("start_time", None)  # of a series it is the first date's, and the dates tell their own
    facts: list[Fact] = []
    if news.scope in _PARTS_OF_A_SERIES and dates:
        facts += [_moved(meeting, row, at, {**details, **_date(row)}, secrets) for row in dates]
    else:
        if details or secrets:
            facts.append(Updated(which=Which(zoom_id=meeting.id), at=at, details=details, secrets=secrets))
        facts += [_moved(meeting, row, at, _date(row), {}) for row in dates]
    return tuple(facts), ""


def _moved(
    meeting: _Meeting, row: OccurrenceRow, at: datetime, details: Mapping[str, object], secrets: Mapping[str, str]
) -> Fact:
    which = Which(zoom_id=meeting.id, occurrence_id=row.occurrence_id)
    if row.status == "deleted":
        return Deleted(which=which, at=at)
    return Updated(which=which, at=at, details=details, secrets=secrets)


def _deleted(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    return _of_each(Deleted, payload, event_at)


def _recovered(kind: str, payload: Mapping[str, object], event_at: datetime | None) -> News:
    return _of_each(Recovered, payload, event_at)


def _of_each(fact: type[MeetingFact], payload: Mapping[str, object], event_at: datetime | None) -> News:
    """The fact once for a whole meeting, or once for each date that is named."""
    news = _News.model_validate(payload)
    dates: Collection[str] = [""]
    if news.operation in _PARTS_OF_A_SERIES:
        dates = dict.fromkeys(row.occurrence_id for row in news.object.occurrences if row.occurrence_id)
        if not dates:
            raise Misshapen("Some dates of a series are meant, and none is named in payload.object.occurrences.")
    at = _known(event_at)
    return tuple(fact(which=Which(zoom_id=news.object.id, occurrence_id=date), at=at) for date in dates), ""


def _details(meeting: _Meeting) -> dict[str, object]:
    """The fields that are told, under our names; what is missing or makes no sense is not known."""
    told: dict[str, object] = {
        "topic": meeting.topic,
        "start_time": meeting.start_time,
        "duration_min": meeting.duration,
        "timezone": meeting.timezone,
        "settings": options.known(meeting.settings),
        "host": HostRef(zoom_user_id=meeting.host_id) if meeting.host_id else None,
    }
    details = {name: value for name, value in told.items() if value}
    if meeting.agenda is not None:
        details["agenda"] = meeting.agenda  # the only text that may be empty on purpose
    return details


def _secrets(meeting: _Meeting) -> dict[str, str]:
    told = {"join_url": meeting.join_url, "passcode": meeting.password}
    return {name: value for name, value in told.items() if value}


def _date(row: OccurrenceRow) -> dict[str, object]:
    told = {"start_time": row.start_time, "duration_min": row.duration}
    return {name: value for name, value in told.items() if value}


def _only_changes(payload: Mapping[str, object]) -> dict[str, object]:
    """The payload with those fields of `object` left that differ from `old_object`, as the reference promises."""
    new, old = payload.get("object"), payload.get("old_object")
    if not isinstance(new, dict) or not isinstance(old, dict):
        return dict(payload)
    changed = {name: value for name, value in new.items() if name == "id" or name not in old or old[name] != value}
    for name in ("settings", "occurrences"):
        if name in changed and name in old:
            changed[name] = _difference(changed[name], old[name])
    return {**payload, "object": changed}


def _difference(new: object, old: object) -> object:
    """What is new in a list or an object that is told as a whole."""
    if isinstance(new, dict) and isinstance(old, dict):
        return {name: value for name, value in new.items() if name not in old or old[name] != value}
    if isinstance(new, list) and isinstance(old, list):
        before = rows(old)
        return [row for row in rows(new) if row not in before]
    return new


def _known(at: datetime | None) -> datetime:
    if at is None:
        raise Misshapen("It does not say when it happened: event_ts was expected in milliseconds since 1970.")
    return at


READERS: Mapping[str, Reader] = {
    "meeting.created": _created,
    "meeting.updated": _updated,
    "meeting.deleted": _deleted,
    "meeting.permanently_deleted": _deleted,
    "meeting.recovered": _recovered,
}
