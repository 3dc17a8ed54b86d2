"""What Zoom sent, as an admin reads it."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from server.store.tables import deliveries
from tests.server.zoom.samples import sample
from tests.support.clock import ManualClock
from tests.support.whole_house import WholeHouse, whole_house

DOOR = "/api/deliveries"


async def test_the_newest_is_told_first_with_what_became_of_it_and_without_its_content(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        for raw in (sample("observed/meeting.started"), sample("app_deauthorized"), b"no JSON, canary"):
            await house.notify(raw)
        told = (await house.admin.get(DOOR)).json()
        assert [(each["kind"], each["outcome"]) for each in told["deliveries"]] == [
            ("", "not_understood"),
            ("app_deauthorized", "noted"),
            ("meeting.started", "applied"),
        ]
        assert set(told["deliveries"][0]) == {"id", "received_at", "kind", "outcome", "problem", "digest"}
        assert told["deliveries"][0]["problem"] == "It is not JSON."
        assert told["next"] is None
        assert "canary" not in str(told)


async def test_one_kind_of_outcome_can_be_asked_for(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        await house.notify(sample("observed/meeting.started"))
        await house.notify(b"no JSON")
        for outcome, count in {"applied": 1, "not_understood": 1, "noted": 0, "parked": 0}.items():
            told = (await house.admin.get(DOOR, params={"outcome": outcome})).json()
            assert [each["outcome"] for each in told["deliveries"]] == [outcome] * count


async def test_pages_follow_each_other(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        await fill(house, 450)
        ids: list[int] = []
        after = ""
        for size in (200, 200, 50):
            told = (await house.admin.get(DOOR, params={"after": after})).json()
            assert len(told["deliveries"]) == size
            ids += [int(each["id"]) for each in told["deliveries"]]
            after = told["next"]
        assert told["next"] is None
        assert ids == list(range(450, 0, -1))


async def fill(house: WholeHouse, count: int) -> None:
    kept = {"request_id": "", "business_key": "", "kind": "meeting.started", "outcome": "noted", "problem": ""}
    rows = [{"digest": f"d{number}", "received_at": house.clock.now(), **kept} for number in range(count)]
    async with house.parts.database.write() as connection:
        await connection.execute(insert(deliveries), rows)


async def test_counts_are_of_the_last_seven_days(tmp_path: Path) -> None:
    clock = ManualClock()
    async with whole_house(tmp_path, clock=clock) as house:
        await house.notify(sample("observed/meeting.started"))
        assert (await house.admin.get(DOOR)).json()["counts"]["applied"] == 1
        clock.advance(timedelta(days=6, hours=23))
        await house.notify(sample("app_deauthorized"))
        assert (await house.by("").http.post("/api/zoom/webhook", content=b"x")).status_code == 401
        clock.advance(timedelta(hours=2))
        house_admin = await house.fresh_login("ada")
        counts = (await house_admin.get(DOOR)).json()["counts"]
        assert counts == {"noted": 1, "forged": 1, "stale": 0, "unconfigured": 0}


async def test_a_question_that_is_none_is_named(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        for query, name in {
            "outcome=all": "outcome",
            "after=x": "after",
            "after=-1": "after",
            "after=1e3": "after",
        }.items():
            answer = await house.admin.get(f"{DOOR}?{query}")
            assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [name])
