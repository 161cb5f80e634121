"""The mixdown of a scene: its stems at the film's gains, ducked, faded at both ends, and summed.

Of its neighbours a scene's sound has only their room tones (`bridges.py`). Scenes are joined by copying
packets of AAC (`sound_joints.py`), and one that did not change is not encoded again. Scenes that turn into
each other are one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from studio_composer.bridges import EDGE_SAMPLES, MARGIN_SAMPLES, NO_BRIDGE, Bridge, Laid, closed, opened
from studio_composer.ducking import Gains, cells_of, ducked_gain, spoken_amounts_of, spoken_energy
from studio_composer.lookahead import one_ahead
from studio_composer.loudness import Loudness
from studio_composer.splice import Check
from studio_composer.stems import BLOCK_SAMPLES, stem_blocks
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

STEMS = ("dialogue", "music", "effects")
PACKET_SAMPLES = 1_024
# Nobody speaks there, as a rule; a word that is cut by a scene's end must not click.
SPEECH_EDGE_SAMPLES = SAMPLE_RATE_HZ // 200


@dataclass(frozen=True, slots=True)
class Stems:
    """One scene's stems and their length, in samples, and where it starts in its piece of the film's sound.

    `spoken` is its speech at its own level where `dialogue` has some of it quieter, louder or muted. The
    gains are linear, on top of the film's.
    """

    length_samples: int
    dialogue: Path
    music: Path
    effects: Path
    spoken: Path | None = None
    music_gain: float = 1.0
    effects_gain: float = 1.0
    start_sample: int = 0

    @classmethod
    def given(cls, length_samples: int, paths: Mapping[str, Path]) -> Self:
        """A scene's stems by their names, at the start of a piece."""
        dialogue, music, effects = (paths[name] for name in STEMS)
        return cls(length_samples, dialogue, music, effects)


@dataclass(frozen=True, slots=True)
class Balance:
    """How loud music and effects are against the dialogue, and how far each ducks under it.

    A stem's own level is measured over the whole film, so that no generator's idea of loudness decides the
    mix; its correction is limited to `correction_max_db`, and in steps, so that a small edit changes no gain.
    """

    dialogue_lufs: float = -20.0
    music_lufs: float = -26.0
    effects_lufs: float = -30.0
    music_duck_db: float = 9.0
    effects_duck_db: float = 4.0
    correction_max_db: float = 18.0
    correction_step_db: float = 1.0

    def correction_db(self, measured: Loudness, target_lufs: float) -> float:
        """Return the gain that brings a stem to its target; 0 for silence."""
        if measured.is_silent:
            return 0.0
        wanted_db = target_lufs - measured.integrated_lufs
        limited_db = max(-self.correction_max_db, min(self.correction_max_db, wanted_db))
        return round(limited_db / self.correction_step_db) * self.correction_step_db


@dataclass(frozen=True, slots=True)
class StemGains:
    """The faders of a film: a gain a stem, decibels."""

    dialogue_db: float = 0.0
    music_db: float = 0.0
    effects_db: float = 0.0


def spoken_amounts(stems: Stems, check: Check) -> Gains:
    """How far music and effects step back, 0 to 1, in cells of 10 ms."""
    energy = []
    for block in stem_blocks(stems.dialogue):
        check()
        energy.append(spoken_energy(cells_of(block)))
    return spoken_amounts_of(np.concatenate(energy or [np.zeros(0)]), stems.length_samples)


def dialogue_blocks(stems: Stems, heard: range) -> Iterator[Samples]:
    """The dialogue as it goes into the mix, before its gain; `heard` are the samples that are not silence."""
    for start, block in _placed(stem_blocks(stems.dialogue)):
        yield _edged(block, heard, start, SPEECH_EDGE_SAMPLES)


def ducked_blocks(path: Path, amount: Gains, duck_db: float, heard: range) -> Iterator[Samples]:
    """Music or effects as they go into the mix, before their gain."""
    for start, block in _placed(stem_blocks(path)):
        yield _edged(block * ducked_gain(amount, duck_db, start, len(block)), heard, start, EDGE_SAMPLES)


def mix(
    scenes: Sequence[Stems],
    gains: StemGains,
    balance: Balance,
    path: Path,
    check: Check,
    ends: tuple[Bridge, Bridge] = (NO_BRIDGE, NO_BRIDGE),
) -> NDArray[np.float32]:
    """Sum a piece's scenes, and what is heard at its ends, into a new float32 file; return it mapped.

    Its shape is (samples, 2): the piece with its cards, and a margin before its start and after its end.
    """
    start, end = ends
    scenes_samples = max(scene.start_sample + scene.length_samples for scene in scenes)
    length_samples = start.card_samples + scenes_samples + end.card_samples
    mixed = np.memmap(path, dtype=np.float32, mode="w+", shape=(length_samples + 2 * MARGIN_SAMPLES, 2))
    for scene in scenes:
        at_sample = start.card_samples + scene.start_sample
        # Rounded places may let a stem be a sample longer than its scene.
        stop = start.card_samples + scenes_samples
        for parts in _together(_heard(scene, gains, balance, range(scene.length_samples), check)):
            check()
            for part in parts:
                _add(mixed, Laid(at_sample, part[: stop - at_sample]))
            at_sample += max(map(len, parts))
    tone = np.float32(10 ** (gains.effects_db / 20))
    for laid in (*opened(start), *closed(end, start.card_samples + scenes_samples)):
        check()
        _add(mixed, Laid(laid.start_sample, laid.samples * (tone if laid.is_tone else np.float32(1))))
    return mixed


def _add(mixed: NDArray[np.float32], laid: Laid) -> None:
    first = MARGIN_SAMPLES + laid.start_sample
    fits = laid.samples[: max(0, len(mixed) - first)]
    mixed[first : first + len(fits)] += fits


def _together(sounds: Sequence[tuple[Iterator[Samples], float]]) -> Iterator[list[Samples]]:
    """The next block of each sound at its gain; each sound is decoded on a thread of its own."""
    with ExitStack() as threads:
        ahead = [threads.enter_context(closing(one_ahead(_at_gain(*sound)))) for sound in sounds]
        for parts in zip_longest(*ahead):
            yield [part for part in parts if part is not None]


def _at_gain(blocks: Iterator[Samples], gain: float) -> Iterator[Samples]:
    return (block * np.float32(gain) for block in blocks)


def _heard(
    scene: Stems, gains: StemGains, balance: Balance, heard: range, check: Check
) -> tuple[tuple[Iterator[Samples], float], ...]:
    """A scene's three sounds, each with its gain."""
    amount = spoken_amounts(scene, check)
    dialogue, music, effects = (
        10 ** (gain_db / 20) for gain_db in (gains.dialogue_db, gains.music_db, gains.effects_db)
    )
    return (
        (dialogue_blocks(scene, heard), dialogue),
        (ducked_blocks(scene.music, amount, balance.music_duck_db, heard), music * scene.music_gain),
        (ducked_blocks(scene.effects, amount, balance.effects_duck_db, heard), effects * scene.effects_gain),
    )


def blocks_of(mixed: NDArray[np.float32]) -> Iterator[tuple[int, Samples]]:
    """Yield a mapped mix as (start sample, block)."""
    for start in range(0, len(mixed), BLOCK_SAMPLES):
        yield start, np.asarray(mixed[start : start + BLOCK_SAMPLES])


def edge_gain(heard: range, offset: int, count: int, ramp_samples: int) -> Gains:
    """The gain, shape (count, 1), that lets a scene begin and end where it is heard without a click."""
    return edge_gain_at(heard, np.arange(offset, offset + count), ramp_samples)[:, None]


def edge_gain_at(heard: range, at_samples: NDArray[Any], ramp_samples: int) -> Gains:
    """The same gain at these samples."""
    nearest = np.minimum(at_samples - heard.start, heard.stop - 1 - at_samples)
    gain: Gains = np.clip(nearest / ramp_samples, 0.0, 1.0).astype(np.float32)
    return gain


def _edged(block: Samples, heard: range, start: int, ramp_samples: int) -> Samples:
    if heard.start + ramp_samples <= start and start + len(block) < heard.stop - ramp_samples:
        return block
    return block * edge_gain(heard, start, len(block), ramp_samples)


def _placed(blocks: Iterable[Samples]) -> Iterator[tuple[int, Samples]]:
    start = 0
    for block in blocks:
        yield start, block
        start += len(block)
