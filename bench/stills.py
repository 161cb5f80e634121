"""Contact sheets of drawn stills: those of screenplays, and every kind of frame.

    python -m bench.stills samples/one-minute.fountain --to sheets
    python -m bench.stills --kinds --to sheets

Nothing but stills is made, so a change of the drawing is seen in seconds.
Prints CPU seconds a still, drawn at twice the sheet's size.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from bench.pictures import Unwatched
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_imagegen.convert import order_of
from studio_imagegen.engines.storyboard.engine import draw_still
from studio_imagegen.engines.storyboard.props import props
from studio_imagegen.engines.storyboard.vocabulary import meanings
from studio_imagegen.orders import SHOT_SIZES, Figure, StillOrder
from studio_jobs.cast import cast_voices
from studio_jobs.domain.states import TaskKind
from studio_jobs.film_plan import build_plan
from studio_jobs.looks import introductions
from studio_jobs.production import PoolChoice, Production
from studio_jobs.render_options import completed
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.reader import read

STILL_PX = (1600, 900)
CELL_WIDTH_PX, COLUMNS, ROWS_MAX, GAP_PX = 320, 5, 8, 5
QUALITY_PERCENT = 60
CAST = (Figure("IRIS", "woman, sixty", 1, 1, -1), Figure("TOM", "man", 2, 1, 1))
HOURS = ("DAWN", "MORNING", "DAY", "DUSK", "EVENING", "NIGHT")
WEATHERS = ("clear", "rain", "storm", "snow", "fog", "wind")
SIZES = ((1600, 900), (900, 1600), (1200, 1200), (1720, 720))


def orders_of(screenplay: Path) -> list[StillOrder]:
    """The orders of a screenplay's stills, in the film's order."""
    breakdown = break_down(read(screenplay.read_bytes()))
    pools = {kind: PoolChoice("pool", task_pb2.EngineRef(engine="null", revision="1")) for kind in TaskKind}
    voices = cast_voices(breakdown.characters, {}, introductions(breakdown, breakdown.characters))
    options = completed(jobs_pb2.RenderOptions(narrate=False))
    plan = build_plan(breakdown, Production(screenplay.stem, "Untitled", options, pools, voices))
    stills = [order_of(task.spec, {}) for task in plan.tasks if task.kind == TaskKind.STILL]
    return [replace(still, width_px=STILL_PX[0], height_px=STILL_PX[1]) for still in stills]


def kinds() -> Iterator[tuple[str, list[StillOrder]]]:
    """Every kind of frame, a sheet a kind."""
    plain = StillOrder(*STILL_PX, 5, "", "EXT", "STREET", "DAY", "WIDE", CAST)
    inside = replace(plain, place="INT")
    yield "rooms", [replace(inside, location=kind) for kind in sorted(meanings("INTERIORS"))]
    yield "places", [replace(plain, location=kind) for kind in sorted(meanings("EXTERIORS"))]
    night = replace(plain, time_of_day="NIGHT")
    yield "nights", [replace(night, location=kind) for kind in sorted(meanings("EXTERIORS"))]
    yield (
        "hours",
        [
            replace(plain, location=place, time_of_day=hour)
            for place in ("STREET", "MOUNTAIN", "SEA")
            for hour in HOURS
        ],
    )
    yield (
        "weathers",
        [
            replace(plain, location=place, action=f"{weather}.", time_of_day=hour)
            for place, hour in (("STREET", "NIGHT"), ("FIELD", "DAY"))
            for weather in WEATHERS
        ],
    )
    yield "poses", [_posed(words) for words in POSES]
    yield (
        "sizes",
        [
            replace(
                inside,
                location="KITCHEN",
                time_of_day="NIGHT",
                shot_size=shot_size,
                speaker="TOM",
                width_px=wide,
                height_px=high,
                action="A letter." if shot_size == "INSERT" else "",
            )
            for wide, high in SIZES
            for shot_size in SHOT_SIZES
        ],
    )
    yield (
        "things",
        [
            replace(inside, location="OFFICE", shot_size="INSERT", action=f"A {name.lower()}.")
            for name in sorted(props())
        ],
    )
    yield (
        "cast",
        [
            replace(plain, shot_size="MEDIUM", figures=tuple(_cast(bearing, first)))
            for bearing in ("woman", "man")
            for first in (1, 5, 9, 12)
        ],
    )


POSES = (
    "stands", "walks", "runs", "climbs the wall", "sits", "kneels", "points", "knocks", "waves at her",
    "reads a letter", "holds a lantern", "carries a suitcase", "is on the phone", "cries", "is driving",
    "arms crossed", "opens the door", "salutes", "hands her a letter", "goes out", "lies down on the sofa",
    "sleeps", "bows", "drinks", "thinks", "is shivering", "cheers", "prays", "aims a gun", "falls",
    "looks out at the sea", "turns to the window", "listens at the door", "shrugs", "dances", "writes",
    "hides", "pushes the crate", "embraces her", "shakes her hand",
)  # fmt: skip


def _posed(words: str) -> StillOrder:
    both = any(word in words.split() for word in ("her", "hands", "embraces"))
    cast = CAST if both else CAST[1:]
    return StillOrder(*STILL_PX, 5, "", "EXT", "FIELD", "DAY", "WIDE", cast, "", f"TOM {words}.")


def _cast(bearing: str, first: int) -> list[Figure]:
    return [Figure("ABCDEFGHIJKLMNOP"[number], bearing, number, number) for number in range(first, first + 4)]


def sheets(
    stills: Sequence[StillOrder], columns: int, cell_width_px: int = CELL_WIDTH_PX
) -> Iterator[Image.Image]:
    """Draw stills and lay them on sheets, at most ROWS_MAX rows each."""
    cells = [_cell(still, cell_width_px) for still in stills]
    for first in range(0, len(cells), columns * ROWS_MAX):
        yield _laid_out(cells[first : first + columns * ROWS_MAX], columns)


def _cell(still: StillOrder, width_px: int) -> Image.Image:
    small = (2 * width_px, 2 * width_px * still.height_px // still.width_px)
    [image, *_] = draw_still(replace(still, width_px=small[0], height_px=small[1]), Unwatched()).parts
    picture = Image.open(io.BytesIO(image.data or b""))
    size = (width_px, width_px * picture.height // picture.width)
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _laid_out(cells: Sequence[Image.Image], columns: int) -> Image.Image:
    rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
    heights = [max(cell.height for cell in row) + GAP_PX for row in rows]
    wide = columns * (cells[0].width + GAP_PX) - GAP_PX
    sheet = Image.new("RGB", (wide, sum(heights) - GAP_PX), "white")
    for row, cells_of_row in enumerate(rows):
        for column, cell in enumerate(cells_of_row):
            sheet.paste(cell, (column * (cell.width + GAP_PX), sum(heights[:row])))
    return sheet


def write(name: str, stills: Sequence[StillOrder], folder: Path, columns: int, suffix: str) -> None:
    """Write a kind's sheets, and print what a still cost."""
    began = time.process_time()
    drawn = list(sheets(stills, columns))
    cpu = time.process_time() - began
    for number, sheet in enumerate(drawn):
        target = folder / f"{name}{f'-{number + 1}' if number else ''}-sheet.{suffix}"
        sheet.save(target, quality=QUALITY_PERCENT, method=6)
    print(f"{name}: {len(stills)} stills, {cpu / len(stills):.3f} CPU s each")


def main() -> None:
    """Write the sheets that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.stills", description=__doc__.partition("\n")[0])
    parser.add_argument("screenplays", nargs="*", type=Path)
    parser.add_argument("--kinds", nargs="*", help="every kind of frame, or only these kinds")
    parser.add_argument("--to", type=Path, default=Path("."), help="the folder for the sheets")
    parser.add_argument("--columns", type=int, default=COLUMNS)
    parser.add_argument("--suffix", choices=("webp", "png"), default="webp")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    wanted: Iterable[tuple[str, list[StillOrder]]] = [
        (screenplay.stem, orders_of(screenplay)) for screenplay in options.screenplays
    ]
    for name, stills in wanted:
        write(name, stills, options.to, options.columns, options.suffix)
    if options.kinds is not None:
        for name, stills in kinds():
            if not options.kinds or name in options.kinds:
                write(name, stills, options.to, options.columns, options.suffix)


if __name__ == "__main__":
    main()
