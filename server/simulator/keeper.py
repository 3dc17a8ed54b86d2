"""The file in which a simulator's memory lies while nobody runs.

It is always whole: written beside and put in place in one step, half a second after a change, and at the end. It is
for its owner alone, because passcodes are in it. A file that cannot be read is set aside, never a reason not to start.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from server.simulator.clock import SimulatorClock
from server.simulator.memory import Memory, read, written
from server.simulator.tasks import TaskOwner

log = logging.getLogger(__name__)

SAVE_AFTER_S = 0.5
SET_ASIDE = ".set-aside"


class Keeper:
    """Loads once, then saves what `remember` gives whenever something has changed; without a file it does nothing."""

    def __init__(self, file: Path | None, clock: SimulatorClock, remember: Callable[[], Memory]) -> None:
        self._file = file
        self._clock = clock
        self._remember = remember
        self._tasks = TaskOwner("memory")
        self._has_changed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._saved = b""
        self._is_failing = False

    def load(self, account_id: str) -> Memory:
        """What the file remembers of this account; nothing when there is none, or none that can be read."""
        nothing = Memory(account_id=account_id)
        if self._file is None:
            return nothing
        try:
            memory = read(self._file.read_bytes())
        except FileNotFoundError:
            return nothing
        except OSError as error:
            log.warning("the simulator starts empty: its memory %s cannot be read: %s", self._file, error.strerror)
            return nothing
        except ValueError:
            _set_aside(self._file, "it is damaged or of another version")
            return nothing
        if memory.account_id != account_id:
            _set_aside(self._file, "it is another account's")
            return nothing
        return memory

    def changed(self) -> None:
        """Something worth remembering is not as it was."""
        self._has_changed.set()

    def open(self) -> None:
        """Begin to save."""
        if self._file is not None:
            self._tasks.spawn(self._save_after_changes(self._file))

    async def close(self) -> None:
        """Save once more and stop."""
        if self._file is None:
            return
        async with self._writing:  # whoever writes now comes to the end of it
            await self._tasks.close()
        await self._save(self._file)

    async def _save_after_changes(self, file: Path) -> None:
        while True:
            await self._has_changed.wait()
            await self._clock.wait_on_the_wall(SAVE_AFTER_S)
            self._has_changed.clear()
            await self._save(file)

    async def _save(self, file: Path) -> None:
        async with self._writing:
            memory = written(self._remember())
            if memory == self._saved:
                return
            try:
                await asyncio.to_thread(_replace, file, memory)
            except OSError as error:
                if not self._is_failing:
                    log.warning("the simulator's memory %s cannot be written: %s", file, error.strerror)
                self._is_failing = True
            else:
                self._saved, self._is_failing = memory, False


def _set_aside(file: Path, reason: str) -> None:
    aside = file.with_name(file.name + SET_ASIDE)
    try:
        file.replace(aside)
    except OSError as error:
        log.warning("the simulator starts empty and loses %s: %s (%s)", file, reason, error.strerror)
    else:
        log.warning("the simulator starts empty; %s was set aside as %s: %s", file, aside.name, reason)


def _replace(file: Path, content: bytes) -> None:
    """Put `content` in the place of the file: readers find the old one or the new one, whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written_to:
        written_to.write(content)
        written_to.flush()
        os.fsync(written_to.fileno())
    beside.replace(file)
