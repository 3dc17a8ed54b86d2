"""A dashboard's memory, in Python: what a page knows after a snapshot and the events that followed it.

The same rules as the store of the dashboards. It exists so that one test can say of every action and every reader: the
page that was open all the while shows what a fresh one does.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from realtime.audience import SHOWN_AFTER, SHOWN_AHEAD

Json = dict[str, Any]

MEETING_EVENTS = ("meetingCreated", "meetingStarted", "meetingEnded", "meetingStatusUpdate")
PEOPLE_EVENTS = ("participantJoined", "participantLeft", "participantStatusUpdate")
NOT_TOLD_TO_BOARDS = ("hereCount", "expectedCount")  # a board learns of them with the next change of the meeting


class Page:
    """What one reader's page knows."""

    def __init__(self, first: Json) -> None:
        self.meetings: dict[str, Json] = {m["id"]: m for m in (*first["meetings"], *first["activeMeetings"])}
        self.people: dict[str, dict[str, Json]] = {}
        self._take_rows(first.get("activeParticipants", []))
        self.own: dict[str, Json] = {own["meetingId"]: own for own in first.get("own", [])}
        self.clicks: list[tuple[str, str]] = [(c["meetingId"], c["at"]) for c in first.get("recentClicks", [])]
        self.heard: list[tuple[str, Json]] = []

    def hear(self, name: str, text: str) -> None:
        """Take in one event."""
        body: Json = json.loads(text)
        self.heard.append((name, body))
        if name in MEETING_EVENTS:
            self._meeting(body, is_start=name == "meetingStarted")
        elif name in PEOPLE_EVENTS:
            self._person(body)
        elif name == "linkClicked":
            self._numbers(body, "clickCount")
            self.clicks.append((body["meetingId"], body["click"]["at"]))
        elif name == "attendanceUpdated":
            self._own(body)
        elif name == "countUpdate":
            meeting = self.meetings.get(body["meetingId"])
            if meeting and _is_running(meeting):
                self.meetings[meeting["id"]] = {**meeting, "participantCount": body["participantCount"]}
        elif name == "scopeAdded":
            for meeting in body["meetings"]:
                known = self.meetings.get(meeting["id"])
                if known is None or meeting["revision"] >= known["revision"]:
                    self.meetings[meeting["id"]] = meeting
            for key in {row["meetingId"] for row in body["activeParticipants"]}:
                self.people.pop(key, None)
            self._take_rows(body["activeParticipants"])
        elif name == "scopeRemoved":
            for key in body["meetingIds"]:
                self._forget(key)
        else:
            raise AssertionError(f"no page knows what to do with {name}")

    def picture(self, now: datetime) -> Mapping[str, object]:
        """What the page shows, with what only time hides left out."""
        shown = {key: m for key, m in self.meetings.items() if _is_shown(m, now)}
        return {
            "meetings": shown,
            "people": {key: rows for key, rows in self.people.items() if rows and key in shown},
            "own": {key: own["own"]["state"] for key, own in self.own.items() if key in shown},
            "clicks": sorted(click for click in self.clicks if click[0] in shown),
        }

    def _take_rows(self, rows: list[Json]) -> None:
        for told in rows:
            row = dict(told)
            self.people.setdefault(row.pop("meetingId"), {})[row["id"]] = row

    def _meeting(self, body: Json, *, is_start: bool) -> None:
        known = self.meetings.get(body["id"])
        if known is not None and body["revision"] <= known["revision"]:
            return
        if body["status"] == "deleted":
            self._forget(body["id"])
            return
        if not _is_running(body) or (is_start and known is not None and known["status"] == "started"):
            self.people.pop(body["id"], None)
            self.own.pop(body["id"], None)
        self.meetings[body["id"]] = body

    def _person(self, body: Json) -> None:
        self._numbers(body, "hereCount")
        meeting, row = self.meetings.get(body["meetingId"]), body["participant"]
        if meeting is None or not _is_running(meeting):
            return
        rows = self.people.setdefault(meeting["id"], {})
        known = rows.get(row["id"])
        if known is not None and row["revision"] <= known["revision"]:
            return
        if row["state"] == "over":
            rows.pop(row["id"], None)
        else:
            rows[row["id"]] = row

    def _numbers(self, body: Json, more: str) -> None:
        meeting = self.meetings.get(body["meetingId"])
        if meeting is not None and body["revision"] > meeting["revision"]:
            told = {name: body[name] for name in ("revision", "participantCount", more)}
            self.meetings[meeting["id"]] = {**meeting, **told}

    def _own(self, body: Json) -> None:
        meeting, known = self.meetings.get(body["meetingId"]), self.own.get(body["meetingId"])
        if meeting is None or not _is_running(meeting) or (known and body["revision"] <= known["revision"]):
            return
        if body["own"]["state"] == "not_seen":
            self.own.pop(body["meetingId"], None)
        else:
            self.own[body["meetingId"]] = body

    def _forget(self, key: str) -> None:
        self.meetings.pop(key, None)
        self.people.pop(key, None)
        self.own.pop(key, None)
        self.clicks = [click for click in self.clicks if click[0] != key]


def _is_running(meeting: Json) -> bool:
    return meeting["status"] in ("waiting", "started")


def _is_shown(meeting: Json, now: datetime) -> bool:
    start = datetime.fromisoformat(meeting["start_time"]) if meeting["start_time"] else None
    match meeting["status"]:
        case "started":
            return True
        case "waiting":
            return start is None or now - SHOWN_AFTER <= start <= now + SHOWN_AHEAD
        case "cancelled":
            return start is not None and now - SHOWN_AFTER <= start <= now + SHOWN_AHEAD
    ended = meeting.get("ended_at")
    return ended is None or datetime.fromisoformat(ended) >= now - SHOWN_AFTER
