"""The program that posts notifications, in a process of its own: `port in_flight count seconds every_s acknowledged`.

It stops after `count` notifications or `seconds`, whichever comes first, posts one every `every_s` when that is not
0, writes one line per acknowledged notification into the file, and prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from benches.children import WEBHOOK_SECRET
from benches.http_wire import Wire
from benches.notifications import FIRST_MEETING, Notification, request, stream

MEETINGS = 50


@dataclass
class Seen:
    """What came of it."""

    statuses: Counter[str] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)


async def post_all(wire: Wire, port: int, todo: Iterator[Notification], until: float, seen: Seen, out: TextIO) -> None:
    """One connection's share: the next one as soon as the last is answered."""
    for notification in todo:
        if time.monotonic() >= until:
            return
        await post_one(wire, port, notification, seen, out)


async def post_one(wire: Wire, port: int, notification: Notification, seen: Seen, out: TextIO) -> None:
    message = request(notification, port, WEBHOOK_SECRET)
    began = time.perf_counter()
    status = await wire.post(message)
    seen.took_s.append(time.perf_counter() - began)
    seen.statuses[str(status)] += 1
    if 200 <= status < 300:
        out.write(f"{notification.request_id} {notification.kind} {notification.participant_uuid}\n")


async def load(port: int, in_flight: int, count: int, seconds: float, every_s: float, path: str, first: int) -> Seen:
    seen, todo = Seen(), islice(stream(MEETINGS, first), count)
    wires = [await Wire.open(port) for _ in range(in_flight)]
    until = time.monotonic() + seconds
    with Path(path).open("a", encoding="ascii") as out:  # noqa: ASYNC230  # once, and nobody else waits
        if every_s:
            for number, notification in enumerate(todo):
                at = until - seconds + number * every_s
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                await post_one(wires[number % in_flight], port, notification, seen, out)
        else:
            await asyncio.gather(*(post_all(wire, port, todo, until, seen, out) for wire in wires))
    for wire in wires:
        wire.close()
    return seen


def main(words: list[str]) -> None:
    port, in_flight, count = int(words[0]), int(words[1]), int(words[2])
    seconds, every_s, path, series = float(words[3]), float(words[4]), words[5], int(words[6])
    began, cpu = time.perf_counter(), time.process_time()
    seen = asyncio.run(load(port, in_flight, count, seconds, every_s, path, FIRST_MEETING + 1000 * series))
    passed_s = time.perf_counter() - began
    found = {"statuses": seen.statuses, "took_s": seen.took_s, "passed_s": passed_s}
    print(json.dumps(found | {"cpu_s": time.process_time() - cpu}))


if __name__ == "__main__":
    main(sys.argv[1:])
