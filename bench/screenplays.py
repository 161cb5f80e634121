"""What reading a screenplay costs: 120 pages, growing pages, and hostile texts of growing size.

    python -m bench.screenplays [--rounds 9] [--quick]

Processor milliseconds, least of some rounds; needs no studio. Ratios are those of a size to half of it: 2 is
linear.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from studio_jobs.screenplay import Element, Kind, Limits, break_down, read
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.fountain_writing import write_fountain

PAGES = 120
PAGE_LINES = 55
ACTION_LINE_CHARACTERS = 61
SPEECH_LINE_CHARACTERS = 35
UNLIMITED = Limits(size_bytes_max=1 << 30, line_bytes_max=1 << 30)
SIZES_BYTES = (78_125, 156_250, 312_500, 625_000, 1_250_000, 2_500_000, 5_000_000, 10_000_000)
HOSTILE_CHARACTERS = (50_000, 100_000, 200_000, 400_000)
GOAL_MS = 150.0
SCENE = """INT. HOUSE {number} - DAY

ANNA crosses the room, picks up the letter and reads it aloud, slowly, as though each word weighed.
The window is open. Wind in the curtains.

ANNA
I never thought that he'd write. Not after all these years, not after what we said to each other.

BEN (O.S.)
(calling)
Who is it from?

ANNA
Nobody. An old bill.

She burns it *slowly* over the candle. Ben enters, wet from the rain, and stops.

BEN
That smelled like paper.

"""
HOSTILE: dict[str, Callable[[int], str]] = {
    "`[[` alone": lambda n: "[[" * (n // 2),
    "a heading of spaces": lambda n: "INT." + " " * n,
    "`/*` alone": lambda n: "/*" * (n // 2),
    "lines of 9,000 characters": lambda n: ("word " * 1_800 + "\n\n") * (n // 9_000),
    "emphasis within emphasis": lambda n: "*_**" * (n // 8) + "a" + "**_*" * (n // 8),
    "notes within notes": lambda n: "[[" * (n // 4) + "]]" * (n // 4),
    "parentheses within parentheses": lambda n: f"ANNA\n{'(' * (n // 2)}{')' * (n // 2)}\nHi.\n",
    "open parentheses on lines": lambda n: "ANNA\n" + "(\n" * (n // 2),
    "nulls": lambda n: "\x00" * n,
    "halves of characters": lambda n: "\ud800" * n,
}


def pages_of(elements: Sequence[Element]) -> float:
    """Return how many pages elements fill: lines of 61 characters, of 35 in speeches, a blank between."""
    lines = 0
    for element in elements:
        spoken = element.kind in (Kind.DIALOGUE, Kind.PARENTHETICAL)
        width = SPEECH_LINE_CHARACTERS if spoken else ACTION_LINE_CHARACTERS
        lines += sum(1 + len(row) // width for row in element.text.split("\n"))
        lines += 0 if spoken else 1
    return lines / PAGE_LINES


def screenplay(size_bytes: int) -> str:
    """Return scenes with numbered places, up to a size."""
    scenes: list[str] = ["Title: A House\n\n"]
    size = 0
    while size < size_bytes:
        scenes.append(SCENE.format(number=len(scenes)))
        size += len(scenes[-1])
    return "".join(scenes)


def least_ms(act: Callable[[], object], rounds: int) -> float:
    """Return the processor milliseconds of the quickest of some rounds."""
    found: list[float] = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        act()
        found.append((time.process_time() - began) * 1_000)
    return min(found)


def feature(rounds: int) -> float:
    """Print what a screenplay of 120 pages costs; return the milliseconds of reading and breaking down."""
    size_bytes = 10_000
    while pages_of(parse_fountain(screenplay(size_bytes)).elements) < PAGES:
        size_bytes += 2_000
    data = screenplay(size_bytes).encode()
    read_once = read(data)
    reading = least_ms(lambda: read(data), rounds)
    breaking = least_ms(lambda: break_down(read_once), rounds)
    writing = least_ms(lambda: write_fountain(read_once), rounds)
    print(f"{PAGES} pages, {len(data):,} bytes, {len(read_once.elements):,} elements:")
    print(f"  read {reading:.0f} ms, break down {breaking:.0f} ms, both {reading + breaking:.0f} ms")
    print(f"  goal {GOAL_MS:.0f} ms; write {writing:.0f} ms")
    return reading + breaking


def growth(name: str, acts: Sequence[tuple[int, Callable[[], object]]], rounds: int) -> None:
    """Print a line: milliseconds at the largest size, and the ratios of each size to half of it."""
    times = [least_ms(act, rounds) for _, act in acts]
    ratios = " ".join(f"{two / max(one, 0.01):.2f}" for one, two in pairwise(times))
    print(f"| {name} | {acts[-1][0]:,} | {times[-1]:,.0f} | {ratios} |", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all; 1 when 120 pages take longer than the goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.screenplays", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="rounds of the 120 pages")
    parser.add_argument("--quick", action="store_true", help="nothing over a megabyte")
    options = parser.parse_args(arguments)
    taken_ms = feature(options.rounds)
    print("\n| text | largest, characters | ms | ratio at each doubling |\n|---|---|---|---|")
    sizes = [size for size in SIZES_BYTES if size < 1_000_000 or not options.quick]
    texts = [screenplay(size) for size in sizes]
    growth("a screenplay, read", [(len(t), partial(read, t.encode(), UNLIMITED)) for t in texts], 2)
    parsed = [read(text.encode(), UNLIMITED) for text in texts]
    growth(
        "the same, written",
        [(len(t), partial(write_fountain, p)) for t, p in zip(texts, parsed, strict=True)],
        2,
    )
    for name, make in HOSTILE.items():
        hostile = [f"INT. A - DAY\n\n{make(size)}" for size in HOSTILE_CHARACTERS]
        growth(name, [(len(t), partial(parse_fountain, t)) for t in hostile], 3)
    return 0 if taken_ms <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
