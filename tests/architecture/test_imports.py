"""The arrows of the house point one way: server -> realtime -> standard library, and the middle is pure."""

import re
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.imports import Imports, breaches, imports_of_house, is_standard, reached, within
from tests.architecture.tree import ROOT, Texts, read_tree

SOCKET_IO = {"socketio", "engineio"}
# Each on the hooks of one library, so that it is plain where to look when that library changes.
SPEAKS = {
    "realtime.wsprotocol": {"uvicorn", "websockets"},
    "realtime.session": {"engineio"},
    "realtime.engine": {"engineio"},
    "realtime.sioserver": {"socketio"},
}
PURE_CORE = ("errors", "facts", "events", "lifecycle", "visits", "attendance", "audience", "log", "decide")
PURE = {f"realtime.{name}" for name in PURE_CORE} | {"server.zoom.signature", "server.zoom.notifications"}
EFFECTS = {"asyncio", "logging", "os", "random", "socket", "sqlite3", "ssl", "subprocess", "threading", "time"}
KNOWS_THE_SIMULATOR = {"server.app", "server.simulating"}
KNOWS_THE_WHOLE = {"server.cli", "server.__main__", "server.serving"}


def arrows(imports: Imports) -> list[str]:
    """Imports of realtime/ that leave it for something else than Python itself."""

    def allowed(module: str, name: str) -> bool:
        own = within(name, "realtime") or is_standard(name)
        return own or name in SPEAKS.get(module, ())

    return breaches(imports, filter(lambda module: within(module, "realtime"), imports), allowed)


def socket_io(imports: Imports) -> list[str]:
    """Imports of the Socket.IO libraries outside the files that speak them."""
    return breaches(imports, imports, lambda module, name: name not in SOCKET_IO or name in SPEAKS.get(module, ()))


def impurities(imports: Imports) -> list[str]:
    """What the pure files import, themselves or through others, that is not values and functions of values."""

    def allowed(module: str, name: str) -> bool:
        if is_standard(name):
            return name not in EFFECTS
        if name in imports:
            return True  # what it imports is looked at in its turn
        return name == "pydantic" and within(module, "server.zoom")

    return breaches(imports, reached(imports, PURE), allowed)


def simulator_ties(imports: Imports) -> list[str]:
    """Imports between the simulator and the house, but for the two files that start it."""

    def allowed(module: str, name: str) -> bool:
        inside, towards = within(module, "server.simulator"), within(name, "server.simulator")
        if inside:
            return towards or not within(name, "server", "realtime")
        return not towards or module in KNOWS_THE_SIMULATOR

    return breaches(imports, imports, allowed)


def composition(imports: Imports) -> list[str]:
    """Imports of the composition root by what it composes."""
    return breaches(imports, imports, lambda module, name: name != "server.app" or module in KNOWS_THE_WHOLE)


def undeclared(imports: Imports) -> list[str]:
    """Imports of what only a checkout has: installed for tests, or come along with something else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wishes = [
        *project["dependencies"],
        *(wish for more in project.get("optional-dependencies", {}).values() for wish in more),
    ]
    declared = {plain(re.split(r"[^\w.-]", wish)[0]) for wish in wishes}
    brought_by = packages_distributions()

    def allowed(module: str, name: str) -> bool:
        if within(name, "server", "realtime") or is_standard(name):
            return True
        return any(plain(distribution) in declared for distribution in brought_by.get(name, [name]))

    return breaches(imports, imports, allowed)


def plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


RULES = {rule.__name__: rule for rule in (arrows, socket_io, impurities, simulator_ties, composition, undeclared)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_house_keeps_the_rule(rule: Callable[[Imports], list[str]]) -> None:
    assert rule(imports_of_house(read_tree())) == []


BROKEN: list[tuple[str, Texts]] = [
    ("arrows", {"realtime/tracker.py": "from server import app", "server/app.py": ""}),
    ("arrows", {"realtime/tracker.py": "import structlog"}),
    ("arrows", {"realtime/tracker.py": "import socketio"}),
    ("arrows", {"realtime/hub.py": "import starlette.routing"}),
    ("socket_io", {"server/app.py": "def build():\n    from engineio import AsyncServer"}),
    ("impurities", {"realtime/visits.py": "import asyncio"}),
    ("impurities", {"realtime/log.py": "from time import time"}),
    ("impurities", {"realtime/facts.py": "from . import tracker", "realtime/tracker.py": "import asyncio"}),
    ("impurities", {"server/zoom/signature.py": "import httpx"}),
    (
        "impurities",
        {"server/zoom/notifications.py": "from server.zoom import words", "server/zoom/words.py": "import os"},
    ),
    ("simulator_ties", {"server/simulator/clock.py": "from realtime.facts import Fact", "realtime/facts.py": ""}),
    ("simulator_ties", {"server/simulator/clock.py": "from ..settings import Settings", "server/settings.py": ""}),
    ("simulator_ties", {"server/jobs.py": "import server.simulator.clock", "server/simulator/clock.py": ""}),
    ("composition", {"server/jobs.py": "from server.app import build", "server/app.py": ""}),
    ("undeclared", {"server/routes/pages.py": "import pytest"}),
    ("undeclared", {"server/routes/pages.py": "import nowhere_to_be_found"}),
]


@pytest.mark.parametrize(("rule", "texts"), BROKEN)
def test_a_breach_would_be_found(rule: str, texts: Texts) -> None:
    assert len(RULES[rule](imports_of_house(texts))) == 1


def test_what_the_rules_allow_is_no_breach() -> None:
    texts = {
        "realtime/facts.py": "import dataclasses\nfrom collections.abc import Mapping",
        "realtime/lifecycle.py": "from realtime.facts import Fact",
        "realtime/tracker.py": "import asyncio\nfrom realtime import lifecycle, ports",
        "realtime/ports.py": "from .facts import Fact",
        "realtime/sioserver.py": "import socketio\nfrom realtime.engine import Engine",
        "realtime/engine.py": "import engineio",
        "server/zoom/notifications.py": "import pydantic\nfrom realtime.facts import Fact",
        "server/simulator/clock.py": "import starlette\nfrom server.simulator.world import World",
        "server/simulator/world.py": "import asyncio",
        "server/app.py": "from server.simulator import world\nfrom realtime.hub import Hub",
        "server/cli.py": "from server.app import build",
    }
    imports = imports_of_house(texts)
    assert {name: rule(imports) for name, rule in RULES.items()} == {name: [] for name in RULES}
