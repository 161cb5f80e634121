"""Loudness and true peak, measured block by block by FFmpeg's ebur128."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

SILENCE_LUFS = -70.0
SHORTEST_MEASURED_SAMPLES = SAMPLE_RATE_HZ * 4 // 10
REPORT_SAMPLES = SAMPLE_RATE_HZ // 10
_REPORTS_A_BLOCK = 4
_OFFSET_LU = -0.691
_RELATIVE_GATE = 0.1

SILENT_POWER_MAX = 10 ** ((SILENCE_LUFS - _OFFSET_LU) / 10) * 1.001
"""The most that a silent gating block has: nothing is told as the gate itself, give or take a digit."""

# -240 dB: less than a bit of any sound. In digital silence the filter's memory fades to numbers so small
# that a processor takes ten times as long to count with them.
_NO_SILENCE = np.float32(1e-12)

Powers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness of a sound (ITU-R BS.1770-4 with EBU R 128 gating).

    `integrated_lufs` is -70 for silence and for a sound under 0.4 s, which has no gating block.
    """

    integrated_lufs: float

    @property
    def is_silent(self) -> bool:
        """Whether nothing could be measured."""
        return self.integrated_lufs <= SILENCE_LUFS


@dataclass(frozen=True, slots=True)
class PeakLoudness(Loudness):
    """Loudness, and the true peak: the highest point of the sound between its samples."""

    true_peak_dbtp: float


class LoudnessMeter:
    """Takes stereo blocks of shape (count, 2) at 48 kHz; keeps no sound.

    True peaks cost twice as much as the rest together, so they are measured only `with_peaks`.
    """

    def __init__(self, *, with_peaks: bool = False) -> None:
        graph = Graph()
        self._source = graph.add(
            "abuffer",
            f"sample_rate={SAMPLE_RATE_HZ}:sample_fmt=flt:channel_layout=stereo:time_base=1/{SAMPLE_RATE_HZ}",
        )
        meter = graph.add("ebur128", f"metadata=1:framelog=quiet:peak={'true' if with_peaks else 'none'}")
        self._sink = graph.add("abuffersink")
        self._source.link_to(meter)
        meter.link_to(self._sink)
        graph.configure()
        self._graph = graph
        self._pushed_samples = 0
        self._integrated_lufs = SILENCE_LUFS
        self._true_peak = 0.0
        self._peak_at_sample = 0
        self._momentary_lufs: list[float] = []

    def push(self, block: Samples) -> None:
        """Measure the next block."""
        if not len(block):
            return
        packed = (block.astype(np.float32, copy=False) + _NO_SILENCE).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = self._pushed_samples
        self._pushed_samples += len(block)
        self._source.push(frame)
        self._drain()

    def result(self) -> Loudness:
        """Return what was measured; the meter takes no more afterwards."""
        measured_samples = self._pushed_samples
        # The filter reports every 100 ms: without the padding the last of them would be lost.
        self.push(np.zeros((REPORT_SAMPLES, 2), np.float32))
        if measured_samples < SHORTEST_MEASURED_SAMPLES:
            return Loudness(SILENCE_LUFS)
        return Loudness(self._integrated_lufs)

    def blocks(self) -> Powers:
        """The powers of the gating blocks, 400 ms each 100 ms; none for a sound that is shorter than one."""
        if self._pushed_samples < SHORTEST_MEASURED_SAMPLES:
            return np.zeros(0)
        momentary = np.array(self._momentary_lufs[_REPORTS_A_BLOCK - 1 :])
        # Of digital silence the filter says that it is no number.
        return power_of(np.nan_to_num(momentary, nan=SILENCE_LUFS, neginf=SILENCE_LUFS))

    @property
    def true_peak_dbtp(self) -> float:
        """The true peak so far; minus infinity for silence, and for a meter without peaks."""
        return 20 * math.log10(self._true_peak) if self._true_peak > 0 else -math.inf

    @property
    def peak_at_sample(self) -> int:
        """Where the true peak is: the start of the 100 ms that hold it."""
        return self._peak_at_sample

    def _drain(self) -> None:
        while True:
            try:
                frame = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            facts = frame.metadata
            self._integrated_lufs = max(SILENCE_LUFS, float(facts.get("lavfi.r128.I", SILENCE_LUFS)))
            self._momentary_lufs.append(float(facts.get("lavfi.r128.M", SILENCE_LUFS)))
            peak = float(facts.get("lavfi.r128.true_peak", 0.0))
            if peak > self._true_peak:
                self._true_peak, self._peak_at_sample = peak, frame.pts or 0


def measured(blocks: Iterable[Samples]) -> PeakLoudness:
    """Measure a whole sound given as stereo blocks, its true peak too."""
    meter = LoudnessMeter(with_peaks=True)
    for block in blocks:
        meter.push(block)
    return PeakLoudness(meter.result().integrated_lufs, meter.true_peak_dbtp)


def power_of(lufs: Powers) -> Powers:
    """The power of gating blocks of so many LUFS."""
    return np.asarray(10 ** ((lufs - _OFFSET_LU) / 10), dtype=np.float64)


def gated(blocks: Powers) -> Loudness:
    """The integrated loudness of a sound by the powers of its gating blocks, with both gates of BS.1770-4."""
    heard = blocks[blocks > SILENT_POWER_MAX]
    heard = heard[heard > heard.mean() * _RELATIVE_GATE] if len(heard) else heard
    if not len(heard):
        return Loudness(SILENCE_LUFS)
    return Loudness(_OFFSET_LU + 10 * math.log10(float(heard.mean())))
