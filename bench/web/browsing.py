"""A browser that is signed in at a studio of a benchmark's."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page, async_playwright

from bench.studio import Studio

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = (1440, 900)


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser and the page that one looks at."""

    browser: Browser
    page: Page


@asynccontextmanager
async def visiting(studio: Studio, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Visit]:
    """Somebody signed in as the studio's own account. Raises FileNotFoundError without a Chromium."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise FileNotFoundError("no Chromium on this machine: apt-get install chromium")
    state = studio.state
    width, height = size
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program)
        try:
            page = await browser.new_page(
                base_url=f"http://127.0.0.1:{state['ports']['gateway-http']}",
                viewport={"width": width, "height": height},
                locale="en-GB",
            )
            await sign_in(page, state["account_email"], state["secrets"]["account"])
            yield Visit(browser, page)
        finally:
            await browser.close()


async def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by the page. Raises playwright's TimeoutError."""
    await page.goto("/sign-in")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Projects").wait_for()
