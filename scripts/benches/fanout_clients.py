"""The program that holds the listening clients, in a process of its own: `port clients tokens`.

It prints `ready` when all are let in, then obeys lines: `begin` forgets what was heard, `report COUNT` waits until
every client has heard so many marked events and prints what was seen as JSON, the end of the input ends it. A marked
event carries `bench SECONDS`, the monotonic time at which it was posted.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

from benches.frames import Client

AT_ONCE = 20
PATIENCE_S = 30.0
MARK = re.compile(rb"bench (\d+\.\d+)")


class Listeners:
    """All the clients, and what they have heard since `begin`."""

    def __init__(self) -> None:
        self.clients: list[Client] = []
        self.begin()

    def begin(self) -> None:
        """Forget."""
        self.packets = self.bytes = 0
        self.delays_s: list[float] = []
        self.samples: list[str] = []
        self.cpu_s = time.process_time()

    def hear(self, packet: bytes) -> None:
        """Count one packet of one client."""
        now = time.monotonic()
        self.packets += 1
        self.bytes += len(packet)
        mark = MARK.search(packet)
        if mark is not None and packet.startswith(b'42["participantJoined"'):
            self.delays_s.append(now - float(mark[1]))
        if len(self.samples) < 10:
            self.samples.append(packet.decode("utf-8", "replace"))

    async def open(self, port: int, count: int, tokens: list[str]) -> None:
        """Let all in, some at a time: a server may admit so many a second."""
        loop = asyncio.get_running_loop()
        for _ in range(0, count, AT_ONCE):
            numbers = range(len(self.clients), min(len(self.clients) + AT_ONCE, count))
            batch = [Client(port, tokens[number % len(tokens)], self.hear) for number in numbers]
            for client in batch:
                await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*(client.is_in for client in batch))
            self.clients += batch
            await asyncio.sleep(AT_ONCE / 150)

    async def until(self, marked: int) -> None:
        """Wait until so many marked events have been heard by all together, or patience ends."""
        deadline, wanted = time.monotonic() + PATIENCE_S, marked * len(self.clients)
        while len(self.delays_s) < wanted and time.monotonic() < deadline:  # noqa: ASYNC110  # counting must cost nothing
            await asyncio.sleep(0.02)

    def told(self) -> dict[str, object]:
        """What was heard."""
        return {
            "packets": self.packets,
            "bytes": self.bytes,
            "delays_s": self.delays_s,
            "samples": self.samples,
            "cpu_s": time.process_time() - self.cpu_s,
        }


async def main(port: int, count: int, tokens: list[str]) -> None:
    listeners = Listeners()
    await listeners.open(port, count, tokens)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await asyncio.sleep(0.5)  # what the server sends to newcomers is not what is measured
    print("ready", flush=True)
    while words := (await lines.readline()).decode().split():
        if words[0] == "begin":
            listeners.begin()
            print("begun", flush=True)
        else:
            await listeners.until(int(words[1]))
            print(json.dumps(listeners.told()), flush=True)
    for client in listeners.clients:
        client.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), (sys.argv[3] if len(sys.argv) > 3 else "").split(",")))
