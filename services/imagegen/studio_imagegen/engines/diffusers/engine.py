"""Stills by a text-to-image pipeline of diffusers, several at a time."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from studio_imagegen.engines.diffusers.prompts import words_left_out
from studio_imagegen.engines.diffusers.sizes import drawn_size, fitted
from studio_imagegen.engines.storyboard.lens import png_of
from studio_imagegen.flat import flat_parts
from studio_imagegen.orders import StillOrder
from studio_models.choices import ModelChoice
from studio_models.loading import load_pipeline
from studio_models.steps import callbacks, generators, is_cancelled, memory_watched
from studio_platform.batching import Outcome
from studio_platform.engine import EngineDescription, EngineFailure, Product, Run, RunCancelled
from studio_platform.logs import get_logger

REVISION = "1"
SIDE_PX_MAX = 8192
SEEDS_TRIED = 2
"""A picture that came out flat, or that the model's own filter blackened, is drawn anew from another seed."""

FLAT_LEVELS = 2
"""A picture whose levels vary by less than this, of 255, shows nothing."""

_NEXT_SEED = 0x9E3779B97F4A7C15
_log = get_logger(__name__)


class DiffusersEngine:
    """One text-to-image pipeline; see BatchEngine. All but `describe` and `group` belong to one thread."""

    def __init__(self, choice: ModelChoice, batch_max: int = 1) -> None:
        self._choice = choice
        self._batch_max = batch_max
        self._key = choice.key()
        self._pipeline: Any = None
        self._torch: Any = None

    def describe(self) -> EngineDescription:
        """Say which model this is. A batch may differ from a single picture in a last digit."""
        return EngineDescription(
            kind="STILL",
            engine="diffusers",
            revision=REVISION,
            model=self._choice.title,
            model_revision=self._key,
            deterministic=False,
            max_width_px=SIDE_PX_MAX,
            max_height_px=SIDE_PX_MAX,
            batch_size_max=self._batch_max,
        )

    def load(self) -> None:
        """Load the pipeline and draw a small picture, to find it warm later. Raises ModelError."""
        self._pipeline = load_pipeline(self._choice, lambda diffusers: diffusers.AutoPipelineForText2Image)
        import torch

        self._torch = torch
        self.run_batch([StillOrder(64, 64, prompt="warm")], [_Unwatched()])

    def group(self, order: StillOrder) -> Hashable:
        """Stills of one size can be drawn together."""
        return order.width_px, order.height_px

    def run_batch(self, orders: Sequence[StillOrder], runs: Sequence[Run]) -> Sequence[Outcome]:
        """A picture for each order. Raises OutOfMemory, RunCancelled when all were cancelled."""
        outcomes: dict[int, Outcome] = {}
        left = list(range(len(orders)))
        for attempt in range(SEEDS_TRIED):
            seeds = [(orders[index].seed + attempt * _NEXT_SEED) % 2**63 for index in left]
            drawn = self._draw([orders[index] for index in left], seeds, [runs[index] for index in left])
            for index, picture in zip(left, drawn, strict=True):
                if is_cancelled(runs[index]):
                    outcomes[index] = RunCancelled()
                elif picture is not None:
                    outcomes[index] = self._product(orders[index], picture, attempt)
            left = [index for index in left if index not in outcomes]
            if not left:
                break
            _log.warning(
                "pictures came out empty", model=self._choice.title, pictures=len(left), attempt=attempt
            )
        return [outcomes.get(index) or _nothing() for index in range(len(orders))]

    def _draw(
        self, orders: Sequence[StillOrder], seeds: Sequence[int], runs: Sequence[Run]
    ) -> Sequence[Image.Image | None]:
        """A picture for each order, None where nothing is on it."""
        with memory_watched(self._torch), self._torch.inference_mode():
            drawn = self._pipeline(**self._arguments(orders, seeds), **callbacks(self._pipeline, runs))
        blackened = getattr(drawn, "nsfw_content_detected", None) or [False] * len(orders)
        return [
            None if black or _is_flat(levels) else Image.fromarray(np.rint(levels * 255).astype(np.uint8))
            for levels, black in zip(np.asarray(drawn.images), blackened, strict=True)
        ]

    def _arguments(self, orders: Sequence[StillOrder], seeds: Sequence[int]) -> dict[str, Any]:
        """What the pipeline is called with, of that only what it knows."""
        width_px, height_px = drawn_size(
            orders[0].width_px, orders[0].height_px, self._multiple_px(), self._choice.pixels_max
        )
        wanted = {
            "prompt": [order.prompt or order.heading for order in orders],
            "negative_prompt": [order.negative_prompt for order in orders],
            "width": width_px,
            "height": height_px,
            "generator": generators(self._torch, seeds),
            "output_type": "np",
            "num_inference_steps": self._choice.steps or None,
            "guidance_scale": self._choice.guidance_permille / 1000 or None,
        }
        accepted = inspect.signature(self._pipeline.__call__).parameters
        return {name: value for name, value in wanted.items() if name in accepted and value is not None}

    def _multiple_px(self) -> int:
        scale: int = self._pipeline.vae_scale_factor
        network = getattr(self._pipeline, "transformer", None)
        return scale * int(getattr(network.config, "patch_size", 2) if network else 1)

    def _product(self, order: StillOrder, picture: Image.Image, attempt: int) -> Product:
        image = png_of(fitted(picture, order.width_px, order.height_px))
        return Product(flat_parts(image), facts=self._facts(order, attempt))

    def _facts(self, order: StillOrder, attempt: int) -> dict[str, str]:
        facts = {"model": self._choice.title}
        tokenizer = getattr(self._pipeline, "tokenizer", None)
        left_out = words_left_out(tokenizer, order.prompt) if tokenizer else ""
        if left_out:
            facts["prompt_cut_before"] = left_out[:200]
        if attempt:
            facts["seeds_tried"] = str(attempt + 1)
        return facts


class _Unwatched:
    """A run that nobody waits for."""

    def progress(self, percent: int) -> None:
        """Nobody asks."""

    def raise_if_cancelled(self) -> None:
        """Nobody cancels."""


def _is_flat(levels: np.ndarray[Any, Any]) -> bool:
    """Whether a picture (height, width, 3), 0 to 1, has no numbers or shows nothing."""
    return not bool(np.isfinite(levels).all()) or float(levels.std()) * 255 < FLAT_LEVELS


def _nothing() -> EngineFailure:
    return EngineFailure(
        "EMPTY_PICTURE",
        "The model drew nothing, or its own filter blackened the picture, from two seeds."
        " Another prompt or seed may help.",
    )
