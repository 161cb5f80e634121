"""Clips by any address that speaks OpenAI's videos, made into what the shot needs."""

from __future__ import annotations

import io
from collections.abc import Sequence

import cv2
from PIL import Image, ImageOps

from studio_media.conforming import Conformed, Rgb, conform, last_picture
from studio_media.house import HOUSE_PICTURE, PictureForm
from studio_media.picture import ClipError
from studio_models.provider import faults
from studio_models.provider.client import ProviderClient
from studio_models.provider.purse import Purse
from studio_models.provider.shapes import nearest_size
from studio_platform.clock import Clock, SystemClock
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run
from studio_platform.pools import pool_name
from studio_videogen.engines.openai.choices import ClipChoice
from studio_videogen.engines.openai.clips import Fetched, ProviderClips, Wanted
from studio_videogen.engines.openai.prompts import prompt_of
from studio_videogen.forms import form_of
from studio_videogen.orders import ClipOrder

ENGINE = "openai"
REVISION = "1"
WIDTH_MAX_PX = 3840
HEIGHT_MAX_PX = 2160
CHAINED_MAX = 16
LOOK_EVERY_FRAMES = 8
MADE_PERCENT = 90
HELD_SHARE_MAX = 0.25
"""A clip of which more than this share is its last picture stands still where it should move."""


class OpenAIClipEngine:
    """One model of a provider; each lane waits for its own clip."""

    def __init__(self, choice: ClipChoice, clock: Clock | None = None) -> None:
        self._choice = choice
        self._client = ProviderClient(choice.provider, clock)
        purse = Purse(pool_name(ENGINE, "CLIP"), choice.prices, clock or SystemClock())
        self._clips = ProviderClips(choice, self._client, purse)

    def describe(self) -> EngineDescription:
        """Say what this engine is. A provider never makes the same clip twice."""
        return EngineDescription(
            kind="CLIP",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            model=self._choice.provider.model,
            model_revision=self._choice.key(),
            deterministic=False,
            max_width_px=WIDTH_MAX_PX,
            max_height_px=HEIGHT_MAX_PX,
            price_micros_per_call=self._choice.prices.call_micros,
            parts=frozenset({"image"}),
        )

    def load(self) -> None:
        """Make ready to ask."""
        self._client.load()

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """A clip for each order. Raises EngineFailure, RunCancelled."""
        return [self._clip(order, run) for order, run in zip(orders, runs, strict=True)]

    def _clip(self, order: ClipOrder, run: Run) -> Product:
        form = form_of(order)
        size = nearest_size((order.width_px, order.height_px), self._choice.sizes)
        lengths = lengths_for(form.length_frames / float(form.rate_hz), self._choice.lengths_seconds)
        picture = _still(order, size)
        fetched: list[Fetched] = []
        for place, length_seconds in enumerate(lengths, start=1):
            wanted = Wanted(place, prompt_of(order), size, length_seconds, picture, order.seed + place - 1)

            def report(percent: int, done: int = place - 1) -> None:
                run.progress((100 * done + percent) * MADE_PERCENT // (100 * len(lengths)))

            fetched.append(self._clips.fetch(wanted, run, report))
            if place < len(lengths):
                picture = _next_picture(self._last(fetched[-1], run))
        return self._product(order, run, form, fetched)

    def _last(self, fetched: Fetched, run: Run) -> Rgb:
        try:
            return last_picture(fetched.content)
        except ClipError as error:
            raise self._spoilt([fetched], run, str(error)) from error

    def _product(self, order: ClipOrder, run: Run, form: PictureForm, fetched: Sequence[Fetched]) -> Product:
        def look(frame: int) -> None:
            if frame % LOOK_EVERY_FRAMES == 0:
                run.raise_if_cancelled()
                run.progress(MADE_PERCENT + (100 - MADE_PERCENT) * frame // form.length_frames)

        try:
            made = conform([each.content for each in fetched], form, look)
        except ClipError as error:
            raise self._spoilt(fetched, run, str(error)) from error
        fault = fault_of(made, form.length_frames)
        if fault:
            raise self._spoilt(fetched, run, fault)
        return Product(
            (Part("clip", "video/mp4", data=made.clip),),
            length_ms=order.length_ms,
            frames=order.length_frames,
            facts=self._facts(order, made, fetched),
        )

    def _spoilt(self, fetched: Sequence[Fetched], run: Run, fault: str) -> EngineFailure:
        """The failure of clips that can't be shown, which are asked for anew next time."""
        for each in fetched:
            self._clips.spoil(run, each.ticket, fault)
        return faults.unusable(self._client.host, f"{', '.join(each.video_id for each in fetched)}: {fault}")

    def _facts(self, order: ClipOrder, made: Conformed, fetched: Sequence[Fetched]) -> dict[str, str]:
        facts = {
            "move": order.move.value,
            "model": self._choice.provider.model,
            "provider_videos": ", ".join(each.video_id for each in fetched)[:200],
            "native_size": f"{made.native_width_px}x{made.native_height_px}",
            "native_rate_hz": f"{float(made.native_rate_hz):g}",
            "native_frames": str(made.native_frames),
        }
        if made.held_frames:
            facts["held_frames"] = str(made.held_frames)
        return facts


def lengths_for(seconds: float, offered: Sequence[int]) -> list[int]:
    """Of which lengths, in seconds, clips are chained to so many: the longest, then the least that suffices.

    Raises EngineFailure for more than are ever chained.
    """
    lengths: list[int] = []
    left = seconds
    while left > 1e-6:
        length = next((each for each in offered if each >= left - 1e-6), offered[-1])
        lengths.append(length)
        left -= length
    if len(lengths) > CHAINED_MAX:
        text = f"A shot of {seconds:.0f} s is longer than {CHAINED_MAX} clips of {offered[-1]} s."
        raise EngineFailure("SHOT_TOO_LONG", text, permanent=True)
    return lengths


def fault_of(made: Conformed, length_frames: int) -> str:
    """Why a clip can't be shown; empty for one that can."""
    if made.flat_frames:
        return f"{made.flat_frames} of {made.native_frames} pictures are of one colour"
    if made.is_frozen:
        return "nothing moves"
    if made.held_frames > HELD_SHARE_MAX * length_frames:
        return f"it ends {made.held_frames} of {length_frames} frames too early"
    return ""


def _still(order: ClipOrder, size: tuple[int, int]) -> bytes:
    """The shot's still in the provider's size, a PNG: scaled to cover it, its middle kept."""
    with Image.open(order.still.parts["image"]) as still:
        fitted = ImageOps.fit(still.convert("RGB"), size, Image.Resampling.LANCZOS)
    memory = io.BytesIO()
    fitted.save(memory, "PNG", compress_level=1)
    return memory.getvalue()


def _next_picture(picture: Rgb) -> bytes:
    """A clip's last picture as the first of the next, a PNG."""
    done, content = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise RuntimeError("a picture could not be encoded")
    return content.tobytes()
