"""The mixdown: the scenes' stems balanced, ducked and summed, then brought to loudness and encoded.

Stems are read in blocks of a second; the mix lies in a scratch file: a film's length costs disk, not memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio_composer.ducking import CELL_SAMPLES, DuckingProfile, Gains, ducked_gain, spoken_amount
from studio_composer.loudness import Loudness, LoudnessMeter
from studio_composer.splice import Check
from studio_composer.stems import BLOCK_SAMPLES, stem_blocks
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

EDGE_SAMPLES = SAMPLE_RATE_HZ * 12 // 100


@dataclass(frozen=True, slots=True)
class Section:
    """One scene's stems on the film's timeline, in samples; gains are linear.

    `spoken` is its speech at its own level where `dialogue` has some of it quieter, louder or muted.
    """

    start_sample: int
    length_samples: int
    dialogue: Path
    music: Path
    effects: Path
    spoken: Path | None = None
    music_gain: float = 1.0
    effects_gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Balance:
    """How loud music and effects are against the dialogue, and how far each ducks under it.

    A stem's own level is measured first, so that no generator's idea of loudness decides the mix; its
    correction is limited to `correction_max_db`.
    """

    dialogue_lufs: float = -20.0
    music_lufs: float = -26.0
    effects_lufs: float = -30.0
    music_duck_db: float = 9.0
    effects_duck_db: float = 4.0
    correction_max_db: float = 18.0

    def correction(self, measured: Loudness, target_lufs: float) -> float:
        """Return the linear gain that brings a stem to its target; 1 for silence."""
        if measured.is_silent:
            return 1.0
        wanted_db = target_lufs - measured.integrated_lufs
        return float(10 ** (max(-self.correction_max_db, min(self.correction_max_db, wanted_db)) / 20))


@dataclass(frozen=True, slots=True)
class StemLevels:
    """What the stems of a whole film measure, and the dialogue's RMS in cells of 10 ms."""

    dialogue: Loudness
    music: Loudness
    effects: Loudness
    dialogue_rms: Gains


def stem_levels(sections: Sequence[Section], length_samples: int, check: Check) -> StemLevels:
    """Measure all sections' stems before any gain, each stem as one sound without the cards' silence."""
    energy = np.zeros(length_samples // CELL_SAMPLES + 2)

    def dialogue_blocks() -> Iterator[Samples]:
        for section in sections:
            at_sample = section.start_sample
            spoken = stem_blocks(section.spoken or section.dialogue)
            heard = stem_blocks(section.dialogue) if section.spoken else None
            for block in spoken:
                audible = block if heard is None else next(heard)
                _add_energy(energy, at_sample, audible)
                at_sample += len(block)
                yield block

    sounds = (
        dialogue_blocks(),
        (block for section in sections for block in stem_blocks(section.music)),
        (block for section in sections for block in stem_blocks(section.effects)),
    )
    # FFmpeg and numpy let go of the interpreter: threads share the cores.
    with ThreadPoolExecutor(len(sounds), thread_name_prefix="stems") as pool:
        dialogue, music, effects = pool.map(lambda blocks: _loudness(blocks, check), sounds)
    rms: Gains = np.sqrt(energy / CELL_SAMPLES).astype(np.float32)
    return StemLevels(dialogue, music, effects, rms)


def mix(
    sections: Sequence[Section], length_samples: int, path: Path, balance: Balance, check: Check
) -> NDArray[np.float32]:
    """Sum all sections into a new float32 file and return it mapped, shape (length_samples, 2)."""
    levels = stem_levels(sections, length_samples, check)
    desk = _Desk(balance, levels)
    mixed = np.memmap(path, dtype=np.float32, mode="w+", shape=(length_samples, 2))
    for section in sections:
        for offset, dialogue, music, effects in _blocks(section):
            check()
            start = section.start_sample + offset
            count = min(len(dialogue), length_samples - start)
            music_gain, effects_gain = desk.gains(section, offset, start, count)
            total = dialogue[:count] * desk.dialogue_gain
            total += music[:count] * music_gain
            total += effects[:count] * effects_gain
            mixed[start : start + count] += total
    return mixed


class _Desk:
    """The faders: each stem's gain, constant for the dialogue, moving for what ducks under it."""

    def __init__(self, balance: Balance, levels: StemLevels) -> None:
        self._balance = balance
        self._amount = spoken_amount(levels.dialogue_rms, DuckingProfile())
        self._music_gain = balance.correction(levels.music, balance.music_lufs)
        self._effects_gain = balance.correction(levels.effects, balance.effects_lufs)
        self.dialogue_gain = balance.correction(levels.dialogue, balance.dialogue_lufs)

    def gains(self, section: Section, offset: int, start: int, count: int) -> tuple[Gains, Gains]:
        """The gains of music and effects, each of shape (count, 1), from the film's sample `start` on."""
        edge = _edge_gain(section, offset, count)
        music = ducked_gain(self._amount, self._balance.music_duck_db, start, count)
        effects = ducked_gain(self._amount, self._balance.effects_duck_db, start, count)
        music_gain = np.float32(self._music_gain * section.music_gain)
        effects_gain = np.float32(self._effects_gain * section.effects_gain)
        return music * edge * music_gain, effects * edge * effects_gain


def _loudness(blocks: Iterable[Samples], check: Check) -> Loudness:
    meter = LoudnessMeter()
    for block in blocks:
        check()
        meter.push(block)
    return meter.result()


def blocks_of(mixed: NDArray[np.float32]) -> Iterator[tuple[int, Samples]]:
    """Yield a mapped mix as (start sample, block)."""
    for start in range(0, len(mixed), BLOCK_SAMPLES):
        yield start, np.asarray(mixed[start : start + BLOCK_SAMPLES])


def _blocks(section: Section) -> Iterator[tuple[int, Samples, Samples, Samples]]:
    stems = (stem_blocks(section.dialogue), stem_blocks(section.music), stem_blocks(section.effects))
    offset = 0
    for dialogue, music, effects in zip(*stems, strict=True):
        yield offset, dialogue, music, effects
        offset += len(dialogue)


def _edge_gain(section: Section, offset: int, count: int) -> Gains:
    # Music and ambience that are cut hard at a scene's end would click.
    at = np.arange(offset, offset + count)
    nearest = np.minimum(at, section.length_samples - 1 - at)
    gain: Gains = np.clip(nearest / EDGE_SAMPLES, 0.0, 1.0).astype(np.float32)
    return gain[:, None]


def _add_energy(energy: NDArray[np.float64], start_sample: int, block: Samples) -> None:
    mono = block.mean(axis=1, dtype=np.float64)
    cells = np.arange(start_sample, start_sample + len(mono)) // CELL_SAMPLES
    first = int(cells[0])
    sums = np.bincount(cells - first, weights=mono * mono)
    energy[first : first + len(sums)] += sums
