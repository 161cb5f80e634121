"""What the synthesisers share: chance from a seed, level, ramps, filters and convolution, in float32."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio_audiogen.orders import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

_BLOCK_SAMPLES = 1 << 17
_SPECTRUM_POINTS = 2_048
# A curve between two knots is drawn by so many straight lines.
_POINTS_A_TURN = 64


def chance(*labels: str | int) -> np.random.Generator:
    """Return a generator of random numbers that depends on the labels alone."""
    digest = hashlib.sha256("\x1f".join(str(label) for label in labels).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def gain(millibels: float) -> float:
    """Return the factor of amplitude for a level in 1/100 dB."""
    return float(10 ** (millibels / 2_000))


def samples_in(seconds: float) -> int:
    """Return the nearest whole number of samples."""
    return round(seconds * SAMPLE_RATE_HZ)


def seconds_axis(count: int) -> Samples:
    """Return the time of each of `count` samples, s."""
    return np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE_HZ)


@lru_cache(maxsize=32)
def ramp(count: int) -> Samples:
    """Return `count` factors that rise from 0 towards 1 as half a cosine does; they can't be written to."""
    axis = np.arange(count, dtype=np.float32) * np.float32(np.pi / max(1, count))
    factors: Samples = np.float32(0.5) - np.float32(0.5) * np.cos(axis)
    factors.flags.writeable = False
    return factors


def fade(samples: Samples, start_samples: int, end_samples: int) -> None:
    """Fade both ends of samples of shape (..., count) in place; each fade is at most half the length."""
    count = samples.shape[-1]
    rising = ramp(min(start_samples, count // 2))
    falling = ramp(min(end_samples, count // 2))[::-1]
    samples[..., : len(rising)] *= rising
    samples[..., count - len(falling) :] *= falling


def white_noise(random: np.random.Generator, *shape: int) -> Samples:
    """Return noise of level 1 RMS with a flat spectrum."""
    return random.standard_normal(shape, dtype=np.float32)


def shaped_noise(random: np.random.Generator, count: int, bands: tuple[tuple[float, float], ...]) -> Samples:
    """Return `count` samples of noise of level 1 RMS whose spectrum goes through (Hz, millibels) points.

    The level is interpolated on a logarithmic axis of frequency; below 20 Hz there is nothing. The
    noise is periodic in `count` samples, so it can be laid end to end without a seam.
    """
    spectrum = np.fft.rfft(white_noise(random, count))
    spectrum *= _weights(len(spectrum), SAMPLE_RATE_HZ / count, bands)
    noise: Samples = np.fft.irfft(spectrum, count).astype(np.float32, copy=False)
    rms = float(np.sqrt(np.mean(np.square(noise), dtype=np.float64)))
    noise *= np.float32(1 / max(1e-9, rms))
    return noise


def _weights(count: int, step_hz: float, bands: tuple[tuple[float, float], ...]) -> Samples:
    """The factors of a spectrum's lines, `step_hz` apart, through the points of `bands`."""
    points_hz, levels = zip(*bands, strict=True)
    lines_hz = np.geomspace(20.0, SAMPLE_RATE_HZ / 2, _SPECTRUM_POINTS)
    factors = 10 ** (np.interp(np.log(lines_hz), np.log(points_hz), levels) / 2_000)
    frequencies_hz = np.arange(count) * step_hz
    weights: Samples = np.interp(frequencies_hz, lines_hz, factors).astype(np.float32)
    weights[: int(np.searchsorted(frequencies_hz, 20.0))] = 0
    return weights


def slow_curve(random: np.random.Generator, count: int, rate_hz: float) -> Samples:
    """Return a smooth random curve between 0 and 1 that turns about `rate_hz` times a second."""
    knots = max(4, round(count / SAMPLE_RATE_HZ * rate_hz) + 3)
    values = random.random(knots)
    points = max(2, min(count, _POINTS_A_TURN * knots))
    places = np.linspace(0, knots - 1.001, points)
    left = places.astype(np.int32)
    part = 0.5 - 0.5 * np.cos(np.pi * (places - left))
    turns = values[left] * (1 - part) + values[left + 1] * part
    curve: Samples = np.interp(np.linspace(0, points - 1, count), np.arange(points), turns).astype(np.float32)
    return curve


def convolved(samples: Samples, response: Samples) -> Samples:
    """Convolve samples with a response, both of shape (channels, count), cut to the samples' length.

    Blocks are transformed one by one, so memory does not grow with the length.
    """
    channels, count = samples.shape
    size = 1 << (_BLOCK_SAMPLES + response.shape[1] - 1).bit_length()
    step = size - response.shape[1] + 1
    transfer = np.fft.rfft(response, size)
    result = np.zeros((channels, count), np.float32)
    for start in range(0, count, step):
        spectrum = np.fft.rfft(samples[:, start : start + step], size) * transfer
        block = np.fft.irfft(spectrum, size)
        end = min(count, start + size)
        result[:, start:end] += block[:, : end - start].astype(np.float32)
    return result


def room_response(random: np.random.Generator, seconds: float, bright: float) -> Samples:
    """Return a stereo reverberation of shape (2, count) that has decayed by 60 dB after `seconds`.

    High frequencies decay faster, by `bright` from 0 (dull) to 1. Each channel has energy 1.
    """
    count = samples_in(seconds)
    axis = seconds_axis(count)
    decay = np.exp(-6.9 * axis / seconds)
    dull = shaped_noise(random, count, ((20.0, -1_200), (150.0, 0), (900.0, 0), (5_000.0, -3_000)))
    response = np.empty((2, count), np.float32)
    for channel in range(2):
        high = shaped_noise(
            random, count, ((300.0, -2_500), (2_000.0, 0), (7_000.0, -600), (16_000.0, -3_000))
        )
        low = dull * 0.4 + shaped_noise(random, count, ((20.0, -1_500), (200.0, 0), (1_500.0, -1_500)))
        response[channel] = low * decay + np.float32(bright) * high * np.exp(-16.0 * axis / seconds)
    response[:, : samples_in(0.012)] *= ramp(samples_in(0.012))
    response /= np.sqrt(np.sum(np.square(response), axis=1, keepdims=True))
    return response
