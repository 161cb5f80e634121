"""The table read engine: the scenes' voices and score in one audio file with chapters and texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av

from studio_composer.captions import captions_from
from studio_composer.film_file import Chapter
from studio_composer.given import part_path
from studio_composer.given_cues import cues_of
from studio_composer.joined_sound import JoinedSound, SceneSound, join_sound
from studio_composer.languages import track_language
from studio_composer.orders import SEGMENTS_MAX, ReadingOrder
from studio_composer.reading_file import ReadingParts, lyrics, write_reading
from studio_composer.scratch import run_folder, work_folder
from studio_composer.subtitle_files import srt, vtt
from studio_media.house import HOUSE_PICTURE
from studio_media.sound import SoundError, samples_for
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "pyav"
REVISION = "reading1"
PAUSE_MAX_FRAMES = 7_200


class ReadingEngine:
    """Makes a table read from its segments' sound."""

    def __init__(self, scratch_folder: Path | None = None) -> None:
        self._scratch_folder = scratch_folder

    def describe(self) -> EngineDescription:
        """Say what this engine is; the encoder's build is part of the revision."""
        return EngineDescription(
            kind="READING",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            parts=frozenset({"cues", "sound", "loudness"}),
        )

    def load(self) -> None:
        """Nothing is kept warm: the codecs are loaded with the module."""

    def run(self, orders: Sequence[ReadingOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Compose each read in turn; see Engine.run."""
        return [self._compose(order, run) for order, run in zip(orders, runs, strict=True)]

    def _compose(self, order: ReadingOrder, run: Run) -> Product:
        if not 1 <= len(order.segments) <= SEGMENTS_MAX or order.scene_pause_frames > PAUSE_MAX_FRAMES:
            raise EngineFailure(
                "SPEC_INVALID",
                f"A table read has 1 to {SEGMENTS_MAX} scenes; a pause is {PAUSE_MAX_FRAMES} frames at most.",
                permanent=True,
            )
        try:
            with run_folder(self._scratch_folder) as folder, work_folder(folder) as work:
                return _reading(order, run, folder, work)
        except (SoundError, av.FFmpegError) as error:
            raise EngineFailure(
                "READING_FAILED", "A scene's sound can't be read.", log_text=str(error)
            ) from error


@dataclass(frozen=True, slots=True)
class _Scene:
    """A scene's place in the file, in frames."""

    role: str
    sound_role: str
    heading: str
    start_frame: int
    length_frames: int


def _reading(order: ReadingOrder, run: Run, folder: Path, work: Path) -> Product:
    scenes = _scenes(order)
    length_frames = scenes[-1].start_frame + scenes[-1].length_frames
    sound = _sound(order, scenes, work, run)
    run.progress(80)
    length_ms = _ms(order, length_frames)
    cues = [
        cue.shifted(_ms(order, scene.start_frame))
        for scene in scenes
        for cue in cues_of(order.inputs, scene.role, scene.heading)
    ]
    chapters = _chapters(order, scenes, length_ms)
    captions = captions_from(cues, length_ms)
    parts = ReadingParts(
        work / "audio.mp4",
        captions,
        cues,
        chapters,
        order.title,
        order.author,
        track_language(order.language),
        length_ms,
    )
    write_reading(parts, folder / "reading.m4a", run.raise_if_cancelled)
    report = {
        "title": order.title,
        "length_ms": length_ms,
        **sound.record(order.loudness_target_millilufs),
        "lines": len(cues),
        "captions": len(captions),
        "chapters": [asdict(chapter) for chapter in chapters],
    }
    texts = (
        ("lyrics", "text/plain; charset=utf-8", lyrics(cues, chapters, order.title, order.author)),
        ("subtitles-srt", "application/x-subrip", srt(captions)),
        ("subtitles-vtt", "text/vtt", vtt(captions)),
        ("report", "application/json", json.dumps(report, ensure_ascii=False, indent=1)),
    )
    return Product(
        parts=(
            Part("audio", "audio/mp4", path=folder / "reading.m4a"),
            *(Part(role, media_type, data=text.encode()) for role, media_type, text in texts),
        ),
        length_ms=length_ms,
        frames=length_frames,
        facts={"loudness_lufs": str(report["loudness_lufs"]), "lines": str(len(cues))},
        folder=folder,
    )


def _scenes(order: ReadingOrder) -> list[_Scene]:
    scenes: list[_Scene] = []
    at_frame = 0
    for segment in order.segments:
        given = order.inputs.get(segment.role)
        if given is None or not given.frames:
            raise EngineFailure(
                "INPUT_MISSING", f"The sound of {segment.heading} is missing.", permanent=True
            )
        scenes.append(_Scene(segment.role, segment.sound_role, segment.heading, at_frame, given.frames))
        at_frame += given.frames + order.scene_pause_frames
    return scenes


def _sound(order: ReadingOrder, scenes: Sequence[_Scene], work: Path, run: Run) -> JoinedSound:
    sounds = [
        SceneSound(
            part_path(order.inputs, scene.sound_role, "sound", scene.heading),
            part_path(order.inputs, scene.sound_role, "loudness", scene.heading),
            _samples(order, scene.start_frame),
            _samples(order, scene.length_frames),
        )
        for scene in scenes
    ]
    length_samples = _samples(order, scenes[-1].start_frame + scenes[-1].length_frames)
    return join_sound(sounds, length_samples, work, work / "audio.mp4", run.raise_if_cancelled)


def _chapters(order: ReadingOrder, scenes: Sequence[_Scene], length_ms: int) -> tuple[Chapter, ...]:
    """A chapter lasts until the next one begins, its pause with it."""
    starts_ms = [*(_ms(order, scene.start_frame) for scene in scenes), length_ms]
    return tuple(
        Chapter(start_ms, end_ms, scene.heading)
        for scene, start_ms, end_ms in zip(scenes, starts_ms, starts_ms[1:], strict=False)
    )


def _samples(order: ReadingOrder, frames: int) -> int:
    return samples_for(frames, order.rate_numerator, order.rate_denominator)


def _ms(order: ReadingOrder, frames: int) -> int:
    return round(frames * 1_000 / Fraction(order.rate_numerator, order.rate_denominator))
