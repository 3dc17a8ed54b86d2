"""A process full of clients, as whoever measures sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benches.children import end, surroundings_of


class Listeners:
    """Clients that are in. Errors: SystemExit when their process has ended."""

    def __init__(self, process: subprocess.Popen[str], count: int) -> None:
        self._process = process
        self.count = count

    def begin(self) -> None:
        """Forget what was heard."""
        self._ask("begin")

    def report(self, marked: int) -> dict[str, Any]:
        """What was heard, once everybody has heard so many marked events."""
        found: dict[str, Any] = json.loads(self._ask(f"report {marked}"))
        return found

    def _ask(self, line: str) -> str:
        if self._process.stdin is not None:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self.answer()

    def answer(self) -> str:
        """The next line."""
        told = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not told:
            raise SystemExit("bench: the clients have ended; their last words stand above")
        return told


@contextmanager
def listening(port: int, count: int, tokens: str) -> Iterator[Listeners]:
    """So many clients of the server on this port, for as long as the block runs; `tokens` of theirs with commas."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benches.fanout_clients", str(port), str(count), tokens],
        env=surroundings_of({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        clients = Listeners(process, count)
        clients.answer()
        yield clients
    finally:
        end(process)
