"""The checks of this project, and the way they are run: side by side where they share nothing, each with its time.

It exists so that `scripts/check` and `scripts/test` mean the same by "the checks". It knows neither the set-up nor
pytest.
"""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from surroundings import BIN, DASHBOARD, ROOT, Failed, call


@dataclass(frozen=True)
class Stage:
    """One check: a command that ends with 0 when all is well."""

    name: str
    command: tuple[str | Path, ...]
    cwd: Path = ROOT


def python_scripts() -> tuple[Path, ...]:
    """The files in scripts/ that are Python, whatever their name; tools told to look at a folder see only `.py`."""
    return tuple(path for path in sorted((ROOT / "scripts").iterdir()) if is_python(path))


def is_python(path: Path) -> bool:
    if not path.is_file() or path.suffix not in ("", ".py"):
        return False
    return path.suffix == ".py" or b"python" in path.read_bytes().partition(b"\n")[0]


def python_checks() -> list[Stage]:
    """What is looked at in the Python code without running it."""
    return [
        Stage("ruff check", (BIN / "ruff", "check")),
        Stage("ruff format", (BIN / "ruff", "format", "--check")),
        Stage("mypy", (BIN / "mypy", "server", "realtime", "tests", *python_scripts())),
    ]


def dashboard_checks() -> list[Stage]:
    """The same for the dashboards."""
    return [
        Stage("prettier", ("npm", "run", "--silent", "check:format"), DASHBOARD),
        Stage("tsc", ("npm", "run", "--silent", "check:types"), DASHBOARD),
    ]


def dashboard_tests() -> list[Stage]:
    """The dashboards' own tests, without a browser."""
    return [Stage("vitest", ("npm", "run", "--silent", "test"), DASHBOARD)]


def run_lanes(*lanes: list[Stage]) -> bool:
    """Runs each lane's stages in order and the lanes side by side; True when every stage passed.

    A failed stage does not stop the others: all that is wrong is seen in one run, and named once more at its end.
    """
    with ThreadPoolExecutor(max_workers=len(lanes)) as threads:
        failed = [name for names in threads.map(run_lane, lanes) for name in names]
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return not failed


def run_lane(stages: list[Stage]) -> list[str]:
    """Runs the stages in order; the names of those that failed."""
    return [stage.name for stage in stages if not run_stage(stage)]


def run_stage(stage: Stage) -> bool:
    """Runs one stage and prints one line; of a failed one all it said."""
    started = time.monotonic()
    try:
        call(*stage.command, cwd=stage.cwd, more={"NO_COLOR": "1"})  # what is kept for later is read as plain text
    except Failed as failed:
        print(f"{stage.name:<14} FAILED {time.monotonic() - started:6.1f} s\n{failed}", flush=True)
        return False
    print(f"{stage.name:<14} passed {time.monotonic() - started:6.1f} s", flush=True)
    return True


def set_up() -> None:
    """Makes the checkout ready.

    Errors: SystemExit with the set-up's own code; it has said what is wrong.
    """
    code = subprocess.run([ROOT / "scripts" / "setup", "--quiet"]).returncode
    if code != 0:
        raise SystemExit(code)
