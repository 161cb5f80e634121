"""Levels: what a scene's stems measure, and from all scenes' the gains of the film, without its sound."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio_composer.ducking import CELL_SAMPLES
from studio_composer.limiter import cell_peaks, limiting_gains
from studio_composer.loudness import (
    REPORT_SAMPLES,
    LoudnessMeter,
    Powers,
    gated,
)
from studio_composer.master import AAC_CUTOFF_HZ, GAIN_MAX_DB, PEAK_MAX_DBTP, ceiling_dbtp
from studio_composer.mixdown import (
    Balance,
    StemGains,
    Stems,
    dialogue_blocks,
    ducked_blocks,
    sounding,
    spoken_amounts,
)
from studio_composer.splice import Check
from studio_composer.stems import stem_blocks
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

GAIN_STEP_DB = 0.5
_ROUNDS_MAX = 8
_TOLERANCE_LU = 0.05
_CELLS_A_REPORT = REPORT_SAMPLES // CELL_SAMPLES
_REPORTS_A_BLOCK = 4
# The limiter works in cells of 1 ms, these are of 10.
_LIMITER_CELLS = 10
_REPORTS_A_SECOND = 10
# BS.1770's weighting: 4 dB more for what is above, as good as a step.
_SHELF_HZ = 1_700
_SHELF_POWER = 10**0.4


@dataclass(frozen=True, slots=True)
class SceneLevels:
    """What a scene measures.

    `stems` are the powers of the gating blocks (BS.1770-4, one each 100 ms) of dialogue, music and effects as
    they came, shape (3, blocks); `mixed` of the same as they go into the mix. `powers` are those of
    the latter in cells of 10 ms, `peaks` their true peaks in cells of 1 ms, shape (3, cells).
    """

    stems: Powers
    mixed: Powers
    powers: Powers
    peaks: Powers

    def packed(self) -> bytes:
        """The file of these."""
        file = io.BytesIO()
        np.savez(file, **{name: array.astype(np.float32) for name, array in asdict(self).items()})
        return file.getvalue()


@dataclass(frozen=True, slots=True)
class FilmLevels:
    """The faders of the film, and the gain after them, decibels."""

    stems: StemGains
    gain_db: float

    def record(self) -> bytes:
        """The levels as JSON."""
        return json.dumps({**asdict(self.stems), "gain_db": self.gain_db}, sort_keys=True).encode()


def levels_from(data: bytes) -> SceneLevels:
    """Read a scene's levels. Raises ValueError, KeyError for another file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return SceneLevels(
            *(arrays[name].astype(np.float64) for name in ("stems", "mixed", "powers", "peaks"))
        )


def film_levels_from(data: bytes) -> FilmLevels:
    """Read a film's levels. Raises ValueError, KeyError for another file."""
    record: dict[str, Any] = json.loads(data)
    gains = StemGains(*(float(record[f"{stem}_db"]) for stem in ("dialogue", "music", "effects")))
    return FilmLevels(gains, float(record["gain_db"]))


def scene_levels(stems: Stems, balance: Balance, check: Check) -> SceneLevels:
    """Measure a scene's stems."""
    amount, heard = spoken_amounts(stems, check), sounding(stems.length_samples)
    sounds: tuple[Iterable[Samples], ...] = (
        stem_blocks(stems.spoken or stems.dialogue),
        stem_blocks(stems.music),
        stem_blocks(stems.effects),
        dialogue_blocks(stems, heard),
        ducked_blocks(stems.music, amount, balance.music_duck_db, heard),
        ducked_blocks(stems.effects, amount, balance.effects_duck_db, heard),
    )
    # FFmpeg and numpy let go of the interpreter: threads share the cores.
    with ThreadPoolExecutor(len(sounds) // 2, thread_name_prefix="stems") as pool:
        found = list(pool.map(lambda blocks: _measured(blocks, check), sounds))
    raw, mixed = found[:3], found[3:]
    return SceneLevels(
        _stacked([it.blocks for it in raw]),
        _stacked([it.blocks for it in mixed]),
        _stacked([it.powers for it in mixed]),
        _stacked([it.peaks for it in mixed]),
    )


def film_levels(
    scenes: Sequence[SceneLevels],
    balance: Balance,
    target_lufs: float,
    own_gains: Sequence[tuple[float, float]] = (),
    peak_max_dbtp: float = PEAK_MAX_DBTP,
) -> FilmLevels:
    """The gains that bring a film to its loudness, told from its scenes' levels.

    Each stem is measured as one sound over all scenes. Gains are in steps, so that a change of one scene
    among many leaves them as they were, and with them the sound of the others. `own_gains` are linear, of the
    music and the effects of each scene; 1 where they are left out.
    """
    stems = np.concatenate([scene.stems for scene in scenes], axis=1)
    aims = (balance.dialogue_lufs, balance.music_lufs, balance.effects_lufs)
    gains = StemGains(
        *(balance.correction_db(gated(powers), aim) for powers, aim in zip(stems, aims, strict=True))
    )
    faders = np.array([10 ** (gain_db / 20) for gain_db in asdict(gains).values()])[:, None]
    own = [np.array([1.0, *gains])[:, None] for gains in own_gains] or [np.ones((3, 1))] * len(scenes)
    ceiling = 10 ** (ceiling_dbtp(peak_max_dbtp) / 20)
    forecasts = [_Forecast(scene, faders * gain, ceiling) for scene, gain in zip(scenes, own, strict=True)]
    return FilmLevels(gains, _film_gain_db(forecasts, target_lufs))


class _Forecast:
    """What a scene's mix measures under a gain and its limiting: within 0.1 LU while that is slight."""

    def __init__(self, scene: SceneLevels, faders: NDArray[np.float64], ceiling: float) -> None:
        self._ceiling = ceiling
        self._blocks: Powers = (scene.mixed * faders**2).sum(axis=0)
        self._powers: Powers = (scene.powers * faders**2).sum(axis=0)
        # Sounds that have nothing to do with each other seldom peak together.
        peaks = np.sqrt(((scene.peaks * faders) ** 2).sum(axis=0))
        missing = len(self._powers) * _LIMITER_CELLS - len(peaks)
        self._peaks: NDArray[np.float32] = np.pad(peaks, (0, max(0, missing))).astype(np.float32)

    def blocks(self, gain_db: float) -> Powers:
        """The powers of the gating blocks."""
        gain = 10 ** (gain_db / 20)
        limited = limiting_gains(self._peaks, gain, self._ceiling)
        whole = limited[: len(self._powers) * _LIMITER_CELLS].astype(np.float64)
        squares = (whole**2).reshape(-1, _LIMITER_CELLS).mean(axis=1)
        before = _window_sums(self._powers, len(self._blocks))
        after = _window_sums(self._powers * squares, len(self._blocks))
        return self._blocks * np.where(before > 0, after / np.maximum(before, 1e-30), gain**2)


def _film_gain_db(forecasts: Sequence[_Forecast], target_lufs: float) -> float:
    gain_db = 0.0
    for _ in range(_ROUNDS_MAX):
        loudness = gated(np.concatenate([forecast.blocks(gain_db) for forecast in forecasts]))
        if loudness.is_silent:
            return 0.0
        error_lu = target_lufs - loudness.integrated_lufs
        corrected_db = min(GAIN_MAX_DB, gain_db + error_lu)
        if abs(error_lu) < _TOLERANCE_LU or math.isclose(corrected_db, gain_db):
            break
        gain_db = corrected_db
    return round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB


@dataclass(frozen=True, slots=True)
class _Measured:
    blocks: Powers
    powers: Powers
    peaks: Powers


def _measured(blocks: Iterable[Samples], check: Check) -> _Measured:
    meter = LoudnessMeter()
    powers, peaks, kept = [], [], []
    for block in blocks:
        check()
        meter.push(block)
        cells = _cells(block)
        kept.append(_kept_by_aac(block))
        powers.append((cells.astype(np.float64) ** 2).sum(axis=(1, 2)))
        peaks.append(cell_peaks([block]).astype(np.float64))
    meter.result()
    found = meter.blocks()
    seconds = np.minimum(np.arange(len(found)) // _REPORTS_A_SECOND, len(kept) - 1)
    return _Measured(found * np.array(kept)[seconds], _joined(powers), _joined(peaks))


def _kept_by_aac(block: Samples) -> float:
    """The share of a block's loudness that the encoder keeps: it drops what is over its cut-off."""
    power = (np.abs(np.fft.rfft(block, axis=0)) ** 2).sum(axis=1)
    hz = np.arange(len(power)) * (SAMPLE_RATE_HZ / 2 / max(1, len(power) - 1))
    heard = power * np.where(hz > _SHELF_HZ, _SHELF_POWER, 1.0)
    total = float(heard.sum())
    return float(heard[hz < AAC_CUTOFF_HZ].sum()) / total if total > 0 else 1.0


def _cells(block: Samples) -> NDArray[np.float32]:
    """A block in cells of 10 ms, shape (cells, samples, channels), the last one filled up with silence."""
    count = -(-len(block) // CELL_SAMPLES)
    padded = np.zeros((count * CELL_SAMPLES, block.shape[1]), np.float32)
    padded[: len(block)] = block
    return padded.reshape(count, CELL_SAMPLES, block.shape[1])


def _joined(arrays: Sequence[Powers]) -> Powers:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _stacked(arrays: Sequence[Powers]) -> Powers:
    """Arrays of nearly one length as rows; sounds of a scene may differ by a rounding."""
    length = min(len(array) for array in arrays)
    return np.stack([array[:length] for array in arrays])


def _window_sums(cells: Powers, windows: int) -> Powers:
    """The sum over each gating block's cells; the last block may reach past the sound."""
    missing = (windows + _REPORTS_A_BLOCK - 1) * _CELLS_A_REPORT - len(cells)
    whole = np.pad(cells, (0, max(0, missing)))[: len(cells) + missing]
    reports = whole.reshape(-1, _CELLS_A_REPORT).sum(axis=1)
    sums: Powers = np.sum(list(_shifted(reports, windows)), axis=0)
    return sums


def _shifted(reports: Powers, windows: int) -> Iterator[Powers]:
    for offset in range(_REPORTS_A_BLOCK):
        yield reports[offset : offset + windows]
