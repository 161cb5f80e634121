"""The mix: loudness, peaks, ducking, and exact places."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest

from studio_composer.bridges import MARGIN_SAMPLES
from studio_composer.ducking import DuckingProfile, ducked_gain, spoken_amount
from studio_composer.limiter import cell_peaks, gains_at, limiting_gains
from studio_composer.loudness import SILENCE_LUFS, gated, measured
from studio_composer.master import encode_master
from studio_composer.stems import Placement, stem_blocks, write_dialogue, write_fitted
from studio_media.sound import decode, encode_flac


def _noise(seconds: float, level: float, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((round(seconds * 48_000), 2)) * level).astype(np.float32)


def _nothing() -> None:
    return None


def test_loudness_agrees_with_pyloudnorm() -> None:
    # It brings much of scipy, which each worker would load to collect its tests.
    import pyloudnorm  # type: ignore[import-untyped]  # it ships no types

    sound = _noise(4, 0.05)

    loudness = measured([sound[:50_000], sound[50_000:]])

    assert loudness.integrated_lufs == pytest.approx(
        pyloudnorm.Meter(48_000).integrated_loudness(sound), abs=0.15
    )


def test_silence_and_a_blink_have_no_loudness() -> None:
    assert measured([np.zeros((96_000, 2), np.float32)]).integrated_lufs == SILENCE_LUFS
    assert measured([_noise(0.2, 0.1)]).is_silent


def test_the_limiter_keeps_every_true_peak_under_the_ceiling() -> None:
    sound = _noise(3, 0.4)
    blocks = [sound[start : start + 48_000] for start in range(0, len(sound), 48_000)]

    gains = limiting_gains(cell_peaks(blocks), 2.0, 0.5)
    limited = sound * gains_at(gains, 0, len(sound))

    assert np.abs(limited).max() <= 0.5 + 1e-6
    # White noise is what a 4-fold oversampled peak underrates most.
    assert measured([limited]).true_peak_dbtp < 20 * np.log10(0.5) + 0.6
    assert gains.max() <= 2.0


def test_the_limiter_leaves_quiet_sound_at_the_gain() -> None:
    gains = limiting_gains(np.full(200, 0.1, np.float32), 2.0, 0.9)

    assert gains == pytest.approx(2.0)


def test_a_true_peak_is_found_wherever_a_chunk_ends() -> None:
    # Two samples between which the sound is higher than at either.
    peaks = []
    for at in range(9_580, 9_620):
        sound = np.zeros((14_400, 2), np.float32)
        sound[at : at + 2, 1] = 0.5
        peaks.append(cell_peaks([sound]).max())

    assert peaks == pytest.approx([peaks[0]] * len(peaks))
    assert peaks[0] > 0.6


def test_a_sound_that_is_a_stem_already_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "music.flac"
    source.write_bytes(encode_flac(_noise(1, 0.1)))

    own_samples = write_fitted(tmp_path / "stem.flac", source, 48_000)

    assert own_samples == 48_000
    assert (tmp_path / "stem.flac").read_bytes() == source.read_bytes()


@pytest.mark.parametrize(("channels", "sample_bits"), [(1, 16), (2, 24)])
def test_a_sound_in_another_form_becomes_a_stem(
    tmp_path: Path, channels: int, sample_bits: Literal[16, 24]
) -> None:
    source = tmp_path / "music.flac"
    source.write_bytes(encode_flac(_noise(1, 0.1)[:, :channels], sample_bits=sample_bits))

    write_fitted(tmp_path / "stem.flac", source, 48_000)

    with av.open(str(tmp_path / "stem.flac"), format="flac") as stem:
        context = stem.streams.audio[0].codec_context
        assert (context.format.name, context.layout.name) == ("s16", "stereo")


@pytest.mark.parametrize("level", [0.01, 0.3])
def test_a_master_stays_under_its_peak(tmp_path: Path, level: float) -> None:
    mixed = _noise(5, level)
    mixed[96_000:96_010] = 1.0

    master = encode_master(mixed, 6.0, tmp_path / "audio.mp4", _nothing)

    assert master.true_peak_dbtp < -1.0


def test_a_silent_master_stays_silent(tmp_path: Path) -> None:
    master = encode_master(np.zeros((48_000, 2), np.float32), 6.0, tmp_path / "audio.mp4", _nothing)

    assert gated(master.blocks).is_silent
    assert np.abs(decode(tmp_path / "audio.mp4", channels=2, sound_format="mov")).max() < 1e-4


def test_a_master_says_what_its_file_measures(tmp_path: Path) -> None:
    master = encode_master(_noise(3.3, 0.1), 2.0, tmp_path / "audio.mp4", _nothing)

    whole = decode(tmp_path / "audio.mp4", channels=2, sound_format="mov")
    heard = measured([whole[MARGIN_SAMPLES : len(whole) - MARGIN_SAMPLES]])
    assert gated(master.blocks).integrated_lufs == pytest.approx(heard.integrated_lufs, abs=0.01)
    assert master.true_peak_dbtp == pytest.approx(heard.true_peak_dbtp)


def test_music_is_down_before_the_first_word_and_back_after_the_last() -> None:
    levels = np.zeros(800, np.float32)
    levels[300:400] = 0.1

    amount = spoken_amount(levels, DuckingProfile())
    gain_db = 20 * np.log10(ducked_gain(amount, 9.0, 0, 800 * 480))[:, 0]

    assert gain_db[300 * 480 : 400 * 480].max() == pytest.approx(-9.0, abs=0.01)
    assert gain_db[: 270 * 480].min() == pytest.approx(0.0, abs=0.01)
    assert gain_db[-480:].min() == pytest.approx(0.0, abs=0.01)
    assert np.abs(np.diff(gain_db)).max() < 0.01


def test_a_gain_is_the_same_in_one_block_or_two() -> None:
    amount = np.linspace(0, 1, 400).astype(np.float32)

    whole = ducked_gain(amount, 9.0, 0, 96_000)
    halves = np.concatenate((ducked_gain(amount, 9.0, 0, 48_000), ducked_gain(amount, 9.0, 48_000, 48_000)))

    assert whole == pytest.approx(halves, abs=1e-6)


def test_speech_stands_at_its_very_sample(tmp_path: Path) -> None:
    speech = np.full((3_000, 1), 0.5, np.float32)
    (tmp_path / "speech.flac").write_bytes(encode_flac(speech))
    placements = [Placement(tmp_path / "speech.flac", start, 3_000) for start in (46_500, 100_000)]

    write_dialogue(tmp_path / "stem.flac", placements, 120_000)

    stem = decode(tmp_path / "stem.flac", channels=2)
    assert stem.shape == (120_000, 2)
    assert np.flatnonzero(stem[:, 0]).tolist() == [*range(46_500, 49_500), *range(100_000, 103_000)]
    assert np.array_equal(stem[:, 0], stem[:, 1])


def test_a_stem_is_read_in_blocks_of_one_length(tmp_path: Path) -> None:
    (tmp_path / "stem.flac").write_bytes(encode_flac(_noise(2.5, 0.1)))

    lengths = [len(block) for block in stem_blocks(tmp_path / "stem.flac")]

    assert lengths == [48_000, 48_000, 24_000]
