"""The gate that a scene passes: its pictures, speeches and stems, judged where its shots are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from studio_composer.captions import Cue
from studio_composer.declared import meant_in_scene
from studio_composer.defects import Defect, raise_for
from studio_composer.ducking import CELL_SAMPLES
from studio_composer.gate import Bounds, clipping_defects, picture_defects, speech_defects
from studio_composer.levels import SceneLevels
from studio_composer.mixdown import STEMS
from studio_composer.orders import SegmentOrder
from studio_composer.verdicts import Verdict
from studio_media.house import SAMPLE_RATE_HZ

_CELLS_A_SECOND = SAMPLE_RATE_HZ // CELL_SAMPLES
# -80 dBFS in both channels: nobody hears it.
_UNHEARD_POWER = 2 * CELL_SAMPLES * 1e-8


def pass_pictures(order: SegmentOrder, verdict: Verdict) -> Verdict:
    """The verdict with what the order declares. Raises FilmFault, permanent, that tells the defects."""
    bounds, meant = _bounds(order), meant_in_scene(order)
    _raise_for(order, picture_defects(verdict.facts, meant, bounds))
    return replace(verdict, meant=meant)


def pass_sounds(order: SegmentOrder, cues: Sequence[Cue], levels: SceneLevels) -> None:
    """Raise FilmFault, permanent, for speeches that are not heard and stems that are clipped."""
    bounds = _bounds(order)

    def is_heard(cue: Cue) -> bool:
        first, last = cue.start_ms * _CELLS_A_SECOND // 1_000, -(-cue.end_ms * _CELLS_A_SECOND // 1_000)
        return bool(np.any(levels.powers[0, first:last] > _UNHEARD_POWER))

    defects = speech_defects(cues, is_heard, bounds)
    for name, clipped in zip(STEMS, levels.clipped, strict=True):
        if name == "music" and order.music_fitted:
            continue
        frames = [tuple(_frame(order, sample) for sample in stretch) for stretch in clipped]
        defects += clipping_defects([(start, max(stop, start + 1)) for start, stop in frames], name, bounds)
    _raise_for(order, defects)


def _raise_for(order: SegmentOrder, defects: Sequence[Defect]) -> None:
    named = [
        replace(defect, what=f"shot {_shot_at(order, defect.start_frame)}: {defect.what}")
        for defect in defects
    ]
    raise_for(named, _bounds(order).rate_hz, "In this scene")


def _shot_at(order: SegmentOrder, frame: int) -> str:
    starts = order.start_frames
    number = max(index for index, start in enumerate(starts) if start <= max(0, frame))
    return order.shots[number].shot_id


def _bounds(order: SegmentOrder) -> Bounds:
    return Bounds(Fraction(order.rate_numerator, order.rate_denominator), order.length_frames)


def _frame(order: SegmentOrder, sample: int) -> int:
    return sample * order.rate_numerator // (order.rate_denominator * SAMPLE_RATE_HZ)
