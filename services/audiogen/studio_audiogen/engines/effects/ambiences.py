"""The ambiences: what a place sounds like throughout, each of shape (2, count) at its natural level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from studio_audiogen.acoustics import Samples, gain, samples_in, seconds_axis, slow_curve
from studio_audiogen.engines.effects.textures import (
    burst,
    closed,
    envelope,
    lay,
    scattered,
    stereo_noise,
    struck,
    swelling,
    swept,
)

Maker = Callable[[np.random.Generator, int], Samples]


def ambience(name: str, random: np.random.Generator, count: int) -> Samples:
    """Return `count` samples of an ambience at the level at which it sits under speech.

    Raises KeyError for a name that isn't in MAKERS.
    """
    maker, level_millibels = MAKERS[name]
    sound = maker(random, count)
    rms = float(np.sqrt(np.mean(np.square(sound))))
    sound *= np.float32(gain(level_millibels) / max(rms, 1e-9))
    return sound


def _rain(random: np.random.Generator, count: int) -> Samples:
    hiss = stereo_noise(random, count, ((100.0, -1_800), (800.0, -500), (4_000.0, 0), (14e3, -900)))
    hiss *= swelling(slow_curve(random, count, 0.2), 0.75)
    drops = tuple(
        struck(random, 0.03, ((900.0 + 2_600 * random.random(), 1.0, 0.02), (5_200.0, 0.3, 0.01)))
        for _ in range(8)
    )
    return hiss + np.float32(2.5) * scattered(random, count, drops, 45.0)


def _wind(random: np.random.Generator, count: int) -> Samples:
    low = stereo_noise(random, count, ((30.0, -600), (120.0, 0), (400.0, -900), (2_000.0, -3_000)), 0.5)
    high = stereo_noise(random, count, ((200.0, -2_500), (600.0, 0), (1_100.0, -900), (5_000.0, -4_000)))
    gusts = slow_curve(random, count, 0.25)
    return low * swelling(gusts, 0.25) + np.float32(0.6) * high * gusts**2


def _street(random: np.random.Generator, count: int) -> Samples:
    bed = stereo_noise(random, count, ((40.0, 0), (200.0, -300), (900.0, -1_200), (6_000.0, -3_200)), 0.6)
    scene = np.float32(0.7) * bed * swelling(slow_curve(random, count, 0.1), 0.7)
    tyres = ((60.0, 0), (400.0, -300), (1_200.0, -200), (7_000.0, -2_600))
    start = samples_in(1.0 + 2 * random.random())
    while start < count:
        length = samples_in(4.0 + 2 * random.random())
        rising = closed(stereo_noise(random, length, tyres)[0] * _passing(length), 0.2, 0.2)
        lay(scene, rising, start, 1.6 * (0.4 + random.random()), 0.2 + 0.6 * random.random())
        start += length + samples_in(1.0 + 5 * random.random())
    return scene


def _passing(length: int) -> Samples:
    places = np.linspace(-3.0, 3.0, length)
    return (1 / (1 + places**2)).astype(np.float32) ** 1.2


def _sea(random: np.random.Generator, count: int) -> Samples:
    scene = 0.25 * stereo_noise(random, count, ((40.0, 0), (150.0, -200), (700.0, -1_000), (6_000.0, -3_000)))
    wash = stereo_noise(random, count, ((100.0, -1_200), (700.0, 0), (3_500.0, -500), (12e3, -1_800)))
    swell = np.zeros(count, np.float32)
    start = -samples_in(2.0)
    while start < count:
        length = samples_in(6.0 + 3 * random.random())
        wave = envelope(length, ((0.0, 0.0), (0.45, 0.7), (0.55, 1.0), (1.0, 0.0))) * (
            0.6 + 0.4 * random.random()
        )
        first, last = max(0, start), min(count, start + length)
        swell[first:last] += wave[first - start : last - start].astype(np.float32)
        start += samples_in(4.5 + 2.5 * random.random())
    return scene + wash * swell


def _room_tone(random: np.random.Generator, count: int) -> Samples:
    air = stereo_noise(random, count, ((40.0, 0), (120.0, -300), (500.0, -1_500), (8_000.0, -4_000)), 0.5)
    hum = (np.sin(2 * np.pi * 50.0 * np.arange(count) / 48_000) * 0.05).astype(np.float32)
    return air + hum


def _air(random: np.random.Generator, count: int) -> Samples:
    """The open: a breath of wind far away, and nothing near."""
    far = stereo_noise(random, count, ((60.0, -900), (300.0, 0), (900.0, -300), (4_000.0, -1_700)))
    return far * swelling(slow_curve(random, count, 0.15), 0.6)


def _forest(random: np.random.Generator, count: int) -> Samples:
    leaves = stereo_noise(random, count, ((200.0, -2_000), (1_500.0, -300), (4_500.0, 0), (12e3, -1_200)))
    leaves *= swelling(slow_curve(random, count, 0.3), 0.3)
    birds = tuple(_chirp(random) for _ in range(6))
    return leaves + np.float32(3.0) * scattered(random, count, birds, 0.9)


def _chirp(random: np.random.Generator) -> Samples:
    length = samples_in(0.5)
    base = 2_400 + 2_200 * random.random()
    axis = seconds_axis(length)
    curve = base + 500 * np.sin(2 * np.pi * (6 + 8 * random.random()) * axis)
    gate = np.sin(np.pi * np.minimum(1, axis / 0.5) * (2 + int(random.integers(4)))) ** 2
    return closed(swept(length, curve.astype(np.float32), (1.0, 0.1)) * gate, 0.01, 0.05)


def _crowd(random: np.random.Generator, count: int) -> Samples:
    murmur = stereo_noise(
        random, count, ((90.0, -1_500), (250.0, 0), (700.0, -200), (1_800.0, -1_000), (6e3, -3_500))
    )
    murmur *= swelling(slow_curve(random, count, 2.2), 0.45)
    voices = tuple(_syllables(random) for _ in range(10))
    return murmur + np.float32(1.6) * scattered(random, count, voices, 7.0)


def _syllables(random: np.random.Generator) -> Samples:
    """A voice too far to understand: a buzzing tone through two formants, in three or four syllables."""
    length = samples_in(0.9)
    axis = seconds_axis(length)
    pitch = (95 + 130 * random.random()) * (1 + 0.08 * np.sin(2 * np.pi * 1.7 * axis + 6 * random.random()))
    first, second = 400 + 350 * random.random(), 1_100 + 900 * random.random()
    centre = float(pitch.mean())
    levels = tuple(
        float(
            np.exp(-(((number * centre - first) / 170) ** 2))
            + 0.4 * np.exp(-(((number * centre - second) / 260) ** 2))
        )
        for number in range(1, 22)
    )
    gate = np.clip(np.sin(2 * np.pi * (3.2 + 1.5 * random.random()) * axis), 0, 1)
    return closed(swept(length, pitch.astype(np.float32), levels) * gate, 0.05, 0.2)


def _train(random: np.random.Generator, count: int) -> Samples:
    rumble = stereo_noise(random, count, ((30.0, 0), (110.0, 0), (350.0, -1_000), (2_500.0, -2_600)), 0.4)
    scene = rumble * swelling(slow_curve(random, count, 0.4), 0.75)
    clack = burst(random, 0.12, ((80.0, 0), (500.0, -300), (1_800.0, -500), (6_000.0, -2_500)), 0.12)
    for start in range(0, count, samples_in(0.92)):
        lay(scene, clack, start, 2.4, 0.42)
        lay(scene, clack, start + samples_in(0.17), 1.9, 0.58)
    return scene


def _fire(random: np.random.Generator, count: int) -> Samples:
    roar = stereo_noise(random, count, ((40.0, 0), (180.0, -200), (600.0, -1_400), (5_000.0, -3_200)), 0.5)
    roar *= swelling(slow_curve(random, count, 1.5), 0.6)
    crackles = tuple(
        burst(random, 0.02, ((700.0, -900), (3_000.0, 0), (9_000.0, -400)), 0.008 + 0.01 * random.random())
        for _ in range(8)
    )
    return roar + np.float32(4.0) * scattered(random, count, crackles, 14.0, 0.5)


def _night(random: np.random.Generator, count: int) -> Samples:
    air = stereo_noise(random, count, ((60.0, -300), (300.0, -900), (2_000.0, -2_200), (8_000.0, -3_500)))
    crickets = tuple(_cricket(4_100.0 + 260 * number) for number in range(3))
    return air + np.float32(1.5) * scattered(random, count, crickets, 2.6)


def _cricket(frequency_hz: float) -> Samples:
    length = samples_in(0.42)
    axis = seconds_axis(length)
    pulses = np.clip(np.sin(2 * np.pi * 26.0 * axis), 0, 1) ** 2
    return closed(np.sin(2 * np.pi * frequency_hz * axis).astype(np.float32) * pulses, 0.02, 0.05)


MAKERS: dict[str, tuple[Maker, int]] = {
    "RAIN": (_rain, -3_300),
    "WIND": (_wind, -3_400),
    "STREET": (_street, -3_500),
    "SEA": (_sea, -3_300),
    "ROOM_TONE": (_room_tone, -5_200),
    "FOREST": (_forest, -3_700),
    "CROWD": (_crowd, -3_500),
    "TRAIN": (_train, -3_300),
    "FIRE": (_fire, -3_500),
    "NIGHT": (_night, -4_000),
    "AIR": (_air, -4_700),
}
"""Each ambience's maker, and the RMS level at which it sits under speech of -20 dBFS."""
