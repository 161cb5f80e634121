"""The segment engine: one scene's picture by packet copy, and its three stems."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import av

from studio_composer.captions import Cue
from studio_composer.fades import Fades, faded_pieces
from studio_composer.orders import SHOTS_MAX, SegmentOrder, SegmentShot
from studio_composer.scratch import run_folder, work_folder
from studio_composer.splice import Piece, Reference, conforming, reference_for, write_picture
from studio_composer.stems import Placement, length_of, write_dialogue, write_fitted
from studio_media.house import HOUSE_PICTURE, FormError
from studio_media.picture import ClipError
from studio_media.sound import SoundError, samples_for
from studio_platform.engine import EngineDescription, EngineFailure, Input, Part, Product, Run

ENGINE = "pyav"
REVISION = "segment2"


class SegmentEngine:
    """Joins a scene's clips bit-exact and lays its speeches on their frames."""

    def __init__(self, scratch_folder: Path | None = None) -> None:
        self._scratch_folder = scratch_folder

    def describe(self) -> EngineDescription:
        """Say what this engine is; the encoder's build is part of the revision."""
        return EngineDescription(
            kind="SEGMENT",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            max_width_px=7_680,
            max_height_px=4_320,
        )

    def load(self) -> None:
        """Nothing is kept warm: the codecs are loaded with the module."""

    def run(self, orders: Sequence[SegmentOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Compose each scene in turn; see Engine.run."""
        return [self._compose(order, run) for order, run in zip(orders, runs, strict=True)]

    def _compose(self, order: SegmentOrder, run: Run) -> Product:
        if not 1 <= len(order.shots) <= SHOTS_MAX:
            raise _refusal(
                "SHOT_COUNT", f"A scene needs 1 to {SHOTS_MAX} shots; this has {len(order.shots)}."
            )
        try:
            with run_folder(self._scratch_folder) as folder, work_folder(folder) as work:
                return _segment(order, run, folder, work)
        except FormError as error:
            raise _refusal(
                "PICTURE_FORM", "The film's size or frame rate is not supported.", error
            ) from error
        except (ClipError, SoundError, av.FFmpegError) as error:
            raise EngineFailure(
                "SEGMENT_FAILED", "A clip or sound of the scene can't be read.", log_text=str(error)
            ) from error


def _segment(order: SegmentOrder, run: Run, folder: Path, work: Path) -> Product:
    reference = reference_for(order.width_px, order.height_px, order.rate_numerator, order.rate_denominator)
    clips, encoded_again = _clips(order, reference, work, run)
    run.progress(20)
    fades = Fades(order.fade_in_frames, order.fade_out_frames)
    pieces = faded_pieces(clips, fades, reference, work, run.raise_if_cancelled)
    write_picture(pieces, reference, folder / "picture.mp4", run.raise_if_cancelled)
    run.progress(50)
    placements, cues = _speeches(order)
    length_samples = _samples(order, order.length_frames)
    write_dialogue(folder / "dialogue.flac", placements, length_samples)
    run.progress(75)
    for role, input_role in (("music", order.music_role), ("effects", order.effects_role)):
        run.raise_if_cancelled()
        _write_stem(order, role, input_role, folder / f"{role}.flac", length_samples)
    run.progress(100)
    copied = sum(
        piece.length_frames
        for piece in pieces
        if isinstance(piece.source, Path) and piece.source.parent != work
    )
    return Product(
        parts=(
            Part("picture", "video/mp4", path=folder / "picture.mp4"),
            *(
                Part(stem, "audio/flac", path=folder / f"{stem}.flac")
                for stem in ("dialogue", "music", "effects")
            ),
            Part("cues", "application/json", data=_cue_file(cues)),
        ),
        length_ms=_ms(length_samples),
        frames=order.length_frames,
        facts={
            "shots": str(len(order.shots)),
            "frames_copied": str(copied),
            "clips_encoded_again": str(encoded_again),
        },
        folder=folder,
    )


def _clips(order: SegmentOrder, reference: Reference, work: Path, run: Run) -> tuple[list[Piece], int]:
    pieces: list[Piece] = []
    encoded_again = 0
    for index, shot in enumerate(order.shots):
        run.raise_if_cancelled()
        clip = part_path(order.inputs, shot.clip_role, "clip", f"shot {shot.shot_id}")
        try:
            source, encoded = conforming(
                clip, shot.length_frames, reference, work / f"clip-{index}.mp4", run.raise_if_cancelled
            )
        except ClipError as error:
            raise _refusal("CLIP_FORM", f"The clip of shot {shot.shot_id} does not fit.", error) from error
        encoded_again += encoded
        pieces.append(Piece(source, 0, shot.length_frames))
    return pieces, encoded_again


def _speeches(order: SegmentOrder) -> tuple[list[Placement], list[Cue]]:
    placements: list[Placement] = []
    cues: list[Cue] = []
    start_frame = 0
    for shot in order.shots:
        end_frame = start_frame + shot.length_frames
        for cue in shot.cues:
            path = part_path(order.inputs, cue.role, "speech", f"shot {shot.shot_id}")
            start = _samples(order, start_frame + cue.start_frame)
            length = length_of(path)
            _check_fits(shot, start + length, _samples(order, end_frame))
            placements.append(Placement(path, start, length))
            cues.append(Cue(_ms(start), _ms(start + length), cue.character, cue.text))
        start_frame = end_frame
    return placements, cues


def _check_fits(shot: SegmentShot, speech_end: int, shot_end: int) -> None:
    if speech_end > shot_end:
        raise _refusal(
            "SPEECH_LONGER_THAN_SHOT",
            f"The speech of shot {shot.shot_id} is {_ms(speech_end - shot_end)} ms longer than its shot.",
        )


def _write_stem(order: SegmentOrder, role: str, input_role: str, path: Path, length_samples: int) -> None:
    source = part_path(order.inputs, input_role, role, "the scene") if input_role else None
    own_samples = write_fitted(path, source, length_samples)
    # Rounding of a length that was summed shot by shot stays far under a frame.
    if abs(own_samples - length_samples) > _samples(order, 1):
        raise _refusal(
            "STEM_LENGTH",
            f"The {role} is {_ms(own_samples)} ms long where the scene lasts {_ms(length_samples)} ms.",
        )


def part_path(inputs: Mapping[str, Input], role: str, part: str, where: str) -> Path:
    """Return the file of an input's part. Raises EngineFailure when the order lacks it."""
    given = inputs.get(role)
    path = given.parts.get(part) if given else None
    if path is None:
        raise _refusal("INPUT_MISSING", f"The {part} of {where} is missing.")
    return path


def _samples(order: SegmentOrder, frames: int) -> int:
    return samples_for(frames, order.rate_numerator, order.rate_denominator)


def _ms(samples: int) -> int:
    return (samples + 24) // 48


def _cue_file(cues: Sequence[Cue]) -> bytes:
    return json.dumps([cue.record() for cue in cues], ensure_ascii=False, separators=(",", ":")).encode()


def _refusal(reason: str, user_text: str, error: Exception | None = None) -> EngineFailure:
    return EngineFailure(reason, user_text, log_text=str(error) if error else user_text, permanent=True)
