"""Stills, camera moves and encoding of a film's pictures at 720p, beside their running time.

    python -m bench.pictures [--seconds 60]

One process, the embedded engines, as many clips at a time as there are cores. Shots of five seconds differ in
size, place, weather and move. Prints wall and CPU seconds, and both as shares of the running time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from studio_imagegen.engines.storyboard.engine import StoryboardEngine
from studio_imagegen.orders import Figure, StillOrder
from studio_platform.engine import Input
from studio_videogen.engines.camera import CameraEngine
from studio_videogen.orders import ClipOrder, Move

SHOT_SECONDS, RATE_HZ = 5, 24
STILL_PX, FRAME_PX = (1600, 900), (1280, 720)
MOVES = (Move.PUSH_IN, Move.HOLD, Move.PAN_RIGHT, Move.PULL_OUT)
MARA, TOM = Figure("MARA"), Figure("TOM")
# Heading, inside or out, location, time of day, size, figures, words of the weather.
SHOTS = (
    ("EXT. HARBOUR PIER - NIGHT", "EXT", "HARBOUR PIER", "NIGHT", "WIDE", (TOM,), "Rain."),
    ("INT. TICKET OFFICE - NIGHT", "INT", "TICKET OFFICE", "NIGHT", "CLOSE", (MARA,), "Rain on the window."),
    ("EXT. CITY STREET - DUSK", "EXT", "CITY STREET", "DUSK", "MEDIUM", (MARA, TOM), ""),
    ("EXT. MOUNTAIN PASS - DAY", "EXT", "MOUNTAIN PASS", "DAY", "WIDE", (TOM,), "Snow."),
    ("INT. KITCHEN - DAY", "INT", "KITCHEN", "DAY", "OVER_SHOULDER", (MARA, TOM), ""),
)


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A run that nobody cancels."""

    def raise_if_cancelled(self) -> None:
        """Go on."""

    def progress(self, percent: int) -> None:
        """Nobody asks."""


def shot(number: int, folder: Path) -> tuple[float, float]:
    """Make one shot's still and clip: the wall seconds of each."""
    heading, place, location, hour, size, figures, weather = SHOTS[number % len(SHOTS)]
    began = time.monotonic()
    order = StillOrder(*STILL_PX, number, heading, place, location, hour, size, figures, "", weather)
    [drawn] = StoryboardEngine().run([order], [Unwatched()])
    parts: dict[str, Path] = {}
    for part in drawn.parts:
        parts[part.role] = folder / f"{number}-{part.role}"
        parts[part.role].write_bytes(part.data or b"")
    middle = time.monotonic()
    length_frames, move = SHOT_SECONDS * RATE_HZ, MOVES[number % len(MOVES)]
    clip = ClipOrder(*FRAME_PX, RATE_HZ, 1, length_frames, move, 1000, number, Input("still", parts))
    CameraEngine().run([clip], [Unwatched()])
    return middle - began, time.monotonic() - middle


def main() -> None:
    """Make the pictures once, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    shots = max(1, options.seconds // SHOT_SECONDS)
    CameraEngine().load()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as lanes:
        cpu, wall = time.process_time(), time.monotonic()
        took = list(lanes.map(lambda number: shot(number, Path(folder)), range(shots)))
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    running = shots * SHOT_SECONDS
    drawn, moved = (sum(side) for side in zip(*took, strict=True))
    print(f"{shots} shots, {running} s of film: {wall:.1f} s on {os.cpu_count()} cores, {cpu:.1f} CPU s")
    print(f"  {running / wall:.2f} times as fast as it runs; by CPU s alone, {running / cpu:.2f} a core")
    print(f"  stills {drawn:.1f} s, clips {moved:.1f} s, summed over lanes; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
