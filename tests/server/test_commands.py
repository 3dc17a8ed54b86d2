import json
from pathlib import Path

from tests.support.ears import page
from tests.support.whole_house import PEOPLE, whole_house

JSON = {"content-type": "application/json"}
NO_IDS = ("a\x00b", "a\n", "\ud800", "a" * 65)


async def test_what_cannot_be_an_id_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house, page(house.url, PEOPLE["ada"].token) as ada:
        made = await house.admin.create()
        for no_id in NO_IDS:
            answers = [
                await ada.call("joinMeeting", no_id),
                await ada.call("getAnalytics", {"meetingId": no_id}),
                await ada.call("track", {"id": "c1", "meetingId": no_id, "action": "join"}),
                await ada.call("track", {"id": no_id, "meetingId": made["id"], "action": "join"}),
            ]
            assert [each["error"]["code"] for each in answers] == ["bad_input"] * 4, repr(no_id)
            old = await house.admin.http.post(
                "/api/zoom/track-link-click", content=json.dumps({"meetingId": no_id}), headers=JSON
            )
            assert old.status_code in (400, 422), repr(no_id)  # a half of a pair is no JSON to us
        assert (await ada.call("joinMeeting", int(made["zoom_meeting_id"])))["ok"] is True
        assert (await ada.call("track", {"id": "~!", "meetingId": made["id"], "action": "join"}))["ok"] is True
        assert house.rows("SELECT count(*) FROM clicks") == [(1,)]
