"""Who is let in, and what they are opened with."""

from tests.support.hub_house import house
from tests.support.school import School, student


async def test_a_login_is_answered_with_connect_and_then_the_picture() -> None:
    school = School(student(1, "math"))
    school.happen("math", "m1")
    async with house(school) as home, home.websocket() as client:
        first = await client.log_in("s1")
        assert client.connected["sid"]
        assert first["things"] == {"math": {"m1": 1}}
        home.publish(school.happen("math", "m1"))
        name, body, meta = await client.event()
        assert (name, body["version"], meta["type"]) == ("meetingStatusUpdate", 2, "meetingStatusUpdate")
