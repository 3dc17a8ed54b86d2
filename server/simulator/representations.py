"""Meetings, users, registrants and reports as Zoom's API writes them.

Pure: values in, JSON objects out. Which fields stand in a list row and which only in the whole object is Zoom's
choice, and so are the names that differ between one report and the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from server.simulator.account import (
    INSTANT,
    RECURRING_FIXED_TIME,
    RECURRING_NO_FIXED_TIME,
    Instance,
    Meeting,
    Place,
    Registrant,
    Stay,
)
from server.simulator.clock import zoom_time
from server.simulator.config import LICENSED, HostUser
from server.simulator.notifications import occurrence_json, recurrence_json

Json = dict[str, Any]


def join_url(public_url: str, meeting: Meeting) -> str:
    """The link everybody may use."""
    link = f"{public_url.rstrip('/')}/j/{meeting.id}"
    return f"{link}?{urlencode({'pwd': meeting.encrypted_password})}" if meeting.password else link


def registrant_join_url(public_url: str, meeting: Meeting, person: Registrant) -> str:
    """The link of one registered person."""
    query = {"tk": person.token} | ({"pwd": meeting.encrypted_password} if meeting.password else {})
    return f"{public_url.rstrip('/')}/w/{meeting.id}?{urlencode(query)}"


def start_url(public_url: str, meeting: Meeting, zak: str) -> str:
    """The host's secret link."""
    return f"{public_url.rstrip('/')}/s/{meeting.id}?{urlencode({'zak': zak})}"


def meeting_json(meeting: Meeting, public_url: str, zak: str, now: datetime, *, all_occurrences: bool = True) -> Json:
    """The whole meeting, as create and get answer."""
    body: Json = {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "host_email": meeting.host.email,
        "assistant_id": "",
        "topic": meeting.topic,
        "type": meeting.type,
        "status": "started" if meeting.running else "waiting",
    }
    if meeting.start_time is not None and meeting.type not in (INSTANT, RECURRING_NO_FIXED_TIME):
        body["start_time"] = zoom_time(meeting.start_time)
    body |= {
        "duration": meeting.duration_min,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda,
        "created_at": zoom_time(meeting.created_at),
        "start_url": start_url(public_url, meeting, zak),
        "join_url": join_url(public_url, meeting),
    }
    if meeting.password:
        body |= {
            "password": meeting.password,
            "h323_password": _digits(meeting.password),
            "pstn_password": _digits(meeting.password),
            "encrypted_password": meeting.encrypted_password,
        }
    if meeting.has_registration:
        body["registration_url"] = f"{public_url.rstrip('/')}/meeting/register/{meeting.id}"
    if meeting.recurrence:
        body["recurrence"] = recurrence_json(meeting.recurrence)
    if meeting.occurrences:
        shown = [o for o in meeting.occurrences if all_occurrences or o.start_time >= now - timedelta(days=1)]
        body["occurrences"] = [occurrence_json(one) for one in shown]
    if meeting.tracking_fields:
        body["tracking_fields"] = meeting.tracking_fields
    return body | {"settings": meeting.settings, "creation_source": "open_api", "pre_schedule": False}


def _digits(passcode: str) -> str:
    """The same passcode for a telephone: six digits that follow from it."""
    return f"{sum(ord(sign) * 31**place for place, sign in enumerate(passcode)) % 900_000 + 100_000}"


def meeting_row(meeting: Meeting, public_url: str, start: datetime | None = None, uuid: str | None = None) -> Json:
    """A meeting in a list; `start` and `uuid` when the row is one date or one run of it."""
    row: Json = {
        "uuid": uuid or meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
    }
    start = start or meeting.start_time
    if start is not None and meeting.type != RECURRING_NO_FIXED_TIME:
        row["start_time"] = zoom_time(start)
    row |= {"duration": meeting.duration_min, "timezone": meeting.timezone}
    if meeting.agenda:
        row["agenda"] = meeting.agenda[:250]
    return row | {"created_at": zoom_time(meeting.created_at), "join_url": join_url(public_url, meeting)}


def next_start(meeting: Meeting, now: datetime) -> datetime | None:
    """When the meeting is next due; of a series, its next date."""
    if meeting.type == RECURRING_FIXED_TIME:
        ahead = [
            one.start_time
            for one in meeting.occurrences
            if one.status == "available" and one.start_time + timedelta(minutes=one.duration_min) > now
        ]
        return ahead[0] if ahead else meeting.start_time
    return meeting.start_time


def user_row(user: HostUser) -> Json:
    """A user in the list of users."""
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.display_name,
        "email": user.email,
        "type": user.type,
        "pmi": _pmi(user),
        "timezone": user.timezone,
        "verified": 1,
        "dept": "",
        "created_at": "2024-08-01T08:00:00Z",
        "last_login_time": "2026-09-01T06:30:00Z",
        "status": "active",
        "role_id": "2",
    }


def user_json(user: HostUser, account_id: str, public_url: str, *, is_owner: bool) -> Json:
    """One user in full."""
    return user_row(user) | {
        "role_id": "0" if is_owner else "2",
        "role_name": "Owner" if is_owner else "Member",
        "use_pmi": False,
        "language": "en-US",
        "personal_meeting_url": f"{public_url.rstrip('/')}/j/{_pmi(user)}",
        "account_id": account_id,
        "account_number": 900_000_001,
        "company": "",
        "location": "",
        "job_title": "",
        "phone_number": "",
        "group_ids": [],
        "im_group_ids": [],
        "login_types": [1],
        "cluster": "us02",
        "jid": f"{user.id.lower()}@xmpp.zoom.us",
        "user_created_at": "2024-08-01T08:00:00Z",
        "zoom_one_type": 0,
        "plan_united_type": "2" if user.type == LICENSED else "1",
    }


def _pmi(user: HostUser) -> int:
    """A personal meeting id of ten digits that follows from the user's id."""
    number: int = sum(ord(sign) * 131**place for place, sign in enumerate(user.id))
    return 3_000_000_000 + number % 999_999_999


def past_meeting_json(meeting: Meeting, run: Instance, now: datetime, *, is_report: bool) -> Json:
    """One run of a meeting, over or still on."""
    end = run.end_time or now
    rows = run.rows()
    body: Json = {
        "uuid": run.uuid,
        "id": meeting.id,
        "type": meeting.type,
        "topic": meeting.topic,
        "user_name": meeting.host.display_name,
        "user_email": meeting.host.email,
        "start_time": zoom_time(run.start_time),
        "end_time": zoom_time(end),
        "duration": _minutes(end - run.start_time),
        "total_minutes": sum(_minutes((stay.leave_time or end) - (stay.join_time or end)) for stay in rows),
        "participants_count": len(rows),
        "dept": "",
    }
    if is_report:
        return body | {"tracking_fields": meeting.tracking_fields, "custom_keys": []}
    return body | {"host_id": meeting.host.id, "source": "Zoom", "has_meeting_summary": False}


def _minutes(span: timedelta) -> int:
    return -(-int(span.total_seconds()) // 60)


def participant_rows(run: Instance, now: datetime, *, is_report: bool, with_registrants: bool) -> list[Json]:
    """One row per join, in the order they came."""
    return [_participant_row(stay, run.end_time or now, is_report, with_registrants) for stay in run.rows()]


def _participant_row(stay: Stay, end: datetime, is_report: bool, with_registrants: bool) -> Json:
    join, leave = stay.join_time or end, stay.leave_time or end
    row: Json = {
        "id": stay.participant_user_id,
        "user_id": stay.user_id,
        "name": stay.name,
        "user_email": stay.email,
        "join_time": zoom_time(join),
        "leave_time": zoom_time(leave),
        "duration": max(0, int(leave.timestamp()) - int(join.timestamp())),
        "failover": False,
        "status": Place.IN_MEETING.value,
    }
    if is_report:
        row |= {"customer_key": "", "bo_mtg_id": ""}
        if stay.participant_user_id:
            row["participant_user_id"] = stay.participant_user_id
        if with_registrants:
            row["registrant_id"] = stay.registrant_id
    else:
        row |= {"registrant_id": stay.registrant_id, "internal_user": bool(stay.participant_user_id)}
    return row


def registrant_row(person: Registrant, url: str) -> Json:
    """A registered person in the list."""
    extra: Mapping[str, Any] = person.extra
    return {
        "id": person.id,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        **extra,
        "status": person.status,
        "create_time": zoom_time(person.create_time),
        **({"join_url": url} if person.status == "approved" else {}),
    }
