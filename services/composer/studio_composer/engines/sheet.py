"""The sheet engine: a storyboard from its stills, as PDF and as HTML."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from studio_composer.given import part_path
from studio_composer.held import PIXELS_MAX
from studio_composer.scratch import run_folder
from studio_composer.sheet_html import write_html
from studio_composer.sheet_orders import SheetOrder
from studio_composer.sheet_pdf import letters_missing, write_pdf
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "reportlab"
REVISION = "sheet1"
FRAMES_MAX = 3_000
JPEG_QUALITY = 82
# A sheet of many frames is looked at from farther away, and must be small enough to open.
_WIDTHS_PX = ((300, 800), (1_000, 520), (FRAMES_MAX, 360))


class SheetEngine:
    """Makes a storyboard's sheet."""

    def __init__(self, scratch_folder: Path | None = None) -> None:
        self._scratch_folder = scratch_folder

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="SHEET", engine=ENGINE, revision=REVISION, parts=frozenset({"image"}))

    def load(self) -> None:
        """Nothing is kept warm."""

    def run(self, orders: Sequence[SheetOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make each sheet in turn; see Engine.run."""
        return [self._make(order, run) for order, run in zip(orders, runs, strict=True)]

    def _make(self, order: SheetOrder, run: Run) -> Product:
        if not 1 <= len(order.frames) <= FRAMES_MAX:
            raise EngineFailure(
                "SPEC_INVALID",
                f"A storyboard has 1 to {FRAMES_MAX} frames; this has {len(order.frames)}.",
                permanent=True,
            )
        try:
            with run_folder(self._scratch_folder) as folder:
                return _sheet(order, run, folder)
        except (OSError, Image.DecompressionBombError) as error:
            raise EngineFailure(
                "SHEET_FAILED", "A still of the storyboard can't be read.", log_text=str(error)
            ) from error


def _sheet(order: SheetOrder, run: Run, folder: Path) -> Product:
    pictures, proportion = _pictures(order, run)
    pages = write_pdf(order, pictures, proportion, folder / "sheet.pdf", run.raise_if_cancelled)
    run.progress(90)
    write_html(order, pictures, folder / "sheet.html", run.raise_if_cancelled)
    report = {
        "title": order.title,
        "frames": len(order.frames),
        "pages": pages,
        "expected_ms": order.expected_ms,
        "letters_missing_in_pdf": letters_missing(_texts(order)),
    }
    return Product(
        parts=(
            Part("sheet-pdf", "application/pdf", path=folder / "sheet.pdf"),
            Part("sheet-html", "text/html; charset=utf-8", path=folder / "sheet.html"),
            Part("report", "application/json", data=_json(report)),
        ),
        facts={"pages": str(pages)},
        folder=folder,
    )


def _json(report: dict[str, object]) -> bytes:
    return json.dumps(report, ensure_ascii=False, indent=1).encode()


def _pictures(order: SheetOrder, run: Run) -> tuple[dict[str, bytes], float]:
    """Each still as a small JPEG by its role, and the proportion of the first."""
    width_px = next(width for most, width in _WIDTHS_PX if len(order.frames) <= most)
    pictures: dict[str, bytes] = {}
    proportion = 1.0
    for index, frame in enumerate(order.frames):
        run.raise_if_cancelled()
        still = part_path(order.inputs, frame.still_role, "image", f"shot {index + 1}")
        with Image.open(still) as image:
            if image.width * image.height > PIXELS_MAX:
                raise EngineFailure("STILL_TOO_LARGE", "A still is too large for a sheet.", permanent=True)
            if not pictures:
                proportion = image.width / image.height
            pictures[frame.still_role] = _small_jpeg(image, width_px)
        run.progress(80 * (index + 1) // len(order.frames))
    return pictures, proportion


def _small_jpeg(image: Image.Image, width_px: int) -> bytes:
    height_px = max(1, round(image.height * width_px / image.width))
    small = image.convert("RGB").resize((width_px, height_px), Image.Resampling.LANCZOS)
    memory = io.BytesIO()
    small.save(memory, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return memory.getvalue()


def _texts(order: SheetOrder) -> str:
    texts = [order.title, order.credit, order.author, *(scene.heading for scene in order.scenes)]
    for frame in order.frames:
        texts.append(frame.action)
        texts += [f"{line.character}{line.delivery}{line.text}" for line in frame.lines]
    return "".join(texts)
