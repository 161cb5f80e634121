"""A scene's sound: its speeches on their frames, its music and effects, cut as its picture is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio_composer.captions import Cue
from studio_composer.dubbing import Dubbing
from studio_composer.given import part_path, refusal
from studio_composer.measures import Ear
from studio_composer.orders import SegmentOrder, SegmentShot, SpeechCue
from studio_composer.sound_cuts import SoundCut, write_cuts, write_lengthened
from studio_composer.splice import Check
from studio_composer.stems import (
    Heard,
    Placement,
    StemWriter,
    length_of,
    ms_of,
    stem_blocks,
    write_fitted,
)
from studio_composer.word_times import Word, words_in
from studio_media.sound import samples_for

SPOKEN = "dialogue_spoken"
"""The stem of all speech at its own level, where some of it is muted or has a gain."""


@dataclass(frozen=True, slots=True)
class Speeches:
    """A scene's speeches: at their own level, as they are heard, and as subtitles."""

    all: Sequence[Placement]
    heard: Sequence[Placement]
    cues: Sequence[Cue]

    @property
    def is_mixed(self) -> bool:
        """Whether some are muted or have a gain."""
        return list(self.all) != list(self.heard)


def speeches_of(order: SegmentOrder) -> Speeches:
    """Lay the speeches on the scene's samples; what trims and crossfades leave of each is heard and read.

    Raises EngineFailure for a speech that is longer than its shot before any edit, unless it is dubbed.
    """
    everything: list[Placement] = []
    heard: list[Placement] = []
    cues: list[Cue] = []
    dubbing = Dubbing(samples_of(order, order.length_frames))
    for shot, start_frame in zip(order.shots, order.start_frames, strict=True):
        for cue in shot.cues:
            placement, overrun = _placed(order, shot, cue, start_frame), None
            if placement is None:
                continue
            if cue.is_dubbed:
                placement, overrun = dubbing.placed(placement, _place_end(order, shot, cue, start_frame))
            everything.append(placement)
            if cue.level.muted:
                continue
            heard.append(replace(placement, gain=cue.level.gain))
            end = placement.start_sample + placement.length_samples
            words = _words(order, cue, placement)
            start_ms = ms_of(placement.start_sample)
            cues.append(Cue(start_ms, ms_of(end), cue.character, cue.text, overrun, words))
    return Speeches(everything, heard, cues)


def _words(order: SegmentOrder, cue: SpeechCue, placement: Placement) -> tuple[Word, ...]:
    """The words of a speech that are heard, on the scene's timeline; none where its voice tells none."""
    path = order.inputs[cue.role].parts.get("words")
    if path is None:
        return ()
    start_ms = ms_of(placement.start_sample - placement.skipped_samples)
    first_ms, last_ms = (
        ms_of(placement.start_sample),
        ms_of(placement.start_sample + placement.length_samples),
    )
    try:
        words = [word.shifted(start_ms) for word in words_in(path)]
    except (ValueError, KeyError, TypeError) as error:
        raise refusal("WORDS_INVALID", f"The word times of {cue.character} can't be read.", error) from error
    return tuple(
        replace(word, end_ms=min(word.end_ms, last_ms))
        for word in words
        if first_ms <= word.start_ms < last_ms
    )


def _placed(order: SegmentOrder, shot: SegmentShot, cue: SpeechCue, start_frame: int) -> Placement | None:
    """What is left of a speech in its shot's picture; None when nothing is."""
    path = part_path(order.inputs, cue.role, "speech", f"shot {shot.shot_id}")
    length = length_of(path)
    if not cue.is_dubbed:
        _check_fits(order, shot, samples_of(order, cue.start_frame) + length)
    start = samples_of(order, start_frame + cue.start_frame - shot.head_trim_frames)
    first = max(start, samples_of(order, start_frame))
    last = start + length
    if order.retimed and not cue.is_dubbed:
        last = min(last, _heard_until(order, shot, start_frame))
    if last <= first:
        return None
    return Placement(path, first, last - first, first - start)


def _heard_until(order: SegmentOrder, shot: SegmentShot, start_frame: int) -> int:
    """Until when a shot's speeches are heard, in samples; one that goes on over a cut meets no other."""
    shown_until = start_frame + shot.shown_frames
    if not shot.over_frames:
        return samples_of(order, shown_until)
    later = [
        start + cue.start_frame - other.head_trim_frames
        for other, start in zip(order.shots, order.start_frames, strict=True)
        for cue in other.cues
        if start > start_frame
    ]
    return samples_of(order, min([shown_until + shot.over_frames, order.length_frames, *later]))


def _place_end(order: SegmentOrder, shot: SegmentShot, cue: SpeechCue, start_frame: int) -> int:
    """Where the next speech of the shot starts, or the shot ends, in samples."""
    later = [other.start_frame for other in shot.cues if other.start_frame > cue.start_frame]
    following = min(later, default=shot.length_frames + shot.over_frames) - shot.head_trim_frames
    return samples_of(order, start_frame + min(following, shot.shown_frames + shot.over_frames))


def _check_fits(order: SegmentOrder, shot: SegmentShot, speech_end: int) -> None:
    shot_end = samples_of(order, shot.length_frames + shot.over_frames)
    # Places on the scene's timeline are rounded, so an end may lie one sample off.
    if speech_end > shot_end + 1:
        raise refusal(
            "SPEECH_LONGER_THAN_SHOT",
            f"The speech of shot {shot.shot_id} is {ms_of(speech_end - shot_end)} ms longer than its shot.",
        )


def write_sounds(
    order: SegmentOrder, folder: Path, work: Path, check: Check, ears: Mapping[Path, Ear]
) -> None:
    """Write music.flac and effects.flac, each of the scene's length; their ears hear what is written.

    Raises EngineFailure for a sound of another length than a scene without edits has.
    """
    length_samples = samples_of(order, order.length_frames)
    check()
    music, effects = folder / "music.flac", folder / "effects.flac"
    if order.music_role and (order.retimed or order.music_fitted):
        source = part_path(order.inputs, order.music_role, "music", "the scene")
        write_lengthened(music, source, length_samples, work, check, ears[music].hear)
    else:
        _write_stem(order, "music", order.music_role, music, length_samples, ears[music].hear)
    heard = None if order.ambience_role else ears[effects].hear
    if order.retimed:
        write_cuts(effects, _effects(order), length_samples, work, check, heard)
    else:
        _write_stem(order, "effects", order.effects_role, effects, length_samples, heard)
    if order.ambience_role:
        ambience = work / "ambience.flac"
        source = part_path(order.inputs, order.ambience_role, "effects", "the scene")
        write_lengthened(ambience, source, length_samples, work, check)
        _lay_under(effects, ambience, work / "laid.flac", ears[effects].hear)


def _lay_under(effects: Path, ambience: Path, path: Path, heard: Heard) -> None:
    """Add an ambience of the same length to the effects."""
    with StemWriter(path, heard=heard) as stem:
        for single, ground in zip(stem_blocks(effects), stem_blocks(ambience), strict=True):
            stem.write(single + ground)
    path.replace(effects)


def _effects(order: SegmentOrder) -> list[SoundCut]:
    """The effects of each shot where its picture is."""
    cuts: list[SoundCut] = []
    shared_frames = 0
    for shot, start_frame in zip(order.shots, order.start_frames, strict=True):
        role = shot.effects_role or order.effects_role
        if role:
            cuts.append(_effects_of(order, shot, role, start_frame, shared_frames))
        shared_frames = shot.crossfade_frames
    return cuts


def _effects_of(
    order: SegmentOrder, shot: SegmentShot, role: str, start_frame: int, shared_frames: int
) -> SoundCut:
    first = shot.effects_start_frame + shot.head_trim_frames
    moving = shot.shown_frames - shot.hold_frames
    return SoundCut(
        part_path(order.inputs, role, "effects", f"shot {shot.shot_id}"),
        samples_of(order, first),
        samples_of(order, first + moving),
        samples_of(order, start_frame),
        samples_of(order, shot.hold_frames),
        samples_of(order, shared_frames),
        samples_of(order, shot.crossfade_frames),
    )


def _write_stem(
    order: SegmentOrder, role: str, input_role: str, path: Path, length_samples: int, heard: Heard | None
) -> None:
    source = part_path(order.inputs, input_role, role, "the scene") if input_role else None
    own_samples = write_fitted(path, source, length_samples, heard)
    # Rounding of a length that was summed shot by shot stays far under a frame.
    if abs(own_samples - length_samples) > samples_of(order, 1):
        raise refusal(
            "STEM_LENGTH",
            f"The {role} is {ms_of(own_samples)} ms long where the scene lasts {ms_of(length_samples)} ms.",
        )


def samples_of(order: SegmentOrder, frames: int) -> int:
    """The samples that so many frames of the scene last."""
    return samples_for(frames, order.rate_numerator, order.rate_denominator)
