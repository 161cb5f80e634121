"""The loudness of a model's sound, set: models give back anything from a whisper to full scale."""

from __future__ import annotations

import io
import json
import math

import av
import numpy as np
from av.filter import loudnorm

from studio_media.sound import Samples, encode_flac

MEASURED_SAMPLES_MIN = 48_000
PEAK_MAX = 10 ** (-3 / 20)
SILENCE_LUFS = -70.0


def integrated_lufs(samples: Samples) -> float:
    """The loudness of samples (count, 2) at 48 kHz by ITU-R BS.1770, -70 for silence.

    What is shorter than a second is repeated to one: less can't be measured.
    """
    times = -(-MEASURED_SAMPLES_MIN // len(samples))
    # Over full scale it would be clipped by the measuring alone.
    peak = max(1.0, float(np.abs(samples).max()))
    file = io.BytesIO(encode_flac(np.tile(samples / peak, (times, 1)), sample_bits=24))
    with av.open(file, format="flac") as container:
        told = json.loads(loudnorm.stats("I=-24", container.streams.audio[0]))
    measured = float(told["input_i"])
    return max(SILENCE_LUFS, measured + 20 * math.log10(peak)) if math.isfinite(measured) else SILENCE_LUFS


def levelled(samples: Samples, lufs: float) -> Samples:
    """The samples at a loudness, or as near as a peak of -3 dBFS allows."""
    measured = integrated_lufs(samples)
    if measured <= SILENCE_LUFS:
        return samples
    return within_peak(samples * np.float32(10 ** ((lufs - measured) / 20)))


def within_peak(samples: Samples) -> Samples:
    """The samples, all quieter where the highest is over -3 dBFS."""
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(PEAK_MAX / peak) if peak > PEAK_MAX else samples
