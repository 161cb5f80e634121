"""The instruments: each makes one stereo note of shape (2, count) at 48 kHz, without a click at its ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from studio_audiogen.acoustics import Samples, chance, fade, ramp, samples_in, seconds_axis, shaped_noise
from studio_audiogen.orders import SAMPLE_RATE_HZ

_TABLE_SAMPLES = 4_096
_HIGHEST_HZ = 12_000.0
_RELEASE_S = 0.9


def tone(instrument: str, pitch: int, length_s: float, bright: float) -> Samples:
    """Return one note of an instrument at full velocity; `bright` goes from 0 to 1.

    Raises KeyError for an instrument that isn't in INSTRUMENTS.
    """
    return INSTRUMENTS[instrument](pitch, length_s, bright)


def frequency_hz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch in equal temperament at A4 = 440 Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


@cache
def _table(harmonics: int, slope: float, odd: bool) -> Samples:
    phase = 2 * np.pi * np.arange(_TABLE_SAMPLES) / _TABLE_SAMPLES
    numbers = range(1, harmonics + 1, 2 if odd else 1)
    wave = sum((np.sin(number * phase) / number**slope for number in numbers), np.zeros(_TABLE_SAMPLES))
    table: Samples = (wave / np.abs(wave).max()).astype(np.float32)
    return table


def _wave(pitch: float, count: int, slope: float, *, phase: float = 0.0, odd: bool = False) -> Samples:
    frequency = frequency_hz(pitch)
    harmonics = max(1, min(24, int(_HIGHEST_HZ / frequency)))
    step = frequency / SAMPLE_RATE_HZ * _TABLE_SAMPLES
    places = (np.arange(count) * step + phase * _TABLE_SAMPLES).astype(np.int64) & (_TABLE_SAMPLES - 1)
    wave: Samples = _table(harmonics, slope, odd)[places]
    return wave


def _pad(pitch: int, length_s: float, bright: float) -> Samples:
    """Two detuned voices a side, slow to rise, overlapping the chord after it."""
    count = samples_in(length_s + _RELEASE_S)
    slope = 2.4 - 0.9 * bright
    note = np.empty((2, count), np.float32)
    for side, detune in enumerate(((-0.06, 0.02), (0.05, -0.03))):
        note[side] = _wave(pitch + detune[0], count, slope, phase=0.13 * side)
        note[side] += _wave(pitch + detune[1], count, slope, phase=0.57 + 0.2 * side)
    breath = 1 - 0.12 * np.cos(2 * np.pi * 0.23 * seconds_axis(count))
    note *= breath * np.float32(0.5)
    fade(note, samples_in(min(1.4, 0.4 * length_s)), samples_in(_RELEASE_S + 0.25 * length_s))
    return note


def _bass(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(length_s + 0.15)
    note = _wave(pitch, count, 2.6 - bright)
    note *= 0.55 + 0.45 * np.exp(-1.6 * seconds_axis(count))
    fade(note, samples_in(0.03), samples_in(0.25))
    return _centred(note)


def _felt(pitch: int, length_s: float, bright: float) -> Samples:
    """A soft piano: slightly sharp partials that decay faster the higher they are, and a felt thump."""
    count = samples_in(min(4.5, max(1.6, length_s + 1.2)))
    axis = seconds_axis(count)
    frequency = frequency_hz(pitch)
    note = np.zeros(count, np.float32)
    for number in range(1, 9):
        partial_hz = frequency * number * np.sqrt(1 + 0.0004 * number * number)
        if partial_hz > _HIGHEST_HZ:
            break
        level = number ** -(2.1 - 0.7 * bright)
        decay = np.exp(-(0.7 + 0.45 * number) * (frequency / 262) ** 0.5 * axis)
        note += np.float32(level) * decay * np.sin(np.float32(2 * np.pi * partial_hz) * axis)
    note[: samples_in(0.05)] += _thump()
    note *= np.float32(0.5)
    fade(note, samples_in(0.006), samples_in(0.4))
    return _centred(note)


@cache
def _thump() -> Samples:
    count = samples_in(0.05)
    thump = 0.05 * shaped_noise(chance("thump"), count, ((60.0, 0), (300.0, 0), (2_000.0, -3_000)))
    fade(thump, samples_in(0.002), samples_in(0.045))
    return thump


def _bell(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(max(3.0, length_s + 1.5))
    axis = seconds_axis(count)
    frequency = np.float32(frequency_hz(pitch))
    index = np.float32(1.2 + bright) * np.exp(-2.2 * axis)
    turns = np.float32(2 * np.pi) * frequency * axis
    note = np.sin(turns + index * np.sin(np.float32(3.5) * turns)) * np.exp(-1.1 * axis)
    note *= np.float32(0.4)
    fade(note, samples_in(0.004), samples_in(0.6))
    return _centred(note)


def _pluck(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(max(0.9, min(1.6, length_s)))
    axis = seconds_axis(count)
    note = _wave(pitch, count, 1.5, odd=True) * np.exp(-(9 - 3 * bright) * axis)
    note = 0.5 * note + 0.5 * _wave(pitch, count, 3.0) * np.exp(-4.5 * axis)
    fade(note, samples_in(0.003), samples_in(0.2))
    return _centred(note)


def _strings(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(length_s + 0.5)
    axis = seconds_axis(count)
    note = np.zeros((2, count), np.float32)
    for side, detune in enumerate((-0.05, 0.06)):
        note[side] = _wave(pitch + detune, count, 1.7 - 0.4 * bright, phase=0.3 * side)
        note[side] += _wave(pitch - detune / 2, count, 1.9, phase=0.6)
    note *= 0.35 * (1 + 0.06 * np.sin(2 * np.pi * 5.1 * axis))
    fade(note, samples_in(min(0.35, 0.4 * length_s)), samples_in(0.5))
    return note


def _spiccato(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(length_s)
    axis = seconds_axis(count)
    note = (_wave(pitch, count, 1.5 - 0.3 * bright) + _wave(pitch + 0.07, count, 1.6, phase=0.4)) * np.exp(
        -11 * axis
    )
    note *= np.float32(0.5)
    fade(note, samples_in(0.008), samples_in(0.1))
    return _centred(note)


def _drum(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(length_s)
    axis = seconds_axis(count)
    frequency = frequency_hz(pitch)
    turns = 2 * np.pi * frequency * (axis + 0.03 * (1 - np.exp(-28 * axis)))
    note = (np.sin(turns) * np.exp(-5.5 * axis)).astype(np.float32)
    note[: samples_in(0.05)] += _thump() * np.float32(0.5 + bright)
    fade(note, samples_in(0.004), samples_in(0.3))
    return _centred(note)


def _swell(pitch: int, length_s: float, bright: float) -> Samples:
    count = samples_in(length_s)
    note = np.empty((2, count), np.float32)
    for side in range(2):
        note[side] = _wave(pitch + 0.04 * (2 * side - 1), count, 2.6 - bright, phase=0.4 * side)
    half = count // 2
    note[:, :half] *= ramp(half) ** 2
    note[:, half:] *= ramp(count - half)[::-1]
    return note


def _centred(note: Samples) -> Samples:
    return np.stack((note, note)).astype(np.float32)


INSTRUMENTS: dict[str, Callable[[int, float, float], Samples]] = {
    "pad": _pad,
    "bass": _bass,
    "felt": _felt,
    "bell": _bell,
    "pluck": _pluck,
    "strings": _strings,
    "spiccato": _spiccato,
    "drum": _drum,
    "swell": _swell,
}
LEVELS_MILLIBELS = {
    "pad": -1_500,
    "bass": -900,
    "felt": -700,
    "bell": -1_100,
    "pluck": -1_100,
    "strings": -1_100,
    "spiccato": -1_000,
    "drum": -500,
    "swell": -2_000,
}
"""Each instrument's level in the mix, for notes of full velocity."""
