from datetime import timedelta
from typing import Any

import pytest

from tests.server.simulator.house import FREE, NOON, OTHER, OWNER, token, zoom


async def test_a_created_meeting_reads_back_as_it_was_made() -> None:
    async with zoom() as z:
        made = await z.meeting(topic="Matematik 7B – grupp 2", duration=45, agenda="Bråk", password="abc123")
        read = (await z.http.get(f"/v2/meetings/{made['id']}")).json()
    assert len(str(made["id"])) == 11
    assert made["status"] == "waiting"
    assert made["start_time"] == "2026-09-15T12:00:00Z"
    assert made["timezone"] == "Europe/Stockholm"
    assert made["host_email"] == OWNER.email
    assert made["password"] == "abc123"
    assert made["join_url"].startswith(f"http://zoom.test/j/{made['id']}?pwd=")
    assert made["start_url"].startswith(f"http://zoom.test/s/{made['id']}?zak=")
    assert {k: v for k, v in read.items() if k != "start_url"} == {k: v for k, v in made.items() if k != "start_url"}
    assert read["start_url"] != made["start_url"]


async def test_a_passcode_is_made_unless_none_is_wanted() -> None:
    async with zoom() as z:
        usual, none = await z.meeting(), await z.meeting(default_password=False)
    assert 1 <= len(usual["password"]) <= 10
    assert "password" not in none
    assert "pwd=" not in none["join_url"]


@pytest.mark.parametrize(
    ("start_time", "timezone", "stored"),
    [
        ("2026-12-01T09:00:00Z", "Asia/Manila", "2026-12-01T09:00:00Z"),
        ("2026-12-01T09:00:00", "Asia/Manila", "2026-12-01T01:00:00Z"),
        ("2020-01-01T09:00:00Z", "UTC", "2026-09-14T12:00:00Z"),
        (None, "UTC", "2026-09-14T12:00:00Z"),
    ],
)
async def test_a_start_is_utc_with_z_local_without_and_now_when_past_or_missing(
    start_time: str | None, timezone: str, stored: str
) -> None:
    async with zoom() as z:
        made = await z.meeting(start_time=start_time, timezone=timezone)
    assert made["start_time"] == stored


@pytest.mark.parametrize("kind", [1, 3])
async def test_instant_meetings_and_those_without_fixed_time_have_no_start(kind: int) -> None:
    async with zoom() as z:
        assert "start_time" not in await z.meeting(type=kind)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"topic": 5}, "topic"),
        ({"topic": "x" * 201}, "topic"),
        ({"agenda": "x" * 2001}, "agenda"),
        ({"password": "12345678901"}, "password"),
        ({"type": 7}, "type"),
        ({"type": "2"}, "type"),
        ({"duration": "60"}, "duration"),
        ({"duration": True}, "duration"),
        ({"start_time": "tomorrow"}, "start_time"),
        ({"start_time": "9999-12-31T23:59:59Z"}, "start_time"),
        ({"start_time": "0001-01-01T00:00:00", "timezone": "Asia/Manila"}, "start_time"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"settings": []}, "settings"),
        ({"type": 8}, "recurrence"),
        ({"type": 8, "recurrence": {"type": 9}}, "recurrence.type"),
        ({"type": 8, "recurrence": {"type": 2, "weekly_days": "0,8"}}, "recurrence.weekly_days"),
        ({"type": 8, "recurrence": {"type": 1, "repeat_interval": 100}}, "recurrence.repeat_interval"),
        ({"type": 8, "recurrence": {"type": 1, "end_times": 61}}, "recurrence.end_times"),
    ],
)
async def test_a_wrong_field_is_named_under_code_300(body: dict[str, Any], field: str) -> None:
    async with zoom() as z:
        answer = await z.http.post(f"/v2/users/{OWNER.id}/meetings", json=body)
        listed = (await z.http.get(f"/v2/users/{OWNER.id}/meetings")).json()
    assert answer.status_code == 400
    assert answer.json()["code"] == 300
    assert answer.json()["message"] == "Validation Failed."
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert listed["total_records"] == 0


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    async with zoom() as z:
        answer = await z.http.post(f"/v2/users/{OWNER.id}/meetings", content=raw)
    assert answer.status_code == 400
    assert answer.json() == {"code": 300, "message": "Request Body should be a valid JSON object."}


async def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    async with zoom() as z:
        raw = b'{"topic": "half \\ud83d, whole \\ud83d\\ude00"}'
        answer = await z.http.post(f"/v2/users/{OWNER.id}/meetings", content=raw)
    assert answer.json()["topic"] == "half ?, whole 😀"


async def test_a_body_without_end_is_cut_off() -> None:
    async with zoom() as z:
        answer = await z.http.post(f"/v2/users/{OWNER.id}/meetings", content=b" " * 1_000_001)
    assert answer.status_code == 413


async def test_wrong_settings_are_corrected_without_a_word() -> None:
    async with zoom() as z:
        wrong = {"auto_recording": "tape", "host_video": "yes", "jbh_time": 7, "no_such": 1, "mute_upon_entry": True}
        made = await z.meeting(settings=wrong)
    settings = made["settings"]
    assert settings["auto_recording"] == "none"
    assert settings["host_video"] is False
    assert settings["jbh_time"] == 0
    assert settings["mute_upon_entry"] is True
    assert "no_such" not in settings


async def test_a_waiting_room_turns_joining_before_the_host_off() -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"waiting_room": True, "join_before_host": True})
    assert made["settings"]["join_before_host"] is False


async def test_a_basic_host_gets_no_registration() -> None:
    async with zoom() as z:
        free = await z.meeting(FREE, settings={"approval_type": 0})
        paid = await z.meeting(OWNER, settings={"approval_type": 0})
    assert free["settings"]["approval_type"] == 2
    assert paid["settings"]["approval_type"] == 0
    assert "registration_url" in paid


async def test_an_update_answers_204_and_leaves_a_past_start_alone() -> None:
    async with zoom() as z:
        made = await z.meeting(topic="Before")
        change = {"topic": "After", "start_time": "2020-01-01T00:00:00Z", "timezone": "No/Where", "duration": 99_999}
        answer = await z.http.patch(f"/v2/meetings/{made['id']}", json=change)
        read = (await z.http.get(f"/v2/meetings/{made['id']}")).json()
    assert answer.status_code == 204
    assert answer.content == b""
    assert read["topic"] == "After"
    assert read["start_time"] == made["start_time"]
    assert read["timezone"] == made["timezone"]
    assert read["duration"] == 1440


async def test_a_deleted_meeting_is_gone_until_it_is_recovered_within_seven_days() -> None:
    async with zoom() as z:
        made = await z.meeting()
        path = f"/v2/meetings/{made['id']}"
        assert (await z.http.delete(path)).status_code == 204
        gone = await z.http.get(path)
        assert gone.status_code == 404
        assert gone.json() == {"code": 3001, "message": f"Meeting does not exist: {made['id']}."}
        assert (await z.http.delete(path)).status_code == 404
        assert (await z.http.put(f"{path}/status", json={"action": "recover"})).status_code == 204
        assert (await z.http.get(path)).status_code == 200
        await z.http.delete(path)
        await z.time.pass_by(8 * 86_400)
        z.http.headers["authorization"] = f"Bearer {await token(z.http)}"
        assert (await z.http.put(f"{path}/status", json={"action": "recover"})).status_code == 404


async def test_a_running_meeting_cannot_be_deleted() -> None:
    async with zoom() as z:
        made = await z.meeting()
        await z.start(made)
        answer = await z.http.delete(f"/v2/meetings/{made['id']}")
    assert answer.status_code == 400
    assert answer.json()["code"] == 3002


async def test_ending_over_the_api_closes_the_run_and_nothing_else() -> None:
    async with zoom() as z:
        made = await z.meeting()
        path = f"/v2/meetings/{made['id']}"
        await z.start(made)
        running = (await z.http.get(path)).json()
        assert (await z.http.put(f"{path}/status", json={"action": "end"})).status_code == 204
        after = (await z.http.get(path)).json()
        bad = await z.http.put(f"{path}/status", json={"action": "explode"})
    assert (running["status"], after["status"]) == ("started", "waiting")
    assert len({made["uuid"], running["uuid"], after["uuid"]}) == 3
    assert bad.json()["code"] == 300


async def test_an_instant_meeting_is_gone_once_it_has_ended() -> None:
    async with zoom() as z:
        made = await z.meeting(type=1)
        await z.start(made)
        await z.end(made)
        assert (await z.http.get(f"/v2/meetings/{made['id']}")).status_code == 404
        assert (await z.http.get(f"/v2/past_meetings/{made['id']}")).status_code == 200


async def test_the_hundred_and_first_write_of_a_host_in_a_utc_day_is_refused() -> None:
    async with zoom(meeting_writes_per_day=3) as z:
        made = await z.meeting()
        await z.meeting()
        assert (await z.http.patch(f"/v2/meetings/{made['id']}", json={"topic": "x"})).status_code == 204
        refused = await z.http.post(f"/v2/users/{OWNER.id}/meetings", json={})
        assert refused.status_code == 429
        assert "daily rate limit (3)" in refused.json()["message"]
        assert refused.headers["x-ratelimit-limit"] == "3"
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert (await z.http.patch(f"/v2/meetings/{made['id']}", json={"topic": "y"})).status_code == 429
        await z.meeting(OTHER)
        await z.time.pass_by(12 * 3600)
        z.http.headers["authorization"] = f"Bearer {await token(z.http)}"
        await z.meeting()


async def test_lists_come_in_pages_whose_token_dies_after_fifteen_minutes() -> None:
    async with zoom() as z:
        ids = [(await z.meeting(topic=f"m{n}"))["id"] for n in range(5)]
        path = f"/v2/users/{OWNER.email}/meetings"
        first = (await z.http.get(path, params={"page_size": 2})).json()
        assert first["total_records"] == 5
        assert first["page_count"] == 3
        second = (await z.http.get(path, params={"page_size": 2, "next_page_token": first["next_page_token"]})).json()
        third = (await z.http.get(path, params={"page_size": 2, "next_page_token": second["next_page_token"]})).json()
        assert [row["id"] for page in (first, second, third) for row in page["meetings"]] == ids
        assert third["next_page_token"] == ""
        forged = await z.http.get(path, params={"next_page_token": "é" + first["next_page_token"]})
        foreign = await z.http.get("/v2/users", params={"next_page_token": first["next_page_token"]})
        await z.time.pass_by(901)
        late = await z.http.get(path, params={"next_page_token": first["next_page_token"]})
    expected = {"code": 300, "message": "The next page token is invalid or expired."}
    assert forged.json() == foreign.json() == late.json() == expected


async def test_each_list_type_holds_what_it_should() -> None:
    async with zoom() as z:
        planned, live, instant = await z.meeting(), await z.meeting(), await z.meeting(type=1)
        await z.start(live)
        over = await z.meeting()
        await z.start(over)
        await z.end(over)

        async def ids(kind: str) -> list[int]:
            found = (await z.http.get(f"/v2/users/{OWNER.id}/meetings", params={"type": kind})).json()
            return [row["id"] for row in found["meetings"]]

        assert set(await ids("scheduled")) == {planned["id"], live["id"], over["id"]}
        assert await ids("live") == [live["id"]]
        assert set(await ids("upcoming")) == {planned["id"], live["id"], over["id"]}
        assert await ids("previous_meetings") == [over["id"]]
        assert instant["id"] not in await ids("scheduled")
        assert (await z.http.get(f"/v2/users/{OTHER.id}/meetings")).json()["meetings"] == []
        assert (await z.http.get(f"/v2/users/{OWNER.id}/meetings", params={"type": "all"})).status_code == 400


async def test_a_series_lists_its_dates_and_loses_one_at_a_time() -> None:
    async with zoom() as z:
        weekly = {"type": 2, "repeat_interval": 1, "weekly_days": "2,4", "end_times": 4}
        start = (NOON + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
        made = await z.meeting(type=8, recurrence=weekly, start_time=start)
        path = f"/v2/meetings/{made['id']}"
        days = [one["start_time"][:10] for one in made["occurrences"]]
        assert days == ["2026-09-21", "2026-09-23", "2026-09-28", "2026-09-30"]
        second = made["occurrences"][1]["occurrence_id"]
        assert (await z.http.delete(path, params={"occurrence_id": second})).status_code == 204
        again = await z.http.delete(path, params={"occurrence_id": second})
        assert (again.status_code, again.json()["code"]) == (400, 300)
        read = (await z.http.get(path)).json()
        assert [one["status"] for one in read["occurrences"]] == ["available", "deleted", "available", "available"]
        third = made["occurrences"][2]["occurrence_id"]
        await z.http.patch(path, params={"occurrence_id": third}, json={"duration": 30})
        one = (await z.http.get(path, params={"occurrence_id": third})).json()
        assert one["duration"] == 30
        upcoming = (await z.http.get(f"/v2/users/{OWNER.id}/meetings", params={"type": "upcoming"})).json()
        assert [row["start_time"][:10] for row in upcoming["meetings"]] == ["2026-09-21", "2026-09-28", "2026-09-30"]


async def test_users_are_found_by_id_and_email_but_not_as_me() -> None:
    async with zoom() as z:
        listed = (await z.http.get("/v2/users")).json()
        by_id = (await z.http.get(f"/v2/users/{OWNER.id}")).json()
        by_email = (await z.http.get(f"/v2/users/{OWNER.email.upper()}")).json()
        me = await z.http.get("/v2/users/me")
        nobody = await z.http.get("/v2/users/nobody@school.example")
    assert [row["email"] for row in listed["users"]] == [OWNER.email, OTHER.email, FREE.email]
    assert by_id == by_email
    assert me.status_code == 401
    assert nobody.status_code == 404
    assert nobody.json() == {"code": 1001, "message": "User does not exist: nobody@school.example."}


async def test_a_meeting_may_be_scheduled_for_another_host() -> None:
    async with zoom() as z:
        made = await z.meeting(OWNER, schedule_for=OTHER.email)
        wrong = await z.http.post(f"/v2/users/{OWNER.id}/meetings", json={"schedule_for": "x@y.example"})
    assert made["host_id"] == OTHER.id
    assert wrong.json()["code"] == 300


async def test_every_answer_carries_a_tracking_id_and_api_answers_a_rate_category() -> None:
    async with zoom() as z:
        light = await z.http.get(f"/v2/users/{OWNER.id}")
        medium = await z.http.get("/v2/users")
        heavy = await z.http.get("/v2/report/meetings/1/participants")
        lost = await z.http.get("/v2/no/such/thing")
        page = await z.http.get("/j/1")
    assert [a.headers["x-ratelimit-category"] for a in (light, medium, heavy)] == ["Light", "Medium", "Heavy"]
    assert all(a.headers["x-zm-trackingid"].startswith("v=2.0;") for a in (light, medium, heavy, lost, page))
    assert (lost.status_code, lost.json()["code"]) == (404, 2300)
