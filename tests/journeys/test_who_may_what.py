"""Every door times every kind of caller: what they are answered, and that nobody reads what is not theirs."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.routing import Route

from tests.support.ears import Page, page
from tests.support.whole_house import BIOLOGY, MATH, PEOPLE, WholeHouse, whole_house

CALLERS = ("", "sam", "bob", "tess", "carl", "theo", "oona", "ada")
# "" nobody, sam a student of the class, bob of another, tess teaches it, carl teaches it and may nothing there, theo
# teaches another, oona observes, ada administers.

SEEN = {"sam": 200, "bob": 404, "tess": 200, "carl": 200, "theo": 404, "oona": 200, "ada": 200}
STAFF = SEEN | {"sam": 403}
EDITS = SEEN | {"sam": 403, "carl": 403, "oona": 403}
SIGNED_IN = dict.fromkeys(SEEN, 200)
ADMINS = SIGNED_IN | dict.fromkeys(("sam", "bob", "tess", "carl", "theo", "oona"), 403)
CREATES = dict.fromkeys(SEEN, 403) | {"tess": 201, "ada": 201}
NEW = {"topic": "x", "class_id": MATH}


@dataclass(frozen=True)
class Door:
    """One request and what each caller is answered; whoever is not named is nobody and gets 401."""

    method: str
    path: str
    answers: dict[str, int]
    body: object = None
    anonymous: int = 401


# `{math}` is a meeting of the mathematics class that is live, `{plan}` one that is to come.
DOORS = (
    Door("GET", "/api/zoom/meetings", SIGNED_IN),
    Door("GET", "/api/zoom/meetings/{math}", SEEN),
    Door("GET", "/api/zoom/meetings/{math}/participants", STAFF),
    Door("GET", "/api/zoom/meeting/{math}/live-participants", STAFF),
    Door("GET", "/api/zoom/meetings/{math}/join", SEEN),
    Door("GET", "/join/{math}", {key: 303 if status == 200 else status for key, status in SEEN.items()}, None, 303),
    Door("GET", "/start/{math}", {key: 303 if s == 200 else s for key, s in EDITS.items()}, None, 303),
    Door("POST", "/api/zoom/track-link-click", SEEN, {"meetingId": "{math}"}),
    Door("GET", "/api/zoom/real-time", SIGNED_IN),
    Door("GET", "/api/deliveries", ADMINS),
    Door("GET", "/metrics", ADMINS),
    Door("GET", "/api/classes", SIGNED_IN),
    Door("GET", "/api/programs", SIGNED_IN),
    Door("GET", "/api/auth/me", SIGNED_IN),
    Door("GET", "/api/health", SIGNED_IN, None, 200),
    Door("GET", "/healthz", SIGNED_IN, None, 200),
    Door("GET", "/readyz", SIGNED_IN, None, 200),
    Door("PATCH", "/api/zoom/meetings/{math}", EDITS, {}),
    Door("POST", "/api/zoom/meetings/{plan}/end", EDITS | dict.fromkeys(("tess", "ada"), 409)),
    Door("PATCH", "/api/zoom/meeting/{plan}/end", EDITS | dict.fromkeys(("tess", "ada"), 409)),
    Door("POST", "/api/zoom/meetings/{math}/cancel", EDITS | dict.fromkeys(("tess", "ada"), 409)),
    Door("DELETE", "/api/zoom/meetings/{math}", EDITS | dict.fromkeys(("tess", "ada"), 409)),
    Door("POST", "/api/zoom/meetings", CREATES, NEW),
    Door("POST", "/api/zoom/enhanced/create-meeting", CREATES, NEW),
)  # fmt: skip

# Doors that are no matter of roles, and have tests of their own.
ELSEWHERE = re.compile(
    r"/api/auth/(login|logout)|/api/zoom/webhook|/setup|/assets/|/api/control|/favicon|/apple|/manifest|/robots|/plain"
)


@asynccontextmanager
async def prepared(tmp_path: Path) -> AsyncIterator[tuple[WholeHouse, dict[str, str]]]:
    async with whole_house(tmp_path) as house:
        math, plan = await house.admin.create(), await house.admin.create(start_time="2030-12-01T09:00:00Z")
        await house.zoom.start(math)
        await house.zoom.join(math, PEOPLE["ned"].name, PEOPLE["ned"].email)
        await house.zoom.settled()
        yield house, {"math": math["id"], "plan": plan["id"]}


async def knock(house: WholeHouse, door: Door, caller: str, ids: dict[str, str]) -> httpx.Response:
    path = door.path.format_map(ids)
    body = json.loads(json.dumps(door.body).replace("{math}", ids["math"])) if door.body is not None else None
    return await house.by(caller).http.request(door.method, path, json=body)


async def test_every_caller_is_answered_at_every_door_as_the_table_says(tmp_path: Path) -> None:
    async with prepared(tmp_path) as (house, ids):
        wrong = []
        for door in DOORS:
            for caller in CALLERS:
                answer = await knock(house, door, caller, ids)
                expected = door.anonymous if caller == "" else door.answers[caller]
                if answer.status_code != expected:
                    wrong.append((door.method, door.path, caller, answer.status_code, expected))
                if answer.status_code >= 400 and door.path.startswith("/api"):
                    assert answer.json()["success"] is False
        assert wrong == []


async def test_the_table_has_every_door_of_the_house(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        told = {(door.method, re.sub(r"\{\w+\}", "{}", door.path)) for door in DOORS}
        for route in house.parts.routes:
            if not isinstance(route, Route) or ELSEWHERE.match(route.path) or is_page(route):
                continue
            for method in (route.methods or set()) - {"HEAD"}:
                assert (method, re.sub(r"\{\w+\}", "{}", route.path)) in told, (method, route.path)


def is_page(route: Route) -> bool:
    return getattr(route.endpoint, "__name__", "") == "page"


async def test_an_id_that_is_nobodys_is_answered_like_one_that_is_anothers(tmp_path: Path) -> None:
    async with prepared(tmp_path) as (house, ids):
        zoom_id = (await house.admin.meeting(ids["math"]))["zoom_meeting_id"]
        for door in DOORS:
            if "{math}" not in door.path and "{plan}" not in door.path:
                continue
            told = {}
            for name, ref in {"another's": ids["math"], "in Zoom": zoom_id, "nobody's": "m0123456789abcde"}.items():
                answer = await knock(house, door, "bob", {"math": ref, "plan": ref})
                told[name] = (answer.status_code, answer.text)
            assert len(set(told.values())) == 1, (door.path, told)
            assert told["nobody's"][0] == 404


async def test_ids_of_no_shape_are_nobodys(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        await house.admin.create()
        for ref in ("__proto__", "%00", "..%2f..%2fetc", "' OR 1=1 --", "m" * 5_000, "%F0%9F%99%82", "0", "-1", "m%"):
            for path in ("/api/zoom/meetings/{}", "/join/{}", "/start/{}", "/api/zoom/meetings/{}/participants"):
                answer = await house.admin.get(path.format(ref))
                assert answer.status_code in (400, 404), (ref, path, answer.status_code)


# --- nobody reads what is not theirs --------------------------------------------------------------------------------

CANARIES = (
    "canaryPas",
    "school.zoom.us",
    "start_url",
    "zak=",
    "@school.test",
    "canary-",
    "Sue Pascual",
    "tablet of Ned",
)


async def test_no_learner_is_ever_sent_a_secret_or_another_learner(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house, AsyncExitStack() as stack:
        pages = {
            key: await stack.enter_async_context(page(house.url, PEOPLE[key].token)) for key in ("sam", "ned", "bob")
        }
        made = await house.admin.create(password="canaryPas")
        everyone = await house.admin.create(class_id=None, audience="everyone", password="canaryPas")
        for meeting in (made, everyone):
            await house.zoom.start(meeting)
            await house.zoom.join(meeting, PEOPLE["sue"].name, PEOPLE["sue"].email)
            guest = await house.zoom.join(meeting, "tablet of Ned")
            await house.zoom.join(meeting, PEOPLE["sam"].name, PEOPLE["sam"].email)
            await house.zoom.leave(meeting, guest)
            await house.by("sue").get(f"/join/{meeting['id']}")
        await house.zoom.settled()
        asked = [await ask_everything(house, "sam", [made["id"], everyone["id"], made["zoom_meeting_id"]])]
        for meeting in (made, everyone):
            await house.admin.patch(f"/api/zoom/meetings/{meeting['id']}", {"topic": "New", "password": "canaryPa2"})
            await house.zoom.end(meeting)
        await house.zoom.settled()
        asked.append(await ask_everything(house, "sam", [made["id"], everyone["id"]]))
        for each in pages.values():
            await each.quiet()
        resumed = {
            key: await stack.enter_async_context(page(house.url, PEOPLE[key].token, resume=resume_of_start(old)))
            for key, old in pages.items()
        }
        for key, new in resumed.items():
            await new.quiet()
            sent = "\n".join(pages[key].packets + new.packets) + ("\n".join(asked) if key == "sam" else "")
            own = sent.replace(PEOPLE[key].email, "")
            assert [canary for canary in CANARIES if canary in own] == [], key
        assert resumed["sam"].first["mode"] == "replay"
        assert len(resumed["sam"].names()) == len(pages["sam"].names())


def resume_of_start(old: Page) -> dict[str, str]:
    """As if nothing had been heard since the first frame."""
    first = old.of("initialState")[0].body
    return {"key": first["resume"], "cursor": first["cursor"]}


async def ask_everything(house: WholeHouse, caller: str, refs: list[str]) -> str:
    """Every body a learner can get, in one text; where Join redirects to is the one place for Zoom's link."""
    paths = [door.path for door in DOORS if door.method == "GET"]
    answers = await asyncio.gather(
        *(house.by(caller).get(path.format(math=ref, plan=ref)) for path in paths for ref in refs)
    )
    clicks = [await house.by(caller).post("/api/zoom/track-link-click", {"meetingId": ref}) for ref in refs]
    return "\n".join(answer.text for answer in [*answers, *clicks])


async def test_nothing_secret_is_in_the_log_of_events_or_the_open_in_the_database(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        made = await house.admin.create(password="canaryPas")
        await house.admin.post("/api/zoom/meetings", NEW | {"password": "canaryPas"}, headers={"idempotency-key": "k"})
        await house.zoom.start(made)
        await house.zoom.settled()
        assert (await house.admin.get(f"/start/{made['id']}")).status_code == 303
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("rollcall.db"))
        for canary in (b"canaryPas", b"school.zoom.us", b"canary-client-secret", b"canary-webhook", b"token-of-"):
            assert canary not in kept, canary


# --- sockets --------------------------------------------------------------------------------------------------------


async def test_commands_over_a_socket_have_the_same_table(tmp_path: Path) -> None:
    async with prepared(tmp_path) as (house, ids):
        for caller in CALLERS[1:]:
            async with page(house.url, PEOPLE[caller].token) as who:
                joined = await who.call("joinMeeting", ids["math"])
                numbers = await who.call("getAnalytics", {"meetingId": ids["math"]})
                tracked = await who.call("track", {"id": "c1", "meetingId": ids["math"], "action": "join"})
                if SEEN[caller] == 404:
                    assert {each["error"]["code"] for each in (joined, numbers, tracked)} == {"not_found"}
                    continue
                assert tracked["ok"] is True
                assert bool(joined["participants"]) is (STAFF[caller] == 200)
                assert numbers["ok"] is (STAFF[caller] == 200)
                for name in ("participantUpdate", "meetingEvent", "connect", "disconnect", "subscribe", "joinRoom"):
                    assert (await who.call(name, "admins"))["ok"] is False


async def test_the_same_numbers_over_the_socket_as_over_http(tmp_path: Path) -> None:
    async with prepared(tmp_path) as (house, ids), page(house.url, PEOPLE["tess"].token) as tess:
        told: dict[str, Any] = (await house.by("tess").get(f"/api/zoom/meetings/{ids['plan']}/participants")).json()
        assert (await tess.call("getAnalytics", ids["plan"]))["analytics"] == told["stats"]
        rows = (await house.by("tess").get(f"/api/zoom/meetings/{ids['math']}/participants")).json()["participants"]
        assert (await tess.call("joinMeeting", ids["math"]))["participants"] == rows
        assert {row["name"] for row in rows} == {"Ada Reyes", "Ned Aquino"}


async def test_who_is_taught_elsewhere_keeps_hearing_only_their_own(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        async with page(house.url, PEOPLE["sam"].token) as sam, page(house.url, PEOPLE["bob"].token) as bob:
            made = await house.admin.create(topic="Fractions")
            await sam.hears("meetingCreated")
            await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"class_id": BIOLOGY})
            await house.admin.patch(f"/api/zoom/meetings/{made['id']}", {"topic": "Cells"})
            await bob.hears("meetingStatusUpdate")
            await sam.hears("meetingStatusUpdate")
            await asyncio.gather(sam.quiet(), bob.quiet())
            farewell = sam.of("meetingStatusUpdate")[-1].body
            assert (farewell["status"], farewell["topic"]) == ("deleted", "Fractions")
            assert bob.of("meetingCreated")[0].body["topic"] == "Fractions"
            await house.admin.delete(f"/api/zoom/meetings/{made['id']}")
            await bob.until(
                lambda: [e.body["status"] for e in bob.of("meetingStatusUpdate")][-1:] == ["deleted"], "gone"
            )
            await asyncio.gather(sam.quiet(), bob.quiet())
            assert len(sam.of("meetingStatusUpdate")) == 1
