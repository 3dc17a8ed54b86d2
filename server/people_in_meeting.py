"""Who was in a meeting and for how long, as its staff read it.

Built from visits and the roster each time it is asked for; nothing here is kept. This file does not know HTTP, or who
may ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from realtime import attendance
from realtime.bodies import Analytics, ParticipantRow, instant
from realtime.errors import NotFound
from realtime.lifecycle import Instance, Meeting
from server.store import reading


@dataclass(frozen=True, slots=True)
class People:
    """The people of one run: those who came, and those who were expected."""

    run: Instance | None
    rows: Sequence[ParticipantRow]
    expected: Sequence[Mapping[str, Any]]
    clicked_at: Mapping[str, datetime]


async def people(connection: AsyncConnection, meeting: Meeting, uuid: str = "") -> People:
    """The latest run's people, or those of the run named. Errors: NotFound for a run of another meeting."""
    runs = await reading.runs(connection, meeting.id)
    run = next((r for r in runs if r.uuid == uuid), None) if uuid else next(iter(runs), None)
    if uuid and run is None:
        raise NotFound("This meeting has no such run.")
    visits = await reading.visits_of(connection, [run.uuid]) if run else []
    named = {attendance.person_of(v.attendee) or "" for v in visits} - {""}
    known = await reading.people(connection, named)
    students = await reading.roster(connection, meeting.class_.id, run) if meeting.class_ else []
    clicks = await reading.clicks_of(connection, meeting.id)
    class_id = meeting.class_.id if meeting.class_ else None
    rows = attendance.rows(visits, run=run, people=known, class_id=class_id, host=meeting.host) if run else []
    return People(run, rows, students, {click.person_id: click.at for click in clicks})


def seconds(row: ParticipantRow, now: datetime) -> int:
    """How long somebody was there up to now, the stay that goes on included."""
    since = row["hereSince"]
    running = now - datetime.fromisoformat(since) if since else timedelta()
    return row["durationSeconds"] + max(0, int(running.total_seconds()))


def expected_attendees(found: People) -> list[dict[str, Any]]:
    """The roster with what is known of each; `attended` = seen in the room."""
    by_person = {row["userId"]: row for row in found.rows if row["userId"]}
    told = []
    for student in found.expected:
        row = by_person.get(student["id"])
        clicked_at = found.clicked_at.get(student["id"])
        told.append(
            {
                "userId": student["id"],
                "name": student["name"],
                "email": student["email"],
                "studentNumber": student["student_number"],
                "clickedAt": instant(clicked_at) if clicked_at else None,
                "attended": row is not None and row["joinTime"] is not None,
                **({"participant": row} if row else {}),
            }
        )
    return told


def stats(found: People, now: datetime) -> Analytics:
    """The numbers of one run. Units: the rate is 0 to 100."""
    came = [row for row in found.rows if row["joinTime"] is not None]
    total_s = sum(seconds(row, now) for row in came)
    attended = sum(1 for one in expected_attendees(found) if one["attended"])
    return {
        "totalParticipants": len(came),
        "joinedCount": len(came),
        "expectedCount": len(found.expected),
        "attendanceRate": round(100 * attended / len(found.expected)) if found.expected else 0,
        "totalDurationSeconds": total_s,
        "avgDurationSeconds": round(total_s / len(came)) if came else 0,
    }
