"""The watch page in a real browser, under its own policy: thumbnails, scenes and captions at work."""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Page, Route, async_playwright

from filmstudio.shares.v1 import shares_pb2
from studio_gateway.http.watch_page import Place, document, headers_of_page, page_of_film
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ORIGIN = "http://film.example"
SHEET = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
SHARED = shares_pb2.OpenShareResponse(
    title="Ferry",
    film_url=f"{ORIGIN}/film.mp4",
    film_type="video/mp4",
    poster_url=f"{ORIGIN}/sheet.gif",
    subtitles="WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n",
    length_ms=4_000,
    thumbnails_url=f"{ORIGIN}/sheet.gif",
    thumbnails="WEBVTT\n\n"
    "00:00.000 --> 00:02.000\nthumbnails.jpg#xywh=0,0,160,90\n\n"
    "00:02.000 --> 00:04.000\nthumbnails.jpg#xywh=160,0,160,90\n",
    chapters=[
        shares_pb2.WatchChapter(title="INT. HALL - DAY", start_ms=0),
        shares_pb2.WatchChapter(title="EXT. PIER - DAY", start_ms=2_000),
    ],
)

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.timeout(600),
]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Four seconds of grey."""
    with ClipWriter(PictureForm(160, 90, 24, 1, 96)) as writer:
        for _ in range(96):
            writer.write_rgb(np.full((90, 160, 3), 90, np.uint8))
    path = tmp_path / "film.mp4"
    path.write_bytes(writer.data)
    return path


async def answer(route: Route, path: Path) -> None:
    name = route.request.url.rpartition("/")[2]
    if name == "film.mp4":
        await route.fulfill(path=path, content_type="video/mp4")
    elif name == "sheet.gif":
        await route.fulfill(body=SHEET, content_type="image/gif")
    elif name == "watch":
        body = document(*page_of_film(Place(ORIGIN, "x" * 43), SHARED, is_embedded=False))
        await route.fulfill(body=body, headers=headers_of_page(SHARED))
    else:
        await route.fulfill(status=204)


@asynccontextmanager
async def watching(path: Path) -> AsyncIterator[tuple[Page, list[str]]]:
    """The page, and what the browser complains of."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER)
        try:
            page = await browser.new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.route("**/*", lambda route: answer(route, path))
            await page.goto(f"{ORIGIN}/watch")
            await page.wait_for_function("document.querySelector('video').readyState >= 1")
            yield page, complaints
        finally:
            await browser.close()


async def test_scenes_thumbnails_and_captions_work_under_the_pages_policy(film: Path) -> None:
    async with watching(film) as (page, complaints):
        await page.get_by_text("EXT. PIER - DAY").click()
        await page.locator("#scenes a[aria-current]", has_text="PIER").wait_for()
        seen = await page.evaluate("document.querySelector('#strip i').style.backgroundPosition")
        captions = page.get_by_role("button", name="Captions")
        pressed = [await captions.get_attribute("aria-pressed")]
        await captions.click()
        await page.locator("#captions[aria-pressed=false]").wait_for()
        mode = await page.evaluate("document.querySelector('video').textTracks[0].mode")

    assert seen == "-160px 0px"
    assert (pressed, mode) == (["true"], "hidden")
    assert complaints == []
