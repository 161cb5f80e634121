"""The film engine: segments joined between two cards, mixed, subtitled and read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from studio_composer.captions import Caption, Cue, captions_from, cue_from_record
from studio_composer.cards import Card, card_frames, missing_letters
from studio_composer.engines.segment import part_path
from studio_composer.film_file import Chapter, FilmParts, write_film
from studio_composer.languages import closing_words, track_language
from studio_composer.master import Master, encode_master
from studio_composer.mixdown import Balance, Section, mix
from studio_composer.orders import CARD_MAX_FRAMES, SEGMENTS_MAX, FilmOrder
from studio_composer.poster import PosterChoice
from studio_composer.scratch import run_folder, work_folder
from studio_composer.splice import Piece, Reference, conforming, encode, reference_for
from studio_composer.subtitle_files import srt, vtt
from studio_composer.verification import Expected, FilmFault, TrackLengths, verify_film
from studio_media.house import HOUSE_PICTURE, FormError
from studio_media.picture import ClipError, probe
from studio_media.sound import SoundError, samples_for
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "pyav"
REVISION = "film1"


@dataclass(frozen=True, slots=True)
class _Scene:
    """A segment on the film's timeline."""

    heading: str
    role: str
    picture: Piece
    start_frame: int
    encoded_again: bool


@dataclass(frozen=True, slots=True)
class _Timeline:
    """Where the scenes stand between the cards, in frames."""

    scenes: tuple[_Scene, ...]
    length_frames: int


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
    elif max(order.title_card_frames, order.end_card_frames) > CARD_MAX_FRAMES:
        problem = f"A card lasts at most {CARD_MAX_FRAMES} frames."
    elif not -70_000 < order.loudness_target_millilufs <= -5_000:
        problem = f"A loudness of {order.loudness_target_millilufs / 1_000} LUFS is outside -70 to -5."
    if problem:
        raise EngineFailure("SPEC_INVALID", problem, permanent=True)


def _film(order: FilmOrder, run: Run, folder: Path, work: Path) -> Product:
    reference = reference_for(order.width_px, order.height_px, order.rate_numerator, order.rate_denominator)
    timeline = _timeline(order, reference, work, run)
    run.progress(5)
    audio = work / "audio.mp4"
    # The cards' pictures and the sound need nothing of each other, and codecs let go of the interpreter.
    with ThreadPoolExecutor(max_workers=1) as pool:
        drawn = pool.submit(_pieces, order, timeline, reference, work, run)
        master = _sound(order, timeline, audio, work, run)
        pieces = drawn.result()
    run.progress(50)
    length_ms = _ms(order, timeline.length_frames)
    captions = captions_from(_cues(order, timeline), length_ms)
    chapters = _chapters(order, timeline)
    parts = FilmParts(
        pieces,
        audio,
        captions,
        chapters,
        order.title,
        order.author,
        track_language(order.language),
        length_ms,
    )
    film = folder / "film.mp4"
    write_film(parts, reference, film, run.raise_if_cancelled)
    run.progress(60)
    poster = PosterChoice()
    lengths = _verified(order, timeline, chapters, film, poster, run)
    report = _report(order, timeline, master, chapters, captions, lengths, poster.frame)
    return _product(film, captions, poster, report, timeline.length_frames, length_ms)


def _timeline(order: FilmOrder, reference: Reference, work: Path, run: Run) -> _Timeline:
    scenes: list[_Scene] = []
    at_frame = order.title_card_frames
    for index, segment in enumerate(order.segments):
        run.raise_if_cancelled()
        picture = part_path(order.inputs, segment.role, "picture", segment.heading)
        length = probe(picture).frames
        source, again = conforming(
            picture, length, reference, work / f"scene-{index}.mp4", run.raise_if_cancelled
        )
        scenes.append(_Scene(segment.heading, segment.role, Piece(source, 0, length), at_frame, again))
        at_frame += length
    return _Timeline(tuple(scenes), at_frame + order.end_card_frames)


def _pieces(
    order: FilmOrder, timeline: _Timeline, reference: Reference, work: Path, run: Run
) -> tuple[Piece, ...]:
    title = Card(order.title, order.credit, order.author)
    closing = Card(closing_words(order.language) or order.title)
    return (
        *_card(title, order.title_card_frames, reference, work / "title.mp4", run),
        *(scene.picture for scene in timeline.scenes),
        *_card(closing, order.end_card_frames, reference, work / "end.mp4", run),
    )


def _card(card: Card, length_frames: int, reference: Reference, path: Path, run: Run) -> list[Piece]:
    if not length_frames:
        return []
    form = reference.form
    pictures = card_frames(card, form.width_px, form.height_px, length_frames)
    encode(pictures, length_frames, reference, path, run.raise_if_cancelled)
    return [Piece(path, 0, length_frames)]


def _sound(order: FilmOrder, timeline: _Timeline, path: Path, work: Path, run: Run) -> Master:
    sections = [
        Section(
            start_sample=_samples(order, scene.start_frame),
            length_samples=_samples(order, scene.picture.length_frames),
            dialogue=part_path(order.inputs, scene.role, "dialogue", scene.heading),
            music=part_path(order.inputs, scene.role, "music", scene.heading),
            effects=part_path(order.inputs, scene.role, "effects", scene.heading),
        )
        for scene in timeline.scenes
    ]
    length_samples = _samples(order, timeline.length_frames)
    mixed = mix(sections, length_samples, work / "mix.f32", Balance(), run.raise_if_cancelled)
    run.progress(30)
    return encode_master(mixed, order.loudness_target_millilufs / 1_000, path, run.raise_if_cancelled)


def _cues(order: FilmOrder, timeline: _Timeline) -> list[Cue]:
    cues: list[Cue] = []
    for scene in timeline.scenes:
        path = part_path(order.inputs, scene.role, "cues", scene.heading)
        offset_ms = _ms(order, scene.start_frame)
        try:
            records = json.loads(path.read_text(encoding="utf-8"))
            cues += [cue_from_record(record).shifted(offset_ms) for record in records]
        except (ValueError, KeyError, TypeError) as error:
            raise EngineFailure(
                "CUES_INVALID",
                f"The subtitles of {scene.heading} can't be read.",
                log_text=repr(error),
                permanent=True,
            ) from error
    return cues


def _chapters(order: FilmOrder, timeline: _Timeline) -> tuple[Chapter, ...]:
    starts = [0, *(scene.start_frame for scene in timeline.scenes[1:]), timeline.length_frames]
    return tuple(
        Chapter(_ms(order, start), _ms(order, end), scene.heading)
        for scene, start, end in zip(timeline.scenes, starts, starts[1:], strict=False)
    )


def _verified(
    order: FilmOrder,
    timeline: _Timeline,
    chapters: Sequence[Chapter],
    film: Path,
    poster: PosterChoice,
    run: Run,
) -> TrackLengths:
    last = timeline.length_frames - order.end_card_frames
    expected = Expected(
        timeline.length_frames,
        Fraction(order.rate_numerator, order.rate_denominator),
        chapters,
        range(order.title_card_frames, last),
    )
    return verify_film(
        film, expected, poster, run.raise_if_cancelled, lambda percent: run.progress(60 + percent * 2 // 5)
    )


def _report(
    order: FilmOrder,
    timeline: _Timeline,
    master: Master,
    chapters: Sequence[Chapter],
    captions: Sequence[Caption],
    lengths: TrackLengths,
    poster_frame: int,
) -> dict[str, Any]:
    peak_dbtp = master.decoded.true_peak_dbtp
    return {
        "title": order.title,
        "frames": timeline.length_frames,
        "length_ms": _ms(order, timeline.length_frames),
        "loudness_lufs": round(master.decoded.integrated_lufs, 2),
        "loudness_target_lufs": order.loudness_target_millilufs / 1_000,
        # JSON has no infinity: a silent film has no peak.
        "true_peak_dbtp": round(peak_dbtp, 2) if peak_dbtp > float("-inf") else None,
        "gain_db": round(master.gain_db, 2),
        "tracks_ms": {name: round(length * 1_000) for name, length in _named(lengths)},
        "segments": [
            {
                "role": scene.role,
                "heading": scene.heading,
                "start_frame": scene.start_frame,
                "frames": scene.picture.length_frames,
                "encoded_again": scene.encoded_again,
            }
            for scene in timeline.scenes
        ],
        "chapters": [asdict(chapter) for chapter in chapters],
        "captions": len(captions),
        "poster_frame": poster_frame,
        "letters_missing_on_title_card": missing_letters(order.title + order.credit + order.author),
    }


def _named(lengths: TrackLengths) -> tuple[tuple[str, Fraction], ...]:
    return (("video", lengths.video), ("audio", lengths.audio), ("text", lengths.text))


def _product(
    film: Path,
    captions: Sequence[Caption],
    poster: PosterChoice,
    report: dict[str, Any],
    length_frames: int,
    length_ms: int,
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
        length_ms=length_ms,
        frames=length_frames,
        facts={
            "loudness_lufs": str(report["loudness_lufs"]),
            "true_peak_dbtp": str(report["true_peak_dbtp"]),
            "poster_frame": str(poster.frame),
        },
    )


def _samples(order: FilmOrder, frames: int) -> int:
    return samples_for(frames, order.rate_numerator, order.rate_denominator)


def _ms(order: FilmOrder, frames: int) -> int:
    return round(Fraction(frames * order.rate_denominator * 1_000, order.rate_numerator))
