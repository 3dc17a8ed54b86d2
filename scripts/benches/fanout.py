"""What it costs to tell everybody: events a second, delay, and the server's processor time for each recipient.

N staff clients listen to one meeting while people join it. The same joins without listeners are measured too, and
taken off, so that what is left is the telling. The comparison, when asked for, is Node's socket.io with the same
packets and the same clients, in turns with ours.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from surroundings import environment

from benches import figures, machine
from benches.children import PASSWORD, WEBHOOK_SECRET, add_admin, ask, child, rollcall
from benches.http_wire import Wire
from benches.listeners import listening
from benches.notifications import FIRST_MEETING, Notification, ended, joined, request, started

CLIENTS_PER_PERSON = 15  # a server cuts the oldest connection of whoever has more than 20
SOCKET_IO = "socket.io@~4.8"
PACED_PER_S, PACED_S = 25, 8.0
BURST, BURST_IN_FLIGHT = 600, 32
SEND = Callable[[float], bytes]
"""The request that makes one marked event, told the time to mark it with."""


@dataclass
class Subject:
    """A server that is measured."""

    name: str
    port: int
    pid: int
    tokens: str
    meeting: Callable[[], AbstractContextManager[SEND]]
    """A meeting that runs for as long as the block does: nobody's first picture shall hold those of earlier rounds."""
    rounds: list[Round] = field(default_factory=list)


@dataclass(frozen=True)
class Round:
    """One way of posting, with listeners and without."""

    way: str
    events_per_s: float
    cpu_us: float
    """Of the server, for one packet to one recipient."""
    delays_s: list[float]
    packets_per_event: float
    clients_cpu: float


def run(clients: int, rounds: int, with_node: bool) -> None:
    """Measure and print."""
    print(f"fanout to {clients} clients on {machine.conditions()}")
    with TemporaryDirectory(prefix="rollcall-bench-") as name, ExitStack() as stack:
        subjects = [stack.enter_context(_rollcall(Path(name) / "data", clients))]
        if with_node:
            packets = _packets_of_one_join(subjects[0])
            subjects.append(stack.enter_context(_node(Path(name) / "node", packets)))
        began, before = machine.Moment.now(), sum(machine.cpu_s(subject.pid) for subject in subjects)
        for _ in range(rounds):
            for subject in subjects:
                for way in ("paced", "burst"):
                    subject.rounds.append(_measure(subject, way, clients))
        took = sum(machine.cpu_s(subject.pid) for subject in subjects) - before
        for subject in subjects:
            _report(subject)
        print(figures.line("meanwhile", machine.others(began, took)))


@contextmanager
def _rollcall(folder: Path, clients: int) -> Iterator[Subject]:
    admins = [f"bench{number}@school.example" for number in range(ceil(clients / CLIENTS_PER_PERSON))]
    for admin in admins:
        add_admin(folder, admin)
    with rollcall(folder) as served:
        logins = (ask(f"{served.url}/api/auth/login", {"email": admin, "password": PASSWORD}) for admin in admins)
        tokens = ",".join(login["token"] for login in logins)
        meetings = iter(range(FIRST_MEETING, FIRST_MEETING + 1_000))

        @contextmanager
        def running() -> Iterator[SEND]:
            meeting, run_uuid = next(meetings), str(uuid.uuid4())
            asyncio.run(_post_all(served.port, [_signed(started(meeting, run_uuid), served.port)]))
            numbers = iter(range(10**6))

            def send(at: float) -> bytes:
                notification = joined(meeting, run_uuid, next(numbers))
                raw = notification.raw.replace(b'"bench ', b'"bench %.6f ' % at)
                return _signed(Notification(notification.kind, notification.request_id, raw), served.port)

            yield send
            asyncio.run(_post_all(served.port, [_signed(ended(meeting, run_uuid), served.port)]))

        yield Subject("Rollcall", served.port, served.pid, tokens, running)


def _signed(notification: Notification, port: int) -> bytes:
    return request(notification, port, WEBHOOK_SECRET)


async def _post_all(port: int, requests: list[bytes]) -> None:
    wire = await Wire.open(port)
    for each in requests:
        await wire.post(each)
    wire.close()


def _packets_of_one_join(subject: Subject) -> str:
    """What one listener hears of one person who joins, as JSON, with the mark left open."""
    with subject.meeting() as send, listening(subject.port, 1, subject.tokens) as probe:
        probe.begin()
        asyncio.run(_post_all(subject.port, [send(0.0)]))
        samples = probe.report(1)["samples"]
    return "[" + ",".join(sample.removeprefix("42") for sample in samples) + "]"


@contextmanager
def _node(folder: Path, packets: str) -> Iterator[Subject]:
    folder.mkdir()
    words = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", SOCKET_IO]
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"bench: npm does not reach {SOCKET_IO}:\n{done.stderr[-1000:]}")
    shutil.copy(Path(__file__).with_name("socketio_server.mjs"), folder)
    with child(["node", "socketio_server.mjs"], folder) as process:
        port = _announced_port(folder / "log", process)

        def send(at: float) -> bytes:
            body = packets.replace("bench 0.000000", f"bench {at:.6f}").encode()
            head = f"POST /emit HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: {len(body)}\r\n\r\n"
            return head.encode() + body

        yield Subject("socket.io on Node", port, process.pid, "", lambda: nullcontext(send))


def _announced_port(log: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if lines := [line for line in log.read_text("utf-8").splitlines() if line.startswith("{")]:
            return int(json.loads(lines[0])["port"])
        time.sleep(0.05)
    raise SystemExit(f"bench: Node's server did not start:\n{log.read_text('utf-8')[-2000:]}")


def _measure(subject: Subject, way: str, clients: int) -> Round:
    """One way of posting: first nobody listens, then everybody."""
    post_events = _paced if way == "paced" else _burst
    with subject.meeting() as send:
        cpu_before = machine.cpu_s(subject.pid)
        asyncio.run(post_events(subject.port, send))
        alone_s = machine.cpu_s(subject.pid) - cpu_before
    with listening(subject.port, clients, subject.tokens) as listeners, subject.meeting() as send:
        listeners.begin()
        cpu_before, began = machine.cpu_s(subject.pid), time.monotonic()
        count = asyncio.run(post_events(subject.port, send))
        found: dict[str, Any] = listeners.report(count)
        passed_s, cpu_s = time.monotonic() - began, machine.cpu_s(subject.pid) - cpu_before
    if len(found["delays_s"]) != count * clients:
        print(f"  {subject.name}: {count * clients - len(found['delays_s'])} of {count * clients} events did not come")
    cpu_us = max(0.0, cpu_s - alone_s) / max(1, found["packets"]) * 1e6
    heard_per_s = len(found["delays_s"]) / clients / passed_s
    packets_per_event = found["packets"] / max(1, len(found["delays_s"]))
    return Round(way, heard_per_s, cpu_us, found["delays_s"], packets_per_event, found["cpu_s"] / passed_s)


async def _paced(port: int, send: SEND) -> int:
    """So many a second, each at its time."""
    wires, count = [await Wire.open(port) for _ in range(8)], int(PACED_PER_S * PACED_S)
    began = time.monotonic()

    async def share(wire: Wire, first: int) -> None:
        for number in range(first, count, len(wires)):
            await asyncio.sleep(max(0.0, began + number / PACED_PER_S - time.monotonic()))
            await wire.post(send(time.monotonic()))

    await asyncio.gather(*(share(wire, number) for number, wire in enumerate(wires)))
    for wire in wires:
        wire.close()
    return count


async def _burst(port: int, send: SEND) -> int:
    """As many as the server takes, some at once."""
    todo = iter(range(BURST))

    async def share(wire: Wire) -> None:
        for _ in todo:
            await wire.post(send(time.monotonic()))
        wire.close()

    await asyncio.gather(*[share(await Wire.open(port)) for _ in range(BURST_IN_FLIGHT)])
    return BURST


def _report(subject: Subject) -> None:
    print(f" {subject.name}")
    for way, told in (("paced", f"{PACED_PER_S} a second"), ("burst", f"{BURST} with {BURST_IN_FLIGHT} in flight")):
        rounds = [each for each in subject.rounds if each.way == way]
        delays_s = [delay for each in rounds for delay in each.delays_s]
        print(figures.line(f"{told}: events a second", figures.rounds([each.events_per_s for each in rounds])))
        print(figures.line("  CPU, one packet to one recipient", figures.rounds([r.cpu_us for r in rounds], 1) + " µs"))
        print(figures.line("  packets of one event", figures.rounds([r.packets_per_event for r in rounds], 1)))
        print(figures.line("  posted to heard", figures.spread(delays_s)))
        print(figures.line("  clients' processors", figures.rounds([each.clients_cpu for each in rounds], 2)))
