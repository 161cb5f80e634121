"""The camera engine: a smooth move through a shot's still, which lives, encoded in the house form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import cv2

from studio_media.house import HOUSE_PICTURE
from studio_media.picture import ClipWriter
from studio_platform.engine import EngineDescription, Part, Product, Run
from studio_videogen.forms import form_of
from studio_videogen.life import Pose, poses
from studio_videogen.loudness import loudness_of
from studio_videogen.orders import ClipOrder
from studio_videogen.path import View, views
from studio_videogen.scene import Scene
from studio_videogen.still import LAYER_ROLES, STRIP_ROLES, Still, read_still

REVISION = "7"
SIDE_MAX_PX = 3_840
LOOK_EVERY_FRAMES = 8
VIEW_EVERY_FRAMES = 4
VIEW_PARTS = 100_000


class CameraEngine:
    """Pans, tilts, pushes and sways through a still's layers, with weather and faces; bit-equal on repeat."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(
            kind="CLIP",
            engine="camera",
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}-cv{cv2.__version__.split('.', 1)[0]}",
            max_width_px=SIDE_MAX_PX,
            max_height_px=SIDE_MAX_PX,
            parts=LAYER_ROLES | STRIP_ROLES | {"image", "bundle", "speech"},
        )

    def load(self) -> None:
        """Lanes are the parallelism here: OpenCV's own threads would only fight them."""
        cv2.setNumThreads(1)

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make one clip for each order. Raises EngineFailure for a size, rate or still that cannot be."""
        return [make_clip(order, run) for order, run in zip(orders, runs, strict=True)]


def make_clip(order: ClipOrder, run: Run) -> Product:
    """The clip of one order: exactly `length_frames` frames of the order's size."""
    form = form_of(order)
    still = read_still(order.still.parts)
    lives = lives_of(still, order, loudness_of(order))
    scene = Scene(still, order, lives)
    seen = views(order, still.width_px, still.height_px)
    with ClipWriter(form) as writer:
        for frame, view in enumerate(seen):
            if frame % LOOK_EVERY_FRAMES == 0:
                run.raise_if_cancelled()
                run.progress(100 * frame // order.length_frames)
            writer.write_painted(partial(scene.paint, view=view, frame=frame))
    return Product(
        (
            Part("clip", "video/mp4", data=writer.data),
            Part("views", "application/json", data=_told(seen, order, still)),
        ),
        length_ms=order.length_ms,
        frames=order.length_frames,
        facts={"move": order.move.value},
    )


def lives_of(still: Still, order: ClipOrder, loudness: Sequence[float]) -> list[list[Pose]]:
    """How each of the still's heads moves through the clip; who has a mouth to open says what is said."""
    rate_hz = order.rate_numerator / order.rate_denominator
    silence = [0.0] * order.length_frames
    return [
        poses(head.name, order.seed, loudness if head.mouth else silence, rate_hz) for head in still.heads
    ]


def _told(seen: Sequence[View], order: ClipOrder, still: Still) -> bytes:
    """Every few views and the last one, as boxes of the still."""

    def box(view: View) -> list[int]:
        across, down = VIEW_PARTS / still.width_px, VIEW_PARTS / still.height_px
        shares = (
            view.left * across,
            view.top * down,
            order.width_px * view.step * across,
            order.height_px * view.step * down,
        )
        return [round(share) for share in shares]

    told = [*seen[:-1:VIEW_EVERY_FRAMES], seen[-1]]
    record = {"every_frames": VIEW_EVERY_FRAMES, "views": [{"box": box(view)} for view in told]}
    return json.dumps(record, separators=(",", ":")).encode()
