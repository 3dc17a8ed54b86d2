"""A demo as a process of its own, and what is done in it without a browser: by its API, and by its Zoom's strings."""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from server.demo import ADMIN, PASSWORD, SAMPLE_TIMEZONE, week_of_meetings
from server.zoom.signature import signed_headers
from tests.support.commands import running

PATIENCE_S = 20.0
SECRET = "a-secret-that-only-tests-know-0123456789"
OPEN_ROOM = {"waiting_room": False}
OTHER_STUDENT = "amihan.salazar@demo.school"  # of Grade 7 Luna; `server.demo.STUDENT` is of Grade 9 Rizal
OTHER_TEACHER = "jun.delacruz@demo.school"  # of Grade 10 Aguinaldo alone

Meeting = dict[str, Any]


@dataclass
class Demo:
    """A demo that answers at `url`."""

    url: str
    folder: Path
    process: "subprocess.Popen[str]"
    http: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def die(self) -> None:
        """End as a machine does whose power is cut."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    async def token(self, email: str, password: str = PASSWORD) -> str:
        """A login of this person, the same one each time."""
        if email not in self.tokens:
            answer = await self.http.post("/api/auth/login", json={"email": email, "password": password})
            assert answer.status_code == 200, answer.text
            self.tokens[email] = answer.json()["token"]
            self.http.cookies.clear()  # with a cookie, a program would be taken for a browser
        return self.tokens[email]

    async def call(self, method: str, path: str, body: object = None, *, by: str = ADMIN) -> Any:
        """What the server answers this person, who may ask for it."""
        headers = {"authorization": f"Bearer {await self.token(by)}"}
        answer = await self.http.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if is_json else answer.text

    async def create(self, topic: str, *, in_min: float = 5, class_id: str | None = "rizal", **more: Any) -> Meeting:
        """A meeting that nobody has to let people into, for Grade 9 Rizal unless said otherwise."""
        start = (datetime.now(UTC) + timedelta(minutes=in_min)).replace(microsecond=0)
        body = {"topic": topic, "start_time": start.isoformat(), "duration": 60, "settings": OPEN_ROOM} | more
        if class_id is not None:
            body["class_id"] = class_id
        made: Meeting = (await self.call("POST", "/api/zoom/meetings", body))["meeting"]
        return made

    async def of_room(self, meeting: Meeting, what: str, **body: object) -> Any:
        """Pull one of the strings of the meeting's room: start, join, leave, admit, end."""
        path = f"/simulator/control/meetings/{meeting['zoom_meeting_id']}/{what}"
        return await self.call("POST", path, body)

    async def join(self, meeting: Meeting, name: str, email: str = "") -> str:
        """Somebody comes into the room; what Zoom calls them there."""
        joined: str = (await self.of_room(meeting, "join", name=name, email=email))["participant"]["user_id"]
        return joined

    async def leave(self, meeting: Meeting, user_id: str) -> None:
        await self.of_room(meeting, "leave", participant=user_id)

    async def notify(self, meeting: Meeting, event: str, at: datetime, **more: object) -> None:
        """What Zoom would post about a run of this meeting, signed now, about something that happened at `at`."""
        about = {
            "id": meeting["zoom_meeting_id"],
            "uuid": f"runOf{meeting['zoom_meeting_id']}==",
            "topic": meeting["topic"],
            "type": 2,
            "duration": 60,
            "timezone": SAMPLE_TIMEZONE,
            "start_time": _zoom_time(at),
        }
        told = {
            "event": event,
            "payload": {"account_id": "demo", "object": about | more},
            "event_ts": int(at.timestamp() * 1_000),
        }
        raw = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        headers = signed_headers(SECRET, raw, datetime.now(UTC)) | {"content-type": "application/json"}
        answer = await self.http.post("/api/zoom/webhook", content=raw, headers=headers)
        assert answer.is_success, answer.text

    async def notify_of(
        self, meeting: Meeting, event: str, at: datetime, name: str, user_id: str, email: str = ""
    ) -> None:
        """The same of somebody in that run, coming or going."""
        when = "join_time" if event.endswith("joined") else "leave_time"
        who = {"user_id": user_id, "user_name": name, "email": email, when: _zoom_time(at)}
        await self.notify(meeting, event, at, participant=who | {"participant_uuid": f"uuid-of-{user_id}"})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nothing can be written to the database meanwhile, as when a backup program holds it."""
        other = sqlite3.connect(self.folder / ".rollcall" / "demo" / "rollcall.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            yield
        finally:
            other.rollback()
            other.close()

    async def metric(self, name: str) -> float:
        """One of the numbers that machines read."""
        text: str = await self.call("GET", "/metrics")
        return next(float(line.split()[1]) for line in text.splitlines() if line.split()[0] == name)

    async def settled(self) -> None:
        """Return once the whole week of the sample school has been made."""
        expected = len(week_of_meetings(datetime.now(UTC), SAMPLE_TIMEZONE))
        async with asyncio.timeout(PATIENCE_S):
            # Nothing announces it: the list is asked, as a person would look.
            while len((await self.call("GET", "/api/zoom/meetings"))["meetings"]) < expected:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.05)


@asynccontextmanager
async def demo(folder: Path, *, port: int = 0, **settings: str) -> AsyncIterator[Demo]:
    """The demo of this folder, with its week made, until the block ends."""
    words = ("serve", "--demo", "--port", str(port))
    settings = {"ZOOM_WEBHOOK_SECRET_TOKEN": SECRET} | settings
    with running(folder, *words, until="Play a class", **settings) as (process, said):
        url = said[0].removeprefix("Rollcall answers on ")
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as http:
            served = Demo(url, folder, process, http)
            await served.settled()
            yield served


def _zoom_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
