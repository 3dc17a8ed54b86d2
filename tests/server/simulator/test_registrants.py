from typing import Any

import pytest

from tests.server.simulator.house import OWNER, endpoint, zoom

PERSON = {"email": "noah@pupil.example", "first_name": "Noah", "last_name": "Lindqvist"}


async def test_a_registered_person_gets_a_link_of_their_own() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(settings={"approval_type": 0})
        path = f"/v2/meetings/{made['id']}/registrants"
        first = (await z.http.post(path, json=PERSON)).json()
        other = (await z.http.post(path, json=PERSON | {"email": "alva@pupil.example"})).json()
        listed = (await z.http.get(path)).json()
        (told, _) = await hook.until_event("meeting.registration_created", 2)
    assert first["id"] == made["id"]
    assert first["join_url"].startswith(f"http://zoom.test/w/{made['id']}?tk=")
    assert first["join_url"] != other["join_url"]
    assert [row["id"] for row in listed["registrants"]] == [first["registrant_id"], other["registrant_id"]]
    registrant = told.body["payload"]["object"]["registrant"]
    assert (registrant["id"], registrant["status"]) == (first["registrant_id"], "approved")
    assert registrant["join_url"] == first["join_url"]


async def test_registering_again_gives_the_same_registration_back() -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        path = f"/v2/meetings/{made['id']}/registrants"
        first = (await z.http.post(path, json=PERSON)).json()
        again = (await z.http.post(path, json=PERSON | {"email": "NOAH@pupil.example"})).json()
    assert first["registrant_id"] == again["registrant_id"]


async def test_without_registration_single_and_batch_are_refused_each_in_its_own_way() -> None:
    async with zoom() as z:
        made = await z.meeting()
        single = await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=PERSON)
        batch = await z.http.post(f"/v2/meetings/{made['id']}/batch_registrants", json={"registrants": [PERSON]})
    assert (single.status_code, single.json()["code"]) == (400, 300)
    assert (batch.status_code, batch.json()["code"]) == (400, 404)


async def test_a_batch_takes_thirty_and_answers_in_no_promised_order() -> None:
    people = [PERSON | {"email": f"p{n}@pupil.example"} for n in range(31)]
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        path = f"/v2/meetings/{made['id']}/batch_registrants"
        answer = await z.http.post(path, json={"registrants": people[:30]})
        too_many = await z.http.post(path, json={"registrants": people})
        series = await z.meeting(type=8, recurrence={"type": 1, "end_times": 2}, settings={"approval_type": 0})
        wrong_type = await z.http.post(
            f"/v2/meetings/{series['id']}/batch_registrants", json={"registrants": people[:1]}
        )
    rows = answer.json()["registrants"]
    assert answer.status_code == 201
    assert {row["email"] for row in rows} == {person["email"] for person in people[:30]}
    assert [row["email"] for row in rows] != [person["email"] for person in people[:30]]
    assert too_many.status_code == 400
    assert wrong_type.json()["code"] == 303


async def test_one_bad_person_in_a_batch_registers_nobody() -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        path = f"/v2/meetings/{made['id']}"
        answer = await z.http.post(f"{path}/batch_registrants", json={"registrants": [PERSON, {"email": "x"}]})
        listed = (await z.http.get(f"{path}/registrants")).json()
    assert answer.status_code == 400
    assert listed["total_records"] == 0


async def test_approval_by_hand_gives_the_link_only_after_it() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(settings={"approval_type": 1})
        path = f"/v2/meetings/{made['id']}/registrants"
        pending = (await z.http.post(path, json=PERSON)).json()
        assert "join_url" not in pending
        assert (await z.http.get(path)).json()["registrants"] == []
        await z.control(f"meetings/{made['id']}/join", 404, registrant_id=pending["registrant_id"])
        waiting = (await z.http.get(path, params={"status": "pending"})).json()["registrants"]
        assert [row["status"] for row in waiting] == ["pending"]
        decision = {"action": "approve", "registrants": [{"id": pending["registrant_id"], "email": PERSON["email"]}]}
        assert (await z.http.put(f"{path}/status", json=decision)).status_code == 204
        (row,) = (await z.http.get(path)).json()["registrants"]
        assert row["join_url"]
        await hook.until_event("meeting.registration_approved")
        assert (await z.http.delete(f"{path}/{pending['registrant_id']}")).status_code == 204
        assert (await z.http.delete(f"{path}/{pending['registrant_id']}")).status_code == 400
        (cancelled,) = await hook.until_event("meeting.registration_cancelled")
    assert cancelled.body["payload"]["operator"] == OWNER.email


@pytest.mark.parametrize(
    ("person", "field"),
    [
        ({}, ["email", "first_name"]),
        (PERSON | {"email": "no-at"}, ["email"]),
        (PERSON | {"email": "a@b<script>"}, ["email"]),
        (PERSON | {"first_name": ""}, ["first_name"]),
        (PERSON | {"last_name": 5}, ["last_name"]),
    ],
)
async def test_a_registrant_needs_an_email_and_a_name(person: dict[str, Any], field: list[str]) -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        answer = await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=person)
    assert [error["field"] for error in answer.json()["errors"]] == field
