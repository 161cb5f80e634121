"""The film engine: segments joined between two cards, mixed, subtitled and read back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import av

from studio_composer.captions import Caption, Cue, captions_from
from studio_composer.film_file import FilmParts, write_film
from studio_composer.film_pictures import FilmPictures, film_pictures
from studio_composer.given import optional_part, part_path
from studio_composer.given_cues import cues_of
from studio_composer.languages import track_language
from studio_composer.master import Master, encode_master
from studio_composer.mixdown import Balance, Section, mix
from studio_composer.orders import CARD_MAX_FRAMES, SEGMENTS_MAX, FilmOrder
from studio_composer.poster import PosterChoice
from studio_composer.report import film_report
from studio_composer.scene_sound import SPOKEN
from studio_composer.scratch import run_folder, work_folder
from studio_composer.splice import Check, Piece, Reference, conforming, reference_for
from studio_composer.subtitle_files import srt, vtt
from studio_composer.timeline import Scene, Timeline
from studio_composer.verification import FilmFault, verify_film
from studio_media.house import HOUSE_PICTURE, FormError
from studio_media.picture import ClipError, probe
from studio_media.sound import SoundError
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run, RunCancelled

ENGINE = "pyav"
REVISION = "film4"

T = TypeVar("T")


class FilmEngine:
    """Makes the film from its segments."""

    def __init__(self, scratch_folder: Path | None = None) -> None:
        self._scratch_folder = scratch_folder

    def describe(self) -> EngineDescription:
        """Say what this engine is; the encoders' build is part of the revision."""
        return EngineDescription(
            kind="FILM",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            max_width_px=7_680,
            max_height_px=4_320,
        )

    def load(self) -> None:
        """Nothing is kept warm: codecs and fonts are loaded with the module."""

    def run(self, orders: Sequence[FilmOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Compose each film in turn; see Engine.run."""
        return [self._compose(order, run) for order, run in zip(orders, runs, strict=True)]

    def _compose(self, order: FilmOrder, run: Run) -> Product:
        _check_order(order)
        try:
            with run_folder(self._scratch_folder) as folder, work_folder(folder) as work:
                return _film(order, run, folder, work)
        except FormError as error:
            raise EngineFailure(
                "PICTURE_FORM",
                "The film's size or frame rate is not supported.",
                log_text=str(error),
                permanent=True,
            ) from error
        except FilmFault as error:
            raise EngineFailure(
                "COMPOSE_VERIFICATION_FAILED",
                "The film was written, but did not pass its own checks.",
                log_text=str(error),
            ) from error
        except (ClipError, SoundError, av.FFmpegError) as error:
            raise EngineFailure(
                "FILM_FAILED", "A scene's picture or sound can't be read.", log_text=str(error)
            ) from error


def _check_order(order: FilmOrder) -> None:
    problem = ""
    if not 1 <= len(order.segments) <= SEGMENTS_MAX:
        problem = f"A film needs 1 to {SEGMENTS_MAX} scenes; this has {len(order.segments)}."
    elif max(order.title_card_frames, order.end_card_frames, order.credits_card_frames) > CARD_MAX_FRAMES:
        problem = f"A card lasts at most {CARD_MAX_FRAMES} frames."
    elif not -70_000 < order.loudness_target_millilufs <= -5_000:
        problem = f"A loudness of {order.loudness_target_millilufs / 1_000} LUFS is outside -70 to -5."
    if problem:
        raise EngineFailure("SPEC_INVALID", problem, permanent=True)


def _film(order: FilmOrder, run: Run, folder: Path, work: Path) -> Product:
    reference = reference_for(order.width_px, order.height_px, order.rate_numerator, order.rate_denominator)
    timeline = _timeline(order, reference, work, run)

    def show(check: Check) -> FilmPictures:
        return film_pictures(
            order, timeline, reference, work, check, lambda done: run.progress(5 + done * 4 // 5)
        )

    # Pictures and sound need nothing of each other, and codecs let go of the interpreter.
    with _beside(show, run) as shown:
        master = _sound(order, timeline, work / "audio.mp4", work, run)
    pictures = shown.result()
    captions = captions_from(_cues(order, timeline), timeline.length_ms)
    parts = FilmParts(
        pictures.pieces,
        work / "audio.mp4",
        captions,
        timeline.chapters(),
        order.title,
        order.author,
        track_language(order.language),
        timeline.length_ms,
    )
    film = folder / "film.mp4"
    write_film(parts, reference, film, run.raise_if_cancelled)
    run.progress(95)
    lengths = verify_film(film, timeline, reference, pictures.trail, run.raise_if_cancelled)
    report = film_report(order, timeline, master, captions, lengths, pictures.poster.frame)
    return _product(film, captions, pictures.poster, report, timeline)


@contextmanager
def _beside(work: Callable[[Check], T], run: Run) -> Iterator[Future[T]]:
    """Work on another thread while the block runs; a block that fails stops the work at its next look."""
    abandoned = threading.Event()

    def check() -> None:
        run.raise_if_cancelled()
        if abandoned.is_set():
            raise RunCancelled

    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            yield pool.submit(work, check)
        except BaseException:
            abandoned.set()
            raise


def _timeline(order: FilmOrder, reference: Reference, work: Path, run: Run) -> Timeline:
    scenes: list[Scene] = []
    at_frame = order.title_card_frames
    for index, segment in enumerate(order.segments):
        run.raise_if_cancelled()
        picture = part_path(order.inputs, segment.role, "picture", segment.heading)
        length = probe(picture).frames
        source, again = conforming(
            picture, length, reference, work / f"scene-{index}.mp4", run.raise_if_cancelled
        )
        is_last = index == len(order.segments) - 1
        shared = 0 if is_last else segment.crossfade_frames
        whole = Piece(source, 0, length)
        scenes.append(
            Scene(
                segment.heading, segment.role, whole, at_frame, again, shared, segment.music, segment.effects
            )
        )
        at_frame += length - shared
    closing_frames = order.end_card_frames + order.credits_card_frames * len(order.credit_pages)
    return Timeline(tuple(scenes), at_frame + closing_frames, reference.form.rate_hz)


def _sound(order: FilmOrder, timeline: Timeline, path: Path, work: Path, run: Run) -> Master:
    sections = [
        Section(
            start_sample=timeline.samples(scene.start_frame),
            length_samples=timeline.samples(scene.picture.length_frames),
            dialogue=part_path(order.inputs, scene.role, "dialogue", scene.heading),
            music=part_path(order.inputs, scene.role, "music", scene.heading),
            effects=part_path(order.inputs, scene.role, "effects", scene.heading),
            spoken=optional_part(order.inputs, scene.role, SPOKEN),
            music_gain=scene.music.gain,
            effects_gain=scene.effects.gain,
        )
        for scene in timeline.scenes
    ]
    length_samples = timeline.samples(timeline.length_frames)
    mixed = mix(sections, length_samples, work / "mix.f32", Balance(), run.raise_if_cancelled)
    return encode_master(mixed, order.loudness_target_millilufs / 1_000, path, run.raise_if_cancelled)


def _cues(order: FilmOrder, timeline: Timeline) -> list[Cue]:
    cues: list[Cue] = []
    for scene in timeline.scenes:
        offset_ms = timeline.ms(scene.start_frame)
        cues += [cue.shifted(offset_ms) for cue in cues_of(order.inputs, scene.role, scene.heading)]
    return cues


def _product(
    film: Path,
    captions: Sequence[Caption],
    poster: PosterChoice,
    report: dict[str, Any],
    timeline: Timeline,
) -> Product:
    return Product(
        parts=(
            Part("film", "video/mp4", path=film),
            Part("subtitles-srt", "application/x-subrip", data=srt(captions).encode()),
            Part("subtitles-vtt", "text/vtt", data=vtt(captions).encode()),
            Part("poster", "image/jpeg", data=poster.jpeg()),
            Part(
                "report", "application/json", data=json.dumps(report, ensure_ascii=False, indent=1).encode()
            ),
        ),
        length_ms=timeline.length_ms,
        frames=timeline.length_frames,
        facts={
            "loudness_lufs": str(report["loudness_lufs"]),
            "true_peak_dbtp": str(report["true_peak_dbtp"]),
            "poster_frame": str(poster.frame),
        },
        folder=film.parent,
    )
