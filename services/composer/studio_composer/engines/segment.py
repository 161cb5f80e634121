"""The segment engine: one scene's picture by packet copy or from stills, and its three stems."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import av

from studio_composer.captions import Cue
from studio_composer.defects import FilmFault
from studio_composer.fades import Fades, faded_pieces
from studio_composer.fitting import write_fitted_clip
from studio_composer.given import part_path, refusal
from studio_composer.held import write_held
from studio_composer.levels import scene_levels
from studio_composer.lower_thirds import with_lower_thirds
from studio_composer.measures import Ear
from studio_composer.mixdown import STEMS, Balance, Stems
from studio_composer.orders import SHOTS_MAX, SegmentOrder, SegmentShot
from studio_composer.reframing import write_reframed
from studio_composer.scene_gate import pass_pictures, pass_sounds
from studio_composer.scene_sound import SPOKEN, samples_of, speeches_of, write_sounds
from studio_composer.scratch import run_folder, work_folder
from studio_composer.shelf import Shelf
from studio_composer.splice import Piece, Reference, conforming, reference_for, write_picture
from studio_composer.stems import ms_of, write_dialogue
from studio_composer.takes import Joiner, Take
from studio_composer.verdicts import look_at
from studio_composer.workbench import Workbench
from studio_media.house import HOUSE_PICTURE, FormError
from studio_media.picture import ClipError, Source
from studio_media.sound import SoundError
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "pyav"
REVISION = "segment8"


class SegmentEngine:
    """Joins a scene's clips bit-exact and lays its speeches on their frames."""

    def __init__(self, scratch_folder: Path | None = None, shelf: Shelf | None = None) -> None:
        self._scratch_folder = scratch_folder
        self._shelf = shelf or Shelf()

    def describe(self) -> EngineDescription:
        """Say what this engine is; the encoder's build is part of the revision."""
        return EngineDescription(
            kind="SEGMENT",
            engine=ENGINE,
            revision=f"{REVISION}-{HOUSE_PICTURE.revision()}",
            max_width_px=7_680,
            max_height_px=4_320,
            parts=frozenset({"clip", "views", "image", "bundle", "speech", "words", "music", "effects"}),
        )

    def load(self) -> None:
        """Nothing is kept warm: the codecs are loaded with the module."""

    def run(self, orders: Sequence[SegmentOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Compose each scene in turn; see Engine.run."""
        return [self._compose(order, run) for order, run in zip(orders, runs, strict=True)]

    def _compose(self, order: SegmentOrder, run: Run) -> Product:
        if not 1 <= len(order.shots) <= SHOTS_MAX:
            raise refusal("SHOT_COUNT", f"A scene needs 1 to {SHOTS_MAX} shots; this has {len(order.shots)}.")
        try:
            with run_folder(self._scratch_folder) as folder, work_folder(folder) as work:
                if order.shots[0].framing is not None:
                    return _reframed(order, run, folder)
                return _segment(order, run, folder, work, self._shelf)
        except FilmFault as error:
            raise EngineFailure(
                "COMPOSE_VERIFICATION_FAILED",
                f"A scene did not pass its own checks. {error}",
                permanent=error.is_permanent,
            ) from error
        except FormError as error:
            raise refusal("PICTURE_FORM", "The film's size or frame rate is not supported.", error) from error
        except (ClipError, SoundError, av.FFmpegError) as error:
            raise EngineFailure(
                "SEGMENT_FAILED", "A clip or sound of the scene can't be read.", log_text=str(error)
            ) from error


def _segment(order: SegmentOrder, run: Run, folder: Path, work: Path, shelf: Shelf) -> Product:
    # Picture and sound have nothing to do with each other, and each leaves a core to the other.
    with ThreadPoolExecutor(1, thread_name_prefix="picture") as pool:
        seen = pool.submit(_picture, order, run, folder, work, shelf) if order.has_picture else None
        sound = () if order.picture_only else _sound(order, run, folder, work)
        picture, facts = seen.result() if seen else ((), {})
    run.progress(100)
    return Product(
        parts=(*picture, *sound),
        length_ms=ms_of(samples_of(order, order.length_frames)),
        frames=order.length_frames,
        facts={"shots": str(len(order.shots)), **facts},
        folder=folder,
    )


def _sound(order: SegmentOrder, run: Run, folder: Path, work: Path) -> tuple[Part, ...]:
    spoken = speeches_of(order)
    length_samples = samples_of(order, order.length_frames)
    # Loudness is measured of what was spoken: else a quieter line would make all others louder.
    stems = [*STEMS, *([SPOKEN] if spoken.is_mixed else [])]
    ears = {folder / f"{stem}.flac": Ear() for stem in stems}
    for stem, placements in zip(("dialogue", SPOKEN), (spoken.heard, spoken.all), strict=True):
        if stem in stems:
            path = folder / f"{stem}.flac"
            write_dialogue(path, placements, length_samples, ears[path].hear)
    run.progress(25)
    write_sounds(order, folder, work, run.raise_if_cancelled, ears)
    levels = scene_levels(_stems(folder, stems, length_samples), Balance(), run.raise_if_cancelled, ears)
    pass_sounds(order, spoken.cues, levels)
    run.progress(75)
    return (
        *(Part(stem, "audio/flac", path=folder / f"{stem}.flac") for stem in stems),
        Part("levels", "application/octet-stream", data=levels.packed()),
        Part("cues", "application/json", data=_cue_file(spoken.cues)),
    )


def _reframed(order: SegmentOrder, run: Run, folder: Path) -> Product:
    """The clip of one shot in the order's proportions."""
    reference = reference_for(order.width_px, order.height_px, order.rate_numerator, order.rate_denominator)
    path = folder / "clip.mp4"
    followed = write_reframed(order, reference, path, run.raise_if_cancelled)
    run.progress(100)
    return Product(
        parts=(Part("clip", "video/mp4", path=path),),
        length_ms=ms_of(samples_of(order, order.length_frames)),
        frames=order.length_frames,
        facts={"characters_looked_after": str(followed)},
        folder=folder,
    )


def _picture(
    order: SegmentOrder, run: Run, folder: Path, work: Path, shelf: Shelf
) -> tuple[tuple[Part, ...], dict[str, str]]:
    reference = reference_for(order.width_px, order.height_px, order.rate_numerator, order.rate_denominator)
    clips, encoded_again = _clips(order, reference, work, run)
    workbench = Workbench(reference, work, run.raise_if_cancelled, shelf)
    pieces = with_lower_thirds(order, _pieces(order, clips, workbench), workbench)
    write_picture(pieces, reference, folder / "picture.mp4", run.raise_if_cancelled)
    copied = sum(
        piece.length_frames
        for piece in pieces
        if isinstance(piece.source, Path) and piece.source.parent != work
    )
    facts = {"frames_copied": str(copied), "clips_encoded_again": str(encoded_again)}
    path = folder / "picture.mp4"
    seen, poster = look_at(path, order.length_frames, reference, shelf, run.raise_if_cancelled)
    verdict = pass_pictures(order, seen)
    parts = (
        Part("picture", "video/mp4", path=path),
        Part("verdict", "application/json", data=verdict.record()),
        Part("poster", "image/jpeg", data=poster),
    )
    return parts, facts


def _stems(folder: Path, names: Sequence[str], length_samples: int) -> Stems:
    stems = Stems.given(length_samples, {name: folder / f"{name}.flac" for name in STEMS})
    return replace(stems, spoken=folder / f"{SPOKEN}.flac") if SPOKEN in names else stems


def _clips(order: SegmentOrder, reference: Reference, work: Path, run: Run) -> tuple[list[Piece], int]:
    pieces: list[Piece] = []
    encoded_again = 0
    for index, shot in enumerate(order.shots):
        run.raise_if_cancelled()
        if shot.still_role:
            pieces.append(_held(order, shot, reference, work / f"held-{index}.mp4", run))
            continue
        clip = part_path(order.inputs, shot.clip_role, "clip", f"shot {shot.shot_id}")
        own = work / f"clip-{index}.mp4"
        source: Source = own
        encoded = shot.fitted
        try:
            if shot.fitted:
                write_fitted_clip(clip, shot.length_frames, reference, own, run.raise_if_cancelled)
            else:
                source, encoded = conforming(clip, shot.length_frames, reference, own, run.raise_if_cancelled)
        except ClipError as error:
            raise refusal("CLIP_FORM", f"The clip of shot {shot.shot_id} does not fit.", error) from error
        encoded_again += encoded
        pieces.append(Piece(source, 0, shot.length_frames))
    return pieces, encoded_again


def _held(order: SegmentOrder, shot: SegmentShot, reference: Reference, path: Path, run: Run) -> Piece:
    still = part_path(order.inputs, shot.still_role, "image", f"shot {shot.shot_id}")
    write_held(still, shot.length_frames, reference, path, run.raise_if_cancelled)
    return Piece(path, 0, shot.length_frames)


def _pieces(order: SegmentOrder, clips: Sequence[Piece], workbench: Workbench) -> list[Piece]:
    fades = Fades(order.fade_in_frames, order.fade_out_frames, order.fade_in_white, order.fade_out_white)
    if not order.retimed and not any(shot.dip_frames for shot in order.shots):
        return faded_pieces(clips, fades, workbench)
    takes = [
        Take(
            clip.source,
            shot.head_trim_frames,
            shot.length_frames - shot.tail_trim_frames,
            shot.hold_frames,
            shot.crossfade_frames,
            shot.dip_frames,
            shot.blend,
            shot.dips_to_white,
            shot.dips_from_cut,
        )
        for shot, clip in zip(order.shots, clips, strict=True)
    ]
    return Joiner(workbench).join(takes, fades)


def _cue_file(cues: Sequence[Cue]) -> bytes:
    return json.dumps([cue.record() for cue in cues], ensure_ascii=False, separators=(",", ":")).encode()
