"""What an admin changes about a meeting, as the pages of those concerned hear it."""

import asyncio
from pathlib import Path

import pytest

from tests.support.ears import page
from tests.support.whole_house import BIOLOGY, PEOPLE, whole_house

SOON = "2030-12-01T09:00:00Z"


async def test_a_cancelled_meeting_stays_in_sight_as_cancelled_and_is_no_news_twice(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house, page(house.url, PEOPLE["sam"].token) as sam:
        made = await house.admin.create(start_time=SOON)
        await house.zoom.settled()
        await house.admin.post(f"/api/zoom/meetings/{made['id']}/cancel")
        await house.zoom.settled()  # Zoom says that it is deleted, which is an echo
        await sam.quiet()
        assert sam.names() == ["meetingCreated", "meetingStatusUpdate"]
        assert sam.of("meetingStatusUpdate")[0].body["status"] == "cancelled"
        assert (await house.by("sam").meeting(made["id"]))["status"] == "cancelled"


async def test_a_deleted_meeting_is_told_as_deleted_once_and_is_in_no_picture_after(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        async with page(house.url, PEOPLE["sam"].token) as sam, page(house.url, PEOPLE["ada"].token) as ada:
            made = await house.admin.create()
            await house.zoom.settled()
            await house.admin.delete(f"/api/zoom/meetings/{made['id']}")
            await house.zoom.settled()
            await asyncio.gather(sam.quiet(), ada.quiet())
            for who in (sam, ada):
                assert who.of("meetingStatusUpdate")[-1].body["status"] == "deleted"
                assert [e.body["status"] for e in who.of("meetingStatusUpdate")].count("deleted") == 1
        async with page(house.url, PEOPLE["sam"].token) as sam:
            assert sam.first["meetings"] == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"topic": "Decimals"}, {"topic": "Decimals", "title": "Decimals"}),
        ({"start_time": "2030-12-02T09:00:00Z"}, {"start_time": "2030-12-02T09:00:00Z"}),
        ({"duration": 30, "agenda": "Page 12"}, {"duration": 30, "agenda": "Page 12"}),
        ({"host": "u-tess"}, {"host": {"name": "Tess Marquez"}}),
    ],
)
async def test_a_change_is_heard_as_the_whole_meeting_with_a_newer_revision(
    tmp_path: Path, change: dict[str, object], fields: dict[str, object]
) -> None:
    async with whole_house(tmp_path) as house, page(house.url, PEOPLE["sam"].token) as sam:
        made = await house.admin.create(start_time=SOON)
        before = (await sam.hears("meetingCreated")).body
        await house.admin.patch(f"/api/zoom/meetings/{made['id']}", change)
        await house.zoom.settled()
        await sam.quiet()
        after = sam.of("meetingStatusUpdate")[-1].body
        assert after == before | fields | {"revision": after["revision"]}
        revisions = [each.body["revision"] for each in sam.heard if each.name.startswith("meeting")]
        assert revisions == sorted(set(revisions))
        assert after == await house.by("sam").meeting(made["id"])


async def test_what_only_staff_see_tells_students_nothing(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        async with page(house.url, PEOPLE["sam"].token) as sam, page(house.url, PEOPLE["tess"].token) as tess:
            made = await house.admin.create(start_time=SOON)
            await sam.hears("meetingCreated")
            await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"settings": {"mute_upon_entry": True}})
            await house.zoom.settled()
            await asyncio.gather(sam.quiet(), tess.quiet())
            bodies = [{**each.body, "revision": 0} for each in sam.heard if each.name.startswith("meeting")]
            assert bodies == [bodies[0]] * len(bodies)
            assert "mute_upon_entry" not in "".join(sam.packets)
            assert tess.of("meetingStatusUpdate")[-1].body["settings"]["mute_upon_entry"] is True


async def test_a_class_that_gains_a_meeting_hears_it_as_new_and_the_one_that_loses_it_as_gone(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        async with page(house.url, PEOPLE["theo"].token) as theo, page(house.url, PEOPLE["tess"].token) as tess:
            made = await house.admin.create(start_time=SOON)
            await tess.hears("meetingCreated")
            await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"class_id": BIOLOGY})
            await asyncio.gather(tess.quiet(), theo.quiet())
            assert theo.names()[0] == "meetingCreated"
            assert theo.of("meetingCreated")[0].body["class"]["id"] == BIOLOGY
            assert tess.of("meetingStatusUpdate")[-1].body["status"] == "deleted"
            await house.zoom.start(made)
            await house.zoom.settled()
            await asyncio.gather(tess.quiet(), theo.quiet())
            assert len(theo.of("meetingCreated")) == 1
            assert theo.names()[-2:] == ["meetingStarted", "participantJoined"]
            assert "meetingStarted" not in tess.names()


async def test_learners_hear_how_many_are_there_and_not_who(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house, page(house.url, PEOPLE["sam"].token) as sam:
        made = await house.by("tess").create()
        await house.zoom.start(made)
        for number in range(5):
            await house.zoom.join(made, f"Guest {number}")
        counted = {"meetingId": made["id"], "participantCount": 6}
        await sam.until(lambda: [e.body for e in sam.of("countUpdate")][-1:] == [counted], "six are there")
        assert all("cursor" not in each.meta for each in sam.of("countUpdate"))
        assert len(sam.of("countUpdate")) <= 3  # one a second at the most
        assert "Guest" not in "".join(sam.packets)
