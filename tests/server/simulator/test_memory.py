import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.simulator import HostUser
from tests.server.simulator.house import (
    FREE,
    OTHER,
    OWNER,
    ManualTime,
    Zoom,
    endpoint,
    zoom,
)

USERS = (OWNER, OTHER, FREE)
LOOK_S, SILENCE_S, EMPTY_S = 15.0, 105.0, 120.0  # how often pages are looked for, their patience, an empty room's


# -- everything is as it was -------------------------------------------------------------------------------------------


async def all_answers(z: Zoom) -> dict[str, Any]:
    """What the API and the control calls say of everything, without what is new in every answer."""
    paths = [
        f"/v2/users/{user.id}/meetings?page_size=300&type={kind}"
        for user in USERS
        for kind in ("scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings")
    ]
    lists = {path: await answer(z, path) for path in paths}
    ids = sorted({row["id"] for _, body in lists.values() for row in body["meetings"]})
    for meeting in ids:
        paths = [f"/v2/meetings/{meeting}", f"/control/meetings/{meeting}", f"/v2/past_meetings/{meeting}/instances"]
        paths += [f"/v2/meetings/{meeting}/registrants?status={s}" for s in ("pending", "approved", "denied")]
        paths += [f"/v2/past_meetings/{meeting}", f"/v2/past_meetings/{meeting}/participants"]
        paths += [f"/v2/report/meetings/{meeting}", f"/v2/report/meetings/{meeting}/participants"]
        lists |= {path: await answer(z, path) for path in paths}
    return lists


async def answer(z: Zoom, path: str) -> tuple[int, Any]:
    found = await z.http.get(path)
    body = found.json()
    body.pop("start_url", None)  # its key is new each time one asks
    return found.status_code, body


Step = Callable[[Zoom, list[dict[str, Any]], int], Awaitable[Any]]


async def make(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    weekly = {"type": 2, "repeat_interval": 1, "weekly_days": "2,4", "end_date_time": "2026-12-01T00:00:00Z"}
    kinds: list[dict[str, Any]] = [
        {"topic": "Grammatik 😀", "agenda": "§ 4"},
        {"type": 1},
        {"type": 3, "recurrence": {"type": 1}},
        {"type": 8, "recurrence": weekly, "timezone": "Europe/Stockholm"},
        {"settings": {"approval_type": number % 3}, "tracking_fields": [{"field": "Room", "value": "4", "id": "x"}]},
        {"settings": {"waiting_room": True, "meeting_invitees": [{"email": "a@pupil.example"}]}},
        {"settings": {"join_before_host": True}, "default_password": False},
    ]
    made.append(await z.meeting(USERS[number % 3], **kinds[number % len(kinds)]))


async def register(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    one = {"email": f"p{number}@pupil.example", "first_name": f"P{number}", "city": "Åre"}
    await z.http.post(f"/v2/meetings/{made[number % len(made)]['id']}/registrants", json=one)


async def decide(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    path = f"/v2/meetings/{made[number % len(made)]['id']}/registrants"
    people = (await z.http.get(path)).json().get("registrants", [])
    action = ("approve", "deny", "cancel")[number % 3]
    await z.http.put(f"{path}/status", json={"action": action, "registrants": [{"id": p["id"]} for p in people[:2]]})


async def change(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    body = {"topic": f"Topic {number}", "duration": number + 1, "settings": {"audio": "voip"}}
    await z.http.patch(f"/v2/meetings/{made[number % len(made)]['id']}", json=body)


async def remove(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    path = f"/v2/meetings/{made[number % len(made)]['id']}"
    occurrences = (await z.http.get(path)).json().get("occurrences", [])
    await z.http.delete(path, params={"occurrence_id": occurrences[0]["occurrence_id"]} if occurrences else {})


async def recover(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    await z.http.put(f"/v2/meetings/{made[number % len(made)]['id']}/status", json={"action": "recover"})


async def start(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    await z.http.post(f"/control/meetings/{made[number % len(made)]['id']}/start", json={"host": number % 4 != 0})


async def end(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    await z.http.post(f"/control/meetings/{made[number % len(made)]['id']}/end")


async def join(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    one = {"name": f"Pupil {number}", "email": OTHER.email if number % 5 == 0 else "", "device": "phone"}
    await z.http.post(f"/control/meetings/{made[number % len(made)]['id']}/join", json=one)


async def move(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    path = f"/control/meetings/{made[number % len(made)]['id']}"
    people = (await z.http.get(path)).json().get("meeting", {}).get("participants", [])
    if people:
        action = ("leave", "admit", "waiting-room")[number % 3]
        await z.http.post(f"{path}/{action}", json={"participant": people[number % len(people)]["user_id"]})


async def pass_time(z: Zoom, made: list[dict[str, Any]], number: int) -> None:
    await z.time.pass_by(7.0 * number)


STEPS: list[Step] = [register, decide, change, remove, recover, start, end, join, join, move, pass_time]
WALK = st.lists(st.tuples(st.sampled_from([make, start, join, *STEPS]), st.integers(0, 20)), max_size=30)


@given(walk=WALK)
@settings(max_examples=40)
def test_after_any_walk_and_a_restart_every_answer_is_what_it_was(walk: list[tuple[Step, int]]) -> None:
    async def before_and_after(file: Path) -> None:
        time, made = ManualTime(), list[dict[str, Any]]()
        async with zoom(time=time, state_file=file) as z:
            await make(z, made, 0)
            for step, number in walk:
                await step(z, made, number)
            before = await all_answers(z)
        async with zoom(time=time, state_file=file) as z:
            assert await all_answers(z) == before

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(before_and_after(Path(folder, "zoom.json")))


async def test_a_deleted_meeting_can_still_be_recovered_after_a_restart(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting(topic="Gone and back")
        await z.http.delete(f"/v2/meetings/{made['id']}")
    async with zoom(state_file=state_file) as z:
        assert (await z.http.get(f"/v2/meetings/{made['id']}")).status_code == 404
        await z.http.put(f"/v2/meetings/{made['id']}/status", json={"action": "recover"})
        assert (await z.http.get(f"/v2/meetings/{made['id']}")).json()["topic"] == "Gone and back"


async def test_the_writes_of_today_are_counted_on_after_a_restart(state_file: Path) -> None:
    async with zoom(state_file=state_file, meeting_writes_per_day=2) as z:
        made = await z.meeting()
        await z.http.patch(f"/v2/meetings/{made['id']}", json={})
    async with zoom(state_file=state_file, meeting_writes_per_day=2) as z:
        assert (await z.http.patch(f"/v2/meetings/{made['id']}", json={})).status_code == 429


async def test_a_join_after_a_restart_has_a_user_id_nobody_had_before(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting()
        await z.start(made)
        first = await z.join(made, "Noah")
        await z.leave(made, first)
    async with zoom(state_file=state_file) as z:
        assert int((await z.join(made, "Noah"))["user_id"]) > int(first["user_id"])


async def test_links_given_out_before_a_restart_open_the_same_doors_after_it(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting(settings={"approval_type": 0})
        person = {"email": "noah@pupil.example", "first_name": "Noah"}
        link = (await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=person)).json()["join_url"]
    async with zoom(state_file=state_file) as z:
        assert 'value="Noah"' in (await z.http.get(link)).text
        assert '<div id="passcode-field" hidden>' in (await z.http.get(made["join_url"])).text


async def test_a_series_that_is_moved_after_a_restart_still_ends_when_it_was_to_end(state_file: Path) -> None:
    weekly = {"type": 2, "repeat_interval": 1, "end_date_time": "2026-10-20T00:00:00Z"}
    async with zoom(state_file=state_file) as z:
        made = await z.meeting(type=8, recurrence=weekly)
    async with zoom(state_file=state_file) as z:
        await z.http.patch(f"/v2/meetings/{made['id']}", json={"duration": 30})
        moved = (await z.http.get(f"/v2/meetings/{made['id']}")).json()["occurrences"]
    assert [one["start_time"] for one in moved] == [one["start_time"] for one in made["occurrences"]]
    assert len(moved) == 5


async def test_the_meetings_of_a_user_who_is_gone_are_gone_and_others_stay(state_file: Path) -> None:
    renamed = HostUser(OWNER.id, OWNER.email, "Tova", "Berglund")
    async with zoom(state_file=state_file) as z:
        his, hers = await z.meeting(OTHER), await z.meeting(OWNER)
        await z.start(his)
    async with zoom(state_file=state_file, users=(renamed,)) as z:
        assert (await z.http.get(f"/v2/meetings/{his['id']}")).status_code == 404
        assert (await z.http.get(f"/v2/meetings/{hers['id']}")).status_code == 200
        await z.start(hers)
        shown = (await z.http.get(f"/control/meetings/{hers['id']}")).json()["meeting"]
    assert [one["user_name"] for one in shown["participants"]] == ["Tova Berglund"]


async def test_what_is_over_for_thirty_days_is_forgotten_and_the_rest_is_not(state_file: Path) -> None:
    time = ManualTime()
    async with zoom(time=time, state_file=state_file) as z:
        far = (time.now() + timedelta(days=31)).strftime("%Y-%m-%dT%H:%M:%SZ")
        weekly = {"type": 2, "repeat_interval": 1, "end_times": 6}
        old, ahead, open_end = await z.meeting(), await z.meeting(start_time=far), await z.meeting(type=3)
        series = await z.meeting(type=8, recurrence=weekly)
        deleted, live, instant = await z.meeting(), await z.meeting(), await z.meeting(type=1)
        await z.http.delete(f"/v2/meetings/{deleted['id']}")
        for meeting in (series, instant):
            await z.start(meeting)
            await z.end(meeting)
        await z.start(live)
    remembered = ids(state_file)
    assert remembered == {one["id"] for one in (old, ahead, open_end, series, deleted, live, instant)}
    await time.pass_by(timedelta(days=31, hours=2).total_seconds())
    async with zoom(time=time, state_file=state_file) as z:
        await z.meeting()
        assert (await z.http.get(f"/v2/meetings/{old['id']}")).status_code == 200
    assert ids(state_file) & remembered == {one["id"] for one in (ahead, open_end, series, live)}
    kept = {one["id"]: one for one in json.loads(state_file.read_bytes())["meetings"]}
    assert kept[series["id"]]["past"] == []


def ids(file: Path) -> set[int]:
    return {one["id"] for one in json.loads(file.read_bytes())["meetings"]}


# -- what was under way goes on ----------------------------------------------------------------------------------------


async def test_a_class_that_was_live_goes_on_and_ends_when_nobody_is_left(state_file: Path) -> None:
    time = ManualTime()
    async with zoom(time=time, state_file=state_file) as z:
        made = await z.meeting()
        await z.control("script", meeting=str(made["id"]), people=[{"name": "Alva"}, {"name": "Never comes"}])
        await z.time.until_someone_waits(3.0)
        await z.time.pass_by(10)
        before = (await z.http.get(f"/control/meetings/{made['id']}")).json()
        assert len(before["meeting"]["participants"]) == 2
    async with endpoint() as hook, zoom(time=time, state_file=state_file, webhook_url=hook.url) as z:
        assert (await z.http.get(f"/control/meetings/{made['id']}")).json() == before
        await z.time.until_someone_waits(LOOK_S)
        await z.time.pass_by(SILENCE_S)
        left = await hook.until_event("meeting.participant_left", 2)
        assert not hook.of("meeting.ended")
        await z.time.until_someone_waits(EMPTY_S)
        await z.time.pass_by(EMPTY_S)
        (ended,) = await hook.until_event("meeting.ended")
    assert [one.body["payload"]["object"]["participant"]["user_name"] for one in left] == [OWNER.display_name, "Alva"]
    assert {one.body["payload"]["object"]["uuid"] for one in hook.received} == {before["meeting"]["uuid"]}
    assert ended.body["payload"]["object"]["start_time"] == "2026-09-14T12:00:00Z"
    assert ended.body["payload"]["object"]["end_time"] == "2026-09-14T12:03:55Z"


async def test_a_room_that_was_empty_ends_two_minutes_after_the_restart(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting()
        await z.start(made, host=False)
    async with endpoint() as hook, zoom(state_file=state_file, webhook_url=hook.url) as z:
        await z.time.until_someone_waits(EMPTY_S)
        await z.time.pass_by(EMPTY_S)
        await hook.until_event("meeting.ended")


async def test_an_open_page_keeps_its_seat_over_a_restart_and_a_closed_one_loses_it(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting(default_password=False)
        await z.start(made)
        seats = [(await z.http.post(f"/room/{made['id']}/join", json={"name": name})).json() for name in ("A", "B")]
    async with endpoint() as hook, zoom(state_file=state_file, webhook_url=hook.url) as z:
        for _ in range(8):
            await z.time.until_someone_waits(LOOK_S)
            await z.time.pass_by(LOOK_S)
            kept = await z.http.post(f"/room/{made['id']}/state", json={"ticket": seats[0]["ticket"]})
            assert (kept.status_code, kept.json()["place"]) == (200, "in_meeting")
        await hook.until_event("meeting.participant_left", 2)
        lost = await z.http.post(f"/room/{made['id']}/state", json={"ticket": seats[1]["ticket"]})
        assert lost.status_code == 410
        assert [one["name"] for one in kept.json()["people"]] == ["A"]


async def test_who_waited_for_the_host_is_announced_and_comes_in_after_the_restart(state_file: Path) -> None:
    async with zoom(state_file=state_file) as z:
        made = await z.meeting()
        await z.join(made, "Early")
    async with endpoint() as hook, zoom(state_file=state_file, webhook_url=hook.url) as z:
        await z.time.until_someone_waits(30.0)
        await z.time.pass_by(30)
        await hook.until_event("meeting.participant_jbh_waiting")
        await z.start(made)
        _, early = await hook.until_event("meeting.participant_joined", 2)
    assert early.body["payload"]["object"]["participant"]["user_name"] == "Early"


async def test_a_refused_webhook_is_repeated_after_a_restart_when_it_is_due(state_file: Path) -> None:
    time = ManualTime()
    async with endpoint() as hook:
        async with zoom(time=time, webhook_url=hook.url, state_file=state_file) as z:
            hook.answers = [503]
            await z.meeting()
            await z.time.until_someone_waits(300.0)
            await z.time.pass_by(100)
        async with zoom(time=time, webhook_url=hook.url, state_file=state_file) as z:
            await z.time.until_someone_waits(200.0)
            await z.time.pass_by(199)
            assert len(hook.received) == 1
            await z.time.pass_by(1)
            first, second = await hook.until(2)
    assert second.raw == first.raw
    assert second.headers["x-zm-request-id"] == first.headers["x-zm-request-id"]
    async with endpoint() as hook, zoom(time=time, webhook_url=hook.url, state_file=state_file) as z:
        assert (await z.http.get("/control/webhooks")).json() == {"webhooks": [], "idle": True}


async def test_a_webhook_nobody_had_answered_yet_is_sent_again_after_a_restart_in_order(state_file: Path) -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url, state_file=state_file) as z:
        hook.hold = asyncio.Event()
        made = await z.meeting()
        await z.start(made)
        await hook.until(1)
    async with endpoint() as hook, zoom(webhook_url=hook.url, state_file=state_file) as z:
        await hook.until(3)
    assert hook.events() == ["meeting.created", "meeting.started", "meeting.participant_joined"]
