"""Chromium, and people who look at pages with it: whatever a page complains of is kept, and all it is told is heard."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Response, WebSocket, async_playwright, expect

from server.auth import COOKIE
from tests.support.demo import Demo

PATIENCE_MS = 15_000
FLAGS = (
    "--no-sandbox",  # it looks at pages of ours only, and in containers there is no sandbox to be had
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
INSTALL = "sudo apt-get install -y --no-install-recommends chromium fonts-liberation fonts-noto-core"
NO_SERVER = re.compile(r"net::ERR_CONNECTION_(REFUSED|RESET)|net::ERR_EMPTY_RESPONSE|WebSocket connection to .* failed")
"""What Chromium says, not the page, while there is no server."""
LEFT_EARLY = re.compile("WebSocket is closed before the connection is established")
"""The same of a page that was left while it was still connecting."""

expect.set_options(timeout=PATIENCE_MS)


class NoBrowser(Exception):
    """There is no Chromium; the text is how to install it."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window. Errors: NoBrowser."""
    program = shutil.which("chromium")
    if program is None:
        raise NoBrowser(f"The browser tests need Chromium on the PATH as `chromium`. Install it with: {INSTALL}")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


def zone_at_noon() -> str:
    """A time zone in which it is about noon, so that an hour from now is today at whatever hour the tests are run."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"  # its sign is the other way round


@dataclass
class Ears:
    """Everything the server said to one page over its connection, by whatever transport."""

    heard: list[str] = field(default_factory=list)
    _reading: list[asyncio.Task[None]] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("websocket", self._on_socket)
        page.on("response", self._on_response)

    def _on_socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(str(frame)))

    def _on_response(self, response: Response) -> None:
        if "/socket.io/" in response.url and response.request.method == "GET" and response.status == 200:
            self._reading.append(asyncio.create_task(self._read(response)))

    async def _read(self, response: Response) -> None:
        self.heard.append(await response.text())

    async def about(self, text: str) -> list[str]:
        """What was said with this text in it."""
        await asyncio.gather(*self._reading)
        return [one for one in self.heard if text in one]


@dataclass
class Visitors:
    """People with browsers of their own, at one demo."""

    browser: Browser
    demo: Demo
    complaints: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=lambda: [LEFT_EARLY])
    _contexts: list[BrowserContext] = field(default_factory=list)

    def allow(self, *patterns: str | re.Pattern[str]) -> None:
        """From now on these complaints are no fault."""
        self.allowed += [re.compile(pattern) for pattern in patterns]

    async def arrive(self, email: str = "", **options: Any) -> BrowserContext:
        """A browser of this person, signed in, or of somebody without a name. Options are Playwright's."""
        known = {"timezone_id": zone_at_noon(), "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
        context = await self.browser.new_context(**(known | options))
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", self.watch)
        if email:
            token = await self.demo.token(email)
            await context.add_cookies([{"name": COOKIE, "value": token, "url": self.demo.url}])
        return context

    async def look(self, email: str, path: str = "/", *, ears: Ears | None = None, **options: Any) -> Page:
        """The page at this path as this person sees it, connected."""
        page = await (await self.arrive(email, **options)).new_page()
        if ears is not None:
            ears.listen(page)
        await page.goto(f"{self.demo.url}{path}")
        await is_live(page)
        return page

    def watch(self, page: Page) -> None:
        """Keep what a page complains of. A refused policy is an error on its console too."""
        page.on("console", lambda line: self._note(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
        page.on("dialog", lambda dialog: self._note(f"a dialog of the browser: {dialog.message}"))

    def _note(self, complaint: str) -> None:
        if not any(pattern.search(complaint) for pattern in self.allowed):
            self.complaints.append(complaint)

    async def go(self) -> None:
        """Close every browser."""
        for context in self._contexts:
            await context.close()


async def is_live(page: Page) -> None:
    """Return once the page says that it hears the server."""
    await expect(pill(page)).to_have_accessible_name("Connection: Live")


def pill(page: Page) -> Any:
    """The button that says how the connection is."""
    return page.get_by_role("button", name=re.compile("^Connection: "))
