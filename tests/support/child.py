"""The server as `rollcall serve` in a child process, to be killed, stopped and started again."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.app import SystemClock
from tests.support.seeded import sign_in_everybody, template
from tests.support.whole_house import Served, environment
from tests.support.zoom_side import ZoomSide, zoom_side

START_WITHIN_S = 20.0
ANSWERS = "Rollcall answers on "


@dataclass
class Child:
    """One process of the server; what it says on standard error is kept."""

    process: Process
    url: str
    said: list[str] = field(default_factory=list)
    _listening: list["asyncio.Task[None]"] = field(default_factory=list)

    async def kill(self) -> None:
        """kill -9, and nothing else."""
        if self.process.returncode is None:
            self.process.kill()
        await self._gone()

    async def stop(self) -> float:
        """SIGTERM; gives the seconds until it was gone."""
        began = asyncio.get_running_loop().time()
        self.process.send_signal(signal.SIGTERM)
        await self._gone()
        return asyncio.get_running_loop().time() - began

    async def _gone(self) -> None:
        async with asyncio.timeout(20):
            await self.process.wait()
            await asyncio.gather(*self._listening)


async def start(folder: Path, variables: dict[str, str], *options: str, port: int = 0) -> Child:
    """A child that answers. Whoever starts it ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server", "serve", "--no-demo", "--port", str(port), "--data", str(folder), *options),
        env={**kept_environment(), **variables},
        cwd=folder,  # where no `.env` lies
        stdout=PIPE,
        stderr=PIPE,
        limit=1 << 20,
    )
    child = Child(process, "")
    child._listening.append(asyncio.create_task(_note(process.stderr, child.said)))
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not child.url:
                assert process.stdout is not None
                line = (await process.stdout.readline()).decode()
                if not line:
                    break
                if line.startswith(ANSWERS):
                    child.url = line.removeprefix(ANSWERS).strip()
    except BaseException:
        await child.kill()
        raise
    if not child.url:
        await child.kill()
        raise AssertionError(f"it did not start: {''.join(child.said)}")
    child._listening.append(asyncio.create_task(_note(process.stdout, [])))
    return child


async def run(folder: Path, variables: dict[str, str], *words: str) -> tuple[int, str, str]:
    """A `rollcall` command that ends by itself: its code, what it said, and what it complained of."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", *words),
        env={**kept_environment(), **variables},
        cwd=folder,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(START_WITHIN_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode(), err.decode()


def kept_environment() -> dict[str, str]:
    """What a child gets of this process's environment."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}


async def _note(stream: asyncio.StreamReader | None, said: list[str]) -> None:
    while stream is not None and (line := await stream.readline()):
        said.append(line.decode(errors="replace"))


@dataclass(kw_only=True)
class ChildHouse(Served):
    """A house in a child process."""

    child: Child
    variables: dict[str, str]

    async def kill(self) -> None:
        """kill -9."""
        await self.child.kill()

    async def come_back(self) -> None:
        """The same server again, at the same address."""
        port = int(self.url.rpartition(":")[2])
        self.child = await start(self.folder, self.variables, port=port)


@asynccontextmanager
async def child_house(folder: Path, **variables: str) -> AsyncIterator[ChildHouse]:
    """A school whose server is a child process, and its Zoom, which is not."""
    clock = SystemClock()
    (folder / "rollcall.db").write_bytes(await template())
    sign_in_everybody(folder / "rollcall.db", clock.now())
    async with zoom_side(clock) as zoom:
        settings = environment(zoom.url) | variables
        child = await start(folder, settings)
        served = ChildHouse(url=child.url, folder=folder, clock=clock, zoom=zoom, child=child, variables=settings)
        _tell_zoom(zoom, child.url)
        try:
            yield served
        finally:
            zoom.simulator.webhook_url = None
            await served.close()
            await served.child.kill()


def _tell_zoom(zoom: ZoomSide, url: str) -> None:
    zoom.simulator.webhook_url = f"{url}/api/zoom/webhook"
