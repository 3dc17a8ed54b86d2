"""How many notifications are kept a second, how fast a single one is answered, and whether all of them are there.

A 2xx means kept, so what was acknowledged is looked for in the database afterwards: each exactly once, with its
effect. Idle and loaded rounds take turns, because the machine is never alone.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benches import figures, machine
from benches.children import Served, rollcall, work

IDLE_REQUESTS, IDLE_EVERY_S = 500, 0.02
WARM_UP = 400
IDLE_GOAL_S, RATE_GOAL = 0.050, 2_000


@dataclass
class Measured:
    """All rounds."""

    idle_s: list[float] = field(default_factory=list)
    loaded_s: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    server_cpus: list[float] = field(default_factory=list)
    load_cpus: list[float] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def run(seconds: float, in_flight: int, rounds: int) -> None:
    """Measure, look, and print."""
    print(f"webhooks on {machine.conditions()}")
    with TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder, acknowledged = Path(name) / "data", Path(name) / "acknowledged"
        with rollcall(folder) as served:
            measured = _measure(served, acknowledged, seconds, in_flight, rounds)
        _report(measured, in_flight)
        verify(folder / "rollcall.db", acknowledged)


def _measure(served: Served, acknowledged: Path, seconds: float, in_flight: int, rounds: int) -> Measured:
    measured, idle_share = Measured(), -(-IDLE_REQUESTS // rounds)
    _load(served, measured, acknowledged, 0, in_flight=4, count=WARM_UP)
    for number in range(rounds):
        idle = _load(served, measured, acknowledged, 2 * number + 1, count=idle_share, every_s=IDLE_EVERY_S)
        measured.idle_s += idle["took_s"]
        began, server_cpu = machine.Moment.now(), machine.cpu_s(served.pid)
        loaded = _load(
            served, measured, acknowledged, 2 * number + 2, in_flight=in_flight, seconds=seconds / rounds, count=10**9
        )
        server_cpu = machine.cpu_s(served.pid) - server_cpu
        passed_s = loaded["passed_s"]
        measured.loaded_s += loaded["took_s"]
        measured.rates.append(_kept(loaded) / passed_s)
        measured.server_cpus.append(server_cpu / passed_s)
        measured.load_cpus.append(loaded["cpu_s"] / passed_s)
        measured.others.append(machine.others(began, server_cpu))
    return measured


def _load(
    served: Served,
    measured: Measured,
    acknowledged: Path,
    series: int,
    *,
    in_flight: int = 1,
    count: int,
    seconds: float = 60.0,
    every_s: float = 0.0,
) -> dict[str, Any]:
    words = (served.port, in_flight, count, seconds, every_s, acknowledged, series)
    found = work("webhook_load", *words, within_s=seconds + 60)
    measured.statuses.update(found["statuses"])
    return found


def _kept(found: dict[str, Any]) -> int:
    return sum(number for status, number in found["statuses"].items() if status.startswith("2"))


def _report(measured: Measured, in_flight: int) -> None:
    idle_p99, rate = figures.percentile(measured.idle_s, 0.99), median(measured.rates)
    cpu_each_us = [cpu / rate * 1e6 for cpu, rate in zip(measured.server_cpus, measured.rates, strict=True)]
    idle_goal = figures.goal(idle_p99 < IDLE_GOAL_S, f"p99 < {IDLE_GOAL_S * 1000:.0f} ms")
    rate_goal = figures.goal(rate >= RATE_GOAL, f"≥ {RATE_GOAL:,}/s")
    for name, told in (
        ("one every 20 ms, alone", f"{figures.spread(measured.idle_s)}  ({len(measured.idle_s)} requests) {idle_goal}"),
        (f"kept a second, {in_flight} in flight", f"{figures.rounds(measured.rates)}  {rate_goal}"),
        (f"answered in, {in_flight} in flight", figures.spread(measured.loaded_s)),
        ("server, processors", figures.rounds(measured.server_cpus, 2)),
        ("server, CPU of one notification", figures.rounds(cpu_each_us) + " µs"),
        ("load program, processors", figures.rounds(measured.load_cpus, 2)),
        ("meanwhile", "; ".join(measured.others)),
        ("answers", ", ".join(f"{status}: {number:,}" for status, number in sorted(measured.statuses.items()))),
    ):
        print(figures.line(name, told))


def verify(database: Path, acknowledged: Path) -> None:
    """Look for everything that was acknowledged. Errors: SystemExit when something is missing or there twice."""
    answered = [line.rstrip("\n").split(" ") for line in acknowledged.read_text("ascii").splitlines()]
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        kept = Counter(
            row[0] for row in connection.execute("SELECT request_id FROM deliveries WHERE outcome='applied'")
        )
        visits = {
            row[0]: (len(row[1].split(",")) if row[1] != "[]" else 0, row[2] != "[]")
            for row in connection.execute('SELECT participant_uuid, joined, "left" FROM visits')
        }
        rows, first, last = connection.execute("SELECT count(*), min(seq), max(seq) FROM events").fetchone()
    connection.close()
    wrong = [request_id for request_id, _, _ in answered if kept[request_id] != 1]
    joined = {person for _, kind, person in answered if kind == "meeting.participant_joined"}
    left = {person for _, kind, person in answered if kind == "meeting.participant_left"}
    not_joined = [person for person in joined if visits.get(person, (0, False))[0] != 1]
    not_left = [person for person in left if not visits.get(person, (0, False))[1]]
    is_contiguous = rows == 0 or last - first + 1 == rows
    print(figures.line("acknowledged", f"{len(answered):,}; not kept exactly once: {len(wrong)}"))
    print(
        figures.line(
            "joins and leaves kept", f"{len(joined):,} and {len(left):,}; missing: {len(not_joined)}, {len(not_left)}"
        )
    )
    print(figures.line("events in the log", f"{rows:,}, {'without a gap' if is_contiguous else 'WITH GAPS'}"))
    if wrong or not_joined or not_left or not is_contiguous:
        raise SystemExit("bench: what was acknowledged is not all there")
