"""The door for Zoom's notifications, as Zoom and as others knock at it."""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.zoom.notifications import read
from server.zoom.signature import sign, signed_headers
from tests.server.zoom.samples import names, sample, vectors
from tests.support.clock import ManualClock
from tests.support.whole_house import SECRET, WholeHouse, whole_house

OBSERVED = [f"observed/{name}" for name in (
    "meeting.started",
    "meeting.participant_joined.signed_in_host",
    "meeting.participant_joined.guest",
    "meeting.participant_left.guest",
    "meeting.ended",
)]  # fmt: skip
DOOR = "/api/zoom/webhook"
MB = 1024 * 1024


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path) as opened:
        yield opened


def started(**changes: object) -> bytes:
    message = json.loads(sample("observed/meeting.started"))
    message["payload"]["object"] |= changes
    return json.dumps(message).encode()


def kept(house: WholeHouse) -> list[tuple[str, str]]:
    """Every delivery that was written down, in order."""
    return [(kind, outcome) for kind, outcome in house.rows("SELECT kind, outcome FROM deliveries ORDER BY id")]


def everything(house: WholeHouse) -> dict[str, list[tuple[Any, ...]]]:
    """All that is true, without how often it changed on the way."""
    return {
        "meetings": house.rows(
            "SELECT id, topic, status, uuid, started_at, ended_at, participant_count, start_time, duration_min,"
            " agenda, host_email, deleted_at, recovered_at FROM meetings ORDER BY id"
        ),
        "instances": house.rows("SELECT uuid, started_at, ended_at, present, seen FROM instances ORDER BY uuid"),
        "visits": house.rows('SELECT id, attendee, name, email, joined, "left" FROM visits ORDER BY id'),
    }


# --- what Zoom sends ----------------------------------------------------------------------------------------------


async def test_the_observed_class_ends_with_who_was_there_and_how_long(house: WholeHouse) -> None:
    for name in OBSERVED:
        assert (await house.notify(sample(name))).status_code == 204
    meeting = await house.admin.meeting("88123456789")
    assert (meeting["status"], meeting["topic"]) == ("ended", "Matematik 7B – grupp 2")
    assert (meeting["started_at"], meeting["ended_at"]) == ("2026-09-14T13:00:04Z", "2026-09-14T13:58:31Z")
    told = (await house.admin.get("/api/zoom/meetings/88123456789/participants")).json()
    seen = {row["name"]: row["durationSeconds"] for row in told["participants"]}
    assert seen == {"Alva Nyström": 52 * 60 + 30, "Tove Berglund": 58 * 60 + 27}


async def test_while_it_runs_the_count_follows_who_comes_and_goes(house: WholeHouse) -> None:
    counts = []
    for name in OBSERVED:
        await house.notify(sample(name))
        counts.append((await house.admin.meeting("88123456789"))["participantCount"])
    assert counts == [0, 1, 2, 1, 0]


async def test_every_sample_is_answered_2xx_and_written_down(house: WholeHouse) -> None:
    for name in names():
        answer = await house.notify(sample(name))
        assert answer.is_success, (name, answer.status_code)
    kinds = {kind for kind, _ in kept(house)}
    spoken = {json.loads(sample(name))["event"] for name in names()} - {"endpoint.url_validation"}
    assert kinds == spoken
    assert {outcome for _, outcome in kept(house)} == {"applied", "noted"}


@pytest.mark.parametrize("seed", range(3))
async def test_the_samples_end_alike_in_any_order_and_number(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ends = []
    for number, shuffles in enumerate((0, 1)):
        folder = tmp_path / str(number)
        folder.mkdir()
        posted = [sample(name) for name in names()] * (1 + 2 * shuffles)
        if shuffles:
            chance.shuffle(posted)
        async with whole_house(folder) as house:
            for first in range(0, len(posted), 8):
                answers = await asyncio.gather(*(house.notify(raw) for raw in posted[first : first + 8]))
                assert all(answer.is_success for answer in answers)
            ends.append(everything(house))
    assert ends[1] == ends[0]


async def test_ten_times_the_same_at_once_is_one_effect_and_one_event(house: WholeHouse) -> None:
    answers = await asyncio.gather(*(house.notify(sample(OBSERVED[0])) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {204}
    assert kept(house) == [("meeting.started", "applied")]
    assert house.rows("SELECT type FROM events") == [("meetingStarted",)]


async def test_a_retry_with_other_bytes_is_known_by_its_request_id(house: WholeHouse) -> None:
    for spaces in ("", "  "):
        await house.notify(sample(OBSERVED[0]) + spaces.encode(), **{"x-zm-request-id": "the-same"})
    assert kept(house) == [("meeting.started", "applied")]


async def test_a_tracking_id_says_nothing_as_zoom_gives_it_to_different_news(house: WholeHouse) -> None:
    for name in OBSERVED:
        await house.notify(sample(name), **{"x-zm-trackingid": "v=2.0;clid=aw1;rid=WEB_the_same"})
    assert len(kept(house)) == 5
    assert (await house.admin.meeting("88123456789"))["status"] == "ended"


async def test_a_start_of_the_run_before_does_not_open_what_is_over(house: WholeHouse) -> None:
    first = started()
    second = started(uuid="secondRunOfThisMeeting==", start_time="2026-09-14T15:00:00Z")
    ended = json.loads(sample("observed/meeting.ended"))
    ended["payload"]["object"] |= {
        "uuid": "secondRunOfThisMeeting==",
        "start_time": "2026-09-14T15:00:00Z",
        "end_time": "2026-09-14T15:30:00Z",
    }
    for raw in (second, json.dumps(ended).encode(), first):
        assert (await house.notify(raw)).status_code == 204
    meeting = await house.admin.meeting("88123456789")
    assert (meeting["status"], meeting["started_at"]) == ("ended", "2026-09-14T15:00:00Z")


async def test_an_id_that_comes_as_a_number_is_the_same_meeting(house: WholeHouse) -> None:
    await house.notify(started(id=88123456789))
    ended = json.loads(sample("observed/meeting.ended"))
    await house.notify(json.dumps(ended).encode())
    assert house.rows("SELECT zoom_id, status FROM meetings") == [("88123456789", "ended")]


async def test_a_kind_that_zoom_invents_tomorrow_is_noted(house: WholeHouse) -> None:
    assert (await house.tell("meeting.teleported", {"id": "1"})).status_code == 204
    assert kept(house) == [("meeting.teleported", "noted")]


# --- what cannot be understood ------------------------------------------------------------------------------------

ODD = {
    "no json": b"this is no JSON",
    "nothing": b"",
    "a list": b"[1, 2]",
    "a number": b"1e400",
    "no event": b'{"payload": {}}',
    "event is a number": b'{"event": 5}',
    "no payload": b'{"event": "meeting.started"}',
    "payload is text": b'{"event": "meeting.started", "payload": "x"}',
    "no object": b'{"event": "meeting.started", "payload": {}}',
    "no id": b'{"event": "meeting.started", "payload": {"object": {"uuid": "u=="}}}',
    "nested": b'{"event": "meeting.started", "payload": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a lone surrogate": b'{"event": "meeting.started", "payload": {"object": {"id": "\\ud800"}}}',
    "a NUL": b'{"event": "meeting.started", "payload": {"object": {"id": "\\u0000", "uuid": "\\u0000"}}}',
    "no utf-8": b"\xff\xfe{}",
    "a huge number": b'{"event": "meeting.started", "payload": {"object": {"id": ' + b"9" * 5_000 + b"}}}",
}


async def test_what_is_not_understood_is_answered_2xx_kept_and_shown_to_an_admin(house: WholeHouse) -> None:
    for name, raw in ODD.items():
        assert (await house.notify(raw)).is_success, name
        told = (await house.admin.get("/api/deliveries?outcome=not_understood")).json()["deliveries"]
        assert told[0]["digest"] == hashlib.sha256(raw).hexdigest(), name
        assert told[0]["problem"], name
    assert (await house.admin.get("/api/deliveries")).json()["counts"] == {
        "not_understood": len(ODD),
        "forged": 0,
        "stale": 0,
        "unconfigured": 0,
    }
    assert (await house.notify(sample(OBSERVED[0]))).status_code == 204
    assert house.rows("SELECT type FROM events") == [("meetingStarted",)]


async def test_one_that_nobody_can_decide_does_not_harm_its_neighbours(house: WholeHouse) -> None:
    names_ = ["\ud800", "\x00", "a" * 100_000, "🙂" * 300]
    odd = [started(topic=name, id=str(number), uuid=f"run{number}==") for number, name in enumerate(names_, start=1)]
    answers = await asyncio.gather(*(house.notify(raw) for raw in [*odd, sample(OBSERVED[0])]))
    assert all(answer.is_success for answer in answers)
    assert (await house.admin.meeting("88123456789"))["status"] == "started"
    assert (await house.admin.get("/api/zoom/meetings")).status_code == 200


# --- what is refused ----------------------------------------------------------------------------------------------


def forgeries() -> dict[str, dict[str, str]]:
    now = datetime.now(UTC)
    good = signed_headers(SECRET, sample(OBSERVED[0]), now)
    time, mark = good["x-zm-request-timestamp"], good["x-zm-signature"]
    return {
        "nothing": {},
        "no signature": {"x-zm-request-timestamp": time},
        "no time": {"x-zm-signature": mark},
        "another secret": signed_headers("another secret", sample(OBSERVED[0]), now),
        "another body": signed_headers(SECRET, sample(OBSERVED[1]), now),
        "another time": good | {"x-zm-request-timestamp": str(int(time) - 1)},
        "a part of it": good | {"x-zm-signature": mark[:-1]},
        "no version": good | {"x-zm-signature": mark.removeprefix("v0=")},
        "capitals": good | {"x-zm-signature": mark.upper()},
        "time in words": good | {"x-zm-request-timestamp": "now"},
        "time with a sign": good | {"x-zm-request-timestamp": f"+{time}"},
        "time in other digits": good | {"x-zm-request-timestamp": "١٢٣"},
        "signature in other letters": good | {"x-zm-signature": "v0=é"},
        "the empty secret": {
            "x-zm-request-timestamp": time,
            "x-zm-signature": "v0=" + hmac.new(b"", f"v0:{time}:".encode() + sample(OBSERVED[0]), "sha256").hexdigest(),
        },
    }


async def test_what_is_forged_is_refused_without_a_reason_written_nowhere_and_counted(house: WholeHouse) -> None:
    for number, (name, headers) in enumerate(forgeries().items(), start=1):
        raw_headers = [(key.encode(), value.encode()) for key, value in headers.items()]
        answer = await house.by("").http.post(DOOR, content=sample(OBSERVED[0]), headers=raw_headers)
        assert (answer.status_code, answer.content) == (401, b""), name
        assert (await house.admin.get("/api/deliveries")).json()["counts"]["forged"] == number
    for table in ("deliveries", "meetings", "events"):
        assert house.rows(f"SELECT count(*) FROM {table}") == [(0,)]


async def test_two_hundred_altered_notifications_are_all_refused(house: WholeHouse) -> None:
    chance, raw = random.Random(7), sample(OBSERVED[0])
    for _ in range(8):
        asked = []
        for _ in range(25):
            altered = bytearray(raw)
            altered[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            headers = signed_headers(SECRET, raw, house.clock.now())
            asked.append(house.by("").http.post(DOOR, content=bytes(altered), headers=headers))
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {401}
    assert kept(house) == []


async def test_a_good_signature_of_another_time_is_asked_to_come_again(tmp_path: Path) -> None:
    clock = ManualClock()
    async with whole_house(tmp_path, clock=clock) as house:
        headers = signed_headers(SECRET, sample(OBSERVED[0]), clock.now())
        for off_s in (301, -301, 90_000):
            clock.set(ManualClock().advance(seconds=off_s))
            answer = await house.by("").http.post(DOOR, content=sample(OBSERVED[0]), headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            told = answer.json()["error"]
            assert (told["code"], told["temporary"]) == ("clock_skew", True)
        assert kept(house) == []
        clock.set(ManualClock().now())
        assert (await house.admin.get("/api/deliveries")).json()["counts"]["stale"] == 3
        for name, off_s in zip(OBSERVED, (0, 300, -300), strict=False):
            headers = signed_headers(SECRET, sample(name), clock.now())
            clock.set(ManualClock().advance(seconds=off_s))
            answer = await house.by("").http.post(DOOR, content=sample(name), headers=headers)
            assert answer.status_code == 204
            clock.set(ManualClock().now())
        assert len(kept(house)) == 3


async def test_without_a_secret_nothing_is_taken_and_zoom_keeps_what_it_has(tmp_path: Path) -> None:
    async with whole_house(tmp_path, ZOOM_WEBHOOK_SECRET_TOKEN=" , ") as house:
        for headers in ({}, signed_headers("", sample(OBSERVED[0]), house.clock.now())):
            answer = await house.by("").http.post(DOOR, content=sample(OBSERVED[0]), headers=headers)
            assert answer.status_code == 503
            assert "ZOOM_WEBHOOK_SECRET_TOKEN" in answer.json()["error"]["message"]
        assert kept(house) == []


async def test_while_the_secret_changes_both_are_good(tmp_path: Path) -> None:
    async with whole_house(tmp_path, ZOOM_WEBHOOK_SECRET_TOKEN="new-secret, old-secret") as house:
        for name, secret in zip(OBSERVED, ["old-secret", "new-secret"], strict=False):
            headers = signed_headers(secret, sample(name), house.clock.now())
            answer = await house.by("").http.post(DOOR, content=sample(name), headers=headers)
            assert answer.status_code == 204
        assert len(kept(house)) == 2


async def test_the_largest_body_is_taken_and_one_byte_more_is_not(house: WholeHouse) -> None:
    start, end = b'{"event":"meeting.later","x":"', b'"}'
    fits = start + b"x" * (MB - len(start) - len(end)) + end
    assert (await house.notify(fits)).status_code == 204
    assert (await house.notify(fits + b" ")).status_code == 413
    assert kept(house) == [("meeting.later", "noted")]


async def test_only_a_post_is_read(house: WholeHouse) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert (await house.by("").http.request(method, DOOR)).status_code == 405


# --- the challenge, and the signature's examples ------------------------------------------------------------------


async def test_the_examples_of_signatures_pass_the_door(tmp_path: Path) -> None:
    clock = ManualClock()
    async with whole_house(tmp_path, clock=clock, ZOOM_WEBHOOK_SECRET_TOKEN=vectors()[0]["secret"]) as house:
        for vector in vectors():
            clock.set(datetime.fromtimestamp(int(vector["timestamp"]), UTC))
            headers = {"x-zm-request-timestamp": vector["timestamp"], "x-zm-signature": vector["signature"]}
            answer = await house.by("").http.post(DOOR, content=vector["raw"], headers=headers)
            if "reply" in vector:
                assert (answer.status_code, answer.json()) == (200, vector["reply"])
            else:
                assert answer.status_code == 204, vector["name"]
            altered = await house.by("").http.post(DOOR, content=vector["raw"] + b" ", headers=headers)
            assert altered.status_code == 401


async def test_zooms_own_check_of_our_address_is_answered(house: WholeHouse) -> None:
    assert (await house.zoom.control("validate"))["valid"] is True
    assert kept(house) == []


async def test_a_challenge_whose_token_is_no_plain_word_is_never_sealed(house: WholeHouse) -> None:
    tokens: list[object] = ["v0:1789390804:{}", "a b", "", "a" * 129, "tök", "a\n", 5, None, ["a"], {"a": 1}, True]
    for token in tokens:
        raw = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": token}}).encode()
        answer = await house.notify(raw)
        assert (answer.status_code, answer.content) == (400, b""), token


async def test_the_challenge_is_no_oracle_for_signatures(house: WholeHouse) -> None:
    now = str(int(house.clock.now().timestamp()))
    wanted = b'{"event":"meeting.started"}'
    raw = json.dumps(
        {"event": "endpoint.url_validation", "payload": {"plainToken": f"v0:{now}:{wanted.decode()}"}}
    ).encode()
    unsigned = await house.by("").http.post(DOOR, content=raw)
    assert (unsigned.status_code, unsigned.content) == (401, b"")
    assert (await house.notify(raw)).status_code == 400
    mark = sign(SECRET, now, wanted).removeprefix("v0=")
    for answer in (unsigned, await house.notify(raw)):
        assert mark not in answer.text


async def test_challenges_are_answered_so_often_and_no_more(house: WholeHouse) -> None:
    raw = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "plain"}}).encode()
    statuses = [(await house.notify(raw)).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert (await house.notify(sample(OBSERVED[0]))).status_code == 204  # the count is of challenges alone


def test_what_the_tests_hold_for_unreadable_is_read_so() -> None:
    assert all(read(raw).problem for raw in ODD.values())
