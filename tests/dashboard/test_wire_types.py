"""The dashboards' types are those of the registry, and the tool that makes them tells when they are not."""

import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from realtime.events import COMMANDS, EVENTS, Delivery
from server.schema import wire_schema

ROOT = Path(__file__).resolve().parents[2]
WIRE = ROOT / "static" / "dashboard" / "src" / "wire.ts"


def check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([root / "scripts" / "wire", "--check"], capture_output=True, text=True, timeout=100)


def test_the_committed_types_are_those_of_the_registry() -> None:
    answer = check(ROOT)
    assert answer.returncode == 0, answer.stderr


def test_types_that_are_not_of_the_registry_are_told_and_left_alone(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    for folder in ("scripts", "realtime", "static/dashboard/src"):
        shutil.copytree(ROOT / folder, copy / folder)
    (copy / "server").mkdir()
    for file in ("server/__init__.py", "server/schema.py", "static/dashboard/.prettierrc"):
        shutil.copy(ROOT / file, copy / file)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    (copy / "static/dashboard/node_modules").symlink_to(ROOT / "static/dashboard/node_modules")
    bodies = copy / "realtime" / "bodies.py"
    bodies.write_text(bodies.read_text("utf-8").replace('"in": int', '"in": str'), "utf-8")

    answer = check(copy)

    assert answer.returncode == 1
    assert "run scripts/wire" in answer.stderr
    assert (copy / "static/dashboard/src/wire.ts").read_bytes() == WIRE.read_bytes()


def test_every_event_and_command_of_the_registry_is_in_the_types() -> None:
    types = WIRE.read_text("utf-8")
    for event in EVENTS.values():
        meta = "" if event.delivery is Delivery.CONTROL else ", meta: Meta"
        line = next(line for line in types.splitlines() if line.startswith(f"  {event.name}: (body: "))
        assert line.endswith(f"{meta}) => void;")
    for command in COMMANDS:
        assert f"  {command}: (argument: " in types


@pytest.mark.parametrize(
    ("body", "is_sound"),
    [
        ({"meetingId": "m1", "participantCount": 3}, True),
        ({"meetingId": "m1", "participantCount": "3"}, False),
        ({"meetingId": "m1"}, False),
        ({"meetingId": "m1", "participantCount": 3, "passcode": "x"}, False),
    ],
)
def test_the_schema_takes_a_body_as_it_is_declared_and_nothing_else(body: object, is_sound: bool) -> None:
    schema = {**wire_schema(), "$ref": "#/definitions/CountUpdate"}
    assert jsonschema.Draft202012Validator(schema).is_valid(body) is is_sound
