"""Where things are in this checkout, and how the scripts here start other programs.

It exists so that every script runs on a Python that is new enough, and gives its children the same environment: the
caller's, with our own programs first and without what would mislead them. It knows no step of the set-up and no check.
Python's standard library only, as it is read before anything is installed, and every script reads it before it asks for
anything an old Python has not.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
DASHBOARD = ROOT / "static" / "dashboard"

OLDEST_PYTHON = (3, 11)
COMMAND_DEADLINE_S = 900  # a slow line to the package index is slow, a dead one must end

# What a caller's shell may carry that would turn our children to another environment or another repository.
# The rest is passed on: proxies, certificates and package indexes are the machine's to say.
MISLEADING = (
    *("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV", "CONDA_PREFIX"),
    *("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_HASHES", "PIP_CONSTRAINT", "PIP_DRY_RUN"),
    *("UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_REQUIRE_HASHES"),
    *("NODE_OPTIONS", "NODE_PATH", "NODE_ENV", "npm_config_prefix", "npm_config_global", "npm_config_omit"),
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"),
)


class Failed(Exception):
    """A step could not be done; the text says what to do."""


def environment() -> dict[str, str]:
    """The caller's environment, without what would mislead, and with our own programs first on the PATH."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    kept["PATH"] = os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))
    return kept


def call(*command: str | Path, cwd: Path = ROOT, more: dict[str, str] | None = None) -> str:
    """Runs a command to its end and returns what it wrote.

    Errors: Failed, with the command and all it wrote.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=environment() | (more or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=COMMAND_DEADLINE_S,
        )
    except subprocess.TimeoutExpired as late:
        raise Failed(f"$ {shlex.join(words)}\n... gave no end within {COMMAND_DEADLINE_S} s.") from late
    except OSError as refused:
        raise Failed(f"$ {shlex.join(words)}\n... could not be started: {refused}") from refused
    if done.returncode != 0:
        raise Failed(f"$ {shlex.join(words)}\n{done.stdout.rstrip()}\n... ended with code {done.returncode}.")
    return done.stdout


def go_on_with_a_newer_python() -> None:
    """Starts the script at work anew with another Python of the PATH.

    Errors: SystemExit with one sentence, when there is none.
    """
    names = (f"python3.{minor}" for minor in range(19, OLDEST_PYTHON[1] - 1, -1))
    newer = next((path for path in map(shutil.which, names) if path), None)
    if newer is None:
        wanted, has = ".".join(map(str, OLDEST_PYTHON)), sys.version.split()[0]
        raise SystemExit(f"Rollcall needs Python {wanted} or newer, and this is {has}: install one and try again.")
    os.execv(newer, [newer, "-E", *sys.argv])


if sys.version_info < OLDEST_PYTHON:
    go_on_with_a_newer_python()
