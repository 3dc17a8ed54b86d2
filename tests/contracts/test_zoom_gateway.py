"""What the gateway promises, kept by the client with the simulator at the other end of HTTP."""

from datetime import datetime, timedelta

from server.simulator import BASIC, HostUser
from server.zoom.client import ZoomClient
from server.zoom.errors import ZoomBadInput, ZoomNotFound
from server.zoom.gateway import ListKind, MeetingPlan
from tests.server.simulator.house import FREE, NOON, OWNER, serve, zoom
from tests.server.zoom.house import HASTE
from tests.server.zoom.pair import CREDENTIALS, PLAN, TOMORROW, WEEKLY, pair, refusal


async def test_a_new_meeting_is_as_planned() -> None:
    plan = MeetingPlan(
        topic="Matematik 7B – grupp 2",
        agenda="Bråk\nProcent",
        start_time=TOMORROW,
        duration_min=45,
        timezone="Europe/Stockholm",
        passcode="4k7Tq2",
        settings={"waiting_room": True, "mute_upon_entry": True, "auto_recording": "cloud"},
    )
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.email, plan)
        assert (made.topic, made.agenda, made.start_time, made.duration_min, made.timezone, made.passcode) == (
            plan.topic,
            plan.agenda,
            plan.start_time,
            plan.duration_min,
            plan.timezone,
            plan.passcode,
        )
        assert plan.settings.items() <= made.settings.items()
        assert (made.host_id, made.host_email, made.is_started, made.created_at) == (OWNER.id, OWNER.email, False, NOON)
        assert made.id.isdigit()
        assert made.join_url.startswith("http")
        assert await here.gateway.get_meeting(made.id) == made


async def test_a_meeting_without_a_start_begins_now() -> None:
    async with pair() as here:
        assert (await here.gateway.create_meeting(OWNER.id, MeetingPlan(topic="Now"))).start_time == NOON


async def test_a_series_has_its_dates_at_the_same_hour_in_summer_and_in_winter() -> None:
    start = datetime.fromisoformat("2026-10-20T15:00:00+02:00")  # in Stockholm, five days before the clocks go back
    async with pair() as here:
        made = await here.gateway.create_meeting(
            OWNER.id, MeetingPlan(topic="Serie", start_time=start, timezone="Europe/Stockholm", recurrence=WEEKLY)
        )
        assert made.type == 8
        assert [one.start_time.isoformat() for one in made.occurrences] == [
            "2026-10-20T13:00:00+00:00",
            "2026-10-27T14:00:00+00:00",
            "2026-11-03T14:00:00+00:00",
        ]


async def test_one_date_of_a_series_can_be_moved_and_deleted() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(
            OWNER.id, MeetingPlan(topic="Serie", start_time=TOMORROW, duration_min=45, recurrence=WEEKLY)
        )
        first, second, third = made.occurrences
        moved_to = second.start_time + timedelta(hours=1)
        moved = await here.gateway.update_meeting(made.id, MeetingPlan(start_time=moved_to), second.id)
        assert (moved.meeting.start_time, moved.not_taken) == (moved_to, ())
        await here.gateway.delete_meeting(made.id, first.id)
        left = await here.gateway.get_meeting(made.id)
        assert [(one.id, one.start_time) for one in left.occurrences] == [
            (second.id, moved_to),
            (third.id, third.start_time),
        ]


async def test_a_change_is_read_back() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        changed = await here.gateway.update_meeting(made.id, MeetingPlan(topic="Fysik", settings={"host_video": True}))
        assert (changed.meeting.topic, changed.not_taken) == ("Fysik", ())
        assert changed.meeting.settings["host_video"] is True
        assert changed.meeting.duration_min == made.duration_min
        assert await here.gateway.get_meeting(made.id) == changed.meeting


async def test_what_zoom_quietly_does_otherwise_is_told() -> None:
    asked = MeetingPlan(
        topic="Fysik",
        start_time=NOON - timedelta(days=3),
        duration_min=100_000,
        settings={"waiting_room": True, "join_before_host": True, "auto_recording": "moon"},
    )
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        changed = await here.gateway.update_meeting(made.id, asked)
        assert set(changed.not_taken) == {
            "start_time",
            "duration_min",
            "settings.join_before_host",
            "settings.auto_recording",
        }


async def test_registration_with_a_host_who_may_not_is_told() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(FREE.id, PLAN)
        changed = await here.gateway.update_meeting(made.id, MeetingPlan(settings={"approval_type": 0}))
        assert changed.not_taken == ("settings.approval_type",)


async def test_a_field_zoom_does_not_take_is_named() -> None:
    async with pair() as here:
        error = await refusal(here.gateway.create_meeting(OWNER.id, MeetingPlan(topic="x" * 201)))
        assert isinstance(error, ZoomBadInput)
        assert set(error.fields) == {"topic"}


async def test_a_deleted_meeting_is_gone_and_deleting_it_again_is_no_fault() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.gateway.delete_meeting(made.id)
        await here.gateway.delete_meeting(made.id)
        assert isinstance(await refusal(here.gateway.get_meeting(made.id)), ZoomNotFound)
        assert isinstance(await refusal(here.gateway.end_meeting(made.id)), ZoomNotFound)
        assert await here.gateway.list_meetings(OWNER.id) == []


async def test_a_run_is_seen_and_can_be_ended() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.zoom.control(f"meetings/{made.id}/start")
        live = await here.gateway.get_meeting(made.id)
        assert live.is_started
        assert [row.uuid for row in await here.gateway.list_meetings(OWNER.id, ListKind.LIVE)] == [live.uuid]
        await here.gateway.end_meeting(made.id)
        assert not (await here.gateway.get_meeting(made.id)).is_started
        assert await here.gateway.list_meetings(OWNER.id, ListKind.LIVE) == []
        assert [row.uuid for row in await here.gateway.list_meetings(OWNER.id, ListKind.PREVIOUS)] == [live.uuid]


async def test_the_start_link_is_the_hosts_and_prints_nothing() -> None:
    async with pair() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        link = await here.gateway.start_link(made.id)
        assert f"/s/{made.id}" in link.url
        assert link.url not in repr(link)
        assert link.url not in repr(made)


async def test_everybody_of_the_account_can_be_listed_and_found() -> None:
    crowd = tuple(HostUser(f"user{n:04}", f"u{n}@school.example", "Una", str(n), type=BASIC) for n in range(650))
    async with pair(users=(OWNER, *crowd)) as here:
        users = await here.gateway.list_users()
        assert [user.id for user in users] == [OWNER.id, *(user.id for user in crowd)]
        assert [user.is_licensed for user in users[:2]] == [True, False]
        found = await here.gateway.find_user(OWNER.email.upper())
        assert found is not None
        assert (found.id, found.email, found.name, found.timezone) == (
            OWNER.id,
            OWNER.email,
            "Tove Berglund",
            "Europe/Stockholm",
        )
        assert await here.gateway.find_user("nobody@school.example") is None


async def test_a_host_zoom_does_not_know_is_not_found() -> None:
    async with pair() as here:
        for call in (here.gateway.create_meeting("nobody@school.example", PLAN), here.gateway.list_meetings("nobody")):
            assert isinstance(await refusal(call), ZoomNotFound)


async def test_all_of_it_works_over_a_real_port() -> None:
    async with zoom() as other, serve(other.simulator.app) as address:
        client = ZoomClient(
            CREDENTIALS, other.time, api_url=f"{address}/v2", token_url=f"{address}/oauth/token", patience=HASTE
        )
        try:
            made = await client.create_meeting(OWNER.email, PLAN)
            assert (await client.update_meeting(made.id, MeetingPlan(topic="Fysik"))).meeting.topic == "Fysik"
            await client.delete_meeting(made.id)
        finally:
            await client.close()
