"""A browser before the studio of these tests, and somebody new in it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import BrowserContext, Locator, Page, async_playwright

from studio_gateway.http.held_files import FOLDER
from tests.e2e.conftest import Studio

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "a long night at sea"
AXE = Path(__file__).resolve().parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
NO_AXE = "not looked at, for axe-core is not installed: make web"
FAULTS = """async () => (await axe.run()).violations.flatMap(
    each => each.nodes.map(node => `${each.id}: ${node.target.join(" ")}`))"""
PLANTED, MENDED = "Tittle: The Last Ferry", "Title: The Last Ferry"

needs_browser = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.skipif(not (FOLDER / "index.html").is_file(), reason="the web studio is not built: make web"),
    pytest.mark.timeout(600),
]


@dataclass(slots=True)
class Visit:
    """Somebody's browser, and what it complained of."""

    context: BrowserContext
    page: Page
    email: str
    complaints: list[str] = field(default_factory=list)

    async def register(self) -> None:
        """Makes an account by the page."""
        await self.page.goto("/register")
        await self.page.get_by_label("Your name").fill("Ada <b>Lovelace</b>")
        await self.page.get_by_label("Email address").fill(self.email)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Make an account").click()
        await self.page.get_by_role("heading", name="No films yet").wait_for()

    async def bring(self, script: Path) -> None:
        """Imports a screenplay, and waits for its editor."""
        async with self.page.expect_file_chooser() as choosing:
            await self.page.get_by_role("button", name="Import a screenplay").click()
        await (await choosing.value).set_files(script)
        await self.editor.wait_for()

    async def faults(self) -> list[str]:
        """What axe-core has against the page as it is now; that it is not installed is a fault, too."""
        return list(await self.page.evaluate(FAULTS)) if AXE.is_file() else [NO_AXE]

    @property
    def editor(self) -> Locator:
        """The screenplay's text."""
        return self.page.get_by_role("textbox", name="Screenplay")


@pytest.fixture
async def visit(studio: Studio) -> AsyncIterator[Visit]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER)
        try:
            context = await browser.new_context(base_url=f"http://{studio.http_address}", locale="en-GB")
            if AXE.is_file():
                await context.add_init_script(path=AXE)
            page = await context.new_page()
            visit = Visit(context, page, f"{uuid.uuid4().hex}@example.org")
            page.on("pageerror", lambda error: visit.complaints.append(str(error)))
            yield visit
        finally:
            await browser.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture that is too large for a call: it goes by way of the store."""
    pixels = np.random.default_rng(10).integers(0, 255, (1_100, 1_100, 3), dtype=np.uint8)
    file = tmp_path / "picture.png"
    Image.fromarray(pixels).save(file)
    return file


@pytest.fixture
def planted(tmp_path: Path, samples: Path) -> Path:
    """The sample's first scene, with a mistake in its first line."""
    text = (samples / "one-minute.fountain").read_text()
    assert text.startswith(MENDED)
    script = tmp_path / "ferry.fountain"
    script.write_text(text.partition("EXT. HARBOUR PIER")[0].replace(MENDED, PLANTED, 1))
    return script
