"""The single sounds: each a mono sound of shape (count,) with a peak of 1, and its natural peak level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from studio_audiogen.acoustics import Samples, gain, samples_in, seconds_axis, slow_curve
from studio_audiogen.engines.effects.textures import burst, closed, envelope, lay, struck, swept

Maker = Callable[[np.random.Generator], Samples]

_THUD = ((40.0, 0), (140.0, 0), (500.0, -1_200), (3_000.0, -3_000))
_SNAP = ((300.0, -1_500), (1_500.0, 0), (5_000.0, -200), (12e3, -1_500))


def cue(kind: str, random: np.random.Generator) -> Samples:
    """Return one sound at its natural level. Raises KeyError for a kind that isn't in MAKERS."""
    maker, peak_millibels = MAKERS[kind]
    sound = closed(maker(random), 0.001, 0.02)
    sound *= np.float32(gain(peak_millibels))
    return sound


def _sequence(seconds: float, sounds: list[tuple[float, float, Samples]]) -> Samples:
    """Lay (start in s, level, sound) on an empty track."""
    track = np.zeros((2, samples_in(seconds)), np.float32)
    for start_s, level, sound in sounds:
        lay(track, sound, samples_in(start_s), level)
    left: Samples = track[0]
    return left


def _steps(random: np.random.Generator) -> Samples:
    sounds = []
    for index in range(5):
        start_s = 0.02 + index * 0.56 + 0.03 * random.random()
        sounds.append((start_s, 0.8 + 0.2 * random.random(), burst(random, 0.16, _THUD, 0.11)))
        sounds.append((start_s + 0.045, 0.25, burst(random, 0.08, _SNAP, 0.05)))
    return _sequence(3.0, sounds)


def _door(random: np.random.Generator) -> Samples:
    creak_count = samples_in(0.7)
    curve = 210 + 160 * slow_curve(random, creak_count, 6.0)
    creak = swept(creak_count, curve, (1.0, 0.6, 0.5, 0.35, 0.25)) * slow_curve(random, creak_count, 14.0)
    latch = burst(random, 0.05, _SNAP, 0.03)
    shut = burst(random, 0.5, _THUD, 0.4)
    wood = struck(random, 0.4, ((96.0, 1.0, 0.3), (171.0, 0.6, 0.2), (318.0, 0.3, 0.12)))
    creaking = (0.15, 0.3, closed(creak, 0.08, 0.15))
    return _sequence(
        1.7, [(0.0, 0.5, latch), creaking, (0.95, 1.0, shut), (0.95, 0.7, wood), (1.0, 0.4, latch)]
    )


def _phone(random: np.random.Generator) -> Samples:
    count = samples_in(1.6)
    axis = seconds_axis(count)
    turns = np.float32(20) * axis + np.float32(random.random())
    trill = np.sign(np.sin(2 * np.pi * turns)) * 0.5 + 0.5
    ring = np.sin(2 * np.pi * 1_318.5 * axis) * trill + np.sin(2 * np.pi * 1_568.0 * axis) * (1 - trill)
    ring += 0.3 * np.sin(2 * np.pi * 2_637.0 * axis)
    # The two bells of a ringer blend: a switch within a sample would click.
    smooth = np.convolve(ring.astype(np.float32), np.hanning(96) / np.hanning(96).sum(), mode="same")
    return _sequence(4.0, [(0.0, 1.0, closed(smooth, 0.01, 0.2)), (2.2, 1.0, closed(smooth, 0.01, 0.2))])


def _thunder(random: np.random.Generator) -> Samples:
    rumble_count = samples_in(5.5)
    rumble = burst(random, 5.5, ((25.0, 0), (70.0, 0), (200.0, -900), (900.0, -2_600)), 5.0, 0.08)
    rumble *= 0.35 + 0.65 * slow_curve(random, rumble_count, 2.5)
    crack = burst(random, 0.9, ((60.0, -300), (300.0, 0), (2_000.0, -500), (8_000.0, -1_600)), 0.6, 0.002)
    return _sequence(6.0, [(0.0, 0.7, crack), (0.12, 0.4, crack), (0.1, 1.0, rumble)])


def _knock(random: np.random.Generator) -> Samples:
    sounds = []
    for index in range(3):
        wood = struck(random, 0.25, ((150.0, 1.0, 0.12), (310.0, 0.7, 0.09), (620.0, 0.35, 0.06)))
        sounds.append((index * 0.24, 1.0 - 0.12 * index, wood))
        sounds.append((index * 0.24, 0.35, burst(random, 0.03, _SNAP, 0.015)))
    return _sequence(0.9, sounds)


def _car(random: np.random.Generator) -> Samples:
    count = samples_in(5.0)
    level = envelope(count, ((0.0, 0.0), (0.45, 1.0), (0.55, 0.9), (1.0, 0.0)))
    speed = envelope(count, ((0.0, 1.06), (0.4, 1.05), (0.6, 0.93), (1.0, 0.92)))
    motor = swept(count, 82 * speed, (1.0, 0.8, 0.5, 0.5, 0.3, 0.25, 0.15, 0.1))
    tyres = burst(random, 5.0, ((60.0, 0), (500.0, -200), (1_500.0, -300), (7_000.0, -2_400)), 1e6)
    return (closed(motor, 0.1, 0.1) * 0.5 + tyres * 0.8) * level**2


def _glass(random: np.random.Generator) -> Samples:
    sounds = [(0.0, 1.0, burst(random, 0.2, ((800.0, -1_500), (4_000.0, 0), (14e3, -300)), 0.12))]
    for _ in range(26):
        frequency_hz = 2_200 + 6_500 * random.random()
        shard = struck(random, 0.35, ((frequency_hz, 1.0, 0.25), (frequency_hz * 1.62, 0.5, 0.15)))
        start_s = 0.9 * random.random() ** 1.7
        sounds.append((start_s, 0.12 + 0.3 * random.random() * (1 - start_s), shard))
    return _sequence(1.5, sounds)


def _click(random: np.random.Generator) -> Samples:
    return _sequence(
        0.15, [(0.0, 1.0, burst(random, 0.03, _SNAP, 0.012)), (0.07, 0.5, burst(random, 0.03, _SNAP, 0.01))]
    )


def _bell(random: np.random.Generator) -> Samples:
    partials = (
        (0.5, 0.5, 6.0),
        (1.0, 1.0, 5.0),
        (1.19, 0.7, 3.5),
        (1.5, 0.5, 2.8),
        (2.0, 0.8, 2.5),
        (2.74, 0.3, 1.2),
    )
    strike = struck(
        random, 5.0, tuple((440.0 * ratio, level, decay_s) for ratio, level, decay_s in partials), 0.003
    )
    return _sequence(5.0, [(0.0, 1.0, strike), (0.0, 0.1, burst(random, 0.04, _SNAP, 0.02))])


def _paper(random: np.random.Generator) -> Samples:
    count = samples_in(0.9)
    rustle = burst(random, 0.9, ((600.0, -1_800), (3_000.0, 0), (8_000.0, -100), (16e3, -1_200)), 1e6)
    return (
        rustle * slow_curve(random, count, 22.0) ** 3 * envelope(count, ((0.0, 0.0), (0.3, 1.0), (1.0, 0.0)))
    )


def _siren(random: np.random.Generator) -> Samples:
    count = samples_in(6.0)
    axis = seconds_axis(count)
    curve = (850 - 350 * np.cos(2 * np.pi * 0.33 * axis + 0.2 * random.random())).astype(np.float32)
    level = envelope(count, ((0.0, 0.15), (0.5, 1.0), (1.0, 0.1)))
    return closed(swept(count, curve, (1.0, 0.3, 0.2, 0.1)) * level, 0.4, 0.6)


def _gunshot(random: np.random.Generator) -> Samples:
    crack = burst(random, 0.25, ((60.0, 0), (400.0, 0), (3_000.0, -100), (14e3, -900)), 0.09, 0.0004)
    tail = burst(random, 1.8, ((40.0, 0), (200.0, -300), (1_500.0, -1_200), (6_000.0, -2_800)), 1.5, 0.01)
    return _sequence(2.0, [(0.0, 1.0, crack), (0.02, 0.3, tail)])


def _splash(random: np.random.Generator) -> Samples:
    sounds = [
        (
            0.0,
            1.0,
            burst(random, 0.9, ((100.0, -600), (700.0, 0), (3_500.0, -300), (11e3, -1_300)), 0.6, 0.012),
        )
    ]
    for _ in range(14):
        frequency_hz = 500 + 1_300 * random.random()
        count = samples_in(0.09)
        rising = np.linspace(frequency_hz, frequency_hz * 1.7, count, dtype=np.float32)
        sounds.append(
            (0.1 + 0.9 * random.random(), 0.2 * random.random(), closed(swept(count, rising), 0.005, 0.06))
        )
    return _sequence(1.4, sounds)


def _heartbeat(random: np.random.Generator) -> Samples:
    lub = struck(random, 0.3, ((46.0, 1.0, 0.2), (68.0, 0.5, 0.15)), 0.012)
    dub = struck(random, 0.25, ((58.0, 1.0, 0.14), (84.0, 0.4, 0.1)), 0.01)
    beats = [(index * 0.86, 1.0, lub) for index in range(4)] + [
        (index * 0.86 + 0.28, 0.65, dub) for index in range(4)
    ]
    return _sequence(3.6, beats)


def _whoosh(random: np.random.Generator) -> Samples:
    count = samples_in(0.9)
    low = burst(random, 0.9, ((60.0, -600), (300.0, 0), (1_000.0, -900), (6_000.0, -3_500)), 1e6)
    high = burst(random, 0.9, ((300.0, -2_500), (1_500.0, 0), (4_500.0, -400), (12e3, -2_500)), 1e6)
    return low * envelope(count, ((0.0, 0.0), (0.45, 1.0), (1.0, 0.0))) + high * envelope(
        count, ((0.0, 0.0), (0.2, 0.05), (0.5, 0.9), (0.7, 0.15), (1.0, 0.0))
    )


MAKERS: dict[str, tuple[Maker, int]] = {
    "STEPS": (_steps, -1_900),
    "DOOR": (_door, -1_400),
    "PHONE": (_phone, -1_900),
    "THUNDER": (_thunder, -900),
    "KNOCK": (_knock, -1_400),
    "CAR": (_car, -1_700),
    "GLASS": (_glass, -1_200),
    "CLICK": (_click, -2_200),
    "BELL": (_bell, -1_800),
    "PAPER": (_paper, -2_400),
    "SIREN": (_siren, -2_400),
    "GUNSHOT": (_gunshot, -700),
    "SPLASH": (_splash, -1_500),
    "HEARTBEAT": (_heartbeat, -1_500),
    "WHOOSH": (_whoosh, -1_700),
}
"""Each sound's maker, and its natural peak level against full scale."""
