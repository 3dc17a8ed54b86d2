from typing import Any

from tests.server.simulator.house import OTHER, OWNER, Endpoint, Zoom, endpoint, zoom

HOST_NAME = OWNER.display_name


def people(hook: Endpoint, event: str) -> list[dict[str, Any]]:
    """The participants of one event, in order of arrival."""
    return [one.body["payload"]["object"]["participant"] for one in hook.of(event)]


async def room(z: Zoom, made: dict[str, Any]) -> dict[str, Any]:
    """The room as control shows it."""
    shown: dict[str, Any] = (await z.http.get(f"/control/meetings/{made['id']}")).json()["meeting"]
    return shown


async def test_a_run_tells_its_whole_story_in_order() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(topic="Matematik")
        await z.start(made)
        alva = await z.join(made, "Alva Nyström", email="alva@pupil.example")
        await z.time.pass_by(600)
        await z.leave(made, alva)
        await z.end(made)
        await hook.until_event("meeting.ended")
    assert hook.events() == [
        "meeting.created",
        "meeting.started",
        "meeting.participant_joined",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.participant_left",
        "meeting.ended",
    ]
    host, guest = people(hook, "meeting.participant_joined")
    assert host["participant_user_id"] == host["id"] == OWNER.id
    assert (host["email"], host["user_name"]) == (OWNER.email, HOST_NAME)
    assert (guest["participant_user_id"], guest["id"], guest["registrant_id"]) == ("", "", "")
    assert guest["email"] == "alva@pupil.example"
    assert guest["join_time"] == "2026-09-14T12:00:00Z"
    left, host_left = people(hook, "meeting.participant_left")
    assert (left["user_id"], left["leave_time"]) == (guest["user_id"], "2026-09-14T12:10:00Z")
    assert left["leave_reason"] == "Alva Nyström left the meeting.<br>Reason: left the meeting."
    assert host_left["leave_reason"].endswith("Reason: Host ended the meeting.")
    (ended,) = (one.body["payload"]["object"] for one in hook.of("meeting.ended"))
    assert (ended["start_time"], ended["end_time"]) == ("2026-09-14T12:00:00Z", "2026-09-14T12:10:00Z")
    assert ended["duration"] == 60  # the scheduled length, as Zoom has it
    assert len({one.body["payload"]["object"]["uuid"] for one in hook.received if one.event != "meeting.created"}) == 1
    assert ended["uuid"] != made["uuid"]


async def test_every_join_has_a_new_user_id_and_every_run_a_new_uuid() -> None:
    async with zoom() as z:
        made = await z.meeting()
        await z.start(made)
        first_uuid = (await room(z, made))["uuid"]
        first = await z.join(made, "Noah", device="phone")
        await z.leave(made, first)
        second = await z.join(made, "Noah", device="laptop")
        await z.end(made)
        await z.start(made)
        assert (await room(z, made))["uuid"] != first_uuid
    assert first["user_id"] != second["user_id"]


async def test_somebody_with_the_email_of_a_user_is_that_user() -> None:
    async with zoom() as z:
        made = await z.meeting()
        await z.start(made)
        assert (await z.join(made, "N", email=OTHER.email.upper()))["participant_user_id"] == OTHER.id


async def test_who_comes_before_the_host_waits_and_enters_at_the_start() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting()
        early, late = await z.join(made, "Early"), await z.join(made, "Gone")
        assert early["status"] == "waiting_for_host"
        await z.time.until_someone_waits(30.0)
        await z.time.pass_by(30)
        await z.leave(made, late)
        await z.start(made)
        await hook.until_event("meeting.participant_joined", 2)
        assert [p["user_name"] for p in people(hook, "meeting.participant_joined")] == [HOST_NAME, "Early"]
        assert [p["user_name"] for p in people(hook, "meeting.participant_jbh_waiting")] == ["Early", "Gone"]
        assert [p["user_name"] for p in people(hook, "meeting.participant_jbh_waiting_left")] == ["Gone"]


async def test_the_first_guest_opens_a_room_that_may_be_joined_before_the_host() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(settings={"join_before_host": True})
        assert (await z.join(made, "Alva"))["status"] == "in_meeting"
        await hook.until_event("meeting.participant_joined")
    assert hook.events()[1:] == ["meeting.started", "meeting.participant_jbh_joined", "meeting.participant_joined"]


async def test_a_waiting_room_holds_strangers_until_they_are_admitted_and_lets_the_registered_through() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(settings={"waiting_room": True, "approval_type": 0})
        answer = await z.http.post(
            f"/v2/meetings/{made['id']}/registrants", json={"email": "noah@pupil.example", "first_name": "Noah"}
        )
        await z.start(made)
        stranger, other = await z.join(made, "Alva"), await z.join(made, "Shy")
        known = await z.join(made, "", registrant_id=answer.json()["registrant_id"])
        assert stranger["status"] == other["status"] == "in_waiting_room"
        assert (known["status"], known["user_name"], known["email"]) == ("in_meeting", "Noah", "noah@pupil.example")
        await z.control(f"meetings/{made['id']}/admit", participant=stranger["user_id"])
        await z.control(f"meetings/{made['id']}/admit", 409, participant=stranger["user_id"])
        await z.leave(made, other)
        await hook.until_event("meeting.participant_left_waiting_room")
    story = [
        (one.event.removeprefix("meeting.participant_"), one.body["payload"]["object"]["participant"]["user_name"])
        for one in hook.received
        if "participant" in one.event
    ]
    assert story == [
        ("joined", HOST_NAME),
        ("joined_waiting_room", "Alva"),
        ("joined_waiting_room", "Shy"),
        ("joined", "Noah"),
        ("admitted", "Alva"),
        ("joined", "Alva"),
        ("left_waiting_room", "Shy"),
    ]
    assert people(hook, "meeting.participant_admitted")[0]["user_id"] == stranger["user_id"]


async def test_somebody_put_back_into_the_waiting_room_can_be_admitted_again() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(settings={"waiting_room": True})
        await z.start(made)
        alva = await z.join(made, "Alva")
        for path in ("admit", "waiting-room", "admit"):
            await z.control(f"meetings/{made['id']}/{path}", participant=alva["user_id"])
        await hook.until_event("meeting.participant_joined", 3)
        assert len(people(hook, "meeting.participant_put_in_waiting_room")) == 1
        assert [p["status"] for p in (await room(z, made))["participants"]] == ["in_meeting", "in_meeting"]


async def test_an_empty_room_ends_after_two_minutes_unless_somebody_comes_back() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting()
        await z.start(made, host=False)
        alva = await z.join(made, "Alva")
        await z.leave(made, alva)
        await z.time.until_someone_waits(120.0)
        await z.time.pass_by(119)
        again = await z.join(made, "Alva")
        await z.time.pass_by(600)
        assert (await room(z, made))["status"] == "started"
        await z.leave(made, again)
        await z.time.until_someone_waits(120.0)
        await z.time.pass_by(121)
        await hook.until_event("meeting.ended")
        assert (await room(z, made))["status"] == "waiting"


async def test_who_waits_for_a_meeting_that_is_deleted_is_sent_home() -> None:
    async with zoom() as z:
        made = await z.meeting(default_password=False)
        seat = (await z.http.post(f"/room/{made['id']}/join", json={"name": "Alva"})).json()
        await z.http.delete(f"/v2/meetings/{made['id']}")
        state = await z.http.post(f"/room/{made['id']}/state", json={"ticket": seat["ticket"]})
        assert state.json()["place"] == "left"
        left = await z.http.post(f"/room/{made['id']}/leave", json={"ticket": seat["ticket"]})
        assert left.status_code == 204


async def test_starting_ending_and_leaving_twice_are_harmless() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting()
        await z.start(made)
        await z.start(made)
        alva = await z.join(made, "Alva")
        await z.leave(made, alva)
        await z.leave(made, alva)
        await z.end(made)
        await z.control(f"meetings/{made['id']}/end", 409)
        await z.leave(made, alva)
        await hook.until_event("meeting.ended")
    assert hook.events().count("meeting.started") == 1
    assert hook.events().count("meeting.participant_left") == 2


async def test_an_update_tells_only_what_changed_and_what_it_was() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(topic="Before", agenda="Same", settings={"waiting_room": False})
        path = f"/v2/meetings/{made['id']}"
        await z.http.patch(path, json={"topic": "After", "agenda": "Same", "settings": {"waiting_room": True}})
        await z.http.patch(path, json={"topic": "After"})
        await z.http.delete(path)
        await hook.until_event("meeting.deleted")
    (updated,) = (one.body["payload"] for one in hook.of("meeting.updated"))
    assert updated["object"] == {"id": made["id"], "topic": "After", "settings": {"waiting_room": True}}
    assert updated["old_object"] == {"id": made["id"], "topic": "Before", "settings": {"waiting_room": False}}
    assert (updated["operator"], updated["operator_id"]) == (OWNER.email, OWNER.id)
    assert hook.of("meeting.deleted")[0].body["payload"]["operation"] == "all"
