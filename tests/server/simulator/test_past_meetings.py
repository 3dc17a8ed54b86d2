from typing import Any
from urllib.parse import quote

import pytest

from server.simulator import rooms
from tests.server.simulator.house import OWNER, Zoom, zoom


async def finished(z: Zoom) -> dict[str, Any]:
    """A meeting with one run: the host, Alva twice, and Shy who only waited."""
    made = await z.meeting(settings={"waiting_room": True})
    await z.start(made)
    for minutes in (10, 5):
        alva = await z.join(made, "Alva", email="alva@pupil.example")
        await z.control(f"meetings/{made['id']}/admit", participant=alva["user_id"])
        await z.time.pass_by(minutes * 60)
        await z.leave(made, alva)
        await z.time.pass_by(60)
    await z.join(made, "Shy")
    await z.end(made)
    return made


async def test_a_past_meeting_has_its_real_times_and_counts() -> None:
    async with zoom() as z:
        made = await finished(z)
        past = (await z.http.get(f"/v2/past_meetings/{made['id']}")).json()
        report = (await z.http.get(f"/v2/report/meetings/{made['id']}")).json()
    assert (past["start_time"], past["end_time"]) == ("2026-09-14T12:00:00Z", "2026-09-14T12:17:00Z")
    assert (past["duration"], past["total_minutes"], past["participants_count"]) == (17, 17 + 10 + 5, 3)
    assert past["uuid"] == report["uuid"] != made["uuid"]


async def test_reports_have_one_row_per_join_and_nobody_who_only_waited() -> None:
    async with zoom() as z:
        made = await finished(z)
        rows = (await z.http.get(f"/v2/report/meetings/{made['id']}/participants")).json()["participants"]
        past = (await z.http.get(f"/v2/past_meetings/{made['id']}/participants")).json()["participants"]
    assert [(row["name"], row["duration"]) for row in rows] == [("Tove Berglund", 1020), ("Alva", 600), ("Alva", 300)]
    assert rows[0]["participant_user_id"] == OWNER.id
    assert "participant_user_id" not in rows[1]
    assert (rows[1]["id"], rows[1]["user_email"]) == ("", "alva@pupil.example")
    assert [row["internal_user"] for row in past] == [True, False, False]


async def test_registrant_ids_stand_in_the_report_only_when_asked_for() -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        path = f"/v2/meetings/{made['id']}/registrants"
        person = (await z.http.post(path, json={"email": "a@pupil.example", "first_name": "A"})).json()
        await z.start(made)
        await z.join(made, "", registrant_id=person["registrant_id"])
        await z.end(made)
        report = f"/v2/report/meetings/{made['id']}/participants"
        without = (await z.http.get(report)).json()["participants"]
        with_ids = (await z.http.get(report, params={"include_fields": "registrant_id"})).json()["participants"]
    assert "registrant_id" not in without[1]
    assert with_ids[1]["registrant_id"] == person["registrant_id"]


async def test_a_run_that_goes_on_has_no_report_yet() -> None:
    async with zoom() as z:
        made = await z.meeting()
        assert (await z.http.get(f"/v2/report/meetings/{made['id']}/participants")).status_code == 404
        await z.start(made)
        early = await z.http.get(f"/v2/report/meetings/{made['id']}/participants")
        assert (early.status_code, early.json()["code"]) == (404, 3001)
        await z.end(made)
        await z.start(made)
        runs = (await z.http.get(f"/v2/past_meetings/{made['id']}/instances")).json()["meetings"]
        latest = (await z.http.get(f"/v2/past_meetings/{made['id']}")).json()
    assert [run["uuid"] for run in runs] == [latest["uuid"]]


@pytest.mark.parametrize(
    ("uuid", "once", "twice"),
    [
        ("plainUuid1234567890abc==", 200, 200),
        ("with+plus/inside567890==", 200, 200),
        ("/begins/with67890abcde==", 404, 200),
        ("has//two1234567890abcd==", 404, 200),
    ],
)
async def test_a_uuid_with_a_leading_or_double_slash_must_be_encoded_twice(
    monkeypatch: pytest.MonkeyPatch, uuid: str, once: int, twice: int
) -> None:
    monkeypatch.setattr(rooms, "new_uuid", lambda: uuid)
    async with zoom() as z:
        made = await z.meeting()
        await z.start(made)
        await z.end(made)
        encoded = quote(uuid, safe="")
        first = await z.http.get(f"/v2/past_meetings/{encoded}/participants")
        second = await z.http.get(f"/v2/past_meetings/{quote(encoded, safe='')}/participants")
    assert (first.status_code, second.status_code) == (once, twice)
