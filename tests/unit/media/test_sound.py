"""Sound passes through the house form with exact counts and bounded error."""

from __future__ import annotations

import io
import wave
from typing import Literal

import numpy as np
import pytest

from studio_media.sound import Samples, SoundError, decode, encode_flac, samples_for


def random_sound(count: int, channels: int = 2) -> Samples:
    values = np.random.default_rng(count).uniform(-0.99, 0.99, (count, channels))
    return values.astype(np.float32)


@pytest.mark.parametrize("count", [1, 4_607, 65_536, 96_001])
@pytest.mark.parametrize("bits", [16, 24])
def test_flac_keeps_every_sample_to_half_a_step(count: int, bits: Literal[16, 24]) -> None:
    samples = random_sound(count)

    decoded = decode(encode_flac(samples, sample_bits=bits), channels=2)

    assert decoded.shape == samples.shape
    assert decoded.dtype == np.float32
    assert np.abs(decoded - samples).max() <= 0.5001 / 2 ** (bits - 1)


def test_over_full_scale_is_clipped() -> None:
    loud = np.array([[2.0], [-2.0]], np.float32)

    decoded = decode(encode_flac(loud))

    assert decoded[:, 0] == pytest.approx([1.0, -1.0], abs=1e-4)


def test_the_same_samples_give_the_same_bytes() -> None:
    assert encode_flac(random_sound(5_000)) == encode_flac(random_sound(5_000))


@pytest.mark.parametrize(("rate_hz", "count"), [(24_000, 24_001), (44_100, 30_000), (96_000, 12_345)])
def test_resampling_gives_the_exact_count(rate_hz: int, count: int) -> None:
    data = encode_flac(random_sound(count, 1), rate_hz)

    assert len(decode(data, 48_000)) == round(count * 48_000 / rate_hz)


def test_resampling_keeps_a_tone_in_place() -> None:
    seconds = np.arange(24_000) / 24_000
    tone = (0.5 * np.sin(2 * np.pi * 440 * seconds)).astype(np.float32)[:, None]

    up = decode(encode_flac(tone, 24_000), 48_000)[:, 0]

    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    assert np.abs(up - expected)[500:-500].max() < 0.01


def test_mono_is_copied_at_full_level_and_stereo_is_averaged() -> None:
    mono = random_sound(100, 1)
    stereo = np.stack([np.full(100, 0.5), np.full(100, -0.25)], axis=1).astype(np.float32)

    spread = decode(encode_flac(mono), channels=2)
    folded = decode(encode_flac(stereo), channels=1)

    assert np.array_equal(spread[:, 0], spread[:, 1])
    assert np.abs(spread[:, :1] - mono).max() < 1e-4
    assert folded[:, 0] == pytest.approx(np.full(100, 0.125), abs=1e-4)


def test_a_wav_is_read_when_it_is_named_as_one() -> None:
    memory = io.BytesIO()
    with wave.open(memory, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(48_000)
        writer.writeframes(np.full(480, 16_384, "<i2").tobytes())

    decoded = decode(memory.getvalue(), sound_format="wav")

    assert decoded.shape == (480, 1)
    assert decoded == pytest.approx(np.full((480, 1), 0.5))
    with pytest.raises(SoundError):
        decode(memory.getvalue())


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((0, 1), np.float32),
        np.zeros(5, np.float32),
        np.zeros((5, 3), np.float32),
        np.array([[np.nan]], np.float32),
    ],
)
def test_samples_outside_the_form_are_refused(samples: Samples) -> None:
    with pytest.raises(SoundError):
        encode_flac(samples)


def test_a_frame_lasts_its_share_of_samples() -> None:
    assert samples_for(1, 24, 1) == 2_000
    assert samples_for(24, 24_000, 1_001) == 48_048
    assert samples_for(7, 30, 1) == 11_200
