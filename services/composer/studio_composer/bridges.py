"""Bridges: room tone from one scene into the next and under the cards, so that no film is digitally silent.

Scenes fade in and out at their own ends (`mixdown.py`). There the tones of both places are heard, the later
one from before the joint on and the earlier one until after it. The sounds of both scenes have the same tones
at the same samples of the joint, so that their packets meet in one sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio_composer.ducking import Gains
from studio_composer.loudness import LoudnessMeter
from studio_composer.stems import stem_blocks
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

EDGE_SAMPLES = SAMPLE_RATE_HZ * 12 // 100
"""Over which a scene's music and effects come in and go out."""

MARGIN_SAMPLES = 3 * 1_024
"""What is made of a piece of sound before its start and after its end, for its neighbours' packets."""

_LOOP_SHARED_SAMPLES = SAMPLE_RATE_HZ
# Where in its tone a joint lies: any place will do that is the same for both sides.
_ANCHOR_SAMPLES = 2 * SAMPLE_RATE_HZ
_STEP_SAMPLES = SAMPLE_RATE_HZ // 100
_FILM_IN_SAMPLES = SAMPLE_RATE_HZ // 4
_FILM_OUT_SAMPLES = SAMPLE_RATE_HZ * 3 // 4
# Two sounds that have nothing to do with each other are as loud together as one.
_HALF_POWER = 0.5**0.5
# Somebody speaks near most joints, and there the scenes' own effects have stepped back.
_TONE_GAIN = 10 ** (-4 / 20)


@dataclass(frozen=True, slots=True)
class Tone:
    """The room tone of a place, and its linear gain under the film's fader."""

    path: Path
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class CardMusic:
    """The music of a card, and its loudness: that of the whole film, for short films to meet theirs."""

    path: Path
    loudness_lufs: float


@dataclass(frozen=True, slots=True)
class Bridge:
    """What is heard where a piece of the film's sound begins or ends.

    `own` is the tone of its first or last scene, `other` that of the scene beyond. The later of both is
    heard `lead_samples` before the joint, the earlier one `tail_samples` after it. Cards of `card_samples`
    belong to the piece, under its own tone; `music` is heard from their start.
    """

    own: Tone | None = None
    other: Tone | None = None
    lead_samples: int = 0
    tail_samples: int = 0
    card_samples: int = 0
    music: CardMusic | None = None


NO_BRIDGE = Bridge()


@dataclass(frozen=True, slots=True)
class Laid:
    """A stereo sound at a sample of its piece; one before its start is negative. Tones are under a fader."""

    start_sample: int
    samples: Samples
    is_tone: bool = True


def opened(bridge: Bridge) -> Iterator[Laid]:
    """What a piece begins with, before and over its first scene."""
    joint = bridge.card_samples
    if bridge.own and bridge.card_samples:
        start = 0 if bridge.other is None else -MARGIN_SAMPLES
        yield _toned(bridge.own, joint, range(start, joint + EDGE_SAMPLES), _card_before(bridge))
    elif bridge.own and bridge.other:
        at = range(-MARGIN_SAMPLES, EDGE_SAMPLES)
        yield _toned(bridge.own, 0, at, later_gain(_axis(at), bridge.lead_samples))
    if bridge.other and not bridge.card_samples:
        at = range(-MARGIN_SAMPLES, max(_STEP_SAMPLES, bridge.tail_samples))
        yield _toned(bridge.other, 0, at, earlier_gain(_axis(at), bridge.tail_samples))
    if bridge.music and bridge.card_samples:
        yield _music(bridge.music, bridge.card_samples)


def closed(bridge: Bridge, joint: int) -> Iterator[Laid]:
    """What a piece ends with, over and after its last scene, which ends at the sample `joint`."""
    if bridge.own and bridge.card_samples:
        at = range(joint - EDGE_SAMPLES, joint + bridge.card_samples)
        yield _toned(bridge.own, joint, at, _card_after(bridge))
    elif bridge.own and bridge.other:
        at = range(joint - EDGE_SAMPLES, joint + MARGIN_SAMPLES)
        yield _toned(bridge.own, joint, at, earlier_gain(_axis(at) - joint, bridge.tail_samples))
    if bridge.other and not bridge.card_samples:
        lead = max(_STEP_SAMPLES, bridge.lead_samples)
        at = range(joint - lead, joint + MARGIN_SAMPLES)
        yield _toned(bridge.other, joint, at, later_gain(_axis(at) - joint, bridge.lead_samples))


def is_sounding(tone: Tone) -> bool:
    """Whether a tone is anything but digital silence where it is heard."""
    return tone.gain > 0 and any(block.any() for block in stem_blocks(tone.path))


def earlier_gain(from_joint: NDArray[np.int64], tail_samples: int) -> Gains:
    """The gain of the earlier scene's tone at samples from the joint on: in as its sounds go, then out."""
    going = np.clip(-from_joint / EDGE_SAMPLES, 0.0, 1.0)
    rising = np.sqrt(1 - going**2)
    falling = _eased(1 - from_joint / max(_STEP_SAMPLES, tail_samples))
    return _gains(_HALF_POWER * rising * np.where(from_joint >= 0, falling, 1.0))


def later_gain(from_joint: NDArray[np.int64], lead_samples: int) -> Gains:
    """The gain of the later scene's tone: in before the joint, out as its own sounds come."""
    coming = np.clip(from_joint / EDGE_SAMPLES, 0.0, 1.0)
    falling = np.sqrt(1 - coming**2)
    rising = _eased(1 + from_joint / max(_STEP_SAMPLES, lead_samples))
    return _gains(_HALF_POWER * falling * np.where(from_joint < 0, rising, 1.0))


def _card_before(bridge: Bridge) -> Gains:
    at = _axis(range(bridge.card_samples + EDGE_SAMPLES))
    coming = np.clip((at - bridge.card_samples) / EDGE_SAMPLES, 0.0, 1.0)
    return _gains(np.sqrt(1 - coming**2) * _eased(at / _FILM_IN_SAMPLES))


def _card_after(bridge: Bridge) -> Gains:
    at = _axis(range(-EDGE_SAMPLES, bridge.card_samples))
    going = np.clip(-at / EDGE_SAMPLES, 0.0, 1.0)
    return _gains(np.sqrt(1 - going**2) * _eased((bridge.card_samples - at) / _FILM_OUT_SAMPLES))


def _toned(tone: Tone, joint: int, at: range, gains: Gains) -> Laid:
    loop = _loop(tone.path)
    places = (_axis(at) - joint + _ANCHOR_SAMPLES) % len(loop)
    return Laid(at.start, loop[places] * (gains * np.float32(_TONE_GAIN * tone.gain))[:, None])


def _loop(path: Path) -> Samples:
    """A tone without a seam: its last second goes over into its first."""
    whole = np.concatenate(list(stem_blocks(path)))
    shared = min(_LOOP_SHARED_SAMPLES, len(whole) // 2)
    if not shared:
        return whole
    part = (np.arange(shared, dtype=np.float32) / shared)[:, None]
    loop = whole[: len(whole) - shared].copy()
    loop[:shared] = np.sqrt(part) * loop[:shared] + np.sqrt(1 - part) * whole[len(whole) - shared :]
    return loop


def _music(music: CardMusic, card_samples: int) -> Laid:
    whole: Samples = np.concatenate(list(stem_blocks(music.path)))[:card_samples]
    meter = LoudnessMeter()
    meter.push(whole)
    measured = meter.result()
    gain_db = 0.0 if measured.is_silent else music.loudness_lufs - measured.integrated_lufs
    return Laid(0, whole * np.float32(10 ** (gain_db / 20)), is_tone=False)


def _axis(at: range) -> NDArray[np.int64]:
    return np.arange(at.start, at.stop)


def _eased(part: NDArray[np.float64]) -> NDArray[np.float64]:
    level: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.clip(part, 0.0, 1.0))
    return level


def _gains(values: NDArray[np.float64]) -> Gains:
    return values.astype(np.float32)
