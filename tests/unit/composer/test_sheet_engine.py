"""The sheet engine: every text of a storyboard stands on its pages, and none of it is markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from studio_composer.engines.sheet import SheetEngine
from studio_composer.sheet_layout import (
    FOOT_PT,
    LABEL_PT,
    LINE_PT,
    MARGIN_PT,
    PAGE_HEIGHT_PT,
    Grid,
    Style,
    pages_of,
    seconds_text,
    wrapped,
)
from studio_composer.sheet_orders import SheetFrame, SheetLine, SheetOrder, SheetScene
from studio_platform.engine import EngineFailure, Input, Product
from tests.unit.composer.material import WatchedRun, content

MARKUP = "<b>A & B</b> </p><script>alert(1)</script>"


def frame(number: int, action: str = "", *lines: SheetLine) -> SheetFrame:
    return SheetFrame(f"still-{number}", number, "close, push in", action, lines, 3_200)


def sheet_order(folder: Path, *frames: SheetFrame, size: tuple[int, int] = (160, 90)) -> SheetOrder:
    folder.mkdir(parents=True, exist_ok=True)
    inputs = {}
    for index, shown in enumerate(frames):
        path = folder / f"{shown.still_role}.png"
        Image.new("RGB", size, (40 + 10 * index % 200, 90, 120)).save(path)
        inputs[shown.still_role] = Input(shown.still_role, {"image": path})
    scene = SheetScene("12A", "INT. CAFÉ <b>MÜLLER</b> - NIGHT", frames)
    return SheetOrder("Tram & Trämchen", (scene,), "written by", "Ada Lind", "en", inputs)


def sheet(order: SheetOrder, tmp_path: Path) -> Product:
    [product] = SheetEngine(tmp_path / "scratch").run([order], [WatchedRun()])
    return product


def pdf_text(product: Product, tmp_path: Path) -> list[str]:
    """The words of each page."""
    path = tmp_path / "sheet.pdf"
    path.write_bytes(content(product, "sheet-pdf"))
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


class _Seen(HTMLParser):
    """The texts and the tags of a page."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_page_holds_every_text_of_its_frames_and_where_it_stands(tmp_path: Path) -> None:
    frames = (
        frame(1, "Rain on the window."),
        frame(2, "", SheetLine("MARA", "softly", "Is anybody there?"), SheetLine("TOM", "", "Only me.")),
    )

    [page] = pdf_text(sheet(sheet_order(tmp_path, *frames), tmp_path), tmp_path)

    for text in (
        "Tram & Trämchen",
        "written by Ada Lind",
        "2 frames, about 6.4 s",
        "12A · INT. CAFÉ <b>MÜLLER</b> - NIGHT",
        "12A.1 · close, push in",
        "Rain on the window.",
        "MARA (softly)",
        "Is anybody there?",
        "TOM",
        "Only me.",
        "3.2 s",
        "1 of 1",
    ):
        assert text in page


def test_greek_and_cyrillic_are_drawn_and_what_the_fonts_lack_is_named(tmp_path: Path) -> None:
    order = sheet_order(tmp_path, frame(1, "Ольга встречает Αθηνά and 東京."))

    product = sheet(order, tmp_path)

    assert "Ольга встречает Αθηνά and ??." in pdf_text(product, tmp_path)[0]
    assert json.loads(content(product, "report"))["letters_missing_in_pdf"] == "京東"
    assert "東京" in content(product, "sheet-html").decode()


def test_markup_in_texts_shows_as_text(tmp_path: Path) -> None:
    order = sheet_order(tmp_path, frame(1, MARKUP, SheetLine(MARKUP, "", MARKUP)))

    product = sheet(order, tmp_path)

    seen = _Seen(content(product, "sheet-html").decode())
    assert seen.texts.count(MARKUP) == 3
    assert "script" not in seen.tags
    assert "b" not in seen.tags
    assert pdf_text(product, tmp_path)[0].count(MARKUP) == 3


def test_the_html_holds_its_pictures_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    document = content(sheet(sheet_order(tmp_path, frame(1), frame(2)), tmp_path), "sheet-html").decode()

    seen = _Seen(document)

    assert seen.tags.count("img") == len(seen.links) == 2
    assert all(link.startswith("data:image/jpeg;base64,") for link in seen.links)
    assert not re.search(r"url\(|@import|https?:", document)


def test_frames_stand_in_order_over_as_many_pages_as_they_need(tmp_path: Path) -> None:
    frames = [frame(number, f"Beat {number}.") for number in range(1, 21)]

    pages = pdf_text(sheet(sheet_order(tmp_path, *frames), tmp_path), tmp_path)

    beats = [int(beat) for page in pages for beat in re.findall(r"Beat (\d+)\.", page)]
    assert beats == list(range(1, 21))
    assert [f"{number} of {len(pages)}" in page for number, page in enumerate(pages, start=1)] == [True] * 4
    assert all("INT. CAFÉ" in page for page in pages)


def test_a_speech_longer_than_a_page_goes_on_and_loses_no_word(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(900)]
    order = sheet_order(tmp_path, frame(1, "", SheetLine("MARA", "", " ".join(words))))

    text = " ".join(pdf_text(sheet(order, tmp_path), tmp_path))

    assert re.findall(r"word\d+", text) == words


@pytest.mark.parametrize("proportion", [16 / 9, 1.0, 9 / 16, 2.39])
def test_no_line_stands_in_the_margin(proportion: float) -> None:
    texts = [("MARA", "word " * (7 * number % 190)) for number in range(1, 40)]
    frames = [frame(number, "", SheetLine(name, "", text)) for number, (name, text) in enumerate(texts, 1)]
    order = SheetOrder("T", (SheetScene("1", "INT. A", tuple(frames)),))
    grid = Grid.of(proportion)

    pages = pages_of(order, grid, lambda text, _: 4.5 * len(text))

    for row in (row for page in pages for row in page):
        for cell in row.cells:
            above_pt = (grid.picture_height_pt if cell.frame else 0) + LABEL_PT
            bottom_pt = row.top_pt + above_pt + len(cell.lines) * LINE_PT
            assert bottom_pt <= PAGE_HEIGHT_PT - MARGIN_PT - FOOT_PT
    laid = [line for page in pages for row in page for cell in row.cells for line in cell.lines]
    assert sum(line.text.count("word") for line in laid) == sum(text.count("word") for _, text in texts)


def test_a_word_wider_than_a_line_is_cut_and_kept() -> None:
    lines = [
        line.text for line in wrapped("a" * 25 + " b", Style.ACTION, 10, lambda text, _: float(len(text)))
    ]

    assert lines == ["a" * 10, "a" * 10, "a" * 5 + " b"]


def test_lengths_are_seconds_and_from_a_minute_on_minutes() -> None:
    assert [seconds_text(ms) for ms in (1_500, 59_940, 125_000)] == ["1.5 s", "59.9 s", "2:05"]


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    order = sheet_order(tmp_path, frame(1, "Once."), frame(2, "Twice."))

    first, second = sheet(order, tmp_path), sheet(order, tmp_path)

    for role in ("sheet-pdf", "sheet-html"):
        assert content(first, role) == content(second, role)


def test_a_storyboard_without_frames_is_refused_for_good(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="SPEC_INVALID") as failure:
        sheet(SheetOrder("T", ()), tmp_path)

    assert failure.value.permanent
