"""Pressing Join, and the host's Start: when it is open, that it is noted, where it leads."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from server.vault import Vault
from tests.support.clock import MONDAY_MORNING, ManualClock
from tests.support.ears import page
from tests.support.whole_house import PEOPLE, ZOOM, WholeHouse, whole_house

START = MONDAY_MORNING + timedelta(hours=1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path) as opened:
        yield opened


def clicks(house: WholeHouse) -> list[str]:
    return [user for (user,) in house.rows("SELECT user_id FROM clicks ORDER BY at, id")]


# --- when ---------------------------------------------------------------------------------------------------------


async def test_join_is_open_from_15_minutes_before_to_30_after_the_scheduled_end(tmp_path: Path) -> None:
    clock = ManualClock()
    async with whole_house(tmp_path, clock=clock) as house:
        made = await house.admin.create(start_time=START.isoformat(), duration=40)
        sam, path = house.by("sam"), f"/api/zoom/meetings/{made['id']}/join"
        opens, closes = START - timedelta(minutes=15), START + timedelta(minutes=70)
        for at, is_open in {
            opens - timedelta(seconds=1): False,
            opens: True,
            START: True,
            closes: True,
            closes + timedelta(seconds=1): False,
        }.items():
            clock.set(at)
            told = await sam.get(path)
            assert told.status_code == (200 if is_open else 403), at
            assert (await sam.get(f"/join/{made['id']}")).status_code == (303 if is_open else 403), at
        clock.set(opens - timedelta(seconds=1))
        early = (await sam.get(path)).json()["error"]
        assert (early["code"], early["opens_at"]) == ("not_open_yet", "2026-11-23T01:45:00Z")
        clock.set(closes + timedelta(hours=1))
        assert (await sam.get(path)).json()["error"]["code"] == "over"


async def test_a_live_meeting_is_always_open(tmp_path: Path) -> None:
    clock = ManualClock()
    async with whole_house(tmp_path, clock=clock) as house:
        made = await house.admin.create(start_time=START.isoformat(), duration=40)
        await house.zoom.start(made)  # the host is early
        await house.zoom.settled()
        assert (await house.by("sam").get(f"/join/{made['id']}")).status_code == 303
        clock.set(START + timedelta(hours=5))  # and talks long
        assert (await house.by("sam").get(f"/join/{made['id']}")).status_code == 303


async def test_a_meeting_that_is_off_is_closed_and_says_so(house: WholeHouse) -> None:
    made = await house.admin.create()
    await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")
    answer = await house.by("sam").get(f"/join/{made['id']}")
    assert (answer.status_code, "This meeting was cancelled." in answer.text) == (403, True)
    told = await house.by("sam").get(f"/api/zoom/meetings/{made['id']}/join")
    assert told.json()["error"]["code"] == "cancelled"
    assert clicks(house) == []


async def test_the_callers_own_link_is_ours_and_says_how_long_it_is_open(house: WholeHouse) -> None:
    made = await house.admin.create()
    told = (await house.by("sam").get(f"/api/zoom/meetings/{made['id']}/join")).json()
    assert told["join_url"] == f"/join/{made['id']}"
    assert told["window"]["is_open"] is True
    assert set(told["window"]) == {"opens_at", "closes_at", "is_open"}
    assert clicks(house) == []


# --- noted --------------------------------------------------------------------------------------------------------


async def test_a_press_is_noted_as_the_one_who_is_signed_in(house: WholeHouse) -> None:
    async with page(house.url, PEOPLE["tess"].token) as tess:
        made = await house.admin.create()
        assert (await house.by("sam").get(f"/join/{made['zoom_meeting_id']}")).status_code == 303
        click = (await tess.hears("linkClicked")).body
    assert (click["meetingId"], click["clickCount"]) == (made["id"], 1)
    assert (click["click"]["userId"], click["click"]["name"]) == ("u-sam", "Sam Dizon")


async def test_a_look_at_the_link_is_no_press(house: WholeHouse) -> None:
    made = await house.admin.create()
    looked = await house.by("sam").http.head(f"/join/{made['id']}")
    assert (looked.status_code, looked.content) == (303, b"")
    for purpose in ({"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}):
        early = await house.by("sam").get(f"/join/{made['id']}", headers=purpose)
        assert (early.status_code, early.headers["cache-control"]) == (503, "no-store")  # so that the press asks again
    assert clicks(house) == []


async def test_two_presses_within_ten_seconds_are_one_through_whichever_door(tmp_path: Path) -> None:
    clock = ManualClock()
    async with whole_house(tmp_path, clock=clock) as house:
        made, sam = await house.admin.create(), house.by("sam")
        await sam.get(f"/join/{made['id']}")
        first = (await sam.post("/api/zoom/track-link-click", {"meetingId": made["id"]})).json()["trackingId"]
        clock.advance(seconds=9.9)
        again = (await sam.post("/api/zoom/track-link-click", {"meetingId": made["id"]})).json()["trackingId"]
        assert again == first
        assert clicks(house) == ["u-sam"]
        clock.advance(seconds=0.1)
        other = (await sam.post("/api/zoom/track-link-click", {"meetingId": made["id"]})).json()["trackingId"]
        assert other != first
        await house.by("sue").get(f"/join/{made['id']}")
        assert sorted(clicks(house)) == ["u-sam", "u-sam", "u-sue"]
        assert (await house.admin.meeting(made["id"]))["clickCount"] == 3


async def test_a_hundred_presses_at_once_are_one(house: WholeHouse) -> None:
    made = await house.admin.create()
    answers = await asyncio.gather(*(house.by("sam").get(f"/join/{made['id']}") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {303}
    assert clicks(house) == ["u-sam"]


async def test_an_older_dashboard_tells_of_a_click_and_who_it_was_is_not_believed(house: WholeHouse) -> None:
    made = await house.admin.create()
    old = {
        "meetingId": made["id"],
        "meetingTopic": "Not this",
        "name": "Sue Pascual",
        "email": "sue@school.test",
        "studentId": "u-sue",
        "userId": "u-sue",
        "clickTime": "1999-01-01T00:00:00Z",
        "joinUrl": "https://evil.example/j/1",
        "userAgent": "Mozilla/5.0",
        "platform": "Win32",
        "language": "en",
    }
    answer = (await house.by("sam").post("/api/zoom/track-link-click", old)).json()
    assert answer["success"] is True
    assert answer["trackingId"]
    assert answer["message"]
    told = answer["clickData"]
    assert (told["name"], told["email"], told["userId"]) == ("Sam Dizon", "sam@school.test", "u-sam")
    assert (told["meetingId"], told["meetingTopic"]) == (made["id"], "Fractions")
    assert not told["clickTime"].startswith("1999")
    assert clicks(house) == ["u-sam"]
    number = await house.by("sue").post("/api/zoom/track-link-click", old | {"meetingId": int(made["zoom_meeting_id"])})
    assert number.json()["clickData"]["meetingId"] == made["id"]


async def test_a_pages_own_id_of_a_click_is_no_key_to_anothers(house: WholeHouse) -> None:
    made = await house.admin.create()
    said = {"id": "click-1", "meetingId": made["id"], "action": "join"}
    async with page(house.url, PEOPLE["sam"].token) as sam, page(house.url, PEOPLE["sue"].token) as sue:
        first, again = await sam.call("track", said), await sam.call("track", said)
        other = await sue.call("track", said)
    assert first == again
    assert other["trackingId"] != first["trackingId"]
    assert sorted(clicks(house)) == ["u-sam", "u-sue"]


async def test_whoever_presses_join_gets_in_although_noting_it_fails(house: WholeHouse) -> None:
    made = await house.admin.create()
    blocking = sqlite3.connect(house.database_path, isolation_level=None)
    try:
        blocking.execute("BEGIN IMMEDIATE")
        began = asyncio.get_running_loop().time()
        answer = await house.by("sam").get(f"/join/{made['id']}")
        assert answer.status_code == 303
        assert asyncio.get_running_loop().time() - began < 1.9
        assert b"rollcall_clicks_not_noted_total 1.0" in (await house.admin.get("/metrics")).content
        tracked = await house.by("sam").post("/api/zoom/track-link-click", {"meetingId": made["id"]})
        assert tracked.status_code == 503
    finally:
        blocking.execute("ROLLBACK")
        blocking.close()
    assert (await house.by("sam").get(f"/join/{made['id']}")).status_code == 303


# --- where to -----------------------------------------------------------------------------------------------------


REFS = (
    "m1",
    "a%2Fb",
    "%2F%2Fevil.example",
    "%5Cevil.example",
    "x%3Fnext=%2F%2Fevil.example",
    "x%0d%0aset-cookie:a",
)


async def test_who_is_not_signed_in_signs_in_first_and_comes_back(house: WholeHouse) -> None:
    for verb in ("join", "start"):
        for ref in (
            "m1",
            "a%2Fb",
            "%2F%2Fevil.example",
            "%5Cevil.example",
            "x%3Fnext=%2F%2Fevil.example",
            "x%0d%0aset-cookie:a",
        ):
            answer = await house.by("").get(f"/{verb}/{ref}")
            if answer.status_code == 404:
                continue  # a slash in an id makes it another address
            assert answer.status_code == 303, ref
            to = urlsplit(answer.headers["location"])
            assert (to.scheme, to.netloc, to.path) == ("", "", "/login")
            (back,) = parse_qs(to.query)["next"]
            assert back.startswith(f"/{verb}/")
            assert "\\" not in back
            assert "//" not in back
            assert "set-cookie" not in answer.headers


LINKS = {
    "https://zoom.us/j/1": True,
    "https://us02web.zoom.us/j/1?pwd=x": True,
    "https://school.zoom.com/j/1": True,
    "https://zoomgov.com/j/1": True,
    "https://SCHOOL.ZOOM.US/j/1": True,
    "https://zoom.us./j/1": True,
    "http://zoom.us/j/1": False,
    "https://zoom.us.evil.example/j/1": False,
    "https://evilzoom.us/j/1": False,
    "https://evil.example/zoom.us": False,
    "https://evil.example#zoom.us": False,
    "https://evil.example?zoom.us": False,
    "https://zoom.us@evil.example/j/1": False,
    "https://evil.example@zoom.us/j/1": False,
    "https://evil.example\\@zoom.us/j/1": False,
    "https://evil.example\\.zoom.us/j/1": False,
    "//zoom.us/j/1": False,
    "javascript:alert(1)//zoom.us": False,
    "data:text/html,zoom.us": False,
    "https:///zoom.us": False,
    "https://[zoom.us/j/1": False,
    "https://zoom.us:99999/j/1": False,
    "https://zoom.us/j/1\r\nset-cookie: a=b": False,
    " https://zoom.us/j/1": False,
    "https://127.0.0.1/j/1": False,
    "not a link": False,
}


async def test_join_leads_to_zoom_and_nowhere_else(house: WholeHouse) -> None:
    wrong = []
    for number, (link, is_zooms) in enumerate(LINKS.items(), start=1):
        zoom_id = str(80_000_000_000 + number)
        now = house.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        obj = {"id": zoom_id, "topic": "x", "start_time": now, "duration": 60, "join_url": link}
        assert (await house.tell("meeting.created", obj)).status_code == 204
        answer = await house.admin.get(f"/join/{zoom_id}")
        if answer.status_code != (303 if is_zooms else 503) and not (not is_zooms and answer.status_code == 404):
            wrong.append((link, answer.status_code, answer.headers.get("location")))
        assert "set-cookie" not in answer.headers
    assert wrong == []


async def test_a_link_that_we_never_heard_is_asked_of_zoom_once(house: WholeHouse) -> None:
    made = await house.admin.create()
    await house.zoom.settled()
    connection = sqlite3.connect(house.database_path)
    connection.execute("DELETE FROM meeting_secrets")
    connection.commit()
    connection.close()
    for _ in range(2):
        answer = await house.by("sam").get(f"/join/{made['id']}")
        assert answer.headers["location"].startswith(f"{ZOOM}/j/{made['zoom_meeting_id']}")
        await house.zoom.go_wrong({"status": 500})  # the second time Zoom is not asked


async def test_a_link_that_another_key_sealed_is_asked_of_zoom_once_and_sealed_anew(house: WholeHouse) -> None:
    made = await house.admin.create()
    await house.zoom.settled()
    with closing(sqlite3.connect(house.database_path)) as connection:
        connection.execute("UPDATE meeting_secrets SET sealed = ?", (Vault([b"o" * 32]).seal(b"{}"),))
        connection.commit()
    for _ in range(2):
        answer = await house.by("sam").get(f"/join/{made['id']}")
        assert answer.headers["location"].startswith(f"{ZOOM}/j/{made['zoom_meeting_id']}")
        await house.zoom.go_wrong({"status": 500})  # the second time Zoom is not asked
    shown = await house.admin.meeting(made["id"])
    assert shown["id"] == made["id"]


async def test_a_link_that_cannot_be_kept_is_followed_all_the_same(house: WholeHouse) -> None:
    made = await house.admin.create()
    await house.zoom.settled()
    with closing(sqlite3.connect(house.database_path, isolation_level=None)) as blocking:
        blocking.execute("DELETE FROM meeting_secrets")
        blocking.execute("BEGIN IMMEDIATE")
        answer = await house.by("sam").get(f"/join/{made['id']}")
        blocking.execute("ROLLBACK")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{ZOOM}/j/{made['zoom_meeting_id']}")


async def test_a_link_that_nobody_has_is_a_page_that_says_what_to_do(house: WholeHouse) -> None:
    await house.tell(
        "meeting.created", {"id": "80000000001", "topic": "x", "start_time": house.clock.now().isoformat()}
    )
    await house.zoom.go_wrong({"status": 503})
    answer = await house.admin.get("/join/80000000001")
    assert answer.status_code in (502, 503)
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text


async def test_start_gives_the_host_a_fresh_link_and_writes_down_who_asked(house: WholeHouse) -> None:
    made = await house.by("tess").create()
    answer = await house.by("tess").get(f"/start/{made['id']}")
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).netloc == "school.zoom.us"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    actions = [action for (action,) in house.rows("SELECT action FROM audit ORDER BY id")]
    assert actions == ["meeting.create", "meeting.start_link"]


async def test_a_look_at_the_start_link_makes_none(house: WholeHouse) -> None:
    made, tess = await house.by("tess").create(), house.by("tess")
    assert (await tess.http.head(f"/start/{made['id']}")).status_code == 503
    assert (await tess.get(f"/start/{made['id']}", headers={"sec-purpose": "prefetch"})).status_code == 503
    assert (await house.by("sam").http.head(f"/start/{made['id']}")).status_code == 403
    actions = [action for (action,) in house.rows("SELECT action FROM audit ORDER BY id")]
    assert actions == ["meeting.create"]
