"""A dashboard as the resume rules see it: it connects, hears, is cut, returns with its cursor, and notes what is wrong.

It holds what it was shown. A thing's version must step by one with each event about it, nothing may come of a class the
person is not in, and nothing twice.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.hub_house import Client, House, Poller
from tests.support.school import School


class Page:
    """One device of one person."""

    def __init__(self, house: House, person_id: str, transport: str, may_hear: Callable[[str, str, int], bool]) -> None:
        self.house = house
        self.person_id = person_id
        self.transport = transport
        self.may_hear = may_hear
        self.things: dict[str, dict[str, int]] = {}
        self.counts: dict[str, tuple[int, int]] = {}
        self.wrong: list[str] = []
        self.tally: Counter[str] = Counter()
        self.seq = 0
        self.opened = asyncio.Event()
        self._ids: set[str] = set()
        self._has_asked = False
        self._resume = {"key": "", "cursor": ""}
        self._client: Client | Poller | None = None
        self._task: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    # --- coming and going -----------------------------------------------------------------------------------

    @property
    def is_away(self) -> bool:
        return self._task is None or self._task.done()

    def come(self) -> None:
        """Connect, if the page is away."""
        if self.is_away:
            self.opened.clear()
            self._has_asked = False
            self._task = asyncio.create_task(self._run())

    async def go(self) -> None:
        """Lose the transport, in the middle of whatever it does."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait({self._task})
        self._task = None

    async def resume(self) -> None:
        """Ask to catch up on the open connection."""
        if self._client is not None and self.opened.is_set() and not self.is_away:
            self._has_asked = True
            await self._client.emit("resume", dict(self._resume))

    async def _run(self) -> None:
        async with AsyncExitStack() as stack:
            self._client = client = await self._connect(stack)
            try:
                await client.send("40" + json.dumps({"token": self.person_id, "resume": self._resume}))
                while True:
                    packet = await client.packet()
                    if packet.startswith("42"):
                        self._hear(*json.loads(packet[2:]))
                    elif not packet.startswith(("40", "0", "43")):
                        self.wrong.append(f"unexpected packet {packet[:80]}")
            except (ConnectionClosed, httpx.HTTPError, AssertionError, TimeoutError):
                return
            finally:
                self._client = None
                if isinstance(client, Client):
                    client.wire.transport.abort()

    async def _connect(self, stack: AsyncExitStack) -> "Client | Poller":
        if self.transport == "websocket":
            return await stack.enter_async_context(self.house.websocket())
        poller = await stack.enter_async_context(self.house.poller())
        return poller if self.transport == "polling" else Upgrading(poller, self.house, stack)

    # --- what it is told ------------------------------------------------------------------------------------

    def _hear(self, name: str, body: dict[str, Any], meta: dict[str, Any] | None = None) -> None:
        if name == "initialState":
            self._open(body)
            return
        if not self.opened.is_set():
            self.wrong.append(f"{name} before initialState")
        if name == "cursor":
            self._resume["cursor"] = body["cursor"]
            return
        if meta is None:
            self.wrong.append(f"control event {name}: {body}")
            return
        if name == "countUpdate":
            self.counts[body["scope"]] = (body["as_of"], body["count"])
            return
        if meta["id"] in self._ids and meta.get("replay") and self._has_asked:
            return  # it was on its way when the page asked to catch up: pages drop by id
        if meta["id"] in self._ids:
            self.wrong.append(f"twice: {meta['id']}")
        self._ids.add(meta["id"])
        self._resume["cursor"] = meta["cursor"]
        self.tally["heard"] += 1
        if body["seq"] <= self.seq:
            self.wrong.append(f"seq {body['seq']} after {self.seq}")
        self.seq = body["seq"]
        match name:
            case "scopeAdded":
                self.things[body["scope"]] = body["things"]
            case "scopeRemoved":
                self.things.pop(body["scope"], None)
            case "meetingStatusUpdate":
                self._apply(body["scope"], body["thing"], body["version"], body["seq"])

    def _open(self, first: dict[str, Any]) -> None:
        self._resume = {"key": first["resume"], "cursor": first["cursor"]}
        self.opened.set()
        if first["mode"] == "snapshot":
            self.tally["snapshots"] += 1
            self.things = first["things"]
            self.counts = {scope: (first["seq"], count) for scope, count in first["counts"].items()}
            self.seq = first["seq"]
        else:
            self.tally["replays"] += 1

    def _apply(self, scope: str, thing: str, version: int, seq: int) -> None:
        if not self.may_hear(self.person_id, scope, seq):
            self.wrong.append(f"leak: {scope} at {seq}")
        known = self.things.setdefault(scope, {}).get(thing, 0)
        if version != known + 1:
            self.wrong.append(f"{scope}/{thing}: {version} after {known}, seq {seq}")
        self.things[scope][thing] = version


class Upgrading(Poller):
    """Starts on polling and goes over to a WebSocket once it was opened, as browsers do."""

    def __init__(self, poller: Poller, house: House, stack: AsyncExitStack) -> None:
        super().__init__(poller.http)
        self.sid, self.opened, self.waiting = poller.sid, poller.opened, poller.waiting
        self._house = house
        self._stack = stack
        self._client: Client | None = None

    async def send(self, packet: str | bytes) -> None:
        if self._client is not None:
            await self._client.send(packet)
        else:
            await super().send(packet)

    async def more(self) -> list[str]:
        if self._client is not None:
            return await self._client.more()
        if self.polls:
            return await self._upgrade()
        return await super().more()

    async def _upgrade(self) -> list[str]:
        url = f"ws://127.0.0.1:{self._house.port}/socket.io/?EIO=4&transport=websocket&sid={self.sid}"
        wire = await self._stack.enter_async_context(connect(url, compression=None, ping_interval=None))
        polling = asyncio.create_task(super().more())
        await wire.send("2probe")
        assert await wire.recv() == "3probe"
        packets = await polling  # the open poll ends before the client goes over
        await wire.send("5")
        self._client = Client(wire)
        return packets


def may_hear_by_log(school: School) -> Callable[[str, str, int], bool]:
    """Whether a person was in a class at a place of the log, read from the log itself."""
    began = {person.id: person for person in school.people.values()}

    def may_hear(person_id: str, scope: str, seq: int) -> bool:
        person = began[person_id]
        if person.role.value != "student":
            return person.role.value == "admin" or scope in person.teaches
        is_in = scope in person.studies
        for row in school.log[:seq]:
            for move in row.event.moves:
                if move.person_id == person_id and f"class:{scope}" in move.enter | move.leave:
                    is_in = f"class:{scope}" in move.enter
        return is_in

    return may_hear
