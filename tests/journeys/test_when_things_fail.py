"""Zoom away, the database locked or full: what is told, that nothing is half made, and that it mends itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.zoom.notifications import read
from tests.server.zoom.samples import sample
from tests.support.ears import page
from tests.support.whole_house import MATH, PEOPLE, WholeHouse, whole_house

NEW = {"topic": "Fractions", "class_id": MATH}
STARTED, JOINED = sample("observed/meeting.started"), sample("observed/meeting.participant_joined.guest")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path) as opened:
        yield opened


def told(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert body["success"] is False
    error: dict[str, Any] = body["error"]
    assert error["message"].endswith((".", ")."))
    for secret in ("canary", "Traceback", "sqlite", "http://127"):
        assert secret not in answer.text
    return error


def nothing_was_made(house: WholeHouse) -> None:
    for table in ("meetings", "events", "audit", "meeting_secrets"):
        assert house.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


# --- Zoom ---------------------------------------------------------------------------------------------------------

TROUBLE: dict[str, tuple[dict[str, Any], int, bool, str]] = {
    "busy": ({"status": 429, "retry_after": "30"}, 503, True, "Zoom is busy."),
    "a fault of Zoom's": ({"status": 500}, 503, True, "Try again"),
    "a proxy's page": ({"status": 502, "body": "<html>", "content_type": "text/html"}, 503, True, "Try again"),
    "no right": (
        {"status": 400, "body": {"code": 4711, "message": "It does not contain scopes: [user:read]"}},
        502,
        False,
        "lacks the scope",
    ),
    "no such app": ({"status": 401, "body": {"code": 124, "message": "Invalid access token."}}, 502, False, "login"),
}  # fmt: skip


@pytest.mark.parametrize("name", TROUBLE)
async def test_what_keeps_zoom_from_making_a_meeting_is_said_and_nothing_is_half_made(
    house: WholeHouse, name: str
) -> None:
    fault, status, is_temporary, sentence = TROUBLE[name]
    await house.zoom.go_wrong({"path": "/users/*", "method": "GET", **fault})
    async with page(house.url, PEOPLE["sam"].token) as sam:
        answer = await house.admin.post("/api/zoom/meetings", NEW)
        await sam.quiet()
        assert sam.names() == []
    error = told(answer)
    assert (answer.status_code, error["temporary"]) == (status, is_temporary)
    assert sentence in error["message"]
    assert ("retry-after" in answer.headers) is is_temporary
    nothing_was_made(house)
    await house.zoom.go_wrong()
    assert (await house.admin.post("/api/zoom/meetings", NEW)).status_code == 201


async def test_a_zoom_that_cannot_be_reached_is_said_with_what_to_do(tmp_path: Path) -> None:
    closed = {"ZOOM_API_URL": "http://127.0.0.1:9/v2", "ZOOM_OAUTH_URL": "http://127.0.0.1:9/oauth/token"}
    async with whole_house(tmp_path, **closed) as house:
        answer = await house.admin.post("/api/zoom/meetings", NEW)
        assert answer.status_code == 503
        assert "again" in told(answer)["message"]
        nothing_was_made(house)
        assert (await house.admin.get("/api/zoom/meetings")).status_code == 200
        assert (await house.notify(STARTED)).status_code == 204


async def test_without_an_account_in_zoom_nothing_can_be_made_and_it_is_said_why(tmp_path: Path) -> None:
    none = {"ZOOM_ACCOUNT_ID": "", "ZOOM_CLIENT_ID": "", "ZOOM_CLIENT_SECRET": ""}
    async with whole_house(tmp_path, **none) as house:
        answer = await house.admin.post("/api/zoom/meetings", NEW)
        assert answer.status_code == 502
        assert "ZOOM_ACCOUNT_ID" in told(answer)["message"]
        nothing_was_made(house)


async def test_a_meeting_whose_making_zoom_did_not_confirm_is_found_and_made_once(house: WholeHouse) -> None:
    house.zoom.lose_answer("POST", "/meetings")
    answer = await house.admin.post("/api/zoom/meetings", NEW)
    await house.zoom.settled()
    assert answer.status_code == 201, answer.text
    assert house.rows("SELECT count(*) FROM meetings") == [(1,)]


@pytest.mark.parametrize("status", [429, 500])
async def test_a_change_that_zoom_does_not_take_changes_nothing_here(house: WholeHouse, status: int) -> None:
    made = await house.admin.create(start_time="2030-12-01T09:00:00Z")
    await house.zoom.settled()
    before = await house.admin.meeting(made["id"])
    path = f"/api/zoom/meetings/{made['id']}"
    await house.zoom.go_wrong({"path": "/meetings/*", "status": status})
    for answer in await asyncio.gather(
        house.admin.patch(path, {"topic": "Other", "class_id": "c-bio"}),
        house.admin.post(f"{path}/cancel"),
        house.admin.delete(path),
        house.admin.get(f"/start/{made['id']}"),
    ):
        assert answer.status_code in (502, 503)
        assert answer.headers["retry-after"]
    await house.zoom.go_wrong()
    assert await house.admin.meeting(made["id"]) == before
    assert await house.zoom.knows(made["zoom_meeting_id"])


# --- the database -------------------------------------------------------------------------------------------------


@contextmanager
def locked(house: WholeHouse) -> Iterator[None]:
    """Another process that writes and does not come to an end."""
    other = sqlite3.connect(house.database_path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


async def test_while_the_database_is_locked_zoom_is_asked_to_come_again_and_reading_goes_on(house: WholeHouse) -> None:
    async with page(house.url, PEOPLE["ada"].token) as ada:
        with locked(house):
            began = asyncio.get_running_loop().time()
            asked = house.notify(STARTED), house.notify(JOINED), house.admin.get("/api/zoom/meetings")
            answers = await asyncio.gather(*asked)
            assert [answer.status_code for answer in answers] == [503, 503, 200]
            assert answers[0].headers["retry-after"]
            assert told(answers[0])["temporary"] is True
            assert asyncio.get_running_loop().time() - began < 3
            assert (await house.by("").get("/healthz")).status_code == 200
        await ada.quiet()
        assert ada.names() == []
        for raw in (STARTED, JOINED):
            assert (await house.notify(raw)).status_code == 204
        await ada.quiet()
        assert ada.names() == ["meetingStarted", "participantJoined"]
    assert house.rows("SELECT seq FROM events ORDER BY seq") == [(1,), (2,)]


async def test_with_a_full_disk_nothing_is_taken_and_afterwards_all_is(house: WholeHouse) -> None:
    await set_room(house, 0)
    big = STARTED.replace(b"Matematik", b"x" * 60_000)
    answer = await house.notify(big)
    assert (answer.status_code, told(answer)["temporary"]) == (503, True)
    assert (await house.admin.get("/api/zoom/meetings")).json()["meetings"] == []
    assert (await house.by("").get("/readyz")).status_code == 200
    await set_room(house, 10_000)
    assert (await house.notify(big)).status_code == 204
    assert house.rows("SELECT outcome FROM deliveries") == [("applied",)]


async def set_room(house: WholeHouse, pages: int) -> None:
    """So many more pages fit into the database, as on a disk that is nearly full."""
    async with house.parts.database.write() as connection:
        size = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {size + pages}")


async def test_a_meeting_that_cannot_be_written_down_here_does_not_stay_in_zoom(house: WholeHouse) -> None:
    with locked(house):
        answer = await house.admin.post("/api/zoom/meetings", NEW)
        assert (answer.status_code, told(answer)["temporary"]) == (503, True)
    await house.zoom.settled()
    assert await house.zoom.meetings("ada") == []
    assert (await house.admin.get("/api/zoom/meetings")).json()["meetings"] == []


async def test_what_is_done_is_said_to_be_done_although_the_audit_misses_it(
    house: WholeHouse, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.parts.database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE audit")
    made = await house.admin.create()
    assert "the audit misses a line" in caplog.text
    assert (await house.admin.get(f"/api/zoom/meetings/{made['id']}")).status_code == 200


# --- a fault of ours ----------------------------------------------------------------------------------------------


async def test_a_fault_nobody_foresaw_is_one_persons_and_says_where_to_look(
    house: WholeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("canary of the inside")

    monkeypatch.setattr(house.parts.scheduling, "visible", broken)
    async with page(house.url, PEOPLE["tess"].token) as tess:
        answer = await house.admin.get("/api/zoom/meetings/m1")
        assert (answer.status_code, told(answer)["code"]) == (500, "internal")
        assert answer.headers["x-request-id"] in answer.text
        acked = await tess.call("joinMeeting", "m1")
        assert acked["error"] == {"code": "internal", "message": "Something went wrong on our side."}
        assert (await house.admin.get("/api/zoom/meetings")).status_code == 200
        assert (await house.notify(STARTED)).status_code == 204


def test_the_notifications_used_here_are_understood() -> None:
    assert all(read(raw).facts for raw in (STARTED, JOINED))
