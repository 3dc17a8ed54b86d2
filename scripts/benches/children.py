"""The programs a measurement starts, and the promise that they end with it.

It exists because a server left over takes the next measurement's processor. Each child is ended by its own id: asked
first, then made to.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surroundings import BIN, ROOT, environment

READY_WITHIN_S = 60.0
ENDS_WITHIN_S = 15.0
WEBHOOK_SECRET = "a-secret-for-measuring-only-0123456789"  # noqa: S105  # of servers that live for a minute
# A Zoom that is not there: nothing that is measured here may wait for it.
NO_ZOOM = {
    "ZOOM_ACCOUNT_ID": "bench",
    "ZOOM_CLIENT_ID": "bench",
    "ZOOM_CLIENT_SECRET": "bench",
    "ZOOM_WEBHOOK_SECRET_TOKEN": WEBHOOK_SECRET,
    "ZOOM_API_URL": "http://127.0.0.1:9/v2",
    "ZOOM_OAUTH_URL": "http://127.0.0.1:9/oauth/token",
}
PASSWORD = "of-nobody-4711"  # noqa: S105


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    url: str
    pid: int
    folder: Path

    @property
    def port(self) -> int:
        """Where it answers on this machine."""
        return int(self.url.rpartition(":")[2])


def surroundings_of(more: Mapping[str, str]) -> dict[str, str]:
    """Our environment without the caller's own settings."""
    own = {name: value for name, value in environment().items() if not name.startswith(("ZOOM_", "ROLLCALL_"))}
    own.pop("PORT", None)
    return own | {"PYTHONPATH": str(ROOT / "scripts")} | dict(more)


@contextmanager
def child(command: Sequence[str | Path], cwd: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that ends with this block; what it writes lands in `log` in its folder."""
    with (cwd / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=surroundings_of(more),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """Ask a child to go, then make it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def rollcall(folder: Path, *, is_demo: bool = False) -> Iterator[Served]:
    """The real server on a data folder, with a Zoom that is not there or, in a demo, the simulator.

    Errors: SystemExit with the end of its log when it does not answer.
    """
    from server.data_folder import DEMO, running_server

    folder.mkdir(exist_ok=True)
    command = [BIN / "rollcall", "serve", "--port", "0", "--data", folder, "--demo" if is_demo else "--no-demo"]
    with child(command, folder, **({} if is_demo else NO_ZOOM)) as process:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline and process.poll() is None:
            running = running_server(folder / DEMO if is_demo else folder)
            if running is not None and running.url and answers(f"{running.url}/healthz"):
                yield Served(running.url, process.pid, folder)
                return
            time.sleep(0.05)
        raise SystemExit("bench: the server did not answer:\n" + (folder / "log").read_text("utf-8")[-2000:])


def answers(url: str) -> bool:
    """Whether something answers 200 there."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # ours, on this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def work(module: str, *words: object, within_s: float) -> dict[str, Any]:
    """Run one of our own load programs in a process of its own; what it found.

    Errors: SystemExit with what it wrote when it fails or does not end.
    """
    command = [sys.executable, "-m", f"benches.{module}", *(str(word) for word in words)]
    process = subprocess.Popen(command, env=surroundings_of({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=within_s)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"bench: {module} did not end within {within_s:.0f} s") from None
    finally:
        end(process)
    if process.returncode:
        raise SystemExit(f"bench: {module} failed:\n{err.decode(errors='replace')[-2000:]}")
    found: dict[str, Any] = json.loads(out)
    return found


def ask(url: str, body: object, *, token: str = "") -> dict[str, Any]:
    """The JSON answer to a JSON body; without one it is a plain look. Errors: urllib's own, which are OSErrors."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    raw = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, raw, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found


def add_admin(folder: Path, email: str) -> None:
    """Write an admin down before the server starts."""
    folder.mkdir(exist_ok=True)
    command = [BIN / "rollcall", "user", "add", email, "--name", "Bench", "--role", "admin", "--password-stdin"]
    done = subprocess.run(
        [*command, "--data", folder, "--no-demo"],
        cwd=folder,
        env=surroundings_of(NO_ZOOM),
        input=PASSWORD,
        capture_output=True,
        text=True,
        timeout=READY_WITHIN_S,
    )
    if done.returncode:
        raise SystemExit(f"bench: no admin could be made: {done.stderr.strip()}")
