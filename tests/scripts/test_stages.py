import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from stages import Stage, run_lanes
from surroundings import Failed

from tests.architecture.tree import ROOT


def python(name: str, line: str) -> Stage:
    return Stage(name, (sys.executable, "-c", line))


def test_all_that_is_wrong_is_shown_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    first = [python("one", "raise SystemExit('nothing is well')"), python("two", "print('never shown')")]
    second = [python("three", "raise SystemExit('nor here')")]
    assert not run_lanes(first, second)
    told = capsys.readouterr().out
    assert "nothing is well" in told
    assert "nor here" in told
    assert [line.split()[:2] for line in told.splitlines() if line.startswith("two ")] == [["two", "passed"]]
    assert "never shown\n" not in told
    assert told.splitlines()[-1] == "failed: one, three"


def test_passed_stages_take_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_lanes([python("one", "print('chatter')")], [python("two", "")])
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        (["-k", "visits"], []),
        (["tests/scripts", "-x"], ["tests/scripts"]),
        (["tests/scripts/test_stages.py::test_x", "--lf"], ["tests/scripts/test_stages.py::test_x"]),
    ],
)
def test_paths_are_told_from_the_other_arguments_of_pytest(
    script: Callable[[str], ModuleType], arguments: list[str], paths: list[str]
) -> None:
    assert script("test").named_paths(arguments) == paths


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("tests", True),
        (".", True),
        ("tests/browser", True),
        ("tests/browser/test_login.py::test_x", True),
        (str(ROOT / "tests" / "browser"), True),
        ("tests/realtime", False),
        ("tests/browser_like", False),
    ],
)
def test_a_browser_is_wanted_for_browser_tests_only(
    script: Callable[[str], ModuleType], path: str, *, wanted: bool
) -> None:
    assert script("test").wants_browser([path]) is wanted


@pytest.mark.parametrize("user", [0, 1000])
def test_without_a_browser_and_without_a_way_to_install_it_the_tests_do_not_begin(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(Failed, match=r"need Chromium.*sudo apt-get install -y --no-install-recommends chromium"):
        script("test").install_browser()
