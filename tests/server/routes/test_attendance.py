"""Who is in a meeting, over HTTP, in the whole house."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import ManualClock
from tests.support.whole_house import BIOLOGY, PEOPLE, WholeHouse, whole_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path, clock=ManualClock()) as opened:
        yield opened


def later(house: WholeHouse, minutes: float) -> None:
    assert isinstance(house.clock, ManualClock)
    house.clock.advance(minutes=minutes)


async def participants(house: WholeHouse, meeting: dict[str, Any], query: str = "", by: str = "tess") -> dict[str, Any]:
    answer = await house.by(by).get(f"/api/zoom/meetings/{meeting['id']}/participants{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_before_anybody_came_everybody_is_expected_and_nobody_there(house: WholeHouse) -> None:
    made = await house.admin.create()
    told = await participants(house, made)
    assert told["meeting"] == await house.by("carl").meeting(made["id"])
    assert (told["instance"], told["participants"]) == (None, [])
    assert {each["userId"] for each in told["expectedAttendees"]} == {"u-ned", "u-sam", "u-sue"}
    assert {(each["attended"], each["clickedAt"]) for each in told["expectedAttendees"]} == {(False, None)}
    assert told["stats"] == {
        "totalParticipants": 0,
        "joinedCount": 0,
        "expectedCount": 3,
        "attendanceRate": 0,
        "totalDurationSeconds": 0,
        "avgDurationSeconds": 0,
    }


async def test_times_and_stays_are_told_of_each_while_it_runs_and_after(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    await house.zoom.start(made)
    later(house, minutes=5)
    sam = await house.zoom.join(made, "Sam Dizon", PEOPLE["sam"].email)
    later(house, minutes=10)
    await house.zoom.leave(made, sam)
    later(house, minutes=5)
    await house.zoom.join(made, "sam (phone)", PEOPLE["sam"].email)
    await house.zoom.join(made, "A guest")
    await house.zoom.settled()
    later(house, minutes=1)
    live = await participants(house, made)
    rows = {row["name"]: row for row in live["participants"]}
    assert set(rows) == {"Tess Marquez", "Sam Dizon", "A guest"}
    assert (rows["Sam Dizon"]["state"], rows["Sam Dizon"]["durationSeconds"]) == ("here", 600)
    assert rows["Sam Dizon"]["hereSince"] == "2026-11-23T01:20:00Z"
    assert (rows["Sam Dizon"]["rejoins"], rows["Sam Dizon"]["matchedBy"]) == (1, "email")
    assert (rows["Tess Marquez"]["role"], rows["A guest"]["role"]) == ("host", "guest")
    assert (rows["A guest"]["userId"], rows["A guest"]["expected"]) == (None, False)
    # Tess 21 min, Sam 10 and 1, the guest 1.
    assert live["stats"]["totalDurationSeconds"] == (21 + 11 + 1) * 60
    assert live["stats"]["avgDurationSeconds"] == 11 * 60
    later(house, minutes=9)
    await house.zoom.end(made)
    await house.zoom.settled()
    after = await participants(house, made)
    assert {row["name"]: row["durationSeconds"] for row in after["participants"]} == {
        "Tess Marquez": 30 * 60,
        "Sam Dizon": 20 * 60,
        "A guest": 10 * 60,
    }
    assert {row["state"] for row in after["participants"]} == {"over"}
    assert after["stats"]["attendanceRate"] == 33
    sam_expected = next(each for each in after["expectedAttendees"] if each["userId"] == "u-sam")
    assert sam_expected["participant"]["id"] == rows["Sam Dizon"]["id"]


async def test_each_run_can_be_asked_for_and_the_latest_is_told_otherwise(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    uuids = []
    for name in ("First guest", "Second guest"):
        await house.zoom.start(made)
        await house.zoom.join(made, name)
        await house.zoom.end(made)
        await house.zoom.settled()
        uuids.append((await participants(house, made))["instance"]["uuid"])
        later(house, minutes=1)
    assert len(set(uuids)) == 2
    for uuid, name in zip(uuids, ("First guest", "Second guest"), strict=True):
        answer = await house.by("tess").get(f"/api/zoom/meetings/{made['id']}/participants", params={"instance": uuid})
        assert name in {row["name"] for row in answer.json()["participants"]}
    assert "Second guest" in {row["name"] for row in (await participants(house, made))["participants"]}
    other = await house.admin.create(class_id=BIOLOGY)
    for uuid in (uuids[0], "no such run", "' OR 1=1"):
        answer = await house.admin.get(f"/api/zoom/meetings/{other['id']}/participants", params={"instance": uuid})
        assert answer.status_code == 404


async def test_who_waits_outside_is_told_and_not_counted(house: WholeHouse) -> None:
    made = await house.by("tess").create(settings={"waiting_room": True})
    await house.zoom.start(made)
    await house.zoom.join(made, "Sam Dizon", PEOPLE["sam"].email)
    await house.zoom.settled()
    told = await participants(house, made)
    (sam,) = [row for row in told["participants"] if row["name"] == "Sam Dizon"]
    assert (sam["state"], sam["joinTime"], sam["durationSeconds"]) == ("waiting_room", None, 0)
    assert told["stats"]["totalParticipants"] == told["meeting"]["participantCount"] == 1
    assert not [each for each in told["expectedAttendees"] if each["attended"]]


async def test_older_dashboards_get_the_same_under_their_names(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    await house.zoom.start(made)
    await house.zoom.join(made, "Sam Dizon", PEOPLE["sam"].email)
    await house.zoom.settled()
    later(house, minutes=10)
    told = (await house.by("tess").get(f"/api/zoom/meeting/{made['zoom_meeting_id']}/live-participants")).json()
    assert told["success"] is True
    assert {row["name"] for row in told["participants"]} == {"Tess Marquez", "Sam Dizon"}
    assert told["statistics"] == {
        "total_participants": 2,
        "active_now": 2,
        "students_identified": 1,
        "average_duration": 10,
    }


async def test_what_is_live_now_is_told_to_staff_with_names_and_to_students_with_counts(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    other = await house.by("theo").create(class_id=BIOLOGY, topic="Cells")
    for meeting, key in ((made, "sam"), (other, "bob")):
        await house.zoom.start(meeting)
        await house.zoom.join(meeting, PEOPLE[key].name, PEOPLE[key].email)
    await house.zoom.settled()
    tess = (await house.by("tess").get("/api/zoom/real-time")).json()
    (live,) = tess["activeMeetings"]
    assert {"id", "topic", "status", "start_time", "duration", "participantCount", "join_url"} <= set(live)
    assert (live["id"], live["participantCount"]) == (made["id"], 2)
    assert {row["name"] for row in live["participants"]} == {"Tess Marquez", "Sam Dizon"}
    assert all(row["id"] and row["join_time"] for row in live["participants"])
    assert {each["participantName"]: each["attendanceStatus"] for each in tess["participants"]} == {
        "Tess Marquez": "here",
        "Sam Dizon": "here",
    }
    assert tess["analytics"] == {"totalParticipants": 2, "activeParticipants": 2}
    ada = (await house.admin.get("/api/zoom/real-time")).json()
    assert ada["analytics"] == {"totalParticipants": 4, "activeParticipants": 4}
    sam = (await house.by("sam").get("/api/zoom/real-time")).json()
    assert [each["id"] for each in sam["activeMeetings"]] == [made["id"]]
    assert "participants" not in sam["activeMeetings"][0]
    assert sam["participants"] == []
    assert sam["analytics"] == {"totalParticipants": 2, "activeParticipants": 2}


async def test_a_teacher_who_is_only_invited_is_told_counts(house: WholeHouse) -> None:
    made = await house.admin.create(class_id=None, audience="everyone")
    await house.zoom.start(made)
    await house.zoom.settled()
    told = (await house.by("theo").get("/api/zoom/real-time")).json()
    assert "participants" not in told["activeMeetings"][0]
    assert told["participants"] == []
    assert told["analytics"]["activeParticipants"] == 1
    assert (await house.by("theo").get(f"/api/zoom/meetings/{made['id']}/participants")).status_code == 403


async def test_a_name_with_markup_is_told_as_it_is(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    await house.zoom.start(made)
    await house.zoom.join(made, "<script>alert(1)</script>")
    await house.zoom.settled()
    answer = await house.by("tess").get(f"/api/zoom/meetings/{made['id']}/participants")
    assert "<script>alert(1)</script>" in {row["name"] for row in answer.json()["participants"]}
    assert answer.headers["content-type"] == "application/json"
