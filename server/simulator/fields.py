"""What a create or update call may say of a meeting, and what Zoom makes of it.

Pure: a JSON object in, checked values out. A wrong shape is refused with code 300 and each field's name. A wrong
*setting* is not: Zoom answers with success and quietly takes its default, so do we; whoever cares reads back.
Source: Zoom, "Create a meeting" and "Update a meeting"; live captures for the quiet corrections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.simulator.errors import invalid_fields

Fault = tuple[str, str]

CREATE_TYPES = frozenset({1, 2, 3, 8})

# Per setting: what a fresh meeting has, and the values it may have (None: any boolean; str: any text).
DEFAULT_SETTINGS: Mapping[str, Any] = {
    "host_video": False,
    "participant_video": False,
    "cn_meeting": False,
    "in_meeting": False,
    "join_before_host": False,
    "jbh_time": 0,
    "mute_upon_entry": False,
    "watermark": False,
    "use_pmi": False,
    "approval_type": 2,
    "registration_type": 1,
    "audio": "both",
    "auto_recording": "none",
    "alternative_hosts": "",
    "close_registration": False,
    "show_share_button": False,
    "allow_multiple_devices": False,
    "registrants_confirmation_email": True,
    "registrants_email_notification": True,
    "waiting_room": False,
    "meeting_authentication": False,
    "authentication_option": "",
    "email_notification": True,
    "contact_name": "",
    "contact_email": "",
    "focus_mode": False,
    "private_meeting": False,
    "internal_meeting": False,
    "email_in_attendee_report": False,
    "meeting_invitees": [],
}
_CHOICES: Mapping[str, frozenset[Any]] = {
    "jbh_time": frozenset({0, 5, 10, 15}),
    "approval_type": frozenset({0, 1, 2}),
    "registration_type": frozenset({1, 2, 3}),
    "audio": frozenset({"both", "telephony", "voip", "thirdParty"}),
    "auto_recording": frozenset({"local", "cloud", "none"}),
}
_TEXTS = frozenset({"alternative_hosts", "authentication_option", "contact_name", "contact_email"})
_YEARS = range(1970, 2200)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?")


def is_timezone(name: object) -> bool:
    """Whether the IANA database knows this zone."""
    if not isinstance(name, str) or not name:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def read_instant(text: object, timezone: str) -> datetime | None:
    """Zoom's `start_time`: with `Z` it is UTC, without it is local in `timezone`; None when it is neither.

    Shape:  a year in which no meeting can be, is none either: near the ends of the calendar no sum would hold.
    """
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    if value.year not in _YEARS:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)


def read_fields(body: Mapping[str, Any], default_timezone: str, *, creating: bool) -> dict[str, Any]:
    """The meeting fields of a create or update body, checked; only those that were given.

    Errors: code 300 with one entry per wrong field.
    """
    faults: list[Fault] = []
    given: dict[str, Any] = {}
    for name, longest in (("topic", 200), ("agenda", 2000), ("password", 10)):
        if name in body:
            given[name] = _text(body[name], name, longest, faults)
    if "type" in body:
        if not _is_int(body["type"]) or body["type"] not in CREATE_TYPES:
            faults.append(("type", "Invalid field."))
        given["type"] = body["type"]
    if "duration" in body:
        if not _is_int(body["duration"]):
            faults.append(("duration", "Invalid field."))
        else:
            given["duration_min"] = min(max(body["duration"], 1), 1440)
    timezone = default_timezone
    if body.get("timezone"):
        if is_timezone(body["timezone"]):
            timezone = given["timezone"] = body["timezone"]
        elif creating:
            faults.append(("timezone", "Invalid field."))
    if body.get("start_time"):
        given["start_time"] = read_instant(body["start_time"], timezone)
        if given["start_time"] is None:
            faults.append(("start_time", "Invalid field."))
    if "recurrence" in body:
        given["recurrence"] = _recurrence(body["recurrence"], timezone, faults)
    if "settings" in body:
        if isinstance(body["settings"], dict):
            given["settings"] = read_settings(body["settings"])
        else:
            faults.append(("settings", "Invalid field."))
    if isinstance(body.get("tracking_fields"), list):
        given["tracking_fields"] = [_tracking_field(item) for item in body["tracking_fields"] if isinstance(item, dict)]
    if creating and body.get("type") == 8 and "recurrence" not in body:
        faults.append(("recurrence", "Invalid field."))
    if faults:
        raise invalid_fields(faults)
    return given


def _tracking_field(item: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: item[name] for name in ("field", "value") if isinstance(item.get(name), str)}
    return kept | ({"visible": item["visible"]} if isinstance(item.get("visible"), bool) else {})


def read_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings Zoom would keep: unknown names dropped, wrong values replaced by the default without a word."""
    kept: dict[str, Any] = {}
    for name, value in given.items():
        if name not in DEFAULT_SETTINGS:
            continue
        default = DEFAULT_SETTINGS[name]
        if name == "meeting_invitees":
            kept[name] = _invitees(value)
        elif name in _CHOICES:
            known = isinstance(value, type(default)) and not isinstance(value, bool) and value in _CHOICES[name]
            kept[name] = value if known else default
        elif name in _TEXTS:
            kept[name] = value if isinstance(value, str) else default
        elif isinstance(value, bool):
            kept[name] = value
    if kept.get("waiting_room"):
        kept["join_before_host"] = False
    return kept


def _invitees(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [{"email": item["email"]} for item in value if isinstance(item, dict) and isinstance(item.get("email"), str)]


def _text(value: object, name: str, longest: int, faults: list[Fault]) -> str:
    if not isinstance(value, str):
        faults.append((name, "Invalid field."))
        return ""
    if len(value) > longest:
        faults.append((name, f"Enter up to {longest} characters."))
    return value


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_RANGES: Mapping[str, tuple[int, int]] = {
    "monthly_day": (1, 31),
    "monthly_week_day": (1, 7),
    "end_times": (1, 60),
}
_LONGEST_INTERVAL = {1: 99, 2: 50, 3: 10}


def _recurrence(value: object, timezone: str, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(value, dict) or not _is_int(value.get("type")) or value["type"] not in _LONGEST_INTERVAL:
        faults.append(("recurrence.type", "Invalid field."))
        return {}
    kept: dict[str, Any] = {"type": value["type"]}
    interval = value.get("repeat_interval", 1)
    if not _is_int(interval) or not 1 <= interval <= _LONGEST_INTERVAL[value["type"]]:
        faults.append(("recurrence.repeat_interval", "Invalid field."))
    kept["repeat_interval"] = interval
    for name, (least, most) in _RANGES.items():
        if name in value:
            if not _is_int(value[name]) or not least <= value[name] <= most:
                faults.append((f"recurrence.{name}", "Invalid field."))
            kept[name] = value[name]
    if "monthly_week" in value:
        if value["monthly_week"] not in (-1, 1, 2, 3, 4) or not _is_int(value["monthly_week"]):
            faults.append(("recurrence.monthly_week", "Invalid field."))
        kept["monthly_week"] = value["monthly_week"]
    if "weekly_days" in value:
        if not isinstance(value["weekly_days"], str) or not re.fullmatch(r"[1-7](,[1-7]){0,6}", value["weekly_days"]):
            faults.append(("recurrence.weekly_days", "Invalid field."))
        kept["weekly_days"] = value["weekly_days"]
    if value.get("end_date_time"):
        kept["end_date_time"] = read_instant(value["end_date_time"], timezone)
        if kept["end_date_time"] is None or "end_times" in value:
            faults.append(("recurrence.end_date_time", "Invalid field."))
    return kept
