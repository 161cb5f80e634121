"""The gate that a film passes before it is written: all that was found out about it, judged as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio_composer.captions import Caption, Cue
from studio_composer.declared import meant_in_film
from studio_composer.defects import Kind, Meant, raise_for
from studio_composer.gate import (
    LOUDNESS_OFF_NOTED_LU,
    Bounds,
    caption_defects,
    loudness_defects,
    peak_defects,
    picture_defects,
    silence_defects,
)
from studio_composer.joined_sound import JoinedSound
from studio_composer.orders import FilmOrder
from studio_composer.stretches import PictureFacts
from studio_composer.timeline import Timeline
from studio_composer.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Of each scene by its role: the verdict of the picture that is shown, and of the sound that is heard."""

    shown: Mapping[str, Verdict]
    heard: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out about a film: of its pictures outside verdicts, its sound, speeches and captions."""

    pictures: PictureFacts
    sound: JoinedSound
    cues: Sequence[Cue]
    captions: Sequence[Caption]


def pass_film(order: FilmOrder, timeline: Timeline, verdicts: Verdicts, found: Found) -> dict[str, Any]:
    """What was checked, ready for the report. Raises FilmFault, permanent, that tells the defects."""
    bounds = Bounds(timeline.rate_hz, timeline.length_frames)
    meant = meant_in_film(order, timeline, verdicts.shown, verdicts.heard, found.sound.has_tones)
    target_lufs = order.loudness_target_millilufs / 1_000
    sound = found.sound
    silent = [(bounds.frames(start), bounds.frames(stop)) for start, stop in sound.silent_ms]
    off_lu = 0.0 if sound.is_silent else sound.integrated_lufs - target_lufs
    defects = [
        *picture_defects(_facts(timeline, verdicts.shown, found.pictures), meant, bounds),
        *silence_defects(silent, meant, bounds),
        *loudness_defects(sound.integrated_lufs, target_lufs, bounds, is_silent=sound.is_silent),
        *(
            defect
            for peak in sound.peaks
            for defect in peak_defects(peak.dbtp, peak.max_dbtp, peak.at_ms, bounds)
        ),
        *caption_defects(found.cues, found.captions, bounds),
    ]
    raise_for(defects, timeline.rate_hz, "The film")
    return {
        "pictures_decoded": timeline.length_frames,
        "scenes": len(timeline.scenes),
        "speeches": len(found.cues),
        "captions": len(found.captions),
        "loudness_off_lu": round(off_lu, 2),
        "loudness_within_half_lu": abs(off_lu) <= LOUDNESS_OFF_NOTED_LU,
        "looked_for": [*(kind.value for kind in Kind), "gaps", "order", "lengths", "chapters", "decoding"],
        "meant": [_told(it) for it in meant],
        "defects": 0,
    }


def _facts(timeline: Timeline, shown: Mapping[str, Verdict], own: PictureFacts) -> PictureFacts:
    """What the scenes' verdicts tell, on the film's timeline, with what was looked at in the film itself."""
    alone = [shown[it.role].facts.shifted(it.start_frame) for it in timeline.scenes_alone]
    whole = [own, *alone]
    return PictureFacts(
        tuple(sorted(stretch for facts in whole for stretch in facts.black)),
        tuple(sorted(stretch for facts in whole for stretch in facts.still)),
    )


def _told(it: Meant) -> dict[str, str | int]:
    return {"kind": it.kind.value, "start_frame": it.start_frame, "stop_frame": it.stop_frame, "why": it.why}
