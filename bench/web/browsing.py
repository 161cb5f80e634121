"""A browser that is signed in at a studio of a benchmark's."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bench.studio import Studio

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = (1440, 900)
PREFERRED_NICENESS = -15


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser and the page that one looks at."""

    browser: Browser
    page: Page


@asynccontextmanager
async def visiting(studio: Studio, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Visit]:
    """Somebody signed in as the studio's own account. Raises FileNotFoundError without a Chromium."""
    state = studio.state
    width, height = size
    async with preferred_browser(found_browser()) as browser:
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


def found_browser() -> str:
    """The program. Raises FileNotFoundError."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise FileNotFoundError("no Chromium on this machine: apt-get install chromium")
    return program


@asynccontextmanager
async def preferred_browser(program: str) -> AsyncIterator[Browser]:
    """A browser that the machine serves before all else, where one may ask for that.

    A director's browser has a machine of its own; here it would wait for a core that the studio draws on.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program)
        session = await browser.new_browser_cdp_session()
        told = await session.send("SystemInfo.getProcessInfo")
        if os.geteuid() == 0:
            for process in told["processInfo"]:
                prefer(int(process["id"]))
        yield browser


def prefer(process_id: int) -> None:
    """Have the kernel serve a process and its whole session before others, where it groups by sessions."""
    os.setpriority(os.PRIO_PROCESS, process_id, PREFERRED_NICENESS)
    group = Path(f"/proc/{process_id}/autogroup")
    if group.exists():
        group.write_text(str(PREFERRED_NICENESS))


async def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by the page. Raises playwright's TimeoutError."""
    await page.goto("/sign-in")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Projects").wait_for()
