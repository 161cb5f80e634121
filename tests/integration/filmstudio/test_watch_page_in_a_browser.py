"""The page of a watch in a real browser: what it shows, and that a new film goes on where the old one was."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Page, async_playwright

from filmstudio.cli.plan_view import PlanSeen
from filmstudio.cli.watching.board import Board
from filmstudio.cli.watching.page import served
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AT_SECONDS = 1.0
PLAN = PlanSeen(
    "Ferry: 2 shots", [["scene 1 shot 1", "3", "<b>clip</b>", "2.9 s", "", "script"]], ["gone: x"], []
)

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.timeout(600),
]


def film(path: Path, shade: int) -> Path:
    """Two seconds of one grey."""
    form = PictureForm(320, 180, 24, 1, 48)
    with ClipWriter(form) as writer:
        for _ in range(form.length_frames):
            writer.write_rgb(np.full((form.height_px, form.width_px, 3), shade, np.uint8))
    path.write_bytes(writer.data)
    return path


@asynccontextmanager
async def browsing(board: Board, path: Path) -> AsyncIterator[tuple[Page, list[str]]]:
    """The page of a board, and what the browser complains of."""
    complaints: list[str] = []
    async with served(board, path) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER)
        try:
            page = await browser.new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(address)
            yield page, complaints
        finally:
            await browser.close()


async def test_a_plan_is_shown_as_it_comes_and_its_words_are_no_markup(tmp_path: Path) -> None:
    board = Board("The Last Ferry", "ferry.fountain")
    async with browsing(board, tmp_path / "none.mp4") as (page, complaints):
        await page.get_by_text("looking at what changed").wait_for()
        board.plans(PLAN)
        await page.get_by_text("Ferry: 2 shots").wait_for()
        cells = await page.locator("#rows tbody td").all_text_contents()
        bold = await page.locator("b").count()

    assert "<b>clip</b>" in cells
    assert bold == 0
    assert complaints == []


async def test_a_new_film_takes_the_old_ones_place_at_the_same_time_of_the_film(tmp_path: Path) -> None:
    board, path = Board("The Last Ferry", "ferry.fountain"), film(tmp_path / "ferry.mp4", 40)
    async with browsing(board, path) as (page, complaints):
        board.shows(is_new=True, note="")
        await page.locator("video[data-number='1']").wait_for()
        await page.evaluate(
            "at => new Promise(done => { const video = document.querySelector('video');"
            " video.addEventListener('seeked', done, { once: true }); video.currentTime = at; })",
            AT_SECONDS,
        )
        film(path, 200)
        board.shows(is_new=True, note="")
        await page.locator("video[data-number='2']:visible").wait_for()
        videos = await page.locator("video").count()
        at_seconds = await page.evaluate("document.querySelector('video').currentTime")
        shown = await page.evaluate(
            "() => { const canvas = document.createElement('canvas').getContext('2d');"
            " canvas.drawImage(document.querySelector('video'), 0, 0);"
            " return canvas.getImageData(10, 10, 1, 1).data[0]; }"
        )

    assert videos == 1
    assert at_seconds == pytest.approx(AT_SECONDS, abs=0.05)
    assert shown == pytest.approx(200, abs=6)
    assert complaints == []
