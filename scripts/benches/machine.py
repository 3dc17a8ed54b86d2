"""What a figure was measured on, and what else the machine did meanwhile.

It reads /proc, and says so where there is none: a number without its conditions is a rumour.
"""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Moment:
    """Time on the wall, what the processors have done since the machine began, and our part of it so far.

    Shape:  our part is this process and its children that have ended; those that still run are not known here.
    """

    at_s: float
    busy_s: float
    stolen_s: float
    ours_s: float

    @classmethod
    def now(cls) -> Moment:
        """This one; without /proc nothing but the time is known."""
        try:
            first = (PROC / "stat").read_text("ascii").splitlines()[0].split()[1:]
        except OSError:
            return cls(time.monotonic(), 0.0, 0.0, _ours_s())
        user, nice, system, _, _, interrupts, softly, stolen = (int(word) / TICKS_PER_S for word in first[:8])
        return cls(time.monotonic(), user + nice + system + interrupts + softly, stolen, _ours_s())


def _ours_s() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def cpu_s(pid: int) -> float:
    """Processor time of a process so far, its threads included; 0 where it cannot be known."""
    try:
        after_name = (PROC / str(pid) / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / TICKS_PER_S


def conditions() -> str:
    """The machine in one line."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}"
    return f"{os.cpu_count()} processors, load {load} (1, 5, 15 min), {versions} {platform.machine()}"


def others(since: Moment, running_s: float) -> str:
    """What everything but us took of the machine since a moment; `running_s` is what our running children took."""
    now = Moment.now()
    passed_s = max(1e-9, now.at_s - since.at_s)
    ours_s = now.ours_s - since.ours_s + running_s
    busy, stolen = now.busy_s - since.busy_s - ours_s, now.stolen_s - since.stolen_s
    return f"others took {max(0.0, busy) / passed_s:.2f} processors, the host {stolen / passed_s:.2f}"
