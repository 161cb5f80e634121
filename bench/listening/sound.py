"""The sounds of a turnover as the recognisers take them: mono at 16 kHz."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.listening.cut import Stem
from studio_media.sound import decode

EAR_RATE_HZ = 16_000

Mono = NDArray[np.float32]


def laid_out(folder: Path, stems: Iterable[Stem], count: int) -> Mono:
    """Stems at their places in a film of `count` samples. Raises SoundError."""
    track = np.zeros(count, np.float32)
    for stem in stems:
        begin = round(stem.start_seconds * EAR_RATE_HZ)
        sound = decode(folder / stem.path, EAR_RATE_HZ, 1)
        part = track[begin : begin + len(sound)]
        part += sound[: len(part), 0]
    return track


def span_of(sound: Mono, start_seconds: float, end_seconds: float, margin_seconds: float) -> Mono:
    """A part of a sound with a margin at both ends; silence where the sound has ended."""
    begin = round((start_seconds - margin_seconds) * EAR_RATE_HZ)
    end = round((end_seconds + margin_seconds) * EAR_RATE_HZ)
    inside = sound[max(0, begin) : max(0, end)]
    before = max(0, -begin)
    return np.pad(inside, (before, max(0, end - begin - before - len(inside))))
