"""What a clip's frame costs by the camera's move: our resampling beside OpenCV's warp, and the encoder.

Usage: python -m bench.frames

Processor milliseconds a frame of 1280x720 from a still of 1600x900, least of some rounds; needs no studio.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ParamSpec

import cv2
import numpy as np
from numpy.typing import NDArray

from filmstudio.still_bundle import DEPTH_OF_FIGURES
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter, Planes, planes_from_rgb
from studio_platform.engine import Input
from studio_videogen.orders import ClipOrder, Move
from studio_videogen.path import View, views
from studio_videogen.scene import Scene
from studio_videogen.still import Still, StillLayer

P = ParamSpec("P")
WIDTH_PX, HEIGHT_PX = 1280, 720
FRAMES = 72
ROUNDS = 5


def main() -> None:
    """Print a Markdown table, a line a move."""
    cv2.setNumThreads(1)
    pixels = _painting()
    picture = planes_from_rgb(pixels)
    still = Still((StillLayer(pixels, DEPTH_OF_FIGURES),))
    print("| move | resample ms | OpenCV's warp ms | ratio | encode ms |")
    print("|---|---|---|---|---|")
    for move in Move:
        order = ClipOrder(WIDTH_PX, HEIGHT_PX, 24, 1, FRAMES, move, 1000, 5, Input("still", {}))
        path = views(order, picture.y.shape[1], picture.y.shape[0])
        scene = Scene(still, order, [])
        ours_ms = _least_ms(_seen, scene, path)
        peer_ms = _least_ms(_warped, picture, path)
        encode_ms = _least_ms(_encoded, [scene.seen(view, frame) for frame, view in enumerate(path)])
        print(f"| {move} | {ours_ms:.2f} | {peer_ms:.2f} | {ours_ms / peer_ms:.2f} | {encode_ms:.2f} |")


def _painting() -> NDArray[np.uint8]:
    """Soft shapes with a little grain, as drawn stills have."""
    dice = np.random.default_rng(7)
    blocks = dice.integers(20, 230, (9, 16, 3), dtype=np.uint8)
    soft = np.asarray(cv2.resize(blocks, (1600, 900), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return soft + dice.integers(0, 4, soft.shape, dtype=np.uint8)


def _seen(scene: Scene, path: Sequence[View]) -> None:
    for frame, view in enumerate(path):
        scene.seen(view, frame)


def _warped(picture: Planes, path: Sequence[View]) -> None:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for view in path:
        middle = 0.5 * view.step - 0.5
        for plane, part in ((picture.y, 1), (picture.u, 2), (picture.v, 2)):
            left, top = view.left / part + middle, view.top / part + middle
            matrix = np.array([[view.step, 0.0, left], [0.0, view.step, top]])
            cv2.warpAffine(plane, matrix, (WIDTH_PX // part, HEIGHT_PX // part), flags=flags)


def _encoded(pictures: Sequence[Planes]) -> None:
    with ClipWriter(PictureForm(WIDTH_PX, HEIGHT_PX, 24, 1, FRAMES)) as writer:
        for picture in pictures:
            writer.write_planes(picture.y, picture.u, picture.v)


def _least_ms(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> float:
    """Processor milliseconds of this process a frame, the least of the rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work(*args, **kwargs)
        taken.append(time.process_time() - start)
    return min(taken) / FRAMES * 1000


if __name__ == "__main__":
    main()
