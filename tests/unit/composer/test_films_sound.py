"""The sound of whole films by other meters than ours: loudness, true peak, ducking, joints without clicks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio_composer.levels import film_levels, scene_levels
from studio_composer.master import encode_master
from studio_composer.mixdown import Balance, StemGains, Stems, mix
from studio_composer.sound_cuts import SEAM_SAMPLES, SoundCut, write_cuts
from studio_composer.sound_joints import SoundPiece, write_sound
from studio_media.sound import decode, encode_flac

Sound = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
SECOND = 48_000


def _nothing() -> None:
    return None


def voice(count: int, seed: int) -> Sound:
    """Words of 0.3 s with peaks far over their level, and pauses between them."""
    rng = np.random.default_rng(seed)
    at = np.arange(count) / SECOND
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * at) / harmonic for harmonic in range(1, 20))
    gate = np.clip(np.sin(2 * np.pi * 1.6 * at), 0, 1) * (np.sin(2 * np.pi * 0.31 * at + seed) > -0.5)
    return stereo(0.12 * buzz * gate * (1 + 0.2 * rng.standard_normal(count)))


def tone(count: int, hz: float, level: float) -> Sound:
    return stereo(level * np.sin(2 * np.pi * hz * np.arange(count) / SECOND))


def stereo(mono: npt.ArrayLike) -> Sound:
    return np.repeat(np.asarray(mono, np.float32)[:, None], 2, axis=1)


def scene(folder: Path, dialogue: Sound, music: Sound, effects: Sound) -> Stems:
    folder.mkdir(parents=True)
    sounds = {"dialogue": dialogue, "music": music, "effects": effects}
    for name, sound in sounds.items():
        (folder / f"{name}.flac").write_bytes(encode_flac(np.clip(sound, -1, 1)))
    return Stems.given(len(dialogue), {name: folder / f"{name}.flac" for name in sounds})


def spoken(folder: Path, seconds: float, level: float, seed: int = 1) -> Stems:
    count = round(seconds * SECOND)
    rain = np.random.default_rng(seed).standard_normal((count, 2)).astype(np.float32)
    sounds = (voice(count, seed), tone(count, 220, 0.05), 0.02 * rain)
    return scene(folder, *(np.float32(level) * sound for sound in sounds))


def shots_alone(folder: Path) -> Stems:
    count = 4 * SECOND
    at = np.arange(count)
    falling = np.exp(-((at - SECOND // 2) % (2 * SECOND)) / 3_000)
    bang = 0.3 * falling * np.random.default_rng(3).standard_normal(count)
    return scene(folder, stereo(0 * bang), stereo(0 * bang), stereo(bang))


FILMS: dict[str, Callable[[Path], list[Stems]]] = {
    "short": lambda folder: [spoken(folder / "0", 1.0, 1.0)],
    "blink": lambda folder: [spoken(folder / "0", 0.6, 1.0)],
    "quiet": lambda folder: [spoken(folder / "0", 3.0, 0.02)],
    "uneven": lambda folder: [spoken(folder / "0", 3.0, 1.0), spoken(folder / "1", 4.0, 0.1, seed=2)],
    "bangs": lambda folder: [shots_alone(folder / "0")],
}


def film_of(stems: list[Stems], target_lufs: float, folder: Path) -> Sound:
    """What a player hears of these scenes as a film."""
    levels = film_levels([scene_levels(it, Balance(), _nothing) for it in stems], Balance(), target_lufs)
    pieces, start = [], 0
    for index, it in enumerate(stems):
        mixed = mix([it], levels.stems, Balance(), folder / f"{index}.f32", _nothing)
        encode_master(mixed, levels.gain_db, folder / f"{index}.mp4", _nothing)
        pieces.append(SoundPiece(folder / f"{index}.mp4", start, it.length_samples))
        start += it.length_samples
    write_sound(pieces, start, folder, folder / "film.mp4", _nothing)
    return decode(folder / "film.mp4", channels=2, sound_format="mov")


# Nothing but bangs can't be louder under that peak.
@pytest.mark.parametrize(
    ("name", "target_lufs"),
    [(name, lufs) for name in FILMS for lufs in (-14.0, -16.0, -23.0) if name != "bangs" or lufs < -20],
)
def test_a_film_of_any_kind_meets_its_loudness_under_its_peak(
    name: str, target_lufs: float, tmp_path: Path
) -> None:
    # It brings much of scipy, which each worker would load to collect its tests.
    import pyloudnorm  # type: ignore[import-untyped]  # it ships no types

    heard = film_of(FILMS[name](tmp_path), target_lufs, tmp_path)

    loudness = pyloudnorm.Meter(SECOND).integrated_loudness(heard.astype(np.float64))
    assert loudness == pytest.approx(target_lufs, abs=0.5)
    assert 20 * np.log10(peak_between_samples(heard)) < -1.0


def peak_between_samples(sound: Sound) -> float:
    """The true peak, by the spectrum filled up to eight times the rate."""
    highest = 0.0
    for start in range(0, len(sound), SECOND):
        part = sound[max(0, start - 2_400) : start + SECOND + 2_400]
        window = np.ones(len(part))
        edge = min(1_200, len(part) // 4)
        window[:edge] = np.linspace(0, 1, edge)
        window[-edge:] = window[:edge][::-1]
        spectrum = np.fft.rfft(part * window[:, None], axis=0)
        fine = np.fft.irfft(spectrum, 8 * len(part), axis=0) * 8
        highest = max(highest, float(np.abs(fine).max()))
    return highest


def test_music_and_effects_step_back_by_their_decibels_while_somebody_speaks(tmp_path: Path) -> None:
    count = 8 * SECOND
    speech = voice(count, 1) * 0
    speech[3 * SECOND : 5 * SECOND] = tone(2 * SECOND, 1_000, 0.2)
    stems = scene(tmp_path / "scene", speech, tone(count, 220, 0.1), tone(count, 3_000, 0.1))

    mixed = np.asarray(mix([stems], StemGains(), Balance(), tmp_path / "mix.f32", _nothing))[:, 0]

    spoken_over, alone = mixed[round(3.2 * SECOND) : round(4.8 * SECOND)], mixed[SECOND : 2 * SECOND]
    dips = [20 * np.log10(level_of(alone, hz) / level_of(spoken_over, hz)) for hz in (220, 3_000)]
    assert dips == pytest.approx([Balance().music_duck_db, Balance().effects_duck_db], abs=0.2)
    back = mixed[round(6.6 * SECOND) : round(7.6 * SECOND)]
    assert level_of(back, 220) == pytest.approx(level_of(alone, 220), rel=0.01)


def level_of(sound: Sound, hz: float) -> float:
    turns = np.exp(-2j * np.pi * hz * np.arange(len(sound)) / SECOND) * np.hanning(len(sound))
    return float(np.abs(np.sum(sound * turns)) / len(sound))


@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5])
def test_no_edit_within_a_scene_clicks(phase: float, tmp_path: Path) -> None:
    (tmp_path / "take.flac").write_bytes(encode_flac(tone(4 * SECOND, 200, 0.5)))
    joint = SECOND
    jumped = 2 * SECOND + round(phase * SECOND / 200)
    cuts = [
        SoundCut(tmp_path / "take.flac", 0, joint, 0),
        SoundCut(tmp_path / "take.flac", jumped, jumped + SECOND, joint),
    ]

    write_cuts(tmp_path / "cut.flac", cuts, 2 * SECOND, tmp_path, _nothing)

    steps = np.abs(np.diff(decode(tmp_path / "cut.flac")[:, 0]))
    seam = steps[joint - 48 : joint + SEAM_SAMPLES + 48]
    assert seam.max() < 1.5 * steps[joint // 4 : joint // 2].max()
