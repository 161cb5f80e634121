"""Camera moves over a still of 1920x1080 seen at 1280x720, beside zoompan of PyAV's FFmpeg.

    python -m bench.camera_move [--rounds 5] [--frames 120]

Both get the same picture and the same way, an eased pan or push of the engine's, and write each frame out;
nothing is encoded. Prints the medians of rounds taken in turns: frames of a second of CPU time and of wall
time, and how far a bright spot is from where the way puts it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import av
import av.filter
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from filmstudio.still_bundle import DEPTH_OF_FIGURES
from studio_media.picture import Planes, planes_from_rgb
from studio_platform.engine import Input
from studio_videogen.orders import ClipOrder, Move
from studio_videogen.path import View, views
from studio_videogen.scene import Scene
from studio_videogen.still import Still, StillLayer

SOURCE_PX, FRAME_PX = (1920, 1080), (1280, 720)
MOVES = (Move.PAN_RIGHT, Move.PUSH_IN)
SPOT_PX, SPOT_WIDE_PX = (800.0, 460.0), 9.0
SPOT_REACH_PX = 40

Luma = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Taken:
    """One side of one round: frames of a second, and the spot's shake in pixels of the frame, rms."""

    by_cpu: float
    by_wall: float
    jitter_px: float


def picture() -> NDArray[np.uint8]:
    """A still of the source's size, RGB: soft shapes, and a bright spot in its middle."""
    across, down = np.meshgrid(np.arange(SOURCE_PX[0]), np.arange(SOURCE_PX[1]))
    waves = 60 + 30 * np.sin(across / 170) * np.cos(down / 110)
    off = (across + 0.5 - SPOT_PX[0]) ** 2 + (down + 0.5 - SPOT_PX[1]) ** 2
    calm = np.clip((np.sqrt(off) - 60) / 60, 0, 1)
    levels = 60 + (waves - 60) * calm + 150 * np.exp(-off / (2 * SPOT_WIDE_PX**2))
    return np.repeat(levels.round().astype(np.uint8)[..., None], 3, axis=2)


def order_of(move: Move, count: int) -> ClipOrder:
    """So many frames of a move."""
    return ClipOrder(*FRAME_PX, 24, 1, count, move, 1000, 1, Input("still", {}))


def ours(still: NDArray[np.uint8], move: Move, way: Sequence[View]) -> Iterator[Luma]:
    """The camera engine's frames, painted one after the other on one picture."""
    scene = Scene(Still((StillLayer(still, DEPTH_OF_FIGURES),)), order_of(move, len(way)), [])
    wide, high = FRAME_PX
    half = (high // 2, wide // 2)
    picture = Planes(np.empty((high, wide), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8))
    for frame, view in enumerate(way):
        scene.paint(picture, view, frame)
        yield picture.y


def _expressions(way: Sequence[View]) -> str:
    """The way from its ends, by the same smoothstep; a zoom is even in ratios."""
    wide, _ = FRAME_PX
    first, last = way[0], way[-1]
    time = f"(on/{len(way) - 1})"
    eased = f"{time}*{time}*(3-2*{time})"
    zoom = f"{SOURCE_PX[0] / (wide * first.step)}*pow({first.step / last.step},{eased})"
    if first.step != last.step:
        return f"z='{zoom}':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2'"
    return f"z='{zoom}':x='{first.left}+{last.left - first.left}*{eased}':y='{first.top}'"


def zoompan(still: NDArray[np.uint8], move: Move, way: Sequence[View]) -> Iterator[Luma]:
    """ffmpeg's, from one frame of the same planes."""
    del move
    wide, high = SOURCE_PX
    graph = av.filter.Graph()
    source = graph.add(
        "buffer", f"video_size={wide}x{high}:pix_fmt=yuv420p:time_base=1/24:frame_rate=24/1:pixel_aspect=1/1"
    )
    told = f"{_expressions(way)}:d={len(way)}:s={FRAME_PX[0]}x{FRAME_PX[1]}:fps=24"
    step, sink = graph.add("zoompan", told), graph.add("buffersink")
    source.link_to(step)
    step.link_to(sink)
    graph.configure()
    planes = planes_from_rgb(still)
    whole = np.concatenate([plane.reshape(-1) for plane in (planes.y, planes.u, planes.v)])
    frame = VideoFrame.from_ndarray(whole.reshape(high * 3 // 2, wide), format="yuv420p")
    frame.pts = 0
    source.push(frame)
    source.push(None)
    for _ in way:
        taken = sink.pull()
        assert isinstance(taken, VideoFrame)
        lines = np.asarray(memoryview(taken.planes[0])).view(np.uint8).reshape(taken.height, -1)
        yield lines[:, : taken.width]


def taken(
    side: Callable[[Luma, Move, Sequence[View]], Iterator[Luma]], still: Luma, move: Move, count: int
) -> Taken:
    """Take a side's frames once; following the spot is not timed."""
    way = views(order_of(move, count), *SOURCE_PX)
    cpu_seconds = wall_seconds = 0.0
    shakes = []
    frames = side(still, move, way)
    for view in way:
        cpu, wall = time.process_time(), time.perf_counter()
        luma = next(frames)
        cpu_seconds += time.process_time() - cpu
        wall_seconds += time.perf_counter() - wall
        shakes.append(_spot(luma, view))
    shake = np.array(shakes) - np.mean(shakes)
    return Taken(count / cpu_seconds, count / wall_seconds, float(np.sqrt(np.mean(shake**2))))


def _spot(luma: Luma, view: View) -> float:
    """How far to the right of its place the spot is, in pixels of the frame."""
    place = (SPOT_PX[0] - view.left) / view.step
    column, row = round(place), round((SPOT_PX[1] - view.top) / view.step)
    reach = SPOT_REACH_PX
    part = luma[row - reach : row + reach, column - reach : column + reach].astype(float)
    weights = np.clip(part - np.median(part) - 4, 0, None).sum(axis=0)
    centres = np.arange(column - reach, column + reach) + 0.5
    return float((weights * centres).sum() / weights.sum() - place)


def compare(move: Move, rounds: int, frames: int) -> None:
    """Measure both at one move, and print."""
    still = picture()
    sides = {"camera": ours, "zoompan": zoompan}
    took: dict[str, list[Taken]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            took[name].append(taken(side, still, move, frames))
    by_cpu, by_wall, jitter_px = (
        {name: statistics.median(getattr(one, field) for one in of) for name, of in took.items()}
        for field in ("by_cpu", "by_wall", "jitter_px")
    )
    print(move.value)
    for name in sides:
        print(
            f"  {name:8} {by_cpu[name]:7.0f} frames a CPU s {by_wall[name]:7.0f} frames/s"
            f"   jitter {jitter_px[name]:.3f} px rms"
        )
    cpu, wall = (by["camera"] / by["zoompan"] for by in (by_cpu, by_wall))
    print(f"  camera against zoompan: {cpu:.1f} times by CPU, {wall:.1f} by wall time")


def main() -> None:
    """Measure both at each move."""
    parser = argparse.ArgumentParser(prog="python -m bench.camera_move", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for move in MOVES:
        compare(move, options.rounds, options.frames)


if __name__ == "__main__":
    main()
