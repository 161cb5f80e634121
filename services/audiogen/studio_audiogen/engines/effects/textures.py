"""The materials of sound effects: filtered noise, struck modes, swept tones, many grains at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from studio_audiogen.acoustics import Samples, chance, fade, ramp, samples_in, seconds_axis, shaped_noise
from studio_audiogen.orders import SAMPLE_RATE_HZ

LOOP_S = 12.0
NOISE_S = 8.0
_LOOPS_KEPT = 8


def stereo_noise(
    random: np.random.Generator, count: int, bands: tuple[tuple[float, float], ...], width: float = 0.7
) -> Samples:
    """Return noise of level 1 RMS and shape (2, count), the sides the more alike the smaller `width` (0..1).

    It is a stretch, from anywhere on, of a loop of NOISE_S; that has no seam, for its spectrum is one whole
    period.
    """
    loop = _noise_loop(bands, width)
    period = loop.shape[1]
    start = int(random.integers(period))
    return np.tile(loop, (1, -(-(start + count) // period)))[:, start : start + count]


@lru_cache(maxsize=_LOOPS_KEPT)
def _noise_loop(bands: tuple[tuple[float, float], ...], width: float) -> Samples:
    """The same for all scenes: its spectrum is what one hears of a noise, and costs most of a scene."""
    random = chance("noise", repr(bands), repr(width))
    period = samples_in(NOISE_S)
    middle = shaped_noise(random, period, bands)
    sides = [np.sqrt(1 - width**2) * middle + width * shaped_noise(random, period, bands) for _ in range(2)]
    loop: Samples = np.stack(sides).astype(np.float32)
    loop.flags.writeable = False
    return loop


def struck(
    random: np.random.Generator,
    seconds: float,
    modes: tuple[tuple[float, float, float], ...],
    attack_s: float = 0.001,
) -> Samples:
    """Return a struck body of shape (count,), peak 1: modes of (Hz, level, seconds to fall by 60 dB)."""
    axis = seconds_axis(samples_in(seconds))
    sound = np.zeros(len(axis), np.float32)
    for frequency_hz, level, decay_s in modes:
        phase = 2 * np.pi * random.random()
        sound += (
            np.float32(level)
            * np.exp(-6.9 / decay_s * axis)
            * np.sin(2 * np.pi * frequency_hz * axis + phase)
        )
    return closed(sound, attack_s, seconds / 4)


def burst(
    random: np.random.Generator,
    seconds: float,
    bands: tuple[tuple[float, float], ...],
    decay_s: float,
    attack_s: float = 0.001,
) -> Samples:
    """Return a burst of noise of shape (count,), peak 1, that falls by 60 dB in `decay_s`."""
    axis = seconds_axis(samples_in(seconds))
    sound = shaped_noise(random, len(axis), bands) * np.exp(-6.9 / decay_s * axis)
    return closed(sound, attack_s, seconds / 4)


def swept(count: int, frequencies_hz: Samples, harmonics: tuple[float, ...] = (1.0,)) -> Samples:
    """Return a tone of `count` samples whose frequency follows a curve, with the levels of its harmonics."""
    turns = np.cumsum(frequencies_hz[:count].astype(np.float64)) / SAMPLE_RATE_HZ
    sound = np.zeros(count, np.float32)
    for number, level in enumerate(harmonics, start=1):
        sound += np.float32(level) * np.sin(2 * np.pi * ((number * turns) % 1.0)).astype(np.float32)
    return sound


def closed(sound: Samples, start_s: float, end_s: float) -> Samples:
    """Return a sound that starts and ends at zero, with a peak of 1 (or silence as it is)."""
    whole = sound.astype(np.float32)
    fade(whole, samples_in(start_s), samples_in(end_s))
    peak = float(np.abs(whole).max(initial=0.0))
    if peak > 0:
        whole *= np.float32(1 / peak)
    return whole


def scattered(
    random: np.random.Generator, count: int, grains: tuple[Samples, ...], rate_hz: float, spread: float = 0.9
) -> Samples:
    """Return grains that fall at random times, levels and places in a scene of shape (2, count).

    `rate_hz` is how many fall a second; over LOOP_S of scene a loop of them is repeated.
    """
    period = min(count, samples_in(LOOP_S))
    scene = np.zeros((2, period), np.float32)
    for _ in range(max(1, round(rate_hz * period / SAMPLE_RATE_HZ))):
        grain = grains[int(random.integers(len(grains)))]
        level = 0.15 + 0.85 * random.random() ** 3
        pan = 0.5 + spread * (random.random() - 0.5)
        _lay_round(scene, grain, int(random.integers(period)), level, pan)
    return np.tile(scene, (1, -(-count // period)))[:, :count]


def lay(scene: Samples, sound: Samples, start: int, level: float, pan: float = 0.5) -> None:
    """Add a mono sound to a stereo scene in place; what would pass the end fades out before it."""
    length = min(sound.shape[-1], scene.shape[1] - start)
    if length <= 0:
        return
    part = sound[:length]
    if length < sound.shape[-1]:
        part = part.copy()
        fade(part, 0, min(length, samples_in(0.03)))
    for side, factor in enumerate(_pan(pan)):
        scene[side, start : start + length] += np.float32(level * factor) * part


def swelling(curve: Samples, lowest: float) -> Samples:
    """Return a curve from 0..1 as a level from `lowest` to 1."""
    level: Samples = np.float32(lowest) + np.float32(1 - lowest) * curve
    return level


def envelope(count: int, points: tuple[tuple[float, float], ...]) -> Samples:
    """Return a level that goes through (part of the length, level) points along half cosines."""
    places = np.linspace(0.0, 1.0, count)
    at, levels = zip(*points, strict=True)
    index = np.clip(np.searchsorted(at, places, side="right") - 1, 0, len(at) - 2)
    left, right = np.asarray(at)[index], np.asarray(at)[index + 1]
    table = ramp(1_024)
    part = table[np.clip((places - left) / (right - left) * 1_023, 0, 1_023).astype(int)]
    level: Samples = (np.asarray(levels)[index] * (1 - part) + np.asarray(levels)[index + 1] * part).astype(
        np.float32
    )
    return level


def _pan(pan: float) -> tuple[float, float]:
    angle = pan * np.pi / 2
    return float(np.cos(angle) * np.sqrt(2)), float(np.sin(angle) * np.sqrt(2))


def _lay_round(scene: Samples, grain: Samples, start: int, level: float, pan: float) -> None:
    """Lay a grain that goes on at the beginning where it passes the end, so that the loop has no seam."""
    count = scene.shape[1]
    grain = grain[:count]
    first = min(len(grain), count - start)
    for side, factor in enumerate(_pan(pan)):
        scene[side, start : start + first] += np.float32(level * factor) * grain[:first]
        scene[side, : len(grain) - first] += np.float32(level * factor) * grain[first:]
