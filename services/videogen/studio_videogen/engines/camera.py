"""The camera engine: a smooth move over a shot's still, resampled in YUV and encoded in the house form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio_media.house import HOUSE_PICTURE, FormError, PictureForm
from studio_media.picture import ClipWriter, Planes, planes_from_rgb
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run
from studio_videogen.orders import ClipOrder
from studio_videogen.path import View, views
from studio_videogen.sheet import Sheet

REVISION = "3"
WIDTH_MAX_PX = 3840
HEIGHT_MAX_PX = 2160
LOOK_EVERY_FRAMES = 8
VIEW_EVERY_FRAMES = 4
VIEW_PARTS = 100_000
SOURCE_PIXELS_MAX = 64_000_000


class CameraEngine:
    """Pans, tilts, pushes and sways over one picture; bit-equal on repeat."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(
            kind="CLIP",
            engine="camera",
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}-cv{cv2.__version__.split('.', 1)[0]}",
            max_width_px=WIDTH_MAX_PX,
            max_height_px=HEIGHT_MAX_PX,
        )

    def load(self) -> None:
        """Lanes are the parallelism here: OpenCV's own threads would only fight them."""
        cv2.setNumThreads(1)

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make one clip for each order. Raises EngineFailure for a size, rate or still that cannot be."""
        return [make_clip(order, run) for order, run in zip(orders, runs, strict=True)]


def make_clip(order: ClipOrder, run: Run) -> Product:
    """The clip of one order: exactly `length_frames` frames of the order's size."""
    form = _form(order)
    source = planes_from_rgb(_read_still(order.still.parts.get("image")))
    height_px, width_px = source.y.shape
    still = Still(source)
    seen = views(order, width_px, height_px)
    with ClipWriter(form) as writer:
        for frame, view in enumerate(seen):
            if frame % LOOK_EVERY_FRAMES == 0:
                run.raise_if_cancelled()
                run.progress(100 * frame // order.length_frames)
            picture = still.seen(view, order.width_px, order.height_px)
            writer.write_planes(picture.y, picture.u, picture.v)
    return Product(
        (
            Part("clip", "video/mp4", data=writer.data),
            Part("views", "application/json", data=_told(seen, order, width_px, height_px)),
        ),
        length_ms=order.length_ms,
        frames=order.length_frames,
        facts={"move": order.move.value},
    )


def _told(seen: Sequence[View], order: ClipOrder, width_px: int, height_px: int) -> bytes:
    """Every few views and the last one, as boxes of a still of this size."""

    def box(view: View) -> list[int]:
        across, down = VIEW_PARTS / width_px, VIEW_PARTS / height_px
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


class Still:
    """A shot's picture, laid out for its frames."""

    def __init__(self, picture: Planes) -> None:
        self._luma = Sheet(picture.y)
        self._chroma = (Sheet(picture.u), Sheet(picture.v))

    def seen(self, view: View, width_px: int, height_px: int) -> Planes:
        """What a view shows, at this size; pixel centres stay aligned between luma and chroma."""
        half = View(view.left / 2, view.top / 2, view.step)
        u, v = (sheet.seen(half, width_px // 2, height_px // 2) for sheet in self._chroma)
        return Planes(self._luma.seen(view, width_px, height_px), u, v)


def _form(order: ClipOrder) -> PictureForm:
    try:
        return PictureForm(
            order.width_px,
            order.height_px,
            order.rate_numerator,
            order.rate_denominator,
            order.length_frames,
        )
    except FormError as error:
        raise EngineFailure("BAD_SPEC", f"No clip can be made: {error}.", permanent=True) from error


def _read_still(path: Path | None) -> NDArray[np.uint8]:
    """The picture as RGB with even sides. Raises EngineFailure for a missing, broken or huge one."""
    data = np.fromfile(path, dtype=np.uint8) if path is not None else np.empty(0, dtype=np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if data.size else None
    if picture is None or picture.shape[0] * picture.shape[1] > SOURCE_PIXELS_MAX:
        raise EngineFailure("BAD_STILL", "The still cannot be read as a picture.", permanent=True)
    height_px, width_px = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    return np.ascontiguousarray(picture[:height_px, :width_px], dtype=np.uint8)
