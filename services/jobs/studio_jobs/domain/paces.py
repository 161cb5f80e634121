"""How long a run takes, learned from runs like it: of its engine, kind, size and length."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.states import TaskKind

SAMPLES_MAX = 40
HALF_LIFE_SAMPLES = 15
LOW_QUANTILE, HIGH_QUANTILE = 0.1, 0.9

_OTHER_LENGTH_WIDENS = 1.5
_OTHER_SIZE_WIDENS = 2.5
_UNKNOWN_WIDENS = 5.0
_PRIOR_SIZE_CLASS = 20
_PRIOR_MICROS = {
    TaskKind.STILL: 400_000,
    TaskKind.CLIP: 8_000,
    TaskKind.SPEECH: 12_000,
    TaskKind.MUSIC: 3_000,
    TaskKind.EFFECTS: 3_000,
    TaskKind.SEGMENT: 6_000,
    TaskKind.FILM: 300,
    TaskKind.READING: 100,
    TaskKind.SHEET: 40_000,
    TaskKind.LEVELS: 20,
    TaskKind.MASTER: 1_500,
}
"""Microseconds a unit of work at 1280 x 720, of engines that nothing is known of."""

_SOUND_UNIT_MS = 100
_DRAWN_OVER = " drawing over"


@dataclass(frozen=True, slots=True, order=True)
class PaceKey:
    """Runs that take alike: sizes and lengths within a factor of two. `size_class` is 0 without a picture."""

    engine: str
    kind: int
    size_class: int
    length_class: int


@dataclass(frozen=True, slots=True)
class Band:
    """Milliseconds, or money: what is expected, between a lower and an upper end."""

    low: int = 0
    expected: int = 0
    high: int = 0

    def scaled(self, numerator: int, denominator: int, base: int = 0) -> Band:
        """base + each end x numerator / denominator, rounded up."""
        low, expected, high = (
            base - -value * numerator // denominator for value in (self.low, self.expected, self.high)
        )
        return Band(low, expected, high)


def total_of(bands: Sequence[Band]) -> Band:
    """The sum of bands, end by end."""
    return Band(
        sum(band.low for band in bands),
        sum(band.expected for band in bands),
        sum(band.high for band in bands),
    )


@dataclass(frozen=True, slots=True)
class Work:
    """One run's work: what it is like, and how many units of it."""

    key: PaceKey
    units: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """A run's time, ms; whether it rests on runs of the same engine, kind and size."""

    run_ms: Band
    is_known: bool


Paces = Mapping[PaceKey, Sequence[int]]
"""Microseconds a unit of the last runs, the newest last, at most SAMPLES_MAX."""


def work_of(spec: task_pb2.TaskSpec, length_ms: int) -> Work:
    """The work of a spec whose artifact is this long (0 for a still)."""
    kind = TaskKind(spec.kind)
    units = _units(kind, spec, length_ms)
    pixels = 0
    if kind in _PICTURES:
        size: task_pb2.Size = getattr(spec, kind.name.lower()).size
        pixels = size.width_px * size.height_px
    return Work(PaceKey(_pace_label(spec), int(kind), pixels.bit_length(), units.bit_length()), units)


_PICTURES = frozenset((TaskKind.STILL, TaskKind.CLIP, TaskKind.SEGMENT, TaskKind.FILM))


def _pace_label(spec: task_pb2.TaskSpec) -> str:
    """The engine, and what makes it encode pictures that it only copies else: that takes far longer."""
    is_framed = any(shot.HasField("framing") for shot in spec.segment.shots)
    is_drawn_over = spec.film.caption_style.burned_in or spec.film.brand.watermark_corner
    return engine_label(spec.engine) + (" framing" if is_framed else _DRAWN_OVER if is_drawn_over else "")


def engine_label(engine: task_pb2.EngineRef) -> str:
    """An engine with its model: "kokoro (kokoro-82m-int8)"."""
    return f"{engine.engine} ({engine.model})" if engine.model else engine.engine


def _units(kind: TaskKind, spec: task_pb2.TaskSpec, length_ms: int) -> int:
    match kind:
        case TaskKind.STILL:
            return 1
        case TaskKind.SPEECH:
            return max(1, len(spec.speech.text))
        case TaskKind.MUSIC | TaskKind.EFFECTS:
            return max(1, length_ms // _SOUND_UNIT_MS)
        case TaskKind.SHEET:
            return max(1, sum(len(scene.frames) for scene in spec.sheet.scenes))
        case _:
            rate: task_pb2.Rate = getattr(spec, kind.name.lower()).rate
            return max(1, length_ms * rate.numerator // (1000 * max(1, rate.denominator)))


def sample_of(work: Work, run_ms: int) -> int:
    """What a run adds to its pace: microseconds a unit."""
    return min(run_ms * 1000 // work.units, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class _Pace:
    """Microseconds a unit."""

    low: float
    middle: float
    high: float
    is_known: bool


class Pacer:
    """Expects runs by paces; each kind of run is looked up once."""

    def __init__(self, paces: Paces) -> None:
        self._paces = paces
        self._found: dict[PaceKey, _Pace] = {}

    def expected(self, work: Work) -> Expectation:
        """How long a run of this work takes."""
        pace = self._found.get(work.key)
        if pace is None:
            pace = self._found[work.key] = _pace_of(self._paces, work.key)
        ms = work.units / 1000
        band = Band(int(pace.low * ms), round(pace.middle * ms), math.ceil(pace.high * ms))
        return Expectation(band, pace.is_known)


def _pace_of(paces: Paces, key: PaceKey) -> _Pace:
    samples, widens, is_known = _like(paces, key)
    low, middle, high = _quantiles(samples)
    widens *= 1 + 1 / len(samples)
    return _Pace(low / widens, middle, high * widens, is_known)


def _like(paces: Paces, key: PaceKey) -> tuple[Sequence[float], float, bool]:
    """Samples of the runs most like these, how much wider the band is, and whether they are as large."""
    if paces.get(key):
        return paces[key], 1.0, True
    near = [(other, samples) for other, samples in sorted(paces.items()) if _is_kin(other, key)]
    same = [sample for other, samples in near if other.size_class == key.size_class for sample in samples]
    if same:
        return same, _OTHER_LENGTH_WIDENS, True
    scaled = [
        sample * 2.0 ** (key.size_class - other.size_class) for other, samples in near for sample in samples
    ]
    if scaled:
        return scaled, _OTHER_SIZE_WIDENS, False
    exponent = key.size_class - _PRIOR_SIZE_CLASS if key.size_class else 0
    like = TaskKind.CLIP if key.engine.endswith(_DRAWN_OVER) else TaskKind(key.kind)
    return [_PRIOR_MICROS[like] * 2.0**exponent], _UNKNOWN_WIDENS, False


def _is_kin(other: PaceKey, key: PaceKey) -> bool:
    return (other.engine, other.kind) == (key.engine, key.kind)


def _quantiles(samples: Sequence[float]) -> tuple[float, float, float]:
    """Low, median and high; a sample weighs half as much as one HALF_LIFE_SAMPLES newer."""
    newest = len(samples) - 1
    weighed = sorted(
        (sample, 0.5 ** ((newest - age) / HALF_LIFE_SAMPLES)) for age, sample in enumerate(samples)
    )
    total = sum(weight for _, weight in weighed)
    low, middle, high = (_at(weighed, quantile * total) for quantile in (LOW_QUANTILE, 0.5, HIGH_QUANTILE))
    return low, middle, high


def _at(weighed: Sequence[tuple[float, float]], weight: float) -> float:
    reached = 0.0
    for sample, own in weighed:
        reached += own
        if reached >= weight:
            return sample
    return weighed[-1][0]
