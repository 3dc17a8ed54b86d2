"""The `rollcall` command as people run it: a process of its own, in a folder of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 30.0
ROLLCALL = (sys.executable, "-m", "server")
ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *words: str, typed: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command to its end and gives what it said."""
    return subprocess.run(
        [*ROLLCALL, *words],
        cwd=folder,
        env=_environment(environment),
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@contextmanager
def running(
    folder: Path, *words: str, until: str, **environment: str
) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """A command that does not end, and what it printed up to the line that holds `until`; then told to stop."""
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [*ROLLCALL, *words],
            cwd=folder,
            env=_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield process, _lines(process, until, folder / "log.txt")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=PATIENCE_S)
            finally:
                process.kill()


def _lines(process: "subprocess.Popen[str]", until: str, log: Path) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if until in line:
            return lines
    raise AssertionError(f"it ended before it said {until!r}: {lines} {log.read_text()}")


def _environment(more: dict[str, str]) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"} | more
