"""A school's notifications as Zoom posts them, one after the other, signed.

Pure but for the time of a signature. Written a second time on purpose: a load made by the code under load would share
its mistakes. Every person has a `participant_uuid` of their own, so that what was kept can be told from what was sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ACCOUNT, HOST = "benchAccount0000000000", "benchHost0000000000000"
PEOPLE_PER_RUN = 30
STAY = 5  # so many more have come when somebody goes
FIRST_MEETING = 81_000_000_000
DEADLINE_S = 10.0


@dataclass(frozen=True)
class Notification:
    """One notification: its bytes, what it is, and whom it is about."""

    kind: str
    request_id: str
    raw: bytes
    participant_uuid: str = ""


def stream(meetings: int, first: int = FIRST_MEETING) -> Iterator[Notification]:
    """Notifications without end, one of each meeting in turn: it starts, people come, go, and it ends, and again."""
    stories = [_story(first + number) for number in range(meetings)]
    while True:
        for story in stories:
            yield next(story)


def started(meeting: int, run: str) -> Notification:
    """A run of a meeting has begun."""
    return _notification("meeting.started", _object(meeting, run) | {"host_id": HOST, "host_email": "h@bench.example"})


def ended(meeting: int, run: str) -> Notification:
    """It is over."""
    return _notification("meeting.ended", _object(meeting, run) | {"host_id": HOST, "end_time": _now()})


def joined(meeting: int, run: str, number: int) -> Notification:
    """Somebody new has come; the name holds the number."""
    person = _person(number)
    return _participant("meeting.participant_joined", meeting, run, person | {"join_time": _now()})


def _story(meeting: int) -> Iterator[Notification]:
    number = 0
    while True:
        run = str(uuid.uuid4())
        people = [_person(number + offset) for offset in range(PEOPLE_PER_RUN)]
        number += PEOPLE_PER_RUN
        yield started(meeting, run)
        for place in range(PEOPLE_PER_RUN + STAY):
            if place < PEOPLE_PER_RUN:
                yield _participant("meeting.participant_joined", meeting, run, people[place] | {"join_time": _now()})
            if place >= STAY:
                person = people[place - STAY]
                yield _participant("meeting.participant_left", meeting, run, person | {"leave_time": _now()})
        yield ended(meeting, run)


def _person(number: int) -> dict[str, Any]:
    return {
        "user_id": str(16_778_240 + 1024 * number),
        "user_name": f"bench {number}",
        "registrant_id": "",
        "participant_user_id": "",
        "id": "",
        "email": "",
        "participant_uuid": str(uuid.uuid4()).upper(),
    }


def _participant(kind: str, meeting: int, run: str, person: dict[str, Any]) -> Notification:
    return _notification(kind, _object(meeting, run) | {"participant": person}, str(person["participant_uuid"]))


def _object(meeting: int, run: str) -> dict[str, Any]:
    return {
        "uuid": run,
        "id": str(meeting),
        "type": 2,
        "topic": f"Class {meeting % 1000}",
        "duration": 60,
        "start_time": _now(),
        "timezone": "UTC",
    }


def _notification(kind: str, subject: dict[str, Any], participant_uuid: str = "") -> Notification:
    body = {
        "event": kind,
        "payload": {"account_id": ACCOUNT, "object": subject},
        "event_ts": int(time.time() * 1000),
    }
    raw = json.dumps(body, separators=(",", ":")).encode()
    return Notification(kind, uuid.uuid4().hex, raw, participant_uuid)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def request(notification: Notification, port: int, secret: str) -> bytes:
    """The whole HTTP request, signed now."""
    timestamp = str(int(time.time()))
    message = b"v0:" + timestamp.encode() + b":" + notification.raw
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    head = (
        f"POST /api/zoom/webhook HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(notification.raw)}\r\nx-zm-request-id: {notification.request_id}\r\n"
        f"x-zm-request-timestamp: {timestamp}\r\nx-zm-signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + notification.raw
