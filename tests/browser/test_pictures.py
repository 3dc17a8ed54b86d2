import asyncio
from pathlib import Path

import pytest
from pictures.album import Look, take_all
from pictures.scenes import ACTS, OFFLINE
from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

PNG = b"\x89PNG\r\n\x1a\n"
EMPTY_KB = 8  # a blank page of this size is smaller


async def test_every_page_is_taken_to_a_picture_and_none_complains(
    browser: Browser, built: None, tmp_path: Path
) -> None:
    asyncio.get_running_loop().set_debug(False)
    look = Look("dark", 390, 844)
    assert await take_all(tmp_path, browser, (look,)) == []
    scenes = [scene.name for act in ACTS for scene in act.scenes] + [scene.name for scene in OFFLINE]
    taken = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(taken) == sorted(f"{scene}-{look}.png" for scene in scenes)
    for name, picture in taken.items():
        assert picture.startswith(PNG), name
        assert len(picture) > EMPTY_KB * 1024, name
