"""Who loses the line gets exactly what was missed: after a cut, after a restart, after a kill."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.child import child_house
from tests.support.ears import Ear, JsSocket, node, page, transport
from tests.support.line import line_to
from tests.support.whole_house import PEOPLE, whole_house

TRANSPORTS: dict[str, list[str]] = {
    "polling, then upgraded": ["polling", "websocket"],
    "polling only": ["polling"],
    "websocket only": ["websocket"],
}


def told(ear: Ear) -> list[tuple[str, str, Any]]:
    """Every event with its id and body, whether live or replayed."""
    return [(h.name, h.meta["id"], h.body) for h in ear.heard if h.meta and "cursor" in h.meta]


def is_all_there(ear: Ear, wanted: list[tuple[str, str, Any]]) -> bool:
    return len(told(ear)) >= len(wanted)


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
async def test_a_client_whose_line_breaks_hears_everything_once_in_order(tmp_path: Path, transports: list[str]) -> None:
    who = PEOPLE["tess"].token
    async with whole_house(tmp_path) as house, line_to(house.url) as line, node() as javascript:
        async with page(house.url, who) as plain:
            ear = await javascript.open(line.url, who, transports=transports)
            made = await house.admin.create()
            await house.zoom.start(made)
            for number in range(12):
                guest = await house.zoom.join(made, f"Guest {number}")
                if number % 4 == 1:
                    line.cut()
                if number % 3 == 0:
                    await house.zoom.leave(made, guest)
            await house.zoom.settled()
            await plain.quiet()
            wanted = told(plain)
            assert len(wanted) > 15
            await ear.until(lambda: is_all_there(ear, wanted), "what the other heard")
            assert told(ear) == wanted
            await ear.is_in("disconnect")
            assert {state.body["mode"] for state in ear.of("initialState")[1:]} == {"replay"}


async def test_whom_the_server_cuts_comes_back_by_itself_and_missed_nothing(tmp_path: Path) -> None:
    who = PEOPLE["tess"]
    async with whole_house(tmp_path) as house, node() as javascript, page(house.url, PEOPLE["carl"].token) as plain:
        ear = await javascript.open(house.url, who.token, transports=["websocket"])
        made = await house.admin.create()
        for number in range(4):
            house.parts.hub.end_person(who.id, "signed_out")  # its login in the store is still good
            await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"topic": f"Lesson {number}"})
            await ear.hears("initialState", number + 2)
        await house.zoom.settled()
        await plain.quiet()
        wanted = told(plain)
        await ear.until(lambda: is_all_there(ear, wanted), "what the other heard")
        assert told(ear) == wanted
        assert {state.body["mode"] for state in ear.of("initialState")[1:]} == {"replay"}


async def test_a_restart_is_a_replay_and_not_a_new_picture(tmp_path: Path) -> None:
    who = PEOPLE["tess"].token
    async with child_house(tmp_path) as house, node() as javascript:
        ears = [await javascript.open(house.url, who, transports=each) for each in TRANSPORTS.values()]
        made = await house.admin.create()
        await house.zoom.start(made)
        await house.zoom.settled()
        before = await all_alike(ears, 3)
        assert await house.child.stop() < 5
        await house.come_back()
        await house.zoom.join(made, "Sam Dizon", PEOPLE["sam"].email)
        await house.zoom.settled()
        await asyncio.gather(*(ear.hears("initialState", 2) for ear in ears))
        after = await all_alike(ears, len(before) + 1)
        assert after[: len(before)] == before
        assert [name for name, _, _ in after[len(before) :]] == ["participantJoined"]
        for ear in ears:
            assert [state.body["mode"] for state in ear.of("initialState")] == ["snapshot", "replay"]


async def all_alike(ears: list[JsSocket], count: int) -> list[tuple[str, str, Any]]:
    """What all of them heard, which is the same and at least so much."""
    for ear in ears:
        await ear.until(lambda ear=ear: len(told(ear)) >= count, f"{count} events")  # type: ignore[misc]
    first, *others = (told(ear) for ear in ears)
    for other in others:
        assert other == first
    return first


async def test_what_happened_while_nobody_served_is_replayed_from_the_log(tmp_path: Path) -> None:
    """Killed after the commit and before anybody was told: the log tells it at the next start."""
    async with child_house(tmp_path) as house:
        async with page(house.url, PEOPLE["tess"].token) as tess:
            made = await house.admin.create()
            await house.zoom.settled()
            await tess.quiet()
            heard, resume = told(tess), tess.resume
        await house.zoom.start(made)  # nobody listens
        await house.zoom.settled()
        await house.kill()
        await house.come_back()
        async with page(house.url, PEOPLE["tess"].token, resume=resume) as tess:
            await tess.quiet()
            assert tess.first["mode"] == "replay"
            assert [name for name, _, _ in told(tess)] == ["meetingStarted", "participantJoined"]
            assert not {key for _, key, _ in told(tess)} & {key for _, key, _ in heard}
            assert all(each.meta["replay"] for each in tess.heard if each.meta)


async def test_anothers_key_or_a_broken_cursor_is_a_picture_of_ones_own(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        async with page(house.url, PEOPLE["ada"].token) as ada, page(house.url, PEOPLE["sam"].token) as sam:
            await house.admin.create(topic="Cells", class_id="c-bio", start_time="2026-12-01T09:00:00Z")
            await asyncio.gather(ada.quiet(), sam.quiet())
            admins, own = ada.resume, sam.resume
        offers: list[object] = [
            admins,
            {**own, "key": admins["key"]},
            {**admins, "cursor": own["cursor"] + "x"},
            {**own, "cursor": own["cursor"][::-1]},
            {**own, "cursor": ""},
            {"key": None, "cursor": 5},
            "nonsense",
            [],
        ]
        for offer in offers:
            async with page(house.url, PEOPLE["sam"].token, resume=offer) as back:
                assert back.first["mode"] == "snapshot", offer
                assert "Cells" not in "".join(back.packets)
        async with page(house.url, PEOPLE["sam"].token, resume=own) as back:
            assert back.first["mode"] == "replay"


HELLOS = ("40", '40{"token":"nobody"}', '40{"token":5}', '40{"token":""}', '40["token"]', '42["joinMeeting","x"]')


async def test_a_bad_login_hears_nothing_at_all(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:

        async def knock(hello: str) -> list[str]:
            async with transport(house.url) as stranger:
                await stranger.wire.send(hello)
                await house.admin.create()
                await stranger.until(lambda: stranger.wire.state.name == "CLOSED", "the end")
                return stranger.packets[1:]

        for heard in await asyncio.gather(*map(knock, HELLOS)):
            assert [packet[:2] for packet in heard] in ([], ["44"])
