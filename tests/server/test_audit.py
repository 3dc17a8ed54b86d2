import json
from pathlib import Path

from sqlalchemy import text

from realtime.audience import Person, Role
from server import audit
from server.audit import Doer
from tests.support.clock import MONDAY_MORNING
from tests.support.database import opened
from tests.support.whole_house import whole_house

ADA = Person(id="u1", name="Ada", email="ada@school.test", role=Role.ADMIN)


async def test_who_did_what_when_and_from_where_is_written_down(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        doer = Doer(ADA, "192.0.2.1")
        for action in ("meeting.create", "meeting.delete"):
            await audit.note(database, MONDAY_MORNING, doer, action, "m1", {"topic": "Fractions"})
        async with database.read() as connection:
            found = (await connection.execute(text("SELECT * FROM audit ORDER BY id"))).mappings().all()
    assert [(row["user_id"], row["action"], row["object_id"], row["address"]) for row in found] == [
        ("u1", "meeting.create", "m1", "192.0.2.1"),
        ("u1", "meeting.delete", "m1", "192.0.2.1"),
    ]
    assert json.loads(found[0]["detail"]) == {"topic": "Fractions"}


async def test_every_act_on_a_meeting_leaves_a_line_and_no_secret(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        made = await house.admin.create(password="canary1")
        path = f"/api/zoom/meetings/{made['id']}"
        await house.admin.patch(path, {"topic": "Decimals", "password": "canary2"})
        await house.admin.get(f"/start/{made['id']}")
        await house.zoom.start(made)
        await house.zoom.settled()
        await house.admin.post(f"{path}/end")
        await house.zoom.settled()
        await house.admin.delete(path)
        other = await house.admin.create()
        await house.admin.post(f"/api/zoom/meetings/{other['id']}/cancel")
        await house.by("sam").patch(path, {"topic": "refused"})
        lines = house.rows("SELECT user_id, action, object_id, address, detail FROM audit ORDER BY id")
    assert [(action, object_id) for _, action, object_id, _, _ in lines] == [
        ("meeting.create", made["id"]),
        ("meeting.update", made["id"]),
        ("meeting.start_link", made["id"]),
        ("meeting.end", made["id"]),
        ("meeting.delete", made["id"]),
        ("meeting.create", other["id"]),
        ("meeting.cancel", other["id"]),
    ]
    assert {(who, address) for who, _, _, address, _ in lines} == {("u-ada", "127.0.0.1")}
    assert json.loads(lines[1][4])["fields"] == ["topic"]
    assert "canary" not in str(lines)
    assert "zoom.us" not in str(lines)
