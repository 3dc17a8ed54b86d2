"""Meetings over HTTP in the whole house: made once, listed, read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

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


# --- make ---------------------------------------------------------------------------------------------------------


async def test_a_new_meeting_is_in_zoom_and_here_as_it_was_asked_for(house: WholeHouse) -> None:
    made = await house.admin.create(
        topic="Fractions",
        agenda="Bring a pencil",
        start_time=on(1),
        duration=45,
        timezone="Asia/Manila",
        password="abc123",
        settings={"mute_upon_entry": True, "waiting_room": True, "auto_recording": "cloud"},
    )
    assert made["topic"] == made["title"] == "Fractions"
    assert (made["agenda"], made["start_time"], made["duration"]) == ("Bring a pencil", on(1), 45)
    assert (made["timezone"], made["password"], made["status"]) == ("Asia/Manila", "abc123", "waiting")
    assert (made["class"], made["audience"]) == ({"id": MATH, "name": "Mathematics 7A"}, "class")
    assert made["host"] == {"id": "u-ada", "name": "Ada Reyes", "email": "ada@school.test"}
    assert (
        made["settings"] | {"mute_upon_entry": True, "waiting_room": True, "auto_recording": "cloud"}
        == (made["settings"])
    )
    assert (made["expectedCount"], made["join_url"]) == (3, f"/join/{made['id']}")
    assert await house.zoom.knows(made["zoom_meeting_id"])
    assert await house.admin.meeting(made["id"]) | {"revision": 0} == made | {"revision": 0}


async def test_what_is_not_said_has_the_values_that_users_of_such_a_system_expect(house: WholeHouse) -> None:
    before = house.clock.now()
    answer = await house.admin.post("/api/zoom/meetings", {"topic": "Assembly"})
    made = answer.json()["meeting"]
    assert (answer.status_code, made["audience"], made["class"], made["duration"]) == (201, "everyone", None, 60)
    assert abs(datetime.fromisoformat(made["start_time"]) - before) < timedelta(seconds=10)


async def test_older_dashboards_words_are_understood(house: WholeHouse) -> None:
    said = {"title": "Fractions", "description": "Page 12", "audience": "teachers", "type": 2, "start_time": on(1)}
    answer = await house.admin.post("/api/zoom/enhanced/create-meeting", said)
    made = answer.json()["meeting"]
    assert (answer.status_code, made["topic"], made["agenda"], made["audience"]) == (
        201,
        "Fractions",
        "Page 12",
        "staff",
    )
    everyone = await house.admin.post("/api/zoom/meetings", {"title": "Assembly", "audience": "all"})
    assert everyone.json()["meeting"]["audience"] == "everyone"


async def test_a_start_without_a_zone_is_of_the_meetings_zone(house: WholeHouse) -> None:
    made = await house.admin.create(start_time="2026-12-01T09:00:00", timezone="Asia/Manila")
    assert made["start_time"] == "2026-12-01T01:00:00Z"


WRONG: dict[str, dict[str, object]] = {
    "topic": {"topic": ""},
    "duration": {"duration": 0},
    "timezone": {"timezone": "Mars/Olympus"},
    "password": {"password": "has space"},
    "class_id": {"class_id": "c-nowhere"},
    "audience": {"audience": "nobody"},
    "host": {"host": "nobody@school.test"},
    "settings.auto_recording": {"settings": {"auto_recording": "always"}},
    "settings.enforce_login": {"settings": {"enforce_login": True}},
    "start_time": {"start_time": "tomorrow"},
    "type": {"type": 3},
}


async def test_each_wrong_field_is_named_and_nothing_is_made(house: WholeHouse) -> None:
    for name, wrong in WRONG.items():
        answer = await house.admin.post("/api/zoom/meetings", {"topic": "Fractions", "class_id": MATH} | wrong)
        assert answer.status_code == 422, name
        assert name in error(answer)["fields"], (name, answer.text)
    no_class = await house.admin.post("/api/zoom/meetings", {"topic": "Fractions", "audience": "class"})
    assert list(error(no_class)["fields"]) == ["audience"]
    assert house.rows("SELECT count(*) FROM meetings") == [(0,)]
    assert await house.zoom.sent() == []


@pytest.mark.parametrize("start", ["9999-12-31T23:59:00Z", "0001-01-01T00:00:00Z", "1999-12-31T23:59:59", "2101-01-01"])
async def test_a_start_that_no_calendar_holds_is_named(house: WholeHouse, start: str) -> None:
    made = await house.admin.create(start_time=on(1))
    new = await house.admin.post("/api/zoom/meetings", {"topic": "Fractions", "class_id": MATH, "start_time": start})
    changed = await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"start_time": start})
    for answer in (new, changed):
        assert (answer.status_code, list(error(answer)["fields"])) == (422, ["start_time"])


async def test_bodies_that_are_no_json_are_refused(house: WholeHouse) -> None:
    http = house.admin.http
    assert (await http.post("/api/zoom/meetings", content=b"{", headers=JSON)).status_code == 400
    assert (await http.post("/api/zoom/meetings", content=b"[]", headers=JSON)).status_code == 422
    assert (await http.post("/api/zoom/meetings", content=b"\xff", headers=JSON)).status_code == 400
    assert (await http.post("/api/zoom/meetings", data={"topic": "x"})).status_code == 415
    assert (await http.post("/api/zoom/meetings", content=b"{}" + b" " * 1024 * 1024, headers=JSON)).status_code == 413


JSON = {"content-type": "application/json"}


async def test_what_a_meeting_shows_of_itself_cannot_be_set_by_saying_it(house: WholeHouse) -> None:
    made = await house.admin.create(topic="Fractions", start_time=on(1))
    takes = {"topic", "title", "agenda", "start_time", "duration", "timezone", "password", "audience", "settings"}
    for name in made.keys() - takes:
        created = await house.admin.post("/api/zoom/meetings", {"topic": "x", name: made[name]})
        changed = await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {name: made[name]})
        for answer in (created, changed):
            assert (answer.status_code, list(error(answer)["fields"])) == (422, [name]), answer.text
    assert await house.admin.meeting(made["id"]) == made
    assert house.rows("SELECT count(*) FROM meetings") == [(1,)]


async def test_markup_in_a_topic_stays_text(house: WholeHouse) -> None:
    topic = '<img src=x onerror="alert(1)">'
    made = await house.admin.create(topic=topic)
    answer = await house.admin.get(f"/api/zoom/meetings/{made['id']}")
    assert answer.json()["meeting"]["topic"] == topic
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


# --- once ---------------------------------------------------------------------------------------------------------


async def test_the_same_key_makes_a_meeting_once_and_answers_alike(house: WholeHouse) -> None:
    body, key = {"topic": "Fractions", "class_id": MATH, "password": "abc123"}, {"idempotency-key": "k1"}
    first = await house.admin.post("/api/zoom/meetings", body, headers=key)
    again = await house.admin.post("/api/zoom/enhanced/create-meeting", body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert house.rows("SELECT count(*) FROM meetings") == [(1,)]
    assert b"abc123" not in house.database_path.read_bytes()


async def test_a_key_with_another_body_is_refused(house: WholeHouse) -> None:
    key = {"idempotency-key": "k1"}
    await house.admin.post("/api/zoom/meetings", {"topic": "One"}, headers=key)
    answer = await house.admin.post("/api/zoom/meetings", {"topic": "Two"}, headers=key)
    assert (answer.status_code, error(answer)["code"]) == (422, "key_reused")


async def test_a_key_is_of_one_person(house: WholeHouse) -> None:
    body, key = {"topic": "Fractions", "class_id": MATH}, {"idempotency-key": "k1"}
    first = await house.admin.post("/api/zoom/meetings", body, headers=key)
    other = await house.by("tess").post("/api/zoom/meetings", body, headers=key)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json()["meeting"]["id"] != other.json()["meeting"]["id"]


async def test_while_the_first_is_at_work_the_second_is_told_to_wait(house: WholeHouse) -> None:
    await house.zoom.go_wrong({"method": "POST", "path": "/users/*/meetings", "slow_s": 0.5, "times": 1})
    body, key = {"topic": "Fractions", "class_id": MATH}, {"idempotency-key": "k1"}
    asked = [house.admin.post("/api/zoom/meetings", body, headers=key) for _ in range(4)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == [201, 409, 409, 409]
    assert (await house.admin.post("/api/zoom/meetings", body, headers=key)).status_code == 201
    assert house.rows("SELECT count(*) FROM meetings") == [(1,)]


async def test_a_key_whose_request_failed_may_try_again(house: WholeHouse) -> None:
    body, key = {"topic": "Fractions", "class_id": MATH}, {"idempotency-key": "k1"}
    await house.zoom.go_wrong({"method": "POST", "path": "/users/*/meetings", "status": 400, "times": 1})
    assert (await house.admin.post("/api/zoom/meetings", body, headers=key)).status_code >= 400
    assert (await house.admin.post("/api/zoom/meetings", body, headers=key)).status_code == 201


async def test_a_key_that_is_no_key_is_refused(house: WholeHouse) -> None:
    answer = await house.admin.post("/api/zoom/meetings", {"topic": "x"}, headers={"idempotency-key": "k" * 256})
    assert answer.status_code == 422


# --- list ---------------------------------------------------------------------------------------------------------


async def listed(house: WholeHouse, query: str = "", by: str = "ada") -> list[str]:
    answer = await house.by(by).get(f"/api/zoom/meetings{query}")
    assert answer.status_code == 200, answer.text
    return [each["topic"] for each in answer.json()["meetings"]]


async def test_the_list_is_narrowed_as_asked(house: WholeHouse) -> None:
    for number, (topic, class_id) in enumerate([("Fractions", MATH), ("Decimals 100%", MATH), ("Cells", BIOLOGY)]):
        await house.admin.create(topic=topic, class_id=class_id, start_time=on(1 + number))
    tess = await house.by("tess").create(topic="Percent_ages", start_time=on(5))
    live = await house.admin.create(topic="Live now")
    cancelled = await house.admin.create(topic="Called off", start_time=on(6))
    await house.admin.post(f"/api/zoom/meetings/{cancelled['id']}/cancel")
    await house.zoom.start(live)
    await house.zoom.settled()
    expected = {
        "": ["Live now", "Fractions", "Decimals 100%", "Cells", "Percent_ages", "Called off"],
        "?tab=live": ["Live now"],
        "?tab=upcoming": ["Live now", "Fractions", "Decimals 100%", "Cells", "Percent_ages"],
        "?tab=past": ["Called off"],
        "?status=started": ["Live now"],
        "?status=scheduled": ["Fractions", "Decimals 100%", "Cells", "Percent_ages"],
        "?status=waiting&class=c-bio": ["Cells"],
        "?status=cancelled": ["Called off"],
        "?class=c-math&q=deci": ["Decimals 100%"],
        "?q=100%25": ["Decimals 100%"],
        "?q=t_a": ["Percent_ages"],
        f"?host={tess['host']['id']}": ["Percent_ages"],
        "?host=TESS@school.test": ["Percent_ages"],
        f"?from={on(2)}&to={on(3)}": ["Decimals 100%", "Cells"],
        "?from=2026-12-03&to=2026-12-04": ["Cells"],
        "?q=nothing": [],
        "?host=": ["Live now", "Fractions", "Decimals 100%", "Cells", "Percent_ages", "Called off"],
    }
    for query, topics in expected.items():
        assert await listed(house, query) == topics, query


async def test_a_filter_that_is_no_filter_is_named(house: WholeHouse) -> None:
    for query, name in {
        "tab=soon": "tab",
        "status=deleted": "status",
        "limit=0": "limit",
        "limit=201": "limit",
        "limit=x": "limit",
        "limit=١": "limit",
        "from=yesterday": "from",
        "to=9999999-01-01": "to",
        "after=nothing": "after",
        "tab=past&after=nothing": "after",
    }.items():
        answer = await house.admin.get(f"/api/zoom/meetings?{query}")
        assert (answer.status_code, list(error(answer)["fields"])) == (422, [name]), query


async def test_a_list_tells_a_student_nothing_of_what_they_cannot_see(house: WholeHouse) -> None:
    unseen = await house.admin.create(class_id=BIOLOGY, audience="staff", start_time=on(1))
    for query, name in {f"after={unseen['id']}": "after", "host=TESS@school.test": "host"}.items():
        answer = await house.by("sam").get(f"/api/zoom/meetings?{query}")
        assert (answer.status_code, list(error(answer)["fields"])) == (422, [name]), query


async def test_pages_follow_each_other_without_a_gap_or_a_double(house: WholeHouse) -> None:
    for number in range(7):
        await house.admin.create(topic=f"Lesson {number}", start_time=on(1 + number // 3))
    whole = await listed(house)
    for limit in (1, 2, 3, 6, 7):
        topics, after = [], ""
        while True:
            page = (await house.admin.get(f"/api/zoom/meetings?limit={limit}&after={after}")).json()
            topics += [each["topic"] for each in page["meetings"]]
            assert len(page["meetings"]) <= limit
            after = page["next"]
            if after is None:
                break
        assert topics == whole


async def test_what_is_past_comes_latest_first_page_after_page(house: WholeHouse) -> None:
    for number in range(5):
        made = await house.admin.create(topic=f"Lesson {number}", start_time=on(1 + number // 2))
        await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")
    topics: list[str] = []
    after: str | None = ""
    while after is not None:
        page = (await house.admin.get(f"/api/zoom/meetings?tab=past&limit=2&after={after}")).json()
        topics += [each["topic"] for each in page["meetings"]]
        after = page["next"]
    days = [int(topic.split()[1]) // 2 for topic in topics]
    assert (sorted(topics), days) == ([f"Lesson {number}" for number in range(5)], [2, 1, 1, 0, 0])


async def test_everybody_sees_the_meetings_that_are_theirs(house: WholeHouse) -> None:
    await house.admin.create(topic="Fractions")
    await house.admin.create(topic="Cells", class_id=BIOLOGY)
    for audience in ("everyone", "students", "staff", "personal"):
        await house.admin.create(topic=audience, class_id=None, audience=audience)
    await house.by("theo").create(topic="Theo and some", class_id=BIOLOGY, audience="personal")
    everything = {"Fractions", "Cells", "everyone", "students", "staff", "personal", "Theo and some"}
    assert set(await listed(house, by="ada")) == everything
    assert set(await listed(house, by="oona")) == everything
    assert set(await listed(house, by="tess")) == {"Fractions", "everyone", "staff"}
    assert set(await listed(house, by="theo")) == {"Cells", "everyone", "staff", "Theo and some"}
    assert set(await listed(house, by="sam")) == {"Fractions", "everyone", "students"}
    assert set(await listed(house, by="bob")) == {"Cells", "everyone", "students"}


# --- one ----------------------------------------------------------------------------------------------------------


async def test_a_meeting_is_known_by_zooms_number_too(house: WholeHouse) -> None:
    made = await house.admin.create()
    for ref in (made["id"], made["zoom_meeting_id"]):
        assert (await house.by("sam").meeting(ref))["id"] == made["id"]
        assert (await house.admin.patch(f"/api/zoom/meetings/{ref}", {"topic": ref})).json()["meeting"]["topic"] == ref


async def test_only_who_may_change_a_meeting_reads_its_passcode(house: WholeHouse) -> None:
    made = await house.admin.create(password="canary77")
    for key in PEOPLE:
        answer = await house.by(key).get(f"/api/zoom/meetings/{made['id']}")
        assert ("canary77" in answer.text) is (key in ("ada", "tess")), key
        assert ("password" in answer.json().get("meeting", {})) is (key in ("ada", "tess"))
