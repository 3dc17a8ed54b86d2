"""The great test: for every action and every reader, old snapshot + the events of the action = fresh snapshot."""

from pathlib import Path

import pytest

from tests.support.plays import WIRE, fixture, path_of, play
from tests.support.scenarios import SCENES


@pytest.mark.parametrize("name", SCENES)
async def test_an_open_page_shows_what_a_fresh_one_does(name: str, tmp_path: Path) -> None:
    parts = await play(SCENES[name], tmp_path)
    assert path_of(name).read_text("utf-8") == fixture(name, parts), "run scripts/wire-fixtures"


def test_no_fixture_is_left_of_a_scene_that_is_gone() -> None:
    assert sorted(WIRE.glob("*.json")) == sorted(path_of(name) for name in SCENES)
