"""Takes the pictures: a demo of its own, a browser for each look, a file for each scene.

It does not know what is on them.
"""

from __future__ import annotations

import tempfile
import zoneinfo
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page

from pictures.scenes import ACTS, OFFLINE, README_SCENE, Play, Scene, lose_the_server, open_for_later
from tests.support.browser import NO_SERVER, Visitors, is_live
from tests.support.demo import demo

MORNING, EARLIEST, LATEST = 9, 7, 14
# The school stands where it is morning now, so that there is a day ahead on the pictures whenever they are taken.
ZONES = (
    *("Asia/Manila", "Asia/Dubai", "Europe/London", "America/Sao_Paulo", "America/New_York"),
    *("America/Denver", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Tokyo", "Asia/Kolkata"),
)


@dataclass(frozen=True)
class Look:
    """Colours and a size of the screen."""

    theme: Literal["light", "dark"]
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"


LOOKS = tuple(Look(theme, *size) for size in ((1280, 900), (390, 844)) for theme in ("light", "dark"))
README_LOOK = Look("light", 1280, 800)


@dataclass
class Album:
    """Where the pictures are kept, and who looks."""

    folder: Path
    people: Visitors
    play: Play

    async def open(self, scene: Scene, look: Look) -> Page:
        """A fresh browser of whoever the scene is about."""
        self.people.allow(*scene.complains)
        context = await self.people.arrive(
            scene.who,
            timezone_id=self.play.zone,
            color_scheme=look.theme,
            viewport={"width": look.width, "height": look.height},
            has_touch=look.width < 600,
            reduced_motion="reduce",
        )
        return await context.new_page()

    async def take(self, scene: Scene, look: Look) -> None:
        """One picture of a page that is at rest."""
        page = await self.open(scene, look)
        await page.goto(f"{self.play.demo.url}{scene.path}")
        if scene.who and not scene.complains:
            await is_live(page)
        if scene.do is not None:
            await scene.do(self.play, page)
        await self.keep(page, scene, look)
        await page.context.close()

    async def keep(self, page: Page, scene: Scene, look: Look) -> None:
        """Write it down, once its letters are there."""
        await page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        await page.screenshot(path=self.path(scene, look), full_page=scene.is_whole, animations="disabled")

    def path(self, scene: Scene, look: Look) -> Path:
        """Pictures of one scene lie beside each other."""
        return self.folder / f"{scene.name}-{look}.png"

    async def take_without_a_server(self, looks: tuple[Look, ...]) -> None:
        """Last, as nothing can be looked at afterwards."""
        self.people.allow(NO_SERVER)
        waiting = [(await self.open(scene, look), scene, look) for scene in OFFLINE for look in looks]
        for page, scene, _ in waiting:
            await open_for_later(self.play, page, scene)
        self.play.demo.die()
        for page, scene, look in waiting:
            await lose_the_server(page)
            await self.keep(page, scene, look)


@asynccontextmanager
async def opened(folder: Path, browser: Browser) -> AsyncIterator[Album]:
    """An album of a new demo, which ends with the block."""
    zone = where_it_is_morning(datetime.now(UTC))
    with tempfile.TemporaryDirectory(prefix="rollcall-pictures-") as data:
        async with demo(Path(data), ROLLCALL_TIMEZONE=zone) as school:
            people = Visitors(browser, school)
            try:
                yield Album(folder, people, Play(school, zone))
            finally:
                await people.go()


async def take_all(folder: Path, browser: Browser, looks: tuple[Look, ...] = LOOKS) -> list[str]:
    """Every picture in every look, into a folder that is there; what pages complained of."""
    async with opened(folder, browser) as album:
        for act in ACTS:
            await act.happens(album.play)
            for scene in act.scenes:
                for look in looks:
                    await album.take(scene, look)
        await album.take_without_a_server(looks)
        return album.people.complaints


async def take_one_for_the_readme(path: Path, browser: Browser) -> list[str]:
    """The office with a class that is being held; what the page complained of."""
    async with opened(path.parent, browser) as album:
        for act in ACTS:
            await act.happens(album.play)
            if README_SCENE in act.scenes:
                break
        await album.take(README_SCENE, README_LOOK)
        album.path(README_SCENE, README_LOOK).replace(path)
        return album.people.complaints


def where_it_is_morning(now: datetime) -> str:
    """The time zone of ours in which it is nearest to nine o'clock; the sample school's own if that will do."""
    hours = {zone: now.astimezone(zoneinfo.ZoneInfo(zone)).hour for zone in ZONES}
    if EARLIEST <= hours[ZONES[0]] <= LATEST:
        return ZONES[0]
    return min(hours, key=lambda zone: abs(hours[zone] - MORNING))
