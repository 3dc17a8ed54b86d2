import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from server.simulator import ScaledClock, create_simulator
from server.simulator.script import class_steps, invented_people
from tests.server.simulator.house import OWNER, PUBLIC_URL, config, endpoint, serve, token, zoom


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {}),
        ("clock", {"factor": 0}),
        ("clock", {"factor": "fast"}),
        ("clock", {"factor": True}),
        ("faults", {"api": "x"}),
        ("faults", {"api": [{}]}),
        ("faults", {"api": [{"status": 99}]}),
        ("faults", {"api": [{"status": 500, "times": 0}]}),
        ("faults", {"api": [{"status": 500, "pth": "/x"}]}),
        ("faults", {"webhooks": {"drop": "yes"}}),
        ("faults", {"webhooks": {"delay_s": -1}}),
        ("faults", {"webhook": {}}),
        ("script", {"name": "opera"}),
        ("script", {"people": []}),
        ("script", {"people": [{"email": "x"}]}),
        ("script", {"length_s": 1}),
    ],
)
async def test_a_call_that_makes_no_sense_says_why(path: str, body: dict[str, Any]) -> None:
    async with zoom() as z:
        answer = await z.http.post(f"/control/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    async with zoom() as z:
        assert (await z.http.post("/control/clock", content=raw)).status_code == 400


async def test_a_body_without_end_is_cut_off() -> None:
    async with zoom() as z:
        assert (await z.http.post("/control/clock", content=b" " * 262_145)).status_code == 413


async def test_a_name_is_needed_and_unknown_things_are_not_found() -> None:
    async with zoom() as z:
        made = await z.meeting()
        path = f"meetings/{made['id']}"
        await z.control(f"{path}/join", 400)
        await z.control(f"{path}/join", 400, name="x" * 129)
        await z.control(f"{path}/join", 404, name="x", registrant_id="nobody")
        await z.control(f"{path}/leave", 404, participant="1")
        await z.control(f"{path}/leave", 404, participant={"x": 1})
        await z.control("meetings/1/start", 404)
        await z.control("script", 404, meeting="1")


async def test_whoever_mounts_it_decides_who_may_pull_the_strings() -> None:
    async def only_admins(request: Request) -> bool:
        return request.headers.get("x-role") == "admin"

    async with zoom(authorize_control=only_admins) as z:
        assert (await z.http.get("/control/webhooks")).status_code == 403
        assert (await z.http.post("/control/clock", json={"factor": 2})).status_code == 403
        assert z.time.factor == 1
        z.http.headers["x-role"] = "admin"
        assert (await z.http.get("/control/webhooks")).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [(PUBLIC_URL, 200), ("http://evil.test", 403), ("null", 403), ("http://zoom.test.evil.test", 403)],
)
async def test_another_site_cannot_pull_the_strings(origin: str, status: int) -> None:
    async with zoom() as z:
        answer = await z.http.post("/control/clock", json={"factor": 2}, headers={"origin": origin})
    assert answer.status_code == status


async def test_an_api_fault_strikes_the_calls_it_names_as_often_as_it_says() -> None:
    async with zoom() as z:
        made = await z.meeting()
        path = f"/v2/meetings/{made['id']}"
        await z.control(
            "faults",
            api=[
                {"method": "GET", "path": "/meetings/*", "status": 429, "times": 2, "retry_after": "7"},
                {"path": "/v2/users", "status": 502, "times": 1, "body": "<h1>Bad gateway</h1>"},
                {"path": "/oauth/token", "status": 503, "times": 1, "body": {"reason": "x", "error": "y"}},
            ],
        )
        first, second, third = [await z.http.get(path) for _ in range(3)]
        assert [a.status_code for a in (first, second, third)] == [429, 429, 200]
        assert first.headers["retry-after"] == "7"
        assert first.json()["code"] == 429
        html = await z.http.get("/v2/users")
        assert (html.status_code, html.text, html.headers["content-type"]) == (
            502,
            "<h1>Bad gateway</h1>",
            "text/html; charset=utf-8",
        )
        assert (await z.http.post("/oauth/token")).status_code == 503
        await token(z.http)
        await z.control("faults", api=[{"status": 500}])
        assert (await z.http.get(path)).status_code == 500
        await z.control("faults", reset=True)
        assert (await z.http.get(path)).status_code == 200


async def test_a_fault_may_answer_200_with_anything() -> None:
    async with zoom() as z:
        broken = {"status": 200, "body": "{oops", "content_type": "application/json", "times": 1}
        await z.control("faults", api=[broken, {"status": 200, "body": {"code": 300}}])
        first, second = await z.http.get("/v2/users"), await z.http.get("/v2/users")
    assert (first.status_code, first.text, first.headers["content-type"]) == (200, "{oops", "application/json")
    assert second.json() == {"code": 300}


async def test_a_slow_api_answers_late_and_rightly() -> None:
    async with zoom() as z:
        await z.control("faults", api=[{"slow_s": 5, "times": 1}])
        asking = asyncio.create_task(z.http.get("/v2/users"))
        await z.time.until_someone_waits(5.0)
        assert not asking.done()
        await z.time.pass_by(5)
        assert (await asking).status_code == 200


async def test_a_faster_clock_shortens_waits_already_begun_and_leaves_instants_alone() -> None:
    clock = ScaledClock(1.0)
    before = clock.now()
    waiting = asyncio.create_task(clock.wait(3600))
    await asyncio.sleep(0)
    clock.set_factor(100_000)
    async with asyncio.timeout(5):
        await waiting
    assert (clock.now() - before).total_seconds() < 5


async def test_the_factor_set_by_control_reaches_the_clock() -> None:
    async with zoom() as z:
        await z.control("clock", factor=60)
        assert z.time.factor == 60


def test_in_the_scripted_class_two_return_one_never_comes_and_all_are_there_in_three_minutes() -> None:
    people = invented_people()
    steps = class_steps(people, 900)
    arrivals = [step for step in steps if step.is_arrival]
    comings = [sum(step.who == who for step in arrivals) for who in range(30)]
    assert len(people) == 30
    assert comings[29] == 0
    assert sorted(comings) == [0] + [1] * 27 + [2, 2]
    first = {step.who: step.at_s for step in reversed(arrivals)}
    assert max(first.values()) <= 183
    assert [step.at_s for step in steps] == sorted(step.at_s for step in steps)
    assert max(step.at_s for step in steps) < 900


@pytest.mark.parametrize("count", [1, 2, 3, 12, 13, 100])
def test_any_cast_can_play_and_nobody_leaves_who_is_not_there(count: int) -> None:
    inside: set[int] = set()
    for step in class_steps(invented_people()[:1] * count, 60):
        assert step.is_arrival != (step.who in inside)
        inside ^= {step.who}


async def test_the_scripted_class_plays_to_its_end_on_a_fast_clock() -> None:
    people = [{"name": f"Pupil {n}", "email": f"p{n}@pupil.example"} for n in range(30)]
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting()
        answer = await z.control("script", 202, name="class", meeting=made["id"], people=people)
        assert answer == {"script": "class", "meeting": str(made["id"]), "people": 30}
        while "meeting.ended" not in hook.events():
            await z.time.pass_by(30)
            await asyncio.sleep(0.01)
    names = [one.body["payload"]["object"]["participant"]["user_name"] for one in hook.of("meeting.participant_joined")]
    assert names[0] == OWNER.display_name
    assert len(names) == 1 + 29 + 2
    assert "Pupil 29" not in names
    assert len(hook.of("meeting.participant_left")) == len(names)


async def test_the_script_stops_when_somebody_ends_the_meeting() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting()
        await z.control("script", 202, meeting=str(made["id"]))
        await z.time.until_someone_waits(3.0)
        await z.time.pass_by(20)
        await z.end(made)
        await z.time.pass_by(2000)
        await hook.until_event("meeting.ended")
        assert 1 < len(hook.of("meeting.participant_joined")) < 10


async def test_registered_people_are_the_cast_when_none_is_named_and_a_meeting_is_made_when_there_is_none() -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        for number in range(3):
            person = {"email": f"p{number}@pupil.example", "first_name": f"P{number}"}
            await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=person)
        first = await z.control("script", 202)
        assert (first["meeting"], first["people"]) == (str(made["id"]), 3)
        await z.time.pass_by(100)
        shown = (await z.http.get(f"/control/meetings/{made['id']}")).json()["meeting"]
        assert all(p["registrant_id"] for p in shown["participants"] if not p["is_host"])
        second = await z.control("script", 202)
        assert second["meeting"] != first["meeting"]
        assert second["people"] == 30


async def test_mounted_below_a_prefix_everything_answers_there() -> None:
    public = "http://house.test/simulator"
    simulator = create_simulator(config(public_url=public))
    house = Starlette(routes=[Mount("/simulator", simulator.app)])
    transport = httpx.ASGITransport(house)
    async with simulator.running(), httpx.AsyncClient(transport=transport, base_url=f"{public}/") as http:
        form = {"grant_type": "account_credentials", "account_id": simulator.config.account_id}
        auth = (simulator.config.client_id, simulator.config.client_secret)
        access = (await http.post("oauth/token", data=form, auth=auth)).json()["access_token"]
        http.headers["authorization"] = f"Bearer {access}"
        made = (await http.post(f"v2/users/{OWNER.id}/meetings", json={})).json()
        assert (await http.post(f"control/meetings/{made['id']}/start")).status_code == 200
        assert (await http.get(f"v2/meetings/{made['id']}")).json()["status"] == "started"
        assert (await http.get(made["join_url"])).status_code == 200
        assert (await http.get("static/room.css")).status_code == 200


async def test_two_simulators_in_one_process_share_nothing() -> None:
    async with zoom() as one, zoom() as other:
        await one.meeting()
        assert (await one.http.get(f"/v2/users/{OWNER.id}/meetings")).json()["total_records"] == 1
        assert (await other.http.get(f"/v2/users/{OWNER.id}/meetings")).json()["total_records"] == 0
        assert (await other.http.get("/v2/users", headers=dict(one.http.headers))).status_code == 401


async def test_served_alone_its_lifespan_starts_and_stops_it() -> None:
    async with endpoint() as hook:
        simulator = create_simulator(config(webhook_url=hook.url))
        async with serve(simulator.app) as address, httpx.AsyncClient(base_url=address) as http:
            simulator.public_url = address
            http.headers["authorization"] = f"Bearer {await token(http)}"
            made = (await http.post(f"/v2/users/{OWNER.id}/meetings", json={})).json()
            assert made["join_url"].startswith(address)
            await hook.until_event("meeting.created")
