"""The main job of the house: a meeting is made, begins, people come and go, it ends, and everybody hears their part."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.ears import Ear, Page, node, page, python_client
from tests.support.whole_house import PEOPLE, ZOOM, WholeHouse, whole_house

TRANSPORTS: dict[str, dict[str, object]] = {
    "polling, then upgraded": {"transports": ["polling", "websocket"]},
    "polling only": {"transports": ["polling"]},
    "websocket only": {"transports": ["websocket"]},
}


async def a_class(house: WholeHouse) -> dict[str, Any]:
    """A whole class: made, begun, two come, one leaves, one presses Join, ended."""
    meeting = await house.admin.create(topic="Fractions")
    await house.zoom.settled()
    await house.zoom.start(meeting)
    sam = await house.zoom.join(meeting, "Sam Dizon", PEOPLE["sam"].email)
    await house.zoom.join(meeting, "somebody's tablet")
    await house.zoom.leave(meeting, sam)
    await house.zoom.settled()
    assert (await house.by("sue").get(f"/join/{meeting['id']}")).status_code == 303
    await house.zoom.end(meeting)
    await house.zoom.settled()
    return meeting


@pytest.mark.parametrize("fault", [{}, {"delay_s": 0.2}, {"duplicate": 3, "new_request_id": True}])
async def test_a_student_hears_of_a_new_meeting_once_whenever_zoom_tells_of_it_too(
    tmp_path: Path, fault: dict[str, object]
) -> None:
    async with whole_house(tmp_path) as house, page(house.url, PEOPLE["sam"].token) as sam:
        await house.zoom.go_wrong(webhooks=[fault] if fault else [])
        meeting = await house.admin.create(topic="Fractions")
        await house.zoom.arrived("meeting.created", 4 if "duplicate" in fault else 1)
        await sam.hears("meetingCreated")
        await sam.quiet()
        assert sam.names() == ["meetingCreated"]
        told = sam.of("meetingCreated")[0].body
        assert (told["id"], told["topic"], told["class"]) == (
            meeting["id"],
            "Fractions",
            {"id": "c-math", "name": "Mathematics 7A"},
        )


async def test_a_student_of_another_class_hears_nothing(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house, page(house.url, PEOPLE["bob"].token) as bob:
        await a_class(house)
        await bob.quiet()
        assert bob.names() == []
        assert len(bob.packets) == 4  # open, connected, initialState, the answer


async def test_each_hears_their_part_of_a_class_in_order(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        async with page(house.url, PEOPLE["ada"].token) as ada, page(house.url, PEOPLE["sam"].token) as sam:
            meeting = await a_class(house)
            await asyncio.gather(ada.quiet(), sam.quiet())
        lifecycle = ["meetingCreated", "meetingStarted", "meetingEnded"]
        assert [name for name in sam.names() if name.startswith("meeting")] == lifecycle
        assert [name for name in ada.names() if name in lifecycle] == lifecycle
        assert [name for name in sam.names() if not name.startswith("meeting")] == ["attendanceUpdated"] * 2
        joined = [event.body["participant"]["name"] for event in ada.of("participantJoined")]
        assert joined == ["Ada Reyes", "Sam Dizon", "somebody's tablet"]
        left = [event.body["participant"]["name"] for event in ada.of("participantLeft")]
        assert left[0] == "Sam Dizon"
        assert sorted(left[1:]) == ["Ada Reyes", "somebody's tablet"]  # the end sends everybody home
        assert [event.body["click"]["name"] for event in ada.of("linkClicked")] == ["Sue Pascual"]
        assert [event.body["status"] for event in sam.of("meetingEnded")] == ["ended"]
        assert sam.of("meetingEnded")[0].body["id"] == meeting["id"]


async def test_afterwards_staff_read_who_was_there_and_how_long(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        meeting = await a_class(house)
        answer = (await house.by("tess").get(f"/api/zoom/meetings/{meeting['id']}/participants")).json()
        assert answer["meeting"]["status"] == "ended"
        seen = {row["name"]: row for row in answer["participants"]}
        assert set(seen) == {"Ada Reyes", "Sam Dizon", "somebody's tablet"}
        assert (seen["Sam Dizon"]["userId"], seen["Sam Dizon"]["state"]) == ("u-sam", "over")
        expected = {row["userId"]: row for row in answer["expectedAttendees"]}
        assert set(expected) == {"u-sam", "u-sue", "u-ned"}
        assert [key for key, row in sorted(expected.items()) if row["attended"]] == ["u-sam"]
        assert expected["u-sue"]["clickedAt"] is not None
        assert answer["stats"]["expectedCount"] == 3
        assert answer["stats"]["joinedCount"] == answer["stats"]["totalParticipants"] == 3
        assert answer["stats"]["attendanceRate"] == 33


async def test_join_leads_to_zoom_and_the_click_is_kept(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        meeting = await house.admin.create()
        answer = await house.by("sam").get(f"/join/{meeting['id']}")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"{ZOOM}/j/{meeting['zoom_meeting_id']}")
        assert answer.headers["cache-control"] == "no-store"
        assert house.rows("SELECT user_id, meeting_id FROM clicks") == [("u-sam", meeting["id"])]
        assert (await house.admin.meeting(meeting["id"]))["clickCount"] == 1


@pytest.mark.parametrize("client", ["python", *TRANSPORTS])
async def test_every_official_client_hears_the_same_as_a_plain_reader(tmp_path: Path, client: str) -> None:
    who = PEOPLE["tess"].token
    async with whole_house(tmp_path) as house, page(house.url, who) as plain:
        if client == "python":
            async with python_client(house.url, who) as ear:
                await compare(house, plain, ear)
        else:
            async with node() as javascript:
                ear = await javascript.open(house.url, who, **TRANSPORTS[client])
                if client == "polling, then upgraded":
                    assert await ear.is_in("upgrade") == "websocket"
                await compare(house, plain, ear)


async def compare(house: WholeHouse, plain: Page, ear: Ear) -> None:
    await a_class(house)
    await plain.quiet()
    wanted = durable(plain)
    assert len(wanted) >= 8
    await ear.until(lambda: len(durable(ear)) >= len(wanted), "as much as the plain reader")
    assert durable(ear) == wanted
    assert ear.first["meetings"] == plain.first["meetings"]
    assert ear.first["resume"] == plain.first["resume"]


def durable(ear: Ear) -> list[tuple[str, Any, Any]]:
    return [(each.name, each.body, each.meta) for each in ear.heard if each.meta and "cursor" in each.meta]
