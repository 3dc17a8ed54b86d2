"""One browser and one demo for all browser tests; each test has its own people, pages and meetings."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from server.routes.pages import built_dashboard
from tests.support.browser import NoBrowser, Visitors, chromium
from tests.support.demo import Demo, demo


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; without it these tests fail and say how to install it."""
    try:
        async with chromium() as found:
            yield found
    except NoBrowser as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def built() -> None:
    """The dashboards as scripts/setup leaves them; nothing is built here, as others may be looking at them."""
    if not (built_dashboard() / "index.html").is_file():
        pytest.fail("The dashboards are not built. Build them with: scripts/setup", pytrace=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def school(built: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """The demo that tests share. Whoever stops a server starts one of their own."""
    async with demo(tmp_path_factory.mktemp("school")) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(browser: Browser, school: Demo) -> AsyncIterator[Visitors]:
    """People at the shared demo; at the end no page may have complained."""
    asyncio.get_running_loop().set_debug(False)
    people = Visitors(browser, school)
    try:
        yield people
    finally:
        await people.go()
    assert people.complaints == []
