"""A database and a clock for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store.database import Database
from tests.support.clock import ManualClock
from tests.support.database import opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path) as database:
        yield database
