"""Stills by a text-to-image pipeline of diffusers, several at a time."""

from __future__ import annotations

import inspect
import time
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from studio_imagegen.engines.diffusers.likeness import Portrait, likeness_of
from studio_imagegen.engines.diffusers.portraits import SHOWS_FACES, Portraits, in_focus, known
from studio_imagegen.engines.diffusers.sizes import fitted
from studio_imagegen.engines.storyboard.lens import png_of
from studio_imagegen.faces import FacesChoice
from studio_imagegen.flat import flat_parts
from studio_imagegen.orders import Figure, StillOrder
from studio_models.choices import ModelChoice
from studio_models.loading import load_pipeline
from studio_models.previews import Previews
from studio_models.prompts import words_left_out
from studio_models.seeds import SEEDS_TRIED, seed_of
from studio_models.sizes import drawn_size
from studio_models.steps import Unwatched, callbacks, generators, is_cancelled, memory_watched
from studio_platform.batching import Outcome
from studio_platform.engine import EngineDescription, EngineFailure, Product, Run, RunCancelled
from studio_platform.logs import get_logger

REVISION = "1"
SIDE_PX_MAX = 8192
FLAT_LEVELS = 2
"""A picture whose levels vary by less than this, of 255, shows nothing."""

Levels = np.ndarray[Any, Any]
"""A picture (height, width, 3), 0 to 1."""

_log = get_logger(__name__)


class DiffusersEngine:
    """One text-to-image pipeline; see BatchEngine. All but `describe` and `group` belong to one thread."""

    def __init__(self, choice: ModelChoice, batch_max: int = 1, faces: FacesChoice | None = None) -> None:
        self._choice = choice
        self._batch_max = batch_max
        self._faces = faces or FacesChoice()
        self._key = self._faces.key(choice.key())
        self._likeness = likeness_of(self._faces, may_download=choice.may_download)
        self._portraits = Portraits(self._portrait)
        self._runs: Sequence[Run] = ()
        self._pipeline: Any = None
        self._torch: Any = None
        self._previews: Previews

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
            capabilities=self._capabilities(),
            weights_bytes=self._choice.weights_bytes,
        )

    def load(self) -> None:
        """Load the pipeline and draw a small picture, to find it warm later. Raises ModelError."""
        self._pipeline = load_pipeline(
            self._choice, lambda diffusers: diffusers.AutoPipelineForText2Image, self._likeness.prepare
        )
        import torch

        self._torch = torch
        self._previews = Previews(self._choice.previews, self._pipeline, torch)
        started = time.monotonic()
        self.run_batch([StillOrder(64, 64, prompt="warm")], [Unwatched()])
        _log.info("model warmed", model=self._choice.title, seconds=round(time.monotonic() - started, 1))

    def group(self, order: StillOrder) -> Hashable:
        """Stills of one size can be drawn together, those with a face apart from those without."""
        figure = self._figure(order)
        face = figure and (self._likeness.mixes or known(figure))
        return order.width_px, order.height_px, face

    def run_batch(self, orders: Sequence[StillOrder], runs: Sequence[Run]) -> Sequence[Outcome]:
        """A picture for each order. Raises OutOfMemory, RunCancelled when all were cancelled."""
        self._runs = runs
        outcomes: dict[int, Outcome] = {}
        left = list(range(len(orders)))
        for attempt in range(SEEDS_TRIED):
            seeds = [seed_of(orders[index].seed, attempt) for index in left]
            drawn = self._draw([orders[index] for index in left], seeds, [runs[index] for index in left])
            for index, picture in zip(left, drawn, strict=True):
                if is_cancelled(runs[index]):
                    outcomes[index] = RunCancelled()
                elif picture is not None:
                    facts = self._facts(orders[index], attempt)
                    outcomes[index] = partial(_product, orders[index], picture, facts)
            left = [index for index in left if index not in outcomes]
            if not left:
                break
            _log.warning(
                "pictures came out empty", model=self._choice.title, pictures=len(left), attempt=attempt
            )
        return [outcomes.get(index) or _nothing() for index in range(len(orders))]

    def _draw(
        self, orders: Sequence[StillOrder], seeds: Sequence[int], runs: Sequence[Run]
    ) -> Sequence[Levels | None]:
        """A picture for each order, None where nothing is on it."""
        portraits = [self._seen(order) for order in orders]
        with memory_watched(self._torch), self._torch.inference_mode():
            pipeline, arguments = self._likeness.shown(
                self._pipeline, portraits, self._arguments(orders, seeds)
            )
            self._previews.begin(arguments["width"], arguments["height"])
            drawn = pipeline(**_accepted(pipeline, arguments), **callbacks(pipeline, runs, self._previews))
        blackened = getattr(drawn, "nsfw_content_detected", None) or [False] * len(orders)
        return [
            None if black or _is_flat(levels) else levels
            for levels, black in zip(np.asarray(drawn.images), blackened, strict=True)
        ]

    def _arguments(self, orders: Sequence[StillOrder], seeds: Sequence[int]) -> dict[str, Any]:
        """What a pipeline is called with, if it knows it."""
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
        return {name: value for name, value in wanted.items() if value is not None}

    def _multiple_px(self) -> int:
        scale: int = self._pipeline.vae_scale_factor
        # Transformers see two latents a side as one at least; some say so as a patch, others pack them.
        network = getattr(self._pipeline, "transformer", None)
        return scale * max(2, int(getattr(network.config, "patch_size", 2))) if network else scale

    def _figure(self, order: StillOrder) -> Figure | None:
        """Whose face a still is drawn after."""
        return in_focus(order) if self._faces.way != "none" else None

    def _seen(self, order: StillOrder) -> Portrait:
        """The portrait that a still is drawn from, None where there is none to show."""
        figure = self._figure(order)
        return self._portraits.of(figure) if figure else None

    def _portrait(self, order: StillOrder) -> Portrait:
        """Drawn by the same model while the orders that want it wait. Raises RunCancelled when none does."""
        (levels,) = self._draw([order], [order.seed], [_Behind(self._runs)])
        return None if levels is None else _image(levels)

    def _facts(self, order: StillOrder, attempt: int) -> dict[str, str]:
        facts = {"model": self._choice.title}
        if left_out := words_left_out(self._pipeline, order.prompt):
            facts["prompt_cut_before"] = left_out[:200]
        figure = self._figure(order)
        if figure and self._portraits.of(figure):
            facts["face"] = figure.name
        if unseen := _unseen(order, figure):
            facts["portraits_not_shown"] = unseen
        if attempt:
            facts["seeds_tried"] = str(attempt + 1)
        return facts

    def _capabilities(self) -> tuple[str, ...]:
        together = f"{self._batch_max} at once" if self._batch_max > 1 else ""
        said = ("text to image", self._likeness.capability, together, *self._choice.savings)
        return tuple(each for each in said if each)


class _Behind:
    """What is drawn on the way to some runs' pictures: cancelled once they all are."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs

    def progress(self, percent: int) -> None:
        """Not that of the pictures."""

    def raise_if_cancelled(self) -> None:
        """Raise RunCancelled when nobody wants them any more."""
        if all(is_cancelled(run) for run in self._runs):
            raise RunCancelled


def _accepted(pipeline: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Of the arguments those that a pipeline knows."""
    known = inspect.signature(pipeline.__call__).parameters
    return {name: value for name, value in arguments.items() if name in known}


def _product(order: StillOrder, levels: Levels, facts: Mapping[str, str]) -> Product:
    image = png_of(fitted(_image(levels), order.width_px, order.height_px))
    return Product(flat_parts(image), facts=facts)


def _unseen(order: StillOrder, shown: Figure | None) -> str:
    """Whose brought portrait the model was not shown, in a shot where one could tell."""
    if order.shot_size not in SHOWS_FACES:
        return ""
    names = (
        each.name for each in order.figures if each.portrait and (shown is None or each.name != shown.name)
    )
    return ", ".join(names)[:200]


def _image(levels: Levels) -> Image.Image:
    return Image.fromarray(np.rint(levels * 255).astype(np.uint8))


def _is_flat(levels: Levels) -> bool:
    """Whether a picture has no numbers or shows nothing."""
    return not bool(np.isfinite(levels).all()) or float(levels.std()) * 255 < FLAT_LEVELS


def _nothing() -> EngineFailure:
    return EngineFailure(
        "EMPTY_PICTURE",
        "The model drew nothing, or its own filter blackened the picture, from two seeds."
        " Another prompt or seed may help.",
    )
