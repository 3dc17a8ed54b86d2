"""The people's side of a server for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.house import House, house


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as school:
        yield school
