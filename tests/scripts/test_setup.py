import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from surroundings import MISLEADING, Failed, call, go_on_with_a_newer_python

from tests.architecture.tree import ROOT

Load = Callable[[str], ModuleType]


@pytest.fixture
def setup(script: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The set-up with a folder of its own in place of this checkout."""
    module = script("setup")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STAMPS", tmp_path / "stamps")
    return module


class Kitchen:
    """A step that makes `bread` of `flour`, counts how often, and can be disturbed."""

    def __init__(self, setup: ModuleType, folder: Path) -> None:
        self.setup, self.flour, self.bread = setup, folder / "flour", folder / "bread"
        self.oven, self.baked = "warm", 0
        self.disturbed: Callable[[], object] = lambda: None
        self.flour.mkdir()
        (self.flour / "rye").write_text("rye")

    def bake(self) -> None:
        self.baked += 1
        self.disturbed()
        self.bread.write_text("bread")

    def work(self) -> bool:
        """One run of the set-up; whether there was something to do."""
        step = self.setup.Step("the bread", self.bake, (self.flour,), also=lambda: self.oven, makes=(self.bread,))
        return bool(self.setup.perform(step))


@pytest.fixture
def kitchen(setup: ModuleType, tmp_path: Path) -> Kitchen:
    return Kitchen(setup, tmp_path)


def test_a_step_is_done_once(kitchen: Kitchen) -> None:
    assert [kitchen.work(), kitchen.work()] == [True, False]
    assert kitchen.baked == 1


def test_a_step_is_done_again_when_what_it_depends_on_has_changed(kitchen: Kitchen) -> None:
    changes: list[Callable[[], object]] = [
        lambda: (kitchen.flour / "rye").write_text("wheat"),
        lambda: (kitchen.flour / "salt").write_text(""),
        lambda: (kitchen.flour / "salt").rename(kitchen.flour / "sugar"),
        lambda: (kitchen.flour / "sugar").unlink(),
        lambda: kitchen.bread.unlink(),
        lambda: setattr(kitchen, "oven", "hot"),
    ]
    kitchen.work()
    for change in changes:
        change()
        assert kitchen.work()
        assert not kitchen.work()


def test_a_step_that_was_interrupted_is_done_again(kitchen: Kitchen) -> None:
    def interrupt() -> None:
        kitchen.bread.write_text("half a bread")
        raise KeyboardInterrupt

    kitchen.work()
    (kitchen.flour / "rye").write_text("wheat")
    kitchen.disturbed = interrupt
    with pytest.raises(KeyboardInterrupt):
        kitchen.work()
    (kitchen.flour / "rye").write_text("rye")  # as before: only the interruption tells that the bread is not done
    kitchen.disturbed = lambda: None
    assert kitchen.work()
    assert kitchen.bread.read_text() == "bread"


def test_a_file_saved_while_its_step_is_at_work_is_seen_the_next_time(kitchen: Kitchen) -> None:
    kitchen.disturbed = lambda: (kitchen.flour / "rye").write_text("saved too late")
    assert kitchen.work()
    assert kitchen.work()
    assert not kitchen.work()


def test_a_step_that_changes_what_it_looked_at_is_done_once(kitchen: Kitchen) -> None:
    kitchen.disturbed = lambda: setattr(kitchen, "oven", "installed just now")
    assert kitchen.work()
    assert not kitchen.work()


def test_a_step_that_makes_nothing_has_failed(kitchen: Kitchen) -> None:
    kitchen.disturbed = lambda: setattr(kitchen, "bread", kitchen.flour / "rye")
    with pytest.raises(Failed, match="did not make"):
        kitchen.work()


def test_a_failed_command_is_told_with_all_it_wrote() -> None:
    with pytest.raises(Failed, match=r"(?s)raise SystemExit\(3\).*first\nsecond\n.*ended with code 3"):
        call(sys.executable, "-c", "print('first', 'second', sep='\\n'); raise SystemExit(3)")
    with pytest.raises(Failed, match="could not be started"):
        call("no-such-program-anywhere")


def test_children_get_the_environment_but_not_what_misleads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MISLEADING:
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    seen = call("env").splitlines()
    assert "HTTPS_PROXY=http://127.0.0.1:9" in seen
    assert [line for line in seen if line.endswith("=elsewhere")] == []
    path = next(line for line in seen if line.startswith("PATH="))
    assert path.startswith(f"PATH={ROOT / '.venv' / 'bin'}{os.pathsep}")


def test_uv_and_node_are_told_where_pip_would_look(script: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example.org/all")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example.org https://b.example.org")
    monkeypatch.setenv("PIP_CERT", "our.pem")
    monkeypatch.setenv("SSL_CERT_FILE", "set by the caller")
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "NODE_EXTRA_CA_CERTS"):
        monkeypatch.delenv(name, raising=False)
    told = script("setup").told_to_pip()
    assert told["UV_DEFAULT_INDEX"] == "https://packages.example.org/all"
    assert told["UV_INDEX"] == "https://a.example.org https://b.example.org"
    assert told["NODE_EXTRA_CA_CERTS"] == "our.pem"
    assert "SSL_CERT_FILE" not in told


def test_uv_is_installed_as_the_lock_says(script: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = script("setup")
    monkeypatch.setattr(setup, "VENV", tmp_path)
    lines = setup.write_uv_lock().read_text().splitlines()
    assert lines[0].startswith("uv==")
    assert all("--hash=sha256:" in line or "# via" in line for line in lines[1:])


def test_a_set_up_waits_for_another_and_ends_when_told_to(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    script = tmp_path / "scripts" / "setup"
    with script.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = subprocess.Popen([script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert second.stdout is not None
            assert "another set-up is at work" in second.stdout.readline()
            second.send_signal(signal.SIGTERM)
            rest, _ = second.communicate(timeout=10)
        finally:
            second.kill()
            second.wait()
    assert "run it again" in rest
    assert second.returncode == 130
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_with_no_newer_one_beside_it_ends_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"^Rollcall needs Python 3\.11 or newer, and this is 3\.\S+: install one"):
        go_on_with_a_newer_python()
