"""Levels: what a scene's stems measure, and from all scenes' the gains of the film, without its sound."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio_composer.bridges import EDGE_SAMPLES
from studio_composer.ducking import Gains, gain_at, spoken_amounts_of
from studio_composer.limiter import CELL_SAMPLES as PEAK_CELL_SAMPLES
from studio_composer.limiter import limiting_gains
from studio_composer.loudness import Powers, gated
from studio_composer.master import GAIN_MAX_DB, PEAK_MAX_DBTP, ceiling_dbtp
from studio_composer.measures import PEAKS_A_CELL, Ear, Measures, at_gains, measure, scaled_blocks
from studio_composer.mixdown import (
    SPEECH_EDGE_SAMPLES,
    Balance,
    StemGains,
    Stems,
    edge_gain_at,
)
from studio_composer.splice import Check
from studio_composer.stems import stem_blocks

GAIN_STEP_DB = 0.5
_ROUNDS_MAX = 10
_SLOPE_MIN = 0.25
_PACKED = ("stems", "mixed", "powers", "peaks")


@dataclass(frozen=True, slots=True)
class SceneLevels:
    """What a scene measures.

    `stems` are the powers of the gating blocks (BS.1770-4, one each 100 ms) of dialogue, music and effects as
    they came, shape (3, blocks); `mixed` of the same as they go into the mix. `powers` are those of
    the latter in cells of 10 ms, `peaks` their true peaks in cells of 1 ms, shape (3, cells). `clipped` are
    the clipped stretches of each stem, in samples; they are not packed.
    """

    stems: Powers
    mixed: Powers
    powers: Powers
    peaks: Powers
    clipped: tuple[tuple[tuple[int, int], ...], ...] = ()

    def packed(self) -> bytes:
        """The file of these."""
        file = io.BytesIO()
        np.savez(file, **{name: getattr(self, name).astype(np.float32) for name in _PACKED})
        return file.getvalue()


@dataclass(frozen=True, slots=True)
class FilmLevels:
    """The faders of the film, and the gain after them, decibels; and the loudness that they bring it to."""

    stems: StemGains
    gain_db: float
    target_lufs: float

    def record(self) -> bytes:
        """The levels as JSON."""
        return json.dumps(
            {**asdict(self.stems), "gain_db": self.gain_db, "target_lufs": self.target_lufs}, sort_keys=True
        ).encode()


def levels_from(data: bytes) -> SceneLevels:
    """Read a scene's levels. Raises ValueError, KeyError for another file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return SceneLevels(*(arrays[name].astype(np.float64) for name in _PACKED))


def film_levels_from(data: bytes) -> FilmLevels:
    """Read a film's levels. Raises ValueError, KeyError for another file."""
    record: dict[str, Any] = json.loads(data)
    gains = StemGains(*(float(record[f"{stem}_db"]) for stem in ("dialogue", "music", "effects")))
    return FilmLevels(gains, float(record["gain_db"]), float(record["target_lufs"]))


def scene_levels(
    stems: Stems, balance: Balance, check: Check, ears: Mapping[Path, Ear] | None = None
) -> SceneLevels:
    """Measure a scene's stems, each once: what they measure in the mix follows from their gains there.

    Of a stem that an ear heard from its start to its end nothing is read.
    """
    files = [stems.dialogue, stems.music, stems.effects, *([stems.spoken] if stems.spoken else [])]

    def found_in(path: Path) -> Measures:
        ear = (ears or {}).get(path)
        if ear is not None and ear.heard_samples == stems.length_samples:
            return ear.measures()
        return measure(stem_blocks(path), check)

    # FFmpeg and numpy let go of the interpreter: threads share the cores.
    with ThreadPoolExecutor(len(files), thread_name_prefix="stems") as pool:
        found = list(pool.map(found_in, files))
    amount = spoken_amounts_of(found[0].spoken, stems.length_samples)
    mixed = [
        at_gains(sound, gains)
        for sound, gains in zip(found[:3], _mix_gains(stems, amount, balance), strict=True)
    ]
    raw = [found[3] if stems.spoken else found[0], *found[1:3]]
    return SceneLevels(
        _stacked([it.blocks for it in raw]),
        _stacked([it.blocks for it in mixed]),
        _stacked([it.powers for it in mixed]),
        _stacked([it.peaks for it in mixed]),
        tuple(it.clipped for it in found[:3]),
    )


def _mix_gains(stems: Stems, amount: Gains, balance: Balance) -> list[Gains]:
    """The gains of dialogue, music and effects in the mix before their faders, in cells of 1 ms."""
    heard = range(stems.length_samples)
    centres = (np.arange(-(-stems.length_samples // PEAK_CELL_SAMPLES)) + 0.5) * PEAK_CELL_SAMPLES
    edge = edge_gain_at(heard, centres, EDGE_SAMPLES)
    return [
        edge_gain_at(heard, centres, SPEECH_EDGE_SAMPLES),
        edge * gain_at(amount, balance.music_duck_db, centres),
        edge * gain_at(amount, balance.effects_duck_db, centres),
    ]


def film_levels(
    scenes: Iterable[SceneLevels],
    balance: Balance,
    target_lufs: float,
    own_gains: Sequence[tuple[float, float]] = (),
    peak_max_dbtp: float = PEAK_MAX_DBTP,
) -> FilmLevels:
    """The gains that bring a film to its loudness, told from its scenes' levels.

    Each stem is measured as one sound over all scenes, which are gone through twice: a long film's are read
    again sooner than kept. Gains are in steps, so that a change of one scene among many leaves them as they
    were, and with them the sound of the others. `own_gains` are linear, of the music and the effects of each
    scene; 1 where they are left out.
    """
    stems = np.concatenate([scene.stems for scene in scenes], axis=1)
    aims = (balance.dialogue_lufs, balance.music_lufs, balance.effects_lufs)
    gains = StemGains(
        *(balance.correction_db(gated(powers), aim) for powers, aim in zip(stems, aims, strict=True))
    )
    faders = np.array([10 ** (gain_db / 20) for gain_db in asdict(gains).values()])[:, None]
    own = [np.array([1.0, *gains])[:, None] for gains in own_gains] or repeat(np.ones((3, 1)))
    ceiling = 10 ** (ceiling_dbtp(peak_max_dbtp) / 20)
    forecasts = [
        _Forecast(scene, faders * gain, ceiling) for scene, gain in zip(scenes, own, strict=bool(own_gains))
    ]
    return FilmLevels(gains, _film_gain_db(forecasts, target_lufs), target_lufs)


class _Forecast:
    """What a scene's mix measures under a gain and its limiting: within 0.1 LU while that is slight."""

    def __init__(self, scene: SceneLevels, faders: NDArray[np.float64], ceiling: float) -> None:
        self._ceiling = ceiling
        self._blocks: Powers = (scene.mixed * faders**2).sum(axis=0)
        self._powers: Powers = (scene.powers * faders**2).sum(axis=0)
        # Sounds that have nothing to do with each other seldom peak together.
        peaks = np.sqrt(((scene.peaks * faders) ** 2).sum(axis=0))
        missing = len(self._powers) * PEAKS_A_CELL - len(peaks)
        self._peaks: NDArray[np.float32] = np.pad(peaks, (0, max(0, missing))).astype(np.float32)

    def blocks(self, gain_db: float) -> Powers:
        """The powers of the gating blocks."""
        gain = 10 ** (gain_db / 20)
        limited = limiting_gains(self._peaks, gain, self._ceiling)
        whole = limited[: len(self._powers) * PEAKS_A_CELL].astype(np.float64)
        squares = (whole**2).reshape(-1, PEAKS_A_CELL).mean(axis=1)
        return scaled_blocks(self._blocks, self._powers, squares)


def _film_gain_db(forecasts: Sequence[_Forecast], target_lufs: float) -> float:
    """The gain, a whole number of steps, that comes nearest to the target.

    A limiter takes back some of what a gain gives, and the gate drops quiet scenes at once, so each round
    goes as far as the last two tell, and the best of all rounds is kept.
    """
    errors: dict[float, float] = {}
    gain_db, slope = 0.0, 1.0
    while len(errors) < _ROUNDS_MAX and gain_db not in errors:
        loudness = gated(np.concatenate([forecast.blocks(gain_db) for forecast in forecasts]))
        if loudness.is_silent:
            return 0.0
        errors[gain_db] = target_lufs - loudness.integrated_lufs
        if len(errors) > 1:
            (before_db, before), (now_db, now) = list(errors.items())[-2:]
            slope = max(_SLOPE_MIN, min(1.0, (before - now) / (now_db - before_db)))
        gain_db = min(GAIN_MAX_DB, _in_steps(gain_db + errors[gain_db] / slope))
    return min(errors, key=lambda tried_db: (abs(errors[tried_db]), tried_db))


def _in_steps(gain_db: float) -> float:
    return round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB


def _stacked(arrays: Sequence[Powers]) -> Powers:
    """Arrays of nearly one length as rows; sounds of a scene may differ by a rounding."""
    length = min(len(array) for array in arrays)
    return np.stack([array[:length] for array in arrays])
