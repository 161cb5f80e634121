"""Levels: the film's gains told from its scenes' measures, in steps that a small edit does not change."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio_composer.levels import (
    FilmLevels,
    SceneLevels,
    film_levels,
    film_levels_from,
    levels_from,
    scene_levels,
)
from studio_composer.loudness import SILENCE_LUFS, gated, measured, power_of
from studio_composer.master import encode_master
from studio_composer.measures import Ear, measure
from studio_composer.mixdown import Balance, StemGains, Stems, mix
from studio_composer.stems import StemWriter, stem_blocks
from studio_media.sound import encode_flac

TARGETS = (-27.0, -23.0, -16.0)


def _nothing() -> None:
    return None


class Reread:
    """So many scenes of one file."""

    def __init__(self, packed: bytes, scenes: int) -> None:
        self._packed = packed
        self._scenes = scenes

    def __iter__(self) -> Iterator[SceneLevels]:
        return (levels_from(self._packed) for _ in range(self._scenes))


def scene(folder: Path, seed: int, seconds: float = 6.0, speech_level: float = 0.2) -> Stems:
    """A scene: bursts of speech-like noise over music and rain."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    samples = round(seconds * 48_000)
    swell = np.clip(np.sin(np.arange(samples) / 9_000), 0, 1)[:, None] ** 2
    tones = sum(np.sin(2 * np.pi * hz * np.arange(samples) / 48_000 + hz) for hz in (220.0, 277.0, 330.0))
    music = np.repeat(np.asarray(tones)[:, None], 2, axis=1)
    voice = np.convolve(rng.standard_normal(samples), np.hanning(24), mode="same")
    sounds = {
        "dialogue": np.repeat(voice[:, None], 2, axis=1) * speech_level / 3 * swell,
        "music": 0.03 * music,
        "effects": rng.standard_normal((samples, 2)) * 0.03,
    }
    for name, sound in sounds.items():
        (folder / f"{name}.flac").write_bytes(encode_flac(np.clip(sound, -1, 1).astype(np.float32)))
    return Stems.given(samples, {name: folder / f"{name}.flac" for name in sounds})


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[Stems]:
    folder = tmp_path_factory.mktemp("scenes")
    return [scene(folder / str(seed), seed, speech_level=0.1 * seed) for seed in (1, 2, 3)]


@pytest.mark.parametrize("target_lufs", TARGETS)
def test_masters_at_the_levels_meet_the_films_loudness(
    scenes: list[Stems], target_lufs: float, tmp_path: Path
) -> None:
    levels = film_levels([scene_levels(it, Balance(), _nothing) for it in scenes], Balance(), target_lufs)

    masters = []
    for index, stems in enumerate(scenes):
        mixed = mix([stems], levels.stems, Balance(), tmp_path / f"{index}.f32", _nothing)
        masters.append(encode_master(mixed, levels.gain_db, tmp_path / f"{index}.mp4", _nothing))

    loudness = gated(np.concatenate([master.blocks for master in masters]))
    assert loudness.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    assert max(master.true_peak_dbtp for master in masters) < -1.0


def test_a_mix_measures_what_its_scenes_levels_say(scenes: list[Stems], tmp_path: Path) -> None:
    levels = scene_levels(scenes[1], Balance(), _nothing)
    gains = StemGains(-4.0, 2.0, -3.0)

    mixed = mix([scenes[1]], gains, Balance(), tmp_path / "mix.f32", _nothing)

    faders = np.array([10 ** (gain_db / 20) for gain_db in (-4.0, 2.0, -3.0)])[:, None]
    said = gated((levels.mixed * faders**2).sum(axis=0))
    # The levels are those of what is encoded, which is a little quieter than the mix.
    mixed_lufs = measured([np.asarray(mixed)]).integrated_lufs
    assert said.integrated_lufs == pytest.approx(mixed_lufs - 0.25, abs=0.2)


def test_a_line_more_in_one_of_many_scenes_changes_no_level(scenes: list[Stems], tmp_path: Path) -> None:
    known = [scene_levels(stems, Balance(), _nothing) for stems in scenes]
    longer = scene_levels(scene(tmp_path / "longer", 2, seconds=6.8, speech_level=0.2), Balance(), _nothing)

    before = film_levels([*known, known[0], known[2]] * 2, Balance(), -16.2)
    after = film_levels(
        [known[0], longer, known[2], known[0], known[2], *known, known[0], known[2]], Balance(), -16.2
    )

    assert after == before


def test_a_stem_heard_while_it_was_written_measures_as_if_it_were_read(
    scenes: list[Stems], tmp_path: Path
) -> None:
    sound = np.concatenate(list(stem_blocks(scenes[0].dialogue)))
    path, ear = tmp_path / "dialogue.flac", Ear()

    with StemWriter(path, heard=ear.hear) as stem:
        for part in np.array_split(sound[:200_001] * np.float32(1.7), 7):
            stem.write(part)

    read, heard = measure(stem_blocks(path), _nothing), ear.measures()
    assert heard.clipped == read.clipped
    for name in ("blocks", "powers", "peaks", "spoken"):
        np.testing.assert_array_equal(getattr(heard, name), getattr(read, name))


def test_a_stem_of_which_a_part_was_heard_alone_is_read(scenes: list[Stems]) -> None:
    ear = Ear()
    ear.hear(np.zeros((48_000, 2), np.float32))

    levels = scene_levels(scenes[0], Balance(), _nothing, {scenes[0].music: ear})

    np.testing.assert_array_equal(levels.stems, scene_levels(scenes[0], Balance(), _nothing).stems)


def test_levels_are_read_as_they_were_written(scenes: list[Stems]) -> None:
    levels = scene_levels(scenes[0], Balance(), _nothing)
    film = FilmLevels(StemGains(-1.0, 2.0, 0.0), 3.5, -16.0)

    again = levels_from(levels.packed())

    assert again.stems == pytest.approx(levels.stems, rel=1e-6)
    assert again.peaks.shape == levels.peaks.shape
    assert film_levels_from(film.record()) == film
    assert levels.packed() == levels.packed()


def test_a_long_films_scenes_are_read_one_after_another_and_not_kept() -> None:
    blocks, cells, finer = (np.full((3, 600 * times), 0.01) for times in (1, 10, 100))
    a_minute = SceneLevels(blocks, blocks, cells, finer)
    packed, scenes = a_minute.packed(), 24
    own_bytes = sum(array.nbytes for array in (a_minute.mixed, a_minute.powers, a_minute.peaks))

    tracemalloc.start()
    film_levels(Reread(packed, scenes), Balance(), -16.0)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < scenes * own_bytes / 2


def test_a_silent_film_keeps_its_level(tmp_path: Path) -> None:
    for name in ("dialogue", "music", "effects"):
        (tmp_path / name).write_bytes(encode_flac(np.zeros((96_000, 2), np.float32)))
    silent = Stems(96_000, tmp_path / "dialogue", tmp_path / "music", tmp_path / "effects")

    levels = film_levels([scene_levels(silent, Balance(), _nothing)], Balance(), -16.0)

    assert levels == FilmLevels(StemGains(), 0.0, -16.0)


def test_stretches_of_nothing_that_are_told_with_few_digits_make_no_film_quieter() -> None:
    heard, nothing = power_of(np.array([-16.0] * 6 + [-31.0] * 9)), power_of(np.array([SILENCE_LUFS] * 60))
    told = np.concatenate([heard, nothing * 1.00001])

    assert gated(told).integrated_lufs == gated(heard).integrated_lufs
