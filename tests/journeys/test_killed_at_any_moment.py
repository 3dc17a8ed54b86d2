"""kill -9 while notifications stream in: what was answered is kept, the rest is sent again, nothing is double."""

import asyncio
import json
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from server.zoom.signature import signed_headers
from tests.support.child import ChildHouse, child_house
from tests.support.ears import Heard, page
from tests.support.seeded import rows
from tests.support.whole_house import PEOPLE, SECRET, whole_house

KILLS = 3
IN_FLIGHT = 8


def a_day(began: datetime, meetings: int = 6, people: int = 8) -> list[bytes]:
    """What Zoom says of a morning, in the order in which it happens."""
    said: list[bytes] = []

    def at(minute: int, second: int) -> str:
        return (began + timedelta(minutes=minute, seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def say(event: str, obj: dict[str, Any]) -> None:
        at_ms = int(began.timestamp() * 1_000) + len(said)
        message = {"event": event, "payload": {"account_id": "a", "object": obj}, "event_ts": at_ms}
        said.append(json.dumps(message, separators=(",", ":")).encode())

    runs = [
        {
            "id": str(88_000_000_000 + number),
            "uuid": f"runOfTheMorning{number}==",
            "topic": f"Lesson {number}",
            "start_time": at(0, number),
            "duration": 60,
        }
        for number in range(meetings)
    ]
    for run in runs:
        say("meeting.created", {key: run[key] for key in ("id", "topic", "duration")})
        say("meeting.started", run)
    for number in range(people):
        for run in runs:
            who = {
                "user_id": f"{run['id']}{number}",
                "user_name": f"Guest {number}",
                "email": f"g{number}@pupil.example",
            }
            say("meeting.participant_joined", {**run, "participant": who | {"join_time": at(10, number)}})
            if number % 2:
                say("meeting.participant_left", {**run, "participant": who | {"leave_time": at(20, number)}})
    for run in runs:
        say("meeting.ended", {**run, "end_time": at(50, 0)})
    return said


TRUTH = {
    "meetings": "SELECT id, topic, status, uuid, started_at, ended_at, participant_count FROM meetings ORDER BY id",
    "instances": "SELECT uuid, started_at, ended_at, present, seen FROM instances ORDER BY uuid",
    "visits": 'SELECT id, attendee, name, joined, "left" FROM visits ORDER BY id',
    "deliveries": "SELECT digest, outcome FROM deliveries ORDER BY digest",
}


def truth(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(path, query) for table, query in TRUTH.items()}


async def test_every_notification_has_exactly_one_effect_however_often_the_server_is_killed(tmp_path: Path) -> None:
    clean, killed = tmp_path / "clean", tmp_path / "killed"
    clean.mkdir()
    killed.mkdir()
    news = a_day(datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))
    async with whole_house(clean) as house:
        for raw in news:
            assert (await house.notify(raw)).status_code == 204
        wanted = truth(house.database_path)

    chance = random.Random()  # other moments in each run: what fails here is a fault, never the test's bad luck
    async with child_house(killed) as house:
        heard: dict[str, Heard] = {}
        listening = asyncio.create_task(listen(house, heard))
        posting = Zoom(house, news, chance)
        working = asyncio.create_task(posting.deliver_all())
        for kill in range(1, KILLS + 1):
            await posting.until_answered(kill * len(posting.news) // (KILLS + 1))
            await house.kill()
            posting.is_down = True
            await house.come_back()
            posting.is_down = False
        async with asyncio.timeout(30):
            await working
        log = rows(house.database_path, "SELECT seq, id, type FROM events ORDER BY seq")
        await house.child.stop()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening

        assert truth(house.database_path) == wanted
        assert [seq for seq, _, _ in log] == list(range(1, len(log) + 1))
        assert rows(house.database_path, "SELECT value FROM counters WHERE name = 'seq'") == [(len(log),)]
        assert set(heard) == {event_id for _, event_id, _ in log}
        assert posting.tries > len(posting.news)  # some were sent again, or this test tests nothing


async def listen(house: ChildHouse, heard: dict[str, Heard]) -> None:
    """An admin's page that comes back each time by its cursor; an event that comes twice is a fault."""
    resume: dict[str, str] = {}
    while True:
        ada = None
        try:
            async with page(house.url, PEOPLE["ada"].token, resume=resume) as ada:
                assert ada.first["mode"] == ("replay" if resume else "snapshot")
                await ada.wire.wait_closed()
        except (OSError, WebSocketException):
            await asyncio.sleep(0.02)  # nobody is at home
        finally:
            if ada is not None:
                resume = ada.resume
                for each in ada.heard:
                    if each.meta and "cursor" in each.meta:
                        assert each.meta["id"] not in heard
                        heard[each.meta["id"]] = each


class Zoom:
    """Sends each notification again until it is answered with 2xx, signed anew, as Zoom does, only sooner."""

    def __init__(self, house: ChildHouse, news: list[bytes], chance: random.Random) -> None:
        self.news = news
        self.tries = 0
        self.is_down = False
        self._house = house
        self._waiting = list(enumerate(news))
        self._chance = chance
        self._answered = 0
        self._news = asyncio.Condition()

    async def until_answered(self, count: int) -> None:
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: self._answered >= count)

    async def deliver_all(self) -> None:
        async with httpx.AsyncClient(timeout=3) as http:
            await asyncio.gather(*(self._worker(http) for _ in range(IN_FLIGHT)))

    async def _worker(self, http: httpx.AsyncClient) -> None:
        while self._waiting:
            if self.is_down:
                await asyncio.sleep(0.02)
                continue
            number, raw = self._waiting.pop(0)
            self.tries += 1
            try:
                answer = await http.post(
                    f"{self._house.url}/api/zoom/webhook",
                    content=raw,
                    headers=signed_headers(SECRET, raw, self._house.clock.now()) | {"x-zm-request-id": f"r{number}"},
                )
            except httpx.HTTPError:
                self._again(number, raw)
                continue
            if answer.status_code >= 500:
                self._again(number, raw)
                continue
            assert answer.status_code == 204
            async with self._news:
                self._answered += 1
                self._news.notify_all()

    def _again(self, number: int, raw: bytes) -> None:
        self._waiting.insert(self._chance.randrange(len(self._waiting) + 1), (number, raw))
