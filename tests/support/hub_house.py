"""A hub over a real port, and clients that speak the protocol frame by frame."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from realtime.hub import Bare, Command, Hub, Limits
from realtime.log import Event
from realtime.wsprotocol import protocol_for
from tests.support.school import School

PATIENCE_S = 10.0
QUICK = Limits(login_s=0.5, probe_s=0.5, refusal_s=0.1, farewell_s=0.3, sweep_s=0.05)


class _Server(uvicorn.Server):
    """uvicorn without its hold on the signals of the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(app: Any, limits: Limits, protocol: Any = None) -> AsyncIterator[int]:
    """An app behind uvicorn, as a hub with these limits wants it; gives the port."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ws=protocol or protocol_for(limits),
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        ws_max_size=limits.hard_frame_bytes,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await server.is_up.wait()
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


@dataclass
class House:
    """A school, its hub, and the port where it is."""

    school: School
    hub: Hub
    limits: Limits
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/socket.io/"

    def publish(self, *events: Event) -> None:
        self.hub.publish(events)

    def count(self, name: str) -> int:
        return self.hub.counters().get(name, 0)

    async def reach(self, name: str, count: int = 1) -> None:
        """Wait until a counter stands there."""
        await until(lambda: self.count(name) >= count)

    @asynccontextmanager
    async def websocket(self, query: str = "") -> AsyncIterator["Client"]:
        """A client whose transport is open, and no more."""
        url = f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket{query}"
        async with connect(url, compression=None, ping_interval=None, max_size=None, close_timeout=0.1) as wire:
            yield Client(wire)

    @asynccontextmanager
    async def page(self, token: str, **auth: object) -> AsyncIterator["Client"]:
        """A client that is logged in and was opened."""
        async with self.websocket() as client:
            await client.log_in(token, **auth)
            yield client

    @asynccontextmanager
    async def poller(self) -> AsyncIterator["Poller"]:
        """A client on polling whose session is open."""
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_S) as http:
            poller = Poller(http)
            await poller.open()
            yield poller


@asynccontextmanager
async def house(
    school: School,
    *,
    limits: Limits = QUICK,
    commands: Mapping[str, Command] | None = None,
    bare: Bare | None = None,
    protocol: Any = None,
) -> AsyncIterator[House]:
    """A served hub."""
    hub = hub_of(school, limits=limits, commands=commands, bare=bare)
    async with served(hub.asgi, limits, protocol) as port:
        try:
            yield House(school, hub, limits, port)
        finally:
            await hub.close()


def hub_of(
    school: School, *, limits: Limits, commands: Mapping[str, Command] | None = None, bare: Bare | None = None
) -> Hub:
    """A hub that asks this school, from the end of its log on."""
    hub = Hub(
        doorkeeper=school,
        open_=school.open,
        commands=commands or {},
        seal=school.seal,
        clock=school.clock,
        limits=limits,
        bare=bare,
    )
    hub.begin_at(school.head)
    return hub


async def until(is_so: Any, patience_s: float = PATIENCE_S) -> None:
    """Wait for something that no event announces."""
    async with asyncio.timeout(patience_s):
        while not is_so():  # noqa: ASYNC110  # what is waited for is a counter, and has no event
            await asyncio.sleep(0.005)


class _Speaker:
    """What both kinds of client understand."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.first: dict[str, Any] = {}
        self.connected: dict[str, Any] = {}
        self.pings = 0

    async def send(self, packet: str | bytes) -> None:
        raise NotImplementedError

    async def more(self) -> list[str]:
        raise NotImplementedError

    async def packet(self) -> str:
        """The next packet that is no ping; pings are answered."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if not self.waiting:
                    self.waiting = await self.more()
                    continue
                packet = self.waiting.pop(0)
                if packet == "2":
                    self.pings += 1
                    await self.send("3")
                elif packet != "6":
                    return packet

    async def event(self) -> list[Any]:
        """The next event: name, body, and meta if there is one."""
        packet = await self.packet()
        assert packet.startswith("42"), packet
        said: list[Any] = json.loads(packet[2:])
        return said

    async def emit(self, name: str, *arguments: object, ack: int | None = None) -> None:
        number = "" if ack is None else str(ack)
        await self.send(f"42{number}{json.dumps([name, *arguments], ensure_ascii=False)}")

    async def call(self, name: str, *arguments: object, ack: int = 1) -> Any:
        """Give a command and wait for its answer; events before it are kept."""
        await self.emit(name, *arguments, ack=ack)
        before = []
        while not (packet := await self.packet()).startswith("43"):
            before.append(packet)
        self.waiting = before + self.waiting
        assert packet.startswith(f"43{ack}["), packet
        return json.loads(packet[2 + len(str(ack)) :])[0]

    async def log_in(self, token: str, **auth: object) -> dict[str, Any]:
        """CONNECT, and what it brings."""
        await self.send("40" + json.dumps({"token": token, **auth}))
        packet = await self.packet()
        assert packet.startswith("40"), packet
        self.connected = json.loads(packet[2:])
        name, self.first = await self.event()
        assert name == "initialState"
        return self.first

    async def refusal(self) -> dict[str, Any]:
        """The data of a CONNECT_ERROR, which is the next packet."""
        packet = await self.packet()
        assert packet.startswith("44"), packet
        data: dict[str, Any] = json.loads(packet[2:])["data"]
        return data


class Client(_Speaker):
    """A client on a WebSocket."""

    def __init__(self, wire: ClientConnection) -> None:
        super().__init__()
        self.wire = wire
        self.opened: dict[str, Any] = {}

    async def send(self, packet: str | bytes) -> None:
        await self.wire.send(packet)

    async def more(self) -> list[str]:
        while True:
            packet = await self.wire.recv()
            assert isinstance(packet, str)
            if not packet.startswith("0"):
                return [packet]
            self.opened = json.loads(packet[1:])

    async def close_code(self) -> int:
        """Wait for the server to close; whatever comes before is dropped."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    await self.wire.recv()
            except ConnectionClosed:
                assert self.wire.close_code is not None
                return self.wire.close_code

    async def rest(self) -> list[str]:
        """Everything that comes until the server closes."""
        packets = []
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    packets += await self.more()
            except ConnectionClosed:
                return packets


@dataclass
class _Answer:
    status: int
    packets: list[str] = field(default_factory=list)


class Poller(_Speaker):
    """A client on polling."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__()
        self.http = http
        self.sid = ""
        self.opened: dict[str, Any] = {}
        self.polls = 0

    async def open(self) -> None:
        answer = await self.http.get("", params={"EIO": "4", "transport": "polling"})
        assert answer.status_code == 200, answer.text
        first, *self.waiting = answer.text.split("\x1e")
        self.opened = json.loads(first[1:])
        self.sid = self.opened["sid"]

    @property
    def query(self) -> dict[str, str]:
        return {"EIO": "4", "transport": "polling", "sid": self.sid}

    async def post(self, body: str | bytes) -> int:
        answer = await self.http.post("", params=self.query, content=body)
        return answer.status_code

    async def poll(self) -> _Answer:
        answer = await self.http.get("", params=self.query)
        self.polls += 1
        return _Answer(answer.status_code, answer.text.split("\x1e") if answer.text else [])

    async def send(self, packet: str | bytes) -> None:
        assert isinstance(packet, str)
        assert await self.post(packet) == 200

    async def more(self) -> list[str]:
        answer = await self.poll()
        assert answer.status == 200, answer
        return answer.packets
