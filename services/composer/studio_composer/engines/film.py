"""The film engine: scenes and their sound joined between two cards, subtitled and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av

from studio_composer.captions import Caption, Cue
from studio_composer.defects import FilmFault
from studio_composer.film_captions import captions_of, text_header_of, vtt_of
from studio_composer.film_file import FilmParts, write_film
from studio_composer.film_forms import FormedFilm, in_form, written_percent
from studio_composer.film_gate import Found, Verdicts, pass_film
from studio_composer.film_overlays import Drawing, overlaid
from studio_composer.film_pictures import film_pictures
from studio_composer.given import part_path
from studio_composer.given_cues import cues_of, in_translation
from studio_composer.joined_sound import JoinedSound, SceneSound, join_sound
from studio_composer.languages import track_language
from studio_composer.orders import CARD_MAX_FRAMES, SEGMENTS_MAX, FilmForm, FilmOrder
from studio_composer.report import film_report, overruns_in
from studio_composer.scratch import run_folder, work_folder
from studio_composer.shelf import Shelf
from studio_composer.sound_joints import SoundPiece
from studio_composer.splice import Piece, Reference, conforming, reference_for
from studio_composer.subtitle_files import srt
from studio_composer.thumbnails import film_thumbnails
from studio_composer.timeline import Scene, Timeline
from studio_composer.verdicts import Verdict, look_at, verdict_from
from studio_composer.verification import Written, verify_film
from studio_composer.workbench import Workbench
from studio_media.house import HOUSE_PICTURE, FormError
from studio_media.picture import ClipError, probe
from studio_media.sound import SoundError
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "pyav"
REVISION = "film12"


class FilmEngine:
    """Makes the film from its segments."""

    def __init__(self, scratch_folder: Path | None = None, shelf: Shelf | None = None) -> None:
        self._scratch_folder = scratch_folder
        self._shelf = shelf or Shelf()

    def describe(self) -> EngineDescription:
        """Say what this engine is; the encoders' build is part of the revision."""
        return EngineDescription(
            kind="FILM",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            max_width_px=7_680,
            max_height_px=4_320,
            parts=frozenset(
                {"picture", "verdict", "poster", "cues", "sound", "mix", "loudness", "image", "font"}
            ),
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
                return _film(order, run, folder, work, self._shelf)
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
                f"The film did not pass its own checks. {error}",
                permanent=error.is_permanent,
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


def _film(order: FilmOrder, run: Run, folder: Path, work: Path, shelf: Shelf) -> Product:
    reference = reference_for(order.width_px, order.height_px, order.rate_numerator, order.rate_denominator)
    timeline = _timeline(order, reference, work, run)
    cues = _cues(order, timeline)
    captions = captions_of(order, cues, timeline.length_ms)
    workbench = Workbench(reference, work, run.raise_if_cancelled, shelf)
    drawing = Drawing(workbench, lambda done: run.progress(done * 7 // 10))
    drawn = overlaid(order, timeline, captions, drawing)
    begun = 5 if drawn is timeline else 70
    timeline = drawn
    verdicts = _verdicts(order, timeline, workbench)
    pictures = film_pictures(
        order,
        timeline,
        verdicts,
        workbench,
        lambda done: run.progress(begun + done * (85 - begun) // 100),
    )
    sound = _sound(order, timeline, work, run)
    found = Found(pictures.counted.facts, sound, cues, captions)
    checks = pass_film(order, timeline, Verdicts(verdicts, _heard(order, timeline, verdicts)), found)
    parts = FilmParts(
        pictures.pieces,
        work / "audio.mp4",
        captions,
        timeline.chapters(),
        order.title,
        order.author,
        track_language(order.spoken_language or order.language),
        timeline.length_ms,
        text_header_of(order),
        track_language(order.language),
    )
    film = folder / "film.mp4"
    write_film(parts, reference, film, run.raise_if_cancelled)
    run.progress(written_percent(order.form))
    written = Written(pictures.counted.trail, captions, parts.audio)
    lengths = verify_film(film, timeline, reference, written, run.raise_if_cancelled)
    report = film_report(order, timeline, sound, captions, lengths, pictures.poster_frame)
    report |= overruns_in(cues) | {"checks": checks}
    shown = (
        Part("poster", "image/jpeg", data=_poster(order, timeline, pictures.poster_frame)),
        *film_thumbnails(film, timeline, reference, run.raise_if_cancelled),
    )
    is_webm = order.form is FilmForm.WEBM
    mixes = [piece for _, piece in _pieces(order, timeline, "mix")] if is_webm else []
    formed = in_form(order.form, film, parts, timeline, run, mixes)
    report |= {} if order.form is FilmForm.MP4 else {"form": order.form.value}
    return _product(order, formed, captions, shown, report, timeline)


def _timeline(order: FilmOrder, reference: Reference, work: Path, run: Run) -> Timeline:
    scenes: list[Scene] = []
    at_frame = order.title_card_frames
    for index, segment in enumerate(order.segments):
        run.raise_if_cancelled()
        picture = part_path(order.inputs, segment.shown_role, "picture", segment.heading)
        length = probe(picture).frames
        source, again = conforming(
            picture, length, reference, work / f"scene-{index}.mp4", run.raise_if_cancelled
        )
        is_last = index == len(order.segments) - 1
        shared = 0 if is_last else segment.crossfade_frames
        whole = Piece(source, 0, length)
        scenes.append(
            Scene(
                segment.heading,
                segment.role,
                whole,
                at_frame,
                again,
                shared,
                segment.shown_role,
                segment.blend,
            )
        )
        at_frame += length - shared
    closing_frames = order.end_card_frames + order.credits_card_frames * len(order.credit_pages)
    return Timeline(tuple(scenes), at_frame + closing_frames, reference.form.rate_hz)


def _verdicts(order: FilmOrder, timeline: Timeline, workbench: Workbench) -> dict[str, Verdict]:
    """What was found out about each scene's pictures; those that were encoded again are looked at again."""
    verdicts: dict[str, Verdict] = {}
    for scene in timeline.scenes:
        workbench.check()
        verdicts[scene.role] = _verdict(order, scene.shown_role, scene.heading)
        if scene.encoded_again and isinstance(scene.picture.source, Path):
            again, _ = look_at(
                scene.picture.source,
                scene.picture.length_frames,
                workbench.reference,
                workbench.shelf,
                workbench.check,
            )
            verdicts[scene.role] = replace(verdicts[scene.role], trail=again.trail, facts=again.facts)
    return verdicts


def _verdict(order: FilmOrder, role: str, heading: str) -> Verdict:
    path = part_path(order.inputs, role, "verdict", heading)
    try:
        return verdict_from(path.read_bytes())
    except (ValueError, KeyError, TypeError) as error:
        raise FilmFault(f"unreadable verdict of {role}: {error!r}") from error


def _heard(order: FilmOrder, timeline: Timeline, shown: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """The verdicts of the segments whose sound is heard; one without pictures has none of its own."""
    return {
        scene.role: _verdict(order, scene.role, scene.heading)
        if "verdict" in order.inputs[scene.role].parts
        else shown[scene.role]
        for scene in timeline.scenes
    }


def _poster(order: FilmOrder, timeline: Timeline, frame: int) -> bytes:
    """The picture of the scene that the frame is of."""
    scene = max(
        (scene for scene in timeline.scenes if scene.start_frame <= frame), key=lambda it: it.start_frame
    )
    return part_path(order.inputs, scene.shown_role, "poster", scene.heading).read_bytes()


def _sound(order: FilmOrder, timeline: Timeline, work: Path, run: Run) -> JoinedSound:
    sounds = [
        SceneSound(
            piece.path,
            part_path(order.inputs, role, "loudness", "the film's sound"),
            piece.start_sample,
            piece.length_samples,
        )
        for role, piece in _pieces(order, timeline, "sound")
    ]
    length_samples = timeline.samples(timeline.length_frames)
    return join_sound(sounds, length_samples, work, work / "audio.mp4", run.raise_if_cancelled)


def _pieces(order: FilmOrder, timeline: Timeline, part: str) -> Iterator[tuple[str, SoundPiece]]:
    """The pieces of the film's sound by their masters' roles: this part of each, and where it stands."""
    ends = _piece_ends(order, timeline)
    for scene, segment in zip(timeline.scenes, order.segments, strict=True):
        if segment.sound_role:
            start_frame = scene.start_frame - segment.sound_before_frames
            length_frames = ends[scene.role] + segment.sound_after_frames - start_frame
            yield (
                segment.sound_role,
                SoundPiece(
                    part_path(order.inputs, segment.sound_role, part, scene.heading),
                    timeline.samples(start_frame),
                    timeline.samples(length_frames),
                ),
            )


def _piece_ends(order: FilmOrder, timeline: Timeline) -> dict[str, int]:
    """The frame at which the sound that begins with a scene ends, by the scene's role."""
    ends: dict[str, int] = {}
    begun = ""
    for scene, segment in zip(timeline.scenes, order.segments, strict=True):
        begun = scene.role if segment.sound_role else begun
        ends[begun] = scene.start_frame + scene.picture.length_frames
    return ends


def _cues(order: FilmOrder, timeline: Timeline) -> list[Cue]:
    cues: list[Cue] = []
    for scene, segment in zip(timeline.scenes, order.segments, strict=True):
        offset_ms = timeline.ms(scene.start_frame)
        own = cues_of(order.inputs, scene.role, scene.heading)
        said = in_translation(own, segment.translated_cues, scene.heading)
        cues += [cue.shifted(offset_ms) for cue in said]
    return cues


def _product(
    order: FilmOrder,
    film: FormedFilm,
    captions: Sequence[Caption],
    shown: Sequence[Part],
    report: dict[str, Any],
    timeline: Timeline,
) -> Product:
    return Product(
        parts=(
            Part("film", film.media_type, path=film.path),
            Part("subtitles-srt", "application/x-subrip", data=srt(captions).encode()),
            Part("subtitles-vtt", "text/vtt", data=vtt_of(order, captions).encode()),
            *shown,
            Part(
                "report", "application/json", data=json.dumps(report, ensure_ascii=False, indent=1).encode()
            ),
        ),
        length_ms=timeline.length_ms,
        frames=timeline.length_frames,
        facts={
            "loudness_lufs": str(report["loudness_lufs"]),
            "true_peak_dbtp": str(report["true_peak_dbtp"]),
            "poster_frame": str(report["poster_frame"]),
        },
        folder=film.path.parent,
    )
