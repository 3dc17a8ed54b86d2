"""What is said of a meeting, field by field, each with the time at which it was said.

It exists so that an older word never undoes a newer one, in whatever order they come: of every field the newest word
counts, and of two words of the same moment always the same one. What news of a run say of the meeting on the side
counts less than any word on purpose. This file does not know what happens in a meeting (`lifecycle.py`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from realtime.facts import InstanceFact
from realtime.meeting import EDITABLE, HostRef, Meeting, changed

BY_THE_WAY = datetime(1970, 1, 1, tzinfo=UTC)  # when something was said that any word on purpose outweighs
_PLAIN = EDITABLE - {"settings", "host"}
_BESIDE_THE_DATE = ("start_time", "duration_min")  # what each date of a series has for itself


def edit(meeting: Meeting, details: Mapping[str, object], at: datetime) -> Meeting:
    """The meeting with those details that are not older than what is known of the same field."""
    times = dict(meeting.field_times)
    held: dict[str, object] = {}
    for name, value in details.items():
        if name in _PLAIN and _is_newer(times.get(name), getattr(meeting, name), value, at):
            held[name], times[name] = value, at
    if isinstance(settings := details.get("settings"), Mapping):
        held["settings"] = _settings(meeting, settings, at, times)
    if isinstance(host := details.get("host"), HostRef):
        held["host"] = _host(meeting.host, host, at, times)
    return changed(meeting, **held, field_times=times)


def filled(meeting: Meeting, fact: InstanceFact) -> Meeting:
    """The meeting with its blanks filled by what news of a run say on the side.

    Shape: a meeting without a planned start began when its first run did.
    """
    said: dict[str, object] = {"topic": fact.topic, "duration_min": fact.duration_min, "timezone": fact.timezone}
    told: dict[str, object] = {name: value for name, value in said.items() if value}
    told["host"] = HostRef(email=fact.host_email, zoom_user_id=fact.zoom_host_id)
    known = edit(meeting, told, BY_THE_WAY)
    if meeting.occurrence_id or "start_time" in known.field_times:
        return known
    start_time = min(filter(None, (known.start_time, fact.started_at)), default=None)
    return changed(known, start_time=start_time)


def without_date(details: Mapping[str, object]) -> dict[str, object]:
    """The details that hold for every date of a series."""
    return {name: value for name, value in details.items() if name not in _BESIDE_THE_DATE}


def date_of(series: Meeting, meeting_id: str, occurrence_id: str) -> Meeting:
    """A date of a series of which nothing is known but what holds for the whole series."""
    return Meeting(
        id=meeting_id,
        zoom_id=series.zoom_id,
        occurrence_id=occurrence_id,
        series=series.id,
        topic=series.topic,
        agenda=series.agenda,
        timezone=series.timezone,
        class_=series.class_,
        audience=series.audience,
        host=series.host,
        settings=series.settings,
        expected_count=series.expected_count,
        cancelled_at=series.cancelled_at,
        deleted_at=series.deleted_at,
        hidden_at=series.hidden_at,
        recovered_at=series.recovered_at,
        field_times={name: at for name, at in series.field_times.items() if name not in _BESIDE_THE_DATE},
    )


def keep_secrets(meeting: Meeting, secrets: Mapping[str, str], at: datetime) -> tuple[Meeting, dict[str, str]]:
    """Those secrets that are not older than what is known, and the meeting that remembers when they were told."""
    times = dict(meeting.field_times)
    newer: dict[str, str] = {}
    for name, value in secrets.items():
        if times.get(f"secrets.{name}", at) <= at:
            newer[name], times[f"secrets.{name}"] = value, at
    return replace(meeting, field_times=times), newer


def _is_newer(known_at: datetime | None, known: object, told: object, at: datetime) -> bool:
    if known_at == at:
        return repr(told) > repr(known)
    return known_at is None or at > known_at


def _settings(
    meeting: Meeting, told: Mapping[str, object], at: datetime, times: dict[str, datetime]
) -> Mapping[str, object]:
    """Settings are told in part: each has a time of its own."""
    kept = dict(meeting.settings)
    for key, value in told.items():
        name = f"settings.{key}"
        if _is_newer(times.get(name), kept.get(key), value, at):
            kept[key], times[name] = value, at
    return kept


def _host(known: HostRef, told: HostRef, at: datetime, times: dict[str, datetime]) -> HostRef:
    """The host after one more word about them.

    Shape: who of ours hosts is our own word, and no word of Zoom's changes it; by which account in Zoom is the newest
           word of either. So a school's one account may host for many teachers.
    """
    account = known.zoom_user_id
    is_other = bool(told.zoom_user_id) and told.zoom_user_id != account
    if is_other and _is_newer(times.get("zoom_host"), account, told.zoom_user_id, at):
        account = told.zoom_user_id
        if "host" not in times:
            known = HostRef()  # somebody else: nothing that was known of the one before holds
    if told.zoom_user_id == account and account:
        times["zoom_host"] = max(times.get("zoom_host", at), at)
    if told.id:
        if _is_newer(times.get("host"), (known.id, known.name, known.email), (told.id, told.name, told.email), at):
            times["host"] = at
            return changed(told, zoom_user_id=account)
    elif "host" not in times and told.email and told.zoom_user_id in ("", account):
        email = known.email if known.id else min(filter(None, (known.email, told.email)))
        return changed(known, email=email, zoom_user_id=account)
    return changed(known, zoom_user_id=account)
