"""What the composer's tests are made of: small clips with moving pictures, tones, and runs that watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from studio_composer.engines.levels import LevelsEngine
from studio_composer.engines.master import MasterEngine
from studio_composer.orders import (
    FilmForm,
    FilmOrder,
    FilmSegment,
    LevelsOrder,
    MasterOrder,
    SegmentOrder,
    SegmentShot,
    SpeechCue,
)
from studio_media.house import PictureForm, PictureProfile
from studio_media.picture import ClipWriter
from studio_media.sound import encode_flac, samples_for
from studio_platform.engine import Input, Part, Product, RunCancelled

WIDTH_PX = 192
HEIGHT_PX = 108
RATE = 24

SceneEdits = Mapping[int, Mapping[str, object]]
"""Fields of a film's scenes by their place."""


class WatchedRun:
    """A run that keeps its progress, and is cancelled after `checks` looks when that is given."""

    def __init__(self, checks: int | None = None) -> None:
        self.percents: list[int] = []
        self._checks = checks

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def raise_if_cancelled(self) -> None:
        if self._checks is not None:
            self._checks -= 1
            if self._checks < 0:
                raise RunCancelled


def write_clip(path: Path, frames: int, seed: int, profile: PictureProfile | None = None) -> Path:
    """Write a clip of drifting soft noise."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 220, (HEIGHT_PX // 6 + 2, WIDTH_PX // 6 + 2, 3))
    picture = np.kron(coarse, np.ones((6, 6, 1))).astype(np.uint8)
    form = PictureForm(WIDTH_PX, HEIGHT_PX, RATE, 1, frames)
    with ClipWriter(form, path, **({"profile": profile} if profile else {})) as writer:
        for frame in range(frames):
            shift = frame % 6
            writer.write_rgb(np.ascontiguousarray(picture[:HEIGHT_PX, shift : shift + WIDTH_PX]))
    return path


def tone(seconds: float, level: float, channels: int, hz: float = 440.0) -> bytes:
    """Return a FLAC tone."""
    at = np.arange(round(seconds * 48_000)) / 48_000
    wave = (level * np.sin(2 * np.pi * hz * at)).astype(np.float32)
    return encode_flac(np.repeat(wave[:, None], channels, axis=1))


def noise(samples: int, level: float, seed: int) -> bytes:
    """Return stereo FLAC noise of exactly `samples`."""
    rng = np.random.default_rng(seed)
    return encode_flac((rng.standard_normal((samples, 2)) * level).astype(np.float32))


def given(folder: Path, role: str, part: str, data: bytes | Path) -> Input:
    """Return an input of one part, written into `folder`."""
    if isinstance(data, Path):
        return Input(role, {part: data})
    path = folder / f"{role}-{part}"
    path.write_bytes(data)
    return Input(role, {part: path})


def segment_order(
    folder: Path,
    *,
    lengths: tuple[int, ...] = (48, 36),
    fade_in: int = 0,
    fade_out: int = 0,
    speech_seconds: float = 0.5,
    text: str = "It was raining.",
    seed: int = 1,
) -> SegmentOrder:
    """Return a scene whose first shot speaks after six frames, with music and effects."""
    folder.mkdir(parents=True, exist_ok=True)
    total = samples_for(sum(lengths), RATE, 1)
    inputs = {
        "music": given(folder, "music", "music", noise(total, 0.05, seed)),
        "effects": given(folder, "effects", "effects", noise(total, 0.02, seed + 1)),
        "speech-0": given(folder, "speech-0", "speech", tone(speech_seconds, 0.3, 1)),
    }
    shots = []
    for index, length in enumerate(lengths):
        role = f"clip-{index}"
        clip = write_clip(folder / f"{role}.mp4", length, seed * 100 + index)
        inputs[role] = given(folder, role, "clip", clip)
        cues = (SpeechCue("speech-0", 6, "MARA", text),) if index == 0 else ()
        shots.append(SegmentShot(f"shot-{index}", role, length, cues))
    return SegmentOrder(
        WIDTH_PX, HEIGHT_PX, RATE, 1, tuple(shots), "music", "effects", fade_in, fade_out, inputs
    )


def film_order(
    folder: Path,
    segments: Mapping[str, Product],
    edits: SceneEdits | None = None,
    **changes: object,
) -> FilmOrder:
    """Return a film of finished segments, keyed by heading, with their sound and a card at each end.

    `edits` are fields of the scenes by their place.
    """
    target = changes.get("loudness_target_millilufs", -16_000)
    is_webm = changes.get("form") is FilmForm.WEBM
    scenes, inputs = finished(folder, segments, int(str(target)), edits, with_mix=is_webm)
    values: dict[str, object] = {
        "title": "The Last Tram",
        "credit": "written by",
        "author": "Ada Lind",
        "title_card_frames": 36,
        "end_card_frames": 24,
    }
    return FilmOrder(
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        rate_numerator=RATE,
        rate_denominator=1,
        segments=scenes,
        inputs=inputs,
        **(values | changes),  # type: ignore[arg-type]  # a test may change any field
    )


def finished(
    folder: Path,
    products: Mapping[str, Product],
    target_millilufs: int = -16_000,
    edits: SceneEdits | None = None,
    *,
    with_mix: bool = False,
) -> tuple[tuple[FilmSegment, ...], dict[str, Input]]:
    """Level the segments and encode their sound; the scenes, and the inputs of what is made of them."""
    scenes: list[FilmSegment] = []
    inputs: dict[str, Input] = {}
    for index, (heading, product) in enumerate(products.items()):
        role = f"segment-{index}"
        scenes.append(FilmSegment(role, heading, **(edits or {}).get(index, {})))  # type: ignore[arg-type]  # by name
        inputs[role] = as_input(folder, role, product)
    [gains] = LevelsEngine().run([LevelsOrder(tuple(scenes), target_millilufs, dict(inputs))], [WatchedRun()])
    leveled = as_input(folder, "levels", gains)
    first = 0
    for index, scene in enumerate(scenes):
        if scene.crossfade_frames and index + 1 < len(scenes):
            continue
        piece = tuple(scenes[first : index + 1])
        given = {"levels": leveled, **{it.role: inputs[it.role] for it in piece}}
        order = MasterOrder(piece, "levels", RATE, 1, given, with_mix=with_mix)
        [product] = MasterEngine(folder).run([order], [WatchedRun()])
        scenes[first] = replace(scenes[first], sound_role=f"sound-{first}")
        inputs[f"sound-{first}"] = as_input(folder, f"sound-{first}", product)
        first = index + 1
    return tuple(scenes), inputs


def as_input(folder: Path, role: str, product: Product) -> Input:
    """A product as another order's input, as the worker hands it over."""
    parts = {part.role: _file(folder / role, part) for part in product.parts}
    return Input(role, parts, product.length_ms, product.frames)


def content(product: Product, role: str) -> bytes:
    """Return a part's bytes."""
    part = next(part for part in product.parts if part.role == role)
    if part.path is not None:
        return part.path.read_bytes()
    assert part.data is not None
    return part.data


def _file(folder: Path, part: Part) -> Path:
    if part.path is not None:
        return part.path
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / part.role
    path.write_bytes(part.data or b"")
    return path
