"""Meetings over HTTP in the whole house: changed, called off, deleted, ended."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from realtime.bodies import instant
from tests.support.whole_house import BIOLOGY, MATH, PEOPLE, WholeHouse, whole_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path) as opened:
        yield opened


def error(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert body["success"] is False
    told: dict[str, Any] = body["error"]
    return told


def on(day: int, hour: int = 9) -> str:
    return f"2026-12-{day:02}T{hour:02}:00:00Z"


# --- change -------------------------------------------------------------------------------------------------------


async def test_a_change_is_in_zoom_and_here_and_the_rest_stays(house: WholeHouse) -> None:
    made = await house.admin.create(start_time=on(1), agenda="Bring a pencil")
    answer = await house.admin.patch(
        f"/api/zoom/meetings/{made['id']}", {"topic": "Decimals", "start_time": on(2), "duration": 30}
    )
    assert (answer.status_code, answer.json()["not_taken"]) == (200, [])
    changed = answer.json()["meeting"]
    assert (changed["topic"], changed["start_time"], changed["duration"]) == ("Decimals", on(2), 30)
    same = {"agenda", "class", "audience", "host", "settings", "status", "id", "zoom_meeting_id"}
    assert {name: changed[name] for name in same} == {name: made[name] for name in same}
    assert changed["revision"] > made["revision"]
    assert (await house.zoom.room(made))["topic"] == "Decimals"


async def test_an_agenda_can_be_emptied_and_a_passcode_changed(house: WholeHouse) -> None:
    made = await house.admin.create(agenda="Bring a pencil", password="first1")
    path = f"/api/zoom/meetings/{made['id']}"
    assert (await house.admin.patch(path, {"agenda": "", "password": "second2"})).status_code == 200
    await house.zoom.settled()
    after = await house.admin.meeting(made["id"])
    assert (after["agenda"], after["password"]) == ("", "second2")


async def test_an_empty_change_changes_nothing(house: WholeHouse) -> None:
    made = await house.admin.create()
    await house.zoom.settled()
    before = await house.admin.meeting(made["id"])
    assert (await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {})).status_code == 200
    assert await house.admin.meeting(made["id"]) == before


async def test_what_zoom_did_not_take_is_said(house: WholeHouse) -> None:
    made = await house.admin.create(start_time=on(1))
    path = f"/v2/meetings/{made['zoom_meeting_id']}"
    await house.zoom.go_wrong({"method": "PATCH", "path": path, "status": 204, "times": 1})
    answer = await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"topic": "Other", "duration": 30})
    assert answer.status_code == 200
    assert sorted(answer.json()["not_taken"]) == ["duration", "topic"]
    assert (answer.json()["meeting"]["topic"], answer.json()["meeting"]["duration"]) == ("Fractions", 60)


async def test_a_meeting_can_change_its_class_or_lose_it(house: WholeHouse) -> None:
    made = await house.admin.create()
    path = f"/api/zoom/meetings/{made['id']}"
    moved = (await house.admin.patch(path, {"class_id": BIOLOGY})).json()["meeting"]
    assert (moved["class"]["id"], moved["audience"], moved["expectedCount"]) == (BIOLOGY, "class", 2)
    assert (await house.by("sam").get(path)).status_code == 404
    assert (await house.by("bob").get(path)).status_code == 200
    freed = (await house.admin.patch(path, {"class_id": None})).json()["meeting"]
    assert (freed["class"], freed["audience"], freed["expectedCount"]) == (None, "everyone", 0)
    assert (await house.by("sam").get(path)).status_code == 200


async def test_a_teacher_cannot_move_a_meeting_to_a_class_that_is_not_theirs(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    path = f"/api/zoom/meetings/{made['id']}"
    assert (await house.by("tess").patch(path, {"class_id": BIOLOGY})).status_code == 403
    assert (await house.by("tess").patch(path, {"class_id": None})).status_code == 403
    assert (await house.by("tess").patch(path, {"class_id": MATH, "topic": "Still here"})).status_code == 200
    assert (await house.by("tess").meeting(made["id"]))["class"]["id"] == MATH


async def test_a_teacher_cannot_make_somebody_else_host(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    for host in ("theo@school.test", "u-ada", "u-sam"):
        refused = await house.by("tess").patch(f"/api/zoom/meetings/{made['id']}", {"host": host})
        assert (refused.status_code, list(error(refused)["fields"])) == (422, ["host"])
    handed = await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"host": "u-theo"})
    assert handed.json()["meeting"]["host"]["name"] == "Theo Lim"
    assert (await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"host": "u-sam"})).status_code == 422


# --- the end of it ------------------------------------------------------------------------------------------------


async def test_a_cancelled_meeting_stays_in_sight_and_is_gone_from_zoom(house: WholeHouse) -> None:
    made = await house.admin.create(start_time=on(1))
    answer = await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")
    assert (answer.status_code, answer.json()["meeting"]["status"]) == (200, "cancelled")
    await house.zoom.settled()
    assert (await house.by("sam").meeting(made["id"]))["status"] == "cancelled"
    assert not await house.zoom.knows(made["zoom_meeting_id"])
    again = await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")
    assert (again.status_code, error(again)["code"]) == (409, "conflict")


async def test_a_deleted_meeting_is_gone_everywhere_and_what_is_known_of_it_stays(house: WholeHouse) -> None:
    made = await house.admin.create()
    assert (await house.by("sam").get(f"/join/{made['id']}")).status_code == 303
    answer = await house.admin.delete(f"/api/zoom/meetings/{made['id']}")
    assert (answer.status_code, answer.json()) == (200, {"success": True, "id": made["id"]})
    await house.zoom.settled()
    for ref in (made["id"], made["zoom_meeting_id"]):
        assert (await house.admin.get(f"/api/zoom/meetings/{ref}")).status_code == 404
    assert (await house.admin.get("/api/zoom/meetings")).json()["meetings"] == []
    assert not await house.zoom.knows(made["zoom_meeting_id"])
    assert house.rows("SELECT count(*) FROM clicks") == [(1,)]
    assert house.rows("SELECT user_id, action, object_id, address FROM audit") == [
        ("u-ada", "meeting.create", made["id"], "127.0.0.1"),
        ("u-ada", "meeting.delete", made["id"], "127.0.0.1"),
    ]


async def test_what_zoom_has_forgotten_can_still_be_deleted_here(house: WholeHouse) -> None:
    made = await house.admin.create()
    await house.zoom.go_wrong(webhooks=[{"drop": True}])
    await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")
    assert (await house.admin.delete(f"/api/zoom/meetings/{made['id']}")).status_code == 200


async def test_only_a_live_meeting_can_be_ended_and_it_ends_for_all(house: WholeHouse) -> None:
    made = await house.admin.create()
    path = f"/api/zoom/meetings/{made['id']}/end"
    early = await house.admin.post(path)
    assert (early.status_code, error(early)["code"]) == (409, "conflict")
    await house.zoom.start(made)
    await house.zoom.join(made, "Sam Dizon", PEOPLE["sam"].email)
    await house.zoom.settled()
    live = await house.admin.delete(f"/api/zoom/meetings/{made['id']}")
    assert (live.status_code, error(live)["message"]) == (409, "This meeting is live. End it first.")
    assert (await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")).status_code == 409
    ended = await house.by("tess").patch(f"/api/zoom/meeting/{made['zoom_meeting_id']}/end")
    assert (ended.status_code, ended.json()["meeting"]["status"]) == (200, "ended")
    await house.zoom.settled()
    after = await house.admin.meeting(made["id"])
    assert (after["status"], after["participantCount"]) == ("ended", 0)
    assert (await house.zoom.room(made))["status"] == "waiting"
    assert (await house.admin.post(path)).status_code == 409


UNKNOWN = {"path": "/meetings/*/status", "status": 404, "body": {"code": 3001, "message": "Meeting does not exist."}}


@pytest.mark.parametrize("knows", [True, False])
async def test_a_meeting_whose_end_we_missed_is_ended_here_all_the_same(house: WholeHouse, knows: bool) -> None:
    made = await house.admin.create()
    await house.zoom.start(made)
    await house.zoom.settled()
    await house.zoom.go_wrong(*([] if knows else [UNKNOWN]), webhooks=[{"drop": True}])
    await house.zoom.end(made)
    answer = await house.admin.post(f"/api/zoom/meetings/{made['id']}/end")
    assert (answer.status_code, answer.json()["meeting"]["status"]) == (200, "ended")


async def test_who_hosts_without_an_account_in_zoom_is_lent_the_schools(house: WholeHouse) -> None:
    made = await house.by("carl").post("/api/zoom/meetings", {"topic": "x", "class_id": MATH})
    assert made.status_code == 403  # he teaches there and may not schedule
    made = await house.admin.post("/api/zoom/meetings", {"topic": "x", "class_id": MATH, "host": "carl@school.test"})
    await house.zoom.settled()
    told = await house.by("carl").meeting(made.json()["meeting"]["id"])
    assert told["host"] == {"id": "u-carl", "name": "Carl Ocampo", "email": "carl@school.test"}


async def test_programs_are_classes_by_another_name(house: WholeHouse) -> None:
    classes = (await house.by("tess").get("/api/classes")).json()
    programs = (await house.by("tess").get("/api/programs")).json()
    assert programs["programs"] == classes["classes"]
    assert [each["id"] for each in classes["classes"]] == [MATH]


async def test_repeating_is_refused_by_name_until_it_has_an_effect(house: WholeHouse) -> None:
    series = {"topic": "Fractions", "class_id": MATH, "recurrence": {"type": 2, "end_times": 3}}
    answer = await house.admin.post("/api/zoom/meetings", series)
    assert (answer.status_code, list(error(answer)["fields"])) == (422, ["recurrence"])


# --- dates of a series --------------------------------------------------------------------------------------------


async def test_zooms_number_of_a_series_is_the_nearest_date_unless_one_is_named(house: WholeHouse) -> None:
    now = house.clock.now().replace(microsecond=0)
    days = {"100": -7, "200": 1, "300": 8}
    dates = [
        {"occurrence_id": key, "start_time": instant(now + timedelta(days=day)), "duration": 45, "status": "available"}
        for key, day in days.items()
    ]
    said = {"id": 85500011122, "topic": "Choir", "type": 8, "duration": 45, "timezone": "UTC", "occurrences": dates}
    assert (await house.tell("meeting.created", said)).status_code == 204
    at = "/api/zoom/meetings/85500011122"

    async def start(query: str = "") -> str:
        found: str = (await house.admin.get(at + query)).json()["meeting"]["start_time"]
        return found

    assert await start() == dates[1]["start_time"]
    assert [await start(f"?occurrence={key}") for key in days] == [date["start_time"] for date in dates]
    told = (await house.admin.get(f"{at}/participants?occurrence=300")).json()
    assert told["meeting"]["start_time"] == dates[2]["start_time"]
    changed = await house.admin.patch(f"{at}?occurrence=300", {"audience": "students"})
    assert (changed.json()["meeting"]["start_time"], changed.status_code) == (dates[2]["start_time"], 200)
    assert (await house.admin.get(at)).json()["meeting"]["audience"] == "personal"
    assert (await house.admin.post(f"{at}/end?occurrence=300")).status_code == 409  # known, and not live
    unknown = f"{at}?occurrence=400"
    refused = [
        await house.admin.get(unknown),
        await house.admin.patch(unknown, {"topic": "None"}),
        await house.admin.delete(unknown),
        await house.admin.post(f"{at}/cancel?occurrence=400"),
        await house.admin.post(f"{at}/end?occurrence=400"),
        await house.admin.get(f"{at}/participants?occurrence=400"),
    ]
    assert [answer.status_code for answer in refused] == [404] * 6
