"""Clips by an image-to-video pipeline of diffusers: window after window, conformed to the shot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from fractions import Fraction

import cv2

from studio_media.house import HOUSE_PICTURE
from studio_media.picture import ClipWriter
from studio_models.choices import ModelChoice
from studio_models.seeds import SEEDS_TRIED, seed_of
from studio_models.steps import Share
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run
from studio_platform.logs import get_logger
from studio_videogen.engines.diffusers.camera_words import prompt_of
from studio_videogen.engines.diffusers.conform import (
    Retiming,
    covering,
    frames_needed,
    retimed,
    step_of,
)
from studio_videogen.engines.diffusers.footage import (
    SHORT,
    Defect,
    Frames,
    Picture,
    defect_of,
    frames_of,
)
from studio_videogen.engines.diffusers.model import VideoModel, Window
from studio_videogen.forms import form_of
from studio_videogen.orders import ClipOrder
from studio_videogen.still import read_still

REVISION = "1"
SIDE_PX_MAX = 8192
DRAWN_PERCENT = 95
"""What is left is for the last frames of the encoder."""

_NEXT_WINDOW = 0xBF58476D1CE4E5B9
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FootageChoice:
    """How footage is asked for and conformed; `frames_max` and `rate_hz` of 0 are the model's own."""

    frames_max: int = 0
    rate_hz: int = 0
    retiming: Retiming = Retiming.INTERPOLATE
    negative_prompt: str = ""


@dataclass(slots=True)
class _Told:
    """What is to be told of a clip when it is done."""

    frames: int = 0
    windows: int = 0
    seeds_tried: int = 1
    size_px: str = ""


@dataclass(frozen=True, slots=True)
class _Shot:
    order: ClipOrder
    run: Run
    still: Picture
    prompt: str
    needed_frames: int
    told: _Told = field(default_factory=_Told)


class DiffusersEngine:
    """One image-to-video pipeline; one thread owns the device, the lanes' own conform and encode."""

    def __init__(self, choice: ModelChoice, footage: FootageChoice) -> None:
        self._choice = choice
        self._footage_choice = footage
        self._key = _key(choice, footage)
        self._model = VideoModel(choice, footage.frames_max, footage.rate_hz)
        self._device = ThreadPoolExecutor(1, thread_name_prefix="device")

    def describe(self) -> EngineDescription:
        """Say which model this is."""
        return EngineDescription(
            kind="CLIP",
            engine="diffusers",
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}-cv{cv2.__version__.split('.', 1)[0]}",
            model=self._choice.title,
            model_revision=self._key,
            deterministic=False,
            max_width_px=SIDE_PX_MAX,
            max_height_px=SIDE_PX_MAX,
            parts=frozenset({"image"}),
        )

    def load(self) -> None:
        """Load the model in the thread that owns it. Raises ModelError."""
        cv2.setNumThreads(1)
        self._device.submit(self._model.load).result()

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make one clip for each order; see Engine.run."""
        return [self._clip(order, run) for order, run in zip(orders, runs, strict=True)]

    def _clip(self, order: ClipOrder, run: Run) -> Product:
        form = form_of(order)
        native_hz = self._model.nature.rate_hz
        step = step_of(native_hz, Fraction(order.rate_numerator, order.rate_denominator))
        image = {role: path for role, path in order.still.parts.items() if role == "image"}
        still = self._model.framed(read_still(image).layers[0].pixels)
        shot = _Shot(order, run, still, prompt_of(order), frames_needed(order.length_frames, step))
        with ClipWriter(form) as writer:
            footage = self._footage(shot)
            for picture in retimed(footage, order.length_frames, step, self._footage_choice.retiming):
                run.raise_if_cancelled()
                writer.write_rgb(covering(picture, order.width_px, order.height_px))
        part = Part("clip", "video/mp4", data=writer.data)
        return Product((part,), order.length_ms, order.length_frames, self._facts(shot, step))

    def _footage(self, shot: _Shot) -> Iterator[Picture]:
        """Frames until there are enough: each window goes on from the last frame of the one before."""
        source, told = shot.still, shot.told
        while told.frames < shot.needed_frames:
            # A window's first frame is the picture that it was made from.
            repeated = 1 if told.windows else 0
            frames = self._device.submit(self._window, shot, source, repeated).result()
            told.windows += 1
            told.frames += len(frames) - repeated
            yield from frames[repeated:]
            source = frames[-1]

    def _window(self, shot: _Shot, source: Picture, repeated: int) -> Frames:
        """One window, in the device's thread; footage with a defect is drawn anew from another seed."""
        told = shot.told
        asked = self._model.nature.frames_to_ask(shot.needed_frames - told.frames + repeated)
        done = min(shot.needed_frames, told.frames + asked - repeated)
        share = Share(
            shot.run, *(DRAWN_PERCENT * count // shot.needed_frames for count in (told.frames, done))
        )
        defect = SHORT
        for attempt in range(SEEDS_TRIED):
            share.raise_if_cancelled()
            levels = self._model.draw(self._asked(shot, source, asked, attempt), share)
            found = defect_of(levels, source)
            if found is None:
                told.seeds_tried = max(told.seeds_tried, attempt + 1)
                told.size_px = f"{levels.shape[2]}x{levels.shape[1]}"
                return frames_of(levels)
            defect = found
            _log.warning("unusable footage", model=self._choice.title, reason=found.reason, attempt=attempt)
        raise _failure(defect)

    def _asked(self, shot: _Shot, source: Picture, frames: int, attempt: int) -> Window:
        seed = shot.order.seed + shot.told.windows * _NEXT_WINDOW
        return Window(
            source,
            frames,
            seed_of(seed, attempt),
            shot.prompt,
            self._footage_choice.negative_prompt,
            shot.order.strength_permille,
        )

    def _facts(self, shot: _Shot, step: Fraction) -> dict[str, str]:
        told, nature = shot.told, self._model.nature
        facts = {
            "model": self._choice.title,
            "move": shot.order.move.value,
            "native_rate_hz": str(nature.rate_hz),
            "native_frames": str(told.frames),
            "native_size_px": told.size_px,
            "windows": str(told.windows),
            "retiming": "none" if step == 1 else self._footage_choice.retiming.value,
        }
        left_out = self._device.submit(self._model.words_left_out, shot.prompt).result()
        if left_out:
            facts["prompt_cut_before"] = left_out[:200]
        if told.seeds_tried > 1:
            facts["seeds_tried"] = str(told.seeds_tried)
        return facts


def _key(choice: ModelChoice, footage: FootageChoice) -> str:
    facts = json.dumps({"model": choice.key(), **asdict(footage)}, sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _failure(defect: Defect) -> EngineFailure:
    return EngineFailure(
        defect.reason, f"{defect.text}, from {SEEDS_TRIED} seeds. Another prompt, seed or model may help."
    )
