"""Small pictures of what a pipeline has so far, for who waits for the whole one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from studio_models.choices import PreviewChoice
from studio_models.colours import Colours, Levels, colours_of
from studio_models.latents import foreseen, plane_of
from studio_platform.engine import Run, show
from studio_platform.logs import get_logger

SIDE_PX_MAX = 256
SIDE_PX_MIN = 16
QUALITIES = (80, 60, 40)

_log = get_logger(__name__)


class Previews:
    """Those of one pipeline, of its thread. A family whose latents it can't read has none."""

    def __init__(self, choice: PreviewChoice, pipeline: Any, torch: Any) -> None:
        self._choice = choice
        self._pipeline = pipeline
        self._torch = torch
        self._size_px = 0, 0
        self._before: Any = None
        self._colours: Colours | None = None
        # Where a network's latents are mixed once more before they are drawn, they are not the VAE's.
        self._is_off = not choice.steps or not hasattr(pipeline, "vae") or hasattr(pipeline.vae, "bn")

    def begin(self, width_px: int, height_px: int) -> None:
        """Pictures of a size are drawn from now on."""
        self._size_px = width_px, height_px
        self._before = None

    def look(self, latents: Any, step: int, runs: Sequence[Run]) -> None:
        """Show the latents after a step, counted from 1, the first of them to the first run."""
        if self._is_off or latents is None or len(latents) != len(runs):
            return
        if step % self._choice.steps == 0:
            for number, run in enumerate(runs):
                show(run, partial(self._drawn, latents, self._before, number))
        self._before = latents

    def _drawn(self, latents: Any, before: Any, number: int) -> bytes:
        """One picture; none once drawing failed, for a film doesn't depend on it."""
        try:
            now, last = latents[number], None if before is None else before[number]
            picture = self._seen(foreseen(self._pipeline.scheduler, last, now))
            return b"" if picture is None else jpeg_of(picture, self._choice.bytes_max)
        except Exception as fault:  # noqa: BLE001 - whatever a family does otherwise, its pictures are drawn
            self._is_off = True
            _log.warning("no previews", pipeline=type(self._pipeline).__name__, error=repr(fault))
            return b""

    def _seen(self, latents: Any) -> Levels | None:
        if self._colours is None:
            self._colours = colours_of(self._pipeline, self._torch)
        wide, high = (side // self._colours.scale_px for side in self._size_px)
        name = type(self._pipeline).__name__
        plane = plane_of(latents, self._colours.channels, (high, wide), name)
        return None if plane is None else self._colours.of(plane.float().cpu().numpy())


def jpeg_of(levels: Levels, bytes_max: int) -> bytes:
    """A picture as a JPEG, smaller and coarser until it has at most so many bytes; empty if it never has."""
    image = Image.fromarray(np.rint(np.nan_to_num(levels) * 255).astype(np.uint8))
    image.thumbnail((SIDE_PX_MAX, SIDE_PX_MAX))
    while True:
        for quality in QUALITIES:
            written = io.BytesIO()
            image.save(written, "JPEG", quality=quality)
            if written.tell() <= bytes_max:
                return written.getvalue()
        if min(image.size) < 2 * SIDE_PX_MIN:
            return b""
        image = image.resize((image.width // 2, image.height // 2))
