"""A loaded image-to-video pipeline: a window of footage from a picture, whatever its family calls things."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from PIL import Image

from studio_models.choices import ModelChoice
from studio_models.loading import load_pipeline
from studio_models.previews import Previews
from studio_models.prompts import words_left_out
from studio_models.sizes import drawn_size
from studio_models.steps import Unwatched, callbacks, generators, memory_told
from studio_platform.engine import Run
from studio_videogen.engines.diffusers.conform import covering
from studio_videogen.engines.diffusers.families import Nature, nature_of, pipeline_class
from studio_videogen.engines.diffusers.footage import Levels, Picture

USUAL_MOTION_BUCKET = 127
MOTION_BUCKET_MAX = 255
DECODED_AT_A_TIME_FRAMES = 4
WARM_PX = 64


@dataclass(frozen=True, slots=True)
class Window:
    """What one call is asked for: `frames` from a picture of the size to draw."""

    picture: Picture
    frames: int
    seed: int
    prompt: str = ""
    negative_prompt: str = ""
    strength_permille: int = 1000


class VideoModel:
    """One pipeline, of one thread; `frames_max` and `rate_hz` of 0 are the pipeline's own."""

    def __init__(self, choice: ModelChoice, frames_max: int = 0, rate_hz: int = 0) -> None:
        self._choice = choice
        self._frames_max = frames_max
        self._rate_hz = rate_hz
        self._pipeline: Any = None
        self._torch: Any = None
        self._previews: Previews
        self.nature = Nature(Fraction(1), 1, 1, 1, 1)

    def load(self) -> None:
        """Load the pipeline and draw a few small frames, to find it warm later. Raises ModelError."""
        self._pipeline = load_pipeline(
            self._choice, lambda diffusers: pipeline_class(self._choice, diffusers)
        )
        import torch

        self._torch = torch
        self._previews = Previews(self._choice.previews, self._pipeline, torch)
        own = nature_of(self._pipeline)
        self.nature = replace(
            own,
            frames_max=self._frames_max or own.frames_max,
            rate_hz=Fraction(self._rate_hz) if self._rate_hz else own.rate_hz,
            pixels=self._choice.pixels_max or own.pixels,
        )
        warm = np.zeros((WARM_PX, WARM_PX, 3), np.uint8)
        self.draw(Window(self.framed(warm), self.nature.frames_to_ask(2), 0, "warm"), Unwatched())

    def framed(self, picture: Picture) -> Picture:
        """A picture in the size that the model draws it in."""
        high, wide = picture.shape[:2]
        return covering(picture, *drawn_size(wide, high, self.nature.multiple_px, self.nature.pixels))

    def draw(self, window: Window, run: Run) -> Levels:
        """Frames (count, height, width, 3) from 0 to 1; a model may give back another count than asked.

        Raises EngineFailure, RunCancelled.
        """
        with memory_told(self._torch), self._torch.inference_mode():
            self._previews.begin(window.picture.shape[1], window.picture.shape[0])
            watched = callbacks(self._pipeline, [run], self._previews)
            drawn = self._pipeline(**self._arguments(window), **watched)
        return np.asarray(drawn.frames[0])

    def words_left_out(self, prompt: str) -> str:
        """The words beyond what the model reads, empty when it reads all, or reads none."""
        return words_left_out(self._pipeline, prompt)

    def _arguments(self, window: Window) -> dict[str, Any]:
        """What the pipeline is called with, of that only what it knows."""
        high, wide = window.picture.shape[:2]
        guidance, rate_hz = self._choice.guidance_permille / 1000 or None, self.nature.rate_hz
        rate = int(rate_hz) if rate_hz.denominator == 1 else float(rate_hz)
        motion = USUAL_MOTION_BUCKET * window.strength_permille // 1000
        wanted = {
            "image": Image.fromarray(window.picture),
            "prompt": window.prompt,
            "negative_prompt": window.negative_prompt or None,
            "width": wide,
            "height": high,
            **dict.fromkeys(("num_frames", "frames"), window.frames),
            **dict.fromkeys(("fps", "frame_rate", "target_fps"), rate),
            "motion_bucket_id": max(1, min(motion, MOTION_BUCKET_MAX)),
            "decode_chunk_size": DECODED_AT_A_TIME_FRAMES,
            "num_inference_steps": self._choice.steps or None,
            **dict.fromkeys(("guidance_scale", "max_guidance_scale"), guidance),
            "generator": generators(self._torch, [window.seed])[0],
            "output_type": "np",
        }
        accepted = inspect.signature(self._pipeline.__call__).parameters
        return {name: value for name, value in wanted.items() if name in accepted and value is not None}
