"""Pictures of every page of the web studio, dark and light, on a desktop and a phone, and what axe finds.

    python -m bench.web.pictures FOLDER [--studio HOME] [--only NAME]

Without --studio, a studio of its own is started. Writes <page>-<light>-<size>.png and prints what axe-core
has against each page, and which page is wider than its window.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page

from bench.studio import Studio, studio_of
from bench.web.browsing import found_browser, preferred_browser, sign_in
from bench.web.furnishing import Furnished, furnish
from studio_platform.embedded.ports import free_ports

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
FAULTS = """async () => (await axe.run()).violations.flatMap(
    each => each.nodes.map(node => `${each.id}: ${node.target.join(' ')}`))"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"
Light = Literal["dark", "light"]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SETTLED_MS = 900
SLOW_MS = 90_000
LIGHTS: tuple[Light, ...] = ("dark", "light")
Step = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class View:
    """A page, and what one does there before the picture is taken."""

    path: str
    step: Step | None = None
    is_apart: bool = False
    """In a window of its own: a stranger's, or, with a step, one whose session will be lost."""


def views_of(made: Furnished) -> dict[str, View]:
    """Everything there is to see."""
    project = f"/{made.project}"
    return {
        "sign-in": View("/sign-in", is_apart=True),
        "register": View("/register", is_apart=True),
        "projects": View("/"),
        "new-project": View("/", pressing("New project")),
        "script": View(f"{project}/script"),
        "script-mistakes": View(f"/{made.mistakes}/script"),
        "cast": View(f"{project}/cast"),
        "board": View(f"{project}/board"),
        "board-unmade": View(f"/{made.unmade}/board"),
        "shot": View(f"{project}/board", open_shot),
        "titles": View(f"{project}/board", pressing("Titles")),
        "render": View(f"{project}/board", pressing("Render")),
        "render-more": View(f"{project}/board", open_options),
        "languages": View(f"{project}/languages"),
        "film": View(f"{project}/film"),
        "film-none": View(f"/{made.unmade}/film"),
        "film-cancelled": View(f"/{made.cancelled}/film"),
        "library": View("/library"),
        "library-add": View("/library", pressing("Add")),
        "team": View("/team"),
        "account": View("/account"),
        "no-project": View("/projects/00000000-0000-7000-8000-000000000000/board"),
        "expired": View(f"{project}/script", end_session, is_apart=True),
    }


def pressing(name: str) -> Step:
    """Presses a button."""

    async def press(page: Page) -> None:
        await page.get_by_role("button", name=name, exact=True).first.click()

    return press


async def open_shot(page: Page) -> None:
    """Looks at the second shot."""
    await page.locator("main li button").nth(1).click()


async def open_options(page: Page) -> None:
    """Looks at all that can be said of a render."""
    await pressing("Render")(page)
    for summary in await page.get_by_role("dialog").locator("summary").all():
        await summary.click()
    await page.get_by_role("dialog").locator("summary").first.scroll_into_view_if_needed()


async def end_session(page: Page) -> None:
    """Loses the cookies, and finds out."""
    await page.context.clear_cookies()
    await page.get_by_role("link", name="Cast", exact=True).click()
    await page.get_by_role("dialog").wait_for()


async def pictured(page: Page, folder: Path, name: str, view: View) -> list[str]:
    """Take one picture; what is wrong with the page."""
    await page.goto(view.path)
    await page.wait_for_load_state("networkidle", timeout=SLOW_MS)
    if view.step:
        await view.step(page)
    await page.wait_for_timeout(SETTLED_MS)
    await page.screenshot(path=folder / f"{name}.png")
    found = list(await page.evaluate(FAULTS)) if AXE.is_file() else ["axe-core is not installed: make web"]
    if await page.evaluate(TOO_WIDE):
        found.append("wider than its window")
    return [f"{name}: {each}" for each in found]


async def walk(browser: Browser, address: str, folder: Path, only: str) -> None:
    """Furnish once for a folder, then look at everything."""
    ids = folder / "made.json"
    if not ids.is_file():
        context = await browser.new_context(base_url=address, locale="en-GB")
        made = await furnish(await context.new_page())
        ids.write_text(json.dumps({name: getattr(made, name) for name in made.__slots__}))
        await context.close()
    made = Furnished(**json.loads(ids.read_text()))
    views = {name: view for name, view in views_of(made).items() if only in name}
    for light, size in product(LIGHTS, SIZES):
        window = Window(browser, address, light, size)
        async with window.opened() as context:
            await signed_in(context, made)
            for name, view in views.items():
                if not view.is_apart:
                    await shown(context, folder, f"{name}-{light}-{size}", view)
        for name, view in views.items():
            if view.is_apart:
                async with window.opened() as context:
                    if view.step:
                        await signed_in(context, made)
                    await shown(context, folder, f"{name}-{light}-{size}", view)


async def signed_in(context: BrowserContext, made: Furnished) -> None:
    """Sign in, in a tab that is shut again."""
    page = await context.new_page()
    await sign_in(page, made.email, made.password)
    await page.close()


@dataclass(frozen=True, slots=True)
class Window:
    """How the browser shows pages."""

    browser: Browser
    address: str
    light: Light
    size: str

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[BrowserContext]:
        """Nobody's yet."""
        width, height = SIZES[self.size]
        context = await self.browser.new_context(
            base_url=self.address,
            locale="en-GB",
            viewport={"width": width, "height": height},
            color_scheme=self.light,
        )
        if AXE.is_file():
            await context.add_init_script(path=AXE)
        try:
            yield context
        finally:
            await context.close()


async def shown(context: BrowserContext, folder: Path, name: str, view: View) -> None:
    """Take one picture in a tab of its own, and print what is wrong."""
    page = await context.new_page()
    try:
        print("\n".join(await pictured(page, folder, name, view)) or name, flush=True)
    finally:
        await page.close()


async def main(studio: Studio, folder: Path, only: str) -> None:
    """Open a browser and walk."""
    async with preferred_browser(found_browser()) as browser:
        await walk(browser, f"http://127.0.0.1:{studio.state['ports']['gateway-http']}", folder, only)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--studio", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.studio:
        asyncio.run(main(Studio(given.studio, dict(os.environ)), given.folder, given.only))
    else:
        with studio_of(dict(os.environ), "--port", str(free_ports(1)[0])) as running:
            asyncio.run(main(running, given.folder, given.only))
