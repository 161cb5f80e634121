"""The master engine: the stems of a scene, or of several that overlap, mixed at the film's levels, as AAC."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av

from studio_composer.bridges import MARGIN_SAMPLES, Bridge, CardMusic, Tone, is_sounding
from studio_composer.given import part_path
from studio_composer.levels import FilmLevels, film_levels_from
from studio_composer.master import encode_master, write_mix
from studio_composer.mixdown import STEMS, Balance, Stems, mix
from studio_composer.orders import SEGMENTS_MAX, FilmSegment, Level, MasterOrder, SoundEnd
from studio_composer.scratch import run_folder, work_folder
from studio_media.house import HOUSE_PICTURE, SAMPLE_RATE_HZ
from studio_media.sound import SoundError, samples_for
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "pyav"
REVISION = "master4"


class MasterEngine:
    """Makes a scene's sound as it stands in the film."""

    def __init__(self, scratch_folder: Path | None = None) -> None:
        self._scratch_folder = scratch_folder

    def describe(self) -> EngineDescription:
        """Say what this engine is; the encoder's build is part of the revision."""
        return EngineDescription(
            kind="MASTER",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            parts=frozenset({*STEMS, "gains"}),
        )

    def load(self) -> None:
        """Nothing is kept warm: the codecs are loaded with the module."""

    def run(self, orders: Sequence[MasterOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Encode each scene in turn; see Engine.run."""
        return [self._compose(order, run) for order, run in zip(orders, runs, strict=True)]

    def _compose(self, order: MasterOrder, run: Run) -> Product:
        try:
            with run_folder(self._scratch_folder) as folder, work_folder(folder) as work:
                return _master(order, run, folder, work)
        except (SoundError, av.FFmpegError, ValueError, KeyError) as error:
            raise EngineFailure(
                "MASTER_FAILED", "A scene's sound or its levels can't be read.", log_text=repr(error)
            ) from error


def _master(order: MasterOrder, run: Run, folder: Path, work: Path) -> Product:
    scenes, length_frames = _scenes(order)
    gains = part_path(order.inputs, order.levels_role, "gains", "the film")
    levels = film_levels_from(gains.read_bytes())
    ends = (
        _end(order, order.start, order.segments[0], levels),
        _end(order, order.end, order.segments[-1], levels),
    )
    mixed = mix(scenes, levels.stems, Balance(), work / "mix.f32", run.raise_if_cancelled, ends)
    run.progress(40)
    peak_max_dbtp = order.true_peak_max_millidbtp / 1_000
    check = run.raise_if_cancelled
    master = encode_master(mixed, levels.gain_db, folder / "sound.mp4", check, peak_max_dbtp)
    measured = {
        "gain_db": levels.gain_db,
        "true_peak": 10 ** (master.true_peak_dbtp / 20),
        "true_peak_max_dbtp": peak_max_dbtp,
        "peak_ms": master.peak_at_sample * 1_000 // SAMPLE_RATE_HZ,
        "has_tones": [bool(end.card_samples and end.own and is_sounding(end.own)) for end in ends],
        "blocks": [float(f"{power:.6g}") for power in master.blocks],
    }
    if order.with_mix:
        write_mix(mixed, master.gains, folder / "mix.flac", check)
    mixes = (Part("mix", "audio/flac", path=folder / "mix.flac"),) if order.with_mix else ()
    length_frames += order.start.card_frames + order.end.card_frames
    return Product(
        parts=(
            Part("sound", "audio/mp4", path=folder / "sound.mp4"),
            Part("loudness", "application/json", data=json.dumps(measured).encode()),
            *mixes,
        ),
        length_ms=(len(mixed) - 2 * MARGIN_SAMPLES) * 1_000 // SAMPLE_RATE_HZ,
        frames=length_frames,
        folder=folder,
    )


def _end(order: MasterOrder, end: SoundEnd, scene: FilmSegment, levels: FilmLevels) -> Bridge:
    """What is heard at an end of the piece, beside this scene."""
    own = _tone(order, scene.tone_role, scene.effects)
    other = _tone(order, end.tone_role, end.effects)
    music = None
    if end.music_role:
        path = part_path(order.inputs, end.music_role, "music", "the card")
        music = CardMusic(path, levels.target_lufs - levels.gain_db)
    lead, tail, card = (
        _samples(order, frames) for frames in (end.lead_frames, end.tail_frames, end.card_frames)
    )
    return Bridge(own, other, lead, tail, card, music)


def _tone(order: MasterOrder, role: str, level: Level) -> Tone | None:
    return Tone(part_path(order.inputs, role, "effects", "the room tone"), level.gain) if role else None


def _scenes(order: MasterOrder) -> tuple[list[Stems], int]:
    """The stems of each scene at its place in the piece, and the frames of the whole."""
    if not 1 <= len(order.segments) <= SEGMENTS_MAX:
        raise EngineFailure("SPEC_INVALID", "A piece of sound has no scene, or too many.", permanent=True)
    scenes: list[Stems] = []
    start_frame = length_frames = 0
    for segment in order.segments:
        given = order.inputs.get(segment.role)
        if given is None or not given.frames:
            raise EngineFailure("INPUT_MISSING", "The scene is missing.", permanent=True)
        start = _samples(order, start_frame)
        paths = {stem: part_path(order.inputs, segment.role, stem, "the scene") for stem in STEMS}
        stems = Stems.given(_samples(order, start_frame + given.frames) - start, paths)
        scenes.append(
            replace(
                stems,
                music_gain=segment.music.gain,
                effects_gain=segment.effects.gain,
                start_sample=start,
            )
        )
        length_frames = max(length_frames, start_frame + given.frames)
        start_frame += given.frames - segment.crossfade_frames
    return scenes, length_frames


def _samples(order: MasterOrder, frames: int) -> int:
    return samples_for(frames, order.rate_numerator, order.rate_denominator)
