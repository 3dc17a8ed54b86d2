"""Those who listen to the whole house: a thin reader, python-socketio's client, and JavaScript's in a child process.

All of them note what they hear in the same words, so that it can be compared event by event.
"""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE_S = 10.0
HERE = Path(__file__).resolve().parent
DASHBOARD = HERE.parents[1] / "static" / "dashboard" / "package.json"


@dataclass
class Heard:
    """One event: its body, and its meta when it has one."""

    name: str
    body: Any
    meta: Any = None


class Ear:
    """What somebody heard, in order."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._news = asyncio.Condition()

    async def note(self, name: str, *said: Any) -> None:
        async with self._news:
            self.heard.append(Heard(name, *said))
            self._news.notify_all()

    def of(self, name: str) -> list[Heard]:
        """Every event of this name so far."""
        return [each for each in self.heard if each.name == name]

    def names(self) -> list[str]:
        """What happened to meetings and people, in order; control events and counts left out."""
        return [each.name for each in self.heard if each.meta is not None and "cursor" in each.meta]

    async def until(self, is_enough: Callable[[], object], what: str) -> None:
        """Return once it is so."""
        try:
            async with asyncio.timeout(PATIENCE_S), self._news:
                await self._news.wait_for(is_enough)
        except TimeoutError:
            raise AssertionError(f"not heard in time: {what}; heard {[each.name for each in self.heard]}") from None

    async def hears(self, name: str, count: int = 1) -> Heard:
        """The event of this name, once there are so many of them; the newest."""
        await self.until(lambda: len(self.of(name)) >= count, f"{count} × {name}")
        return self.of(name)[count - 1]

    @property
    def first(self) -> dict[str, Any]:
        """The newest `initialState`."""
        state: dict[str, Any] = self.of("initialState")[-1].body
        return state

    @property
    def resume(self) -> dict[str, str]:
        """What a client hands back when it returns."""
        cursors = [self.first["cursor"]] + [h.meta["cursor"] for h in self.heard if h.meta and "cursor" in h.meta]
        return {"key": self.first["resume"], "cursor": cursors[-1]}


class Page(Ear):
    """A WebSocket read frame by frame."""

    def __init__(self, wire: ClientConnection) -> None:
        super().__init__()
        self.wire = wire
        self.packets: list[str] = []
        self.acks: dict[int, Any] = {}

    async def read(self) -> None:
        """Note everything until the connection ends; pings are answered."""
        with suppress(ConnectionClosed):
            while True:
                packet = str(await self.wire.recv())
                if packet == "2":
                    await self.wire.send("3")
                    continue
                self.packets.append(packet)
                if packet.startswith("42"):
                    await self.note(*json.loads(packet[2:]))
                elif packet.startswith("43"):
                    number, _, rest = packet[2:].partition("[")
                    async with self._news:
                        self.acks[int(number)] = json.loads(f"[{rest}")[0]
                        self._news.notify_all()
                else:
                    async with self._news:
                        self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def call(self, name: str, argument: object = None) -> Any:
        """Give a command and wait for its answer."""
        number = len(self.acks) + 1
        await self.wire.send(f"42{number}{json.dumps([name, argument])}")
        await self.until(lambda: number in self.acks, f"the answer to {name}")
        return self.acks[number]

    async def quiet(self) -> None:
        """Return when all that was told before this moment was heard: answers come in the same line."""
        await self.call("nothing")


@asynccontextmanager
async def page(url: str, token: str = "", *, cookie: str = "", origin: str = "", **auth: object) -> AsyncIterator[Page]:
    """A page that is connected and opened."""
    async with transport(url, cookie=cookie, origin=origin) as opened:
        await opened.wire.send("40" + json.dumps({"token": token, **auth} if token else {}))
        await opened.hears("initialState")
        yield opened


@asynccontextmanager
async def transport(url: str, *, cookie: str = "", origin: str = "") -> AsyncIterator[Page]:
    """A page whose transport is open, and that has not said who it is."""
    address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    headers = {"cookie": cookie} if cookie else {}
    async with connect(
        address,
        additional_headers=headers,
        origin=origin or None,  # type: ignore[arg-type]  # a NewType of str
        compression=None,
        ping_interval=None,
        close_timeout=0.5,
        proxy=None,
    ) as wire:
        opened = Page(wire)
        reading = asyncio.create_task(opened.read())
        try:
            yield opened
        finally:
            await wire.close()
            await reading


@asynccontextmanager
async def python_client(url: str, token: str, transports: list[str] | None = None) -> AsyncIterator[Ear]:
    """python-socketio's own client, in its own threads."""
    loop, ear = asyncio.get_running_loop(), Ear()
    client = socketio.Client(reconnection=False, handle_sigint=False)

    def on_event(name: str, *said: Any) -> None:
        asyncio.run_coroutine_threadsafe(ear.note(name, *said), loop).result(PATIENCE_S)

    client.on("*", on_event)

    def come() -> None:
        client.connect(url, auth={"token": token}, transports=transports, wait_timeout=PATIENCE_S)

    try:
        await asyncio.to_thread(come)
        await ear.hears("initialState")
        yield ear
    finally:
        await asyncio.to_thread(client.disconnect)


@dataclass
class JsSocket(Ear):
    """One socket of the JavaScript client."""

    name: str
    node: "Node"
    states: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def is_in(self, state: str, count: int = 1) -> Any:
        """What was said when it came to this state for the nth time."""

        def seen() -> list[Any]:
            return [why for is_, why in self.states if is_ == state]

        await self.until(lambda: len(seen()) >= count, f"{count} × {state}")
        return seen()[count - 1]

    async def call(self, name: str, argument: object = None) -> Any:
        return await self.node.call(self.name, name, argument)

    async def cut(self) -> None:
        """The transport breaks; the client comes back by itself."""
        await self.node.say(cut=self.name)

    async def note_state(self, state: str, why: Any) -> None:
        async with self._news:
            self.states.append((state, why))
            self._news.notify_all()


class Node:
    """A child process with JavaScript's client."""

    def __init__(self, child: Process) -> None:
        self._child = child
        self._sockets: dict[str, JsSocket] = {}
        self._answers: dict[int, asyncio.Future[Any]] = {}

    async def say(self, **line: object) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(line).encode() + b"\n")
        await self._child.stdin.drain()

    async def open(self, url: str, token: str, **options: object) -> JsSocket:
        """A socket that was opened."""
        socket = await self.begin(url, token, **options)
        await socket.hears("initialState")
        return socket

    async def begin(self, url: str, token: str, **options: object) -> JsSocket:
        """A socket that begins to connect."""
        name = f"s{len(self._sockets)}"
        self._sockets[name] = JsSocket(name, self)
        await self.say(open=name, url=url, token=token, options=options)
        return self._sockets[name]

    async def call(self, socket: str, name: str, argument: object) -> Any:
        number = len(self._answers) + 1
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.say(call=socket, id=number, name=name, argument=argument)
        async with asyncio.timeout(PATIENCE_S):
            return await answer

    async def read(self) -> None:
        assert self._child.stdout is not None
        while line := await self._child.stdout.readline():
            said: Mapping[str, Any] = json.loads(line)
            if "answer" in said:
                self._answers[said["answer"]].set_result(said["ack"])
            elif "heard" in said:
                await self._sockets[said["socket"]].note(*said["heard"])
            else:
                await self._sockets[said["socket"]].note_state(said["is"], said.get("why"))


@asynccontextmanager
async def node() -> AsyncIterator[Node]:
    """JavaScript's client at work; the child ends with the block."""
    program = shutil.which("node")
    assert program is not None, "node is needed: scripts/setup installs it"
    child = await asyncio.create_subprocess_exec(
        program, str(HERE / "listen.mjs"), str(DASHBOARD), stdin=PIPE, stdout=PIPE, limit=1 << 20
    )
    running = Node(child)
    reading = asyncio.create_task(running.read())
    try:
        yield running
    finally:
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(2):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()
        await reading
