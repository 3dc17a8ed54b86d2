import re
from typing import Any

import pytest

from tests.server.simulator.house import OWNER, PUBLIC_URL, Zoom, endpoint, zoom

EVIL = '"><script>alert(1)</script>'


async def sit(z: Zoom, made: dict[str, Any], action: str = "join", **body: Any) -> dict[str, Any]:
    """Press Join (or open the start page) and take the seat."""
    answer = await z.http.post(f"/room/{made['id']}/{action}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def key_of(link: str) -> str:
    """The last secret of a link: pwd, tk or zak."""
    return dict(part.split("=") for part in link.partition("?")[2].split("&"))["zak" if "zak=" in link else "pwd"]


async def state(z: Zoom, made: dict[str, Any], ticket: str) -> dict[str, Any]:
    answer = await z.http.post(f"/room/{made['id']}/state", json={"ticket": ticket})
    found: dict[str, Any] = answer.json()
    return found


async def test_the_page_says_what_it_is_and_runs_nothing_inline() -> None:
    async with zoom() as z:
        made = await z.meeting(topic="Matematik")
        page = await z.http.get(made["join_url"])
    assert page.status_code == 200
    assert "This is a simulated Zoom room" in page.text
    assert "Matematik" in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|<style", page.text)
    assert 'src="../static/room.js"' in page.text
    assert 'href="../static/room.css"' in page.text


async def test_static_files_are_served_by_name_and_nothing_else_is() -> None:
    async with zoom() as z:
        css, js = await z.http.get("/static/room.css"), await z.http.get("/static/room.js")
        others = [
            (await z.http.get(f"/static/{name}")).status_code for name in ("room.html", "..%2fpages.py", "x", "%2e%2e")
        ]
    assert css.headers["content-type"].startswith("text/css")
    assert js.headers["content-type"].startswith("text/javascript")
    assert others == [404] * 4


async def test_text_from_links_and_meetings_is_escaped() -> None:
    async with zoom() as z:
        made = await z.meeting(topic=EVIL)
        page = await z.http.get(f"/j/{made['id']}", params={"uname": EVIL, "email": EVIL, "pwd": EVIL})
        lost = await z.http.get("/j/%3Cscript%3Ealert(1)")
    assert "<script>alert" not in page.text
    assert page.text.count("&quot;&gt;&lt;script&gt;") >= 4
    assert lost.status_code == 404
    assert "alert(1)" not in lost.text


async def test_the_form_knows_the_name_and_email_of_the_link() -> None:
    async with zoom() as z:
        made = await z.meeting(settings={"approval_type": 0})
        person = {"email": "noah@pupil.example", "first_name": "Noah", "last_name": "Lind"}
        answer = await z.http.post(f"/v2/meetings/{made['id']}/registrants", json=person)
        registered = await z.http.get(answer.json()["join_url"])
        guest = await z.http.get(made["join_url"], params={"uname": "Alva", "email": "alva@pupil.example"})
        bad = await z.http.get(f"/j/{made['id']}?tk=nobody")
    assert 'value="Noah Lind"' in registered.text
    assert 'value="noah@pupil.example"' in registered.text
    assert 'value="Alva"' in guest.text
    assert bad.status_code == 404


async def test_a_wrong_passcode_keeps_the_door_shut_and_the_right_one_opens_it() -> None:
    async with zoom() as z:
        made = await z.meeting(password="abc123")
        await z.start(made)
        bare = await z.http.get(f"/j/{made['id']}")
        assert '<div id="passcode-field" hidden>' not in bare.text
        refused = await z.http.post(f"/room/{made['id']}/join", json={"name": "Alva", "passcode": "no"})
        assert (refused.status_code, refused.json()) == (403, {"error": "The passcode is wrong."})
        by_hand = await sit(z, made, name="Alva", passcode="abc123")
        by_link = await sit(z, made, name="Noah", key=key_of(made["join_url"]))
        assert '<div id="passcode-field" hidden>' in (await z.http.get(made["join_url"])).text
    assert by_hand["place"] == by_link["place"] == "in_meeting"


async def test_opening_the_page_joins_nobody_and_pressing_join_does() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(default_password=False)
        await z.start(made)
        await z.http.get(made["join_url"])
        alva = await sit(z, made, name="Alva", email="alva@pupil.example")
        assert [one["name"] for one in alva["people"]] == [OWNER.display_name, "Alva"]
        assert (await z.http.post(f"/room/{made['id']}/leave", json={"ticket": alva["ticket"]})).status_code == 204
        await hook.until_event("meeting.participant_left")
        again = await z.http.post(f"/room/{made['id']}/state", json={"ticket": alva["ticket"]})
        assert again.status_code == 410
    assert len(hook.of("meeting.participant_joined")) == 2


async def test_before_the_host_the_page_waits_and_shows_nobody() -> None:
    async with zoom() as z:
        made = await z.meeting(default_password=False)
        first, second = await sit(z, made, name="Alva"), await sit(z, made, name="Noah")
        assert (first["place"], second["people"]) == ("waiting_for_host", [])
        await z.start(made)
        inside = await state(z, made, first["ticket"])
        assert (inside["place"], inside["count"]) == ("in_meeting", 3)
        await z.end(made)
        assert (await state(z, made, first["ticket"]))["place"] == "left"


async def test_the_start_page_opens_the_room_admits_and_ends_for_all() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(default_password=False, settings={"waiting_room": True})
        page = await z.http.get(made["start_url"])
        assert 'data-door="start"' in page.text
        host = await sit(z, made, "start", key=key_of(made["start_url"]))
        assert host["is_host"] is True
        guest = await sit(z, made, name="Alva")
        assert (guest["place"], guest["people"]) == ("in_waiting_room", [])
        (waiting,) = (await state(z, made, host["ticket"]))["waiting"]
        path = f"/room/{made['id']}"
        by_guest = {"ticket": guest["ticket"], "participant": waiting["participant"]}
        assert (await z.http.post(f"{path}/admit", json=by_guest)).status_code == 403
        assert (await z.http.post(f"{path}/end", json={"ticket": guest["ticket"]})).status_code == 403
        by_host = {"ticket": host["ticket"], "participant": waiting["participant"]}
        assert (await z.http.post(f"{path}/admit", json=by_host)).status_code == 200
        assert (await state(z, made, guest["ticket"]))["place"] == "in_meeting"
        assert (await z.http.post(f"{path}/end", json={"ticket": host["ticket"]})).json()["place"] == "left"
        await hook.until_event("meeting.ended")


@pytest.mark.parametrize("zak", ["", "nobody"])
async def test_a_start_link_without_its_key_starts_nothing(zak: str) -> None:
    async with zoom() as z:
        made = await z.meeting()
        assert (await z.http.get(f"/s/{made['id']}", params={"zak": zak})).status_code == 404
        assert (await z.http.post(f"/room/{made['id']}/start", json={"key": zak})).status_code == 403
        assert (await z.http.get(f"/v2/meetings/{made['id']}")).json()["status"] == "waiting"


async def test_a_page_that_falls_silent_gives_up_its_seat_and_one_that_speaks_keeps_it() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(default_password=False)
        await z.start(made)
        silent, speaking = await sit(z, made, name="Silent"), await sit(z, made, name="Speaking")
        for _ in range(4):
            await z.time.pass_by(30)
            await state(z, made, speaking["ticket"])
        (left,) = await hook.until_event("meeting.participant_left")
        assert left.body["payload"]["object"]["participant"]["user_name"] == "Silent"
        assert (await z.http.post(f"/room/{made['id']}/state", json={"ticket": silent["ticket"]})).status_code == 410
        assert (await state(z, made, speaking["ticket"]))["place"] == "in_meeting"


async def test_a_start_page_loaded_anew_keeps_the_host_in_the_room() -> None:
    async with zoom() as z:
        made = await z.meeting()
        key = key_of(made["start_url"])
        old, new = await sit(z, made, "start", key=key), await sit(z, made, "start", key=key)
        await z.http.post(f"/room/{made['id']}/leave", json={"ticket": old["ticket"]})
        assert (await state(z, made, new["ticket"]))["place"] == "in_meeting"


async def test_an_email_typed_at_the_door_makes_nobody_a_user_of_the_account() -> None:
    async with endpoint() as hook, zoom(webhook_url=hook.url) as z:
        made = await z.meeting(default_password=False)
        await z.start(made)
        await sit(z, made, name="Not Tove", email=OWNER.email)
        _, guest = await hook.until_event("meeting.participant_joined", 2)
    assert guest.body["payload"]["object"]["participant"]["participant_user_id"] == ""


@pytest.mark.parametrize(("origin", "status"), [(PUBLIC_URL, 200), ("http://evil.test", 403)])
async def test_another_site_cannot_press_join(origin: str, status: int) -> None:
    async with zoom() as z:
        made = await z.meeting(default_password=False)
        answer = await z.http.post(f"/room/{made['id']}/join", json={"name": "Alva"}, headers={"origin": origin})
    assert answer.status_code == status
