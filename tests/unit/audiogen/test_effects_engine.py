"""The effects engine's scenes: exact, repeatable, clean, and every sound where it was ordered."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from studio_audiogen.acoustics import Samples, chance, gain
from studio_audiogen.engines.effects.ambiences import MAKERS as AMBIENCE_MAKERS
from studio_audiogen.engines.effects.ambiences import ambience
from studio_audiogen.engines.effects.cues import MAKERS as CUE_MAKERS
from studio_audiogen.engines.effects.cues import cue
from studio_audiogen.engines.effects.engine import EffectsEngine
from studio_audiogen.engines.effects.scene import scene_of
from studio_audiogen.orders import AMBIENCES, CUES, EffectCue, EffectsOrder, Length
from studio_media.sound import decode
from studio_platform.engine import Run, RunCancelled


def test_every_sound_that_an_order_may_name_has_a_maker() -> None:
    assert set(AMBIENCE_MAKERS) == set(AMBIENCES)
    assert set(CUE_MAKERS) == set(CUES)


@pytest.mark.parametrize("name", AMBIENCES)
def test_an_ambience_is_clean_and_present_throughout(name: str, quiet: Run) -> None:
    order = EffectsOrder(Length(14 * 24, 24, 1), 9, (name,))
    scene = scene_of(order, quiet)
    assert scene.shape == (order.length.samples, 2)
    assert np.isfinite(scene).all()
    assert np.abs(scene).max() < gain(-600)
    assert np.abs(scene.mean(axis=0)).max() < 1e-3
    assert np.abs(scene[[0, -1]]).max() < 1e-6
    windows = np.sqrt(np.mean(np.square(scene[48_000:-48_000].reshape(-1, 24_000, 2)), axis=(1, 2)))
    assert windows.min() > 1e-4


@pytest.mark.parametrize("kind", CUES)
def test_a_cue_starts_and_ends_in_silence_at_its_own_level(kind: str) -> None:
    sound = cue(kind, chance("test", kind))
    assert abs(float(sound[0])) < 1e-3
    assert abs(float(sound[-1])) < 1e-4
    assert np.abs(sound).max() == pytest.approx(gain(CUE_MAKERS[kind][1]), rel=1e-3)


def test_a_cue_begins_at_its_frame(quiet: Run) -> None:
    order = EffectsOrder(Length(96, 24, 1), 9, cues=(EffectCue("GUNSHOT", 48),))
    scene = scene_of(order, quiet)
    assert not scene[:96_000].any()
    assert np.abs(scene[96_000:98_400]).max() > 0.1


def test_a_cues_gain_is_in_hundredths_of_a_decibel(quiet: Run) -> None:
    loud, soft = (
        scene_of(EffectsOrder(Length(48, 24, 1), 9, cues=(EffectCue("CLICK", 0, millibels),)), quiet)
        for millibels in (0, -2_000)
    )
    assert np.abs(loud).max() == pytest.approx(10 * np.abs(soft).max(), rel=1e-3)


def test_a_cue_that_would_pass_the_end_fades_out_before_it(quiet: Run) -> None:
    order = EffectsOrder(Length(30, 24, 1), 9, cues=(EffectCue("SIREN", 20),))
    scene = scene_of(order, quiet)
    assert np.abs(scene[-1]).max() < 1e-3
    assert np.abs(scene).max() > 1e-3


def test_adding_a_cue_leaves_the_others_as_they_were(quiet: Run) -> None:
    one = (EffectCue("DOOR", 0),)
    two = (*one, EffectCue("BELL", 72))
    first, both = (scene_of(EffectsOrder(Length(96, 24, 1), 9, cues=cues), quiet) for cues in (one, two))
    assert np.array_equal(first[:140_000], both[:140_000])


def test_many_loud_cues_at_once_stay_under_minus_3_dbfs(quiet: Run) -> None:
    cues = tuple(EffectCue("GUNSHOT", 0, 1_200) for _ in range(8))
    scene = scene_of(EffectsOrder(Length(48, 24, 1), 9, ("RAIN",), cues), quiet)
    assert np.abs(scene).max() <= gain(-300) + 1e-6


def test_the_same_order_gives_the_same_bytes_of_the_ordered_length(quiet: Run) -> None:
    order = EffectsOrder(Length(50, 25, 1), 4, ("SEA", "WIND"), (EffectCue("STEPS", 3),))
    first, again = (product.parts[0].data for product in EffectsEngine().run([order, order], [quiet, quiet]))
    assert first == again
    assert decode(first or b"", 48_000, 2).shape == (96_000, 2)


def test_a_scene_without_sounds_is_silence(quiet: Run) -> None:
    assert not scene_of(EffectsOrder(Length(24, 24, 1), 4), quiet).any()


def test_a_cancelled_scene_stops(cancelled: Run) -> None:
    with pytest.raises(RunCancelled):
        EffectsEngine().run([EffectsOrder(Length(24, 24, 1), 1, ("RAIN",))], [cancelled])


def _figures(sound: Samples) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What tells a sound from others: its octaves and how its level moves in 50 ms, decibels."""
    mono = sound.mean(axis=0) if sound.ndim == 2 else sound
    power = np.abs(np.fft.rfft(mono)) ** 2
    edges = np.array([44 * 2**octave for octave in range(10)]) * len(mono) // 48_000
    octaves = np.array([power[first:last].sum() for first, last in itertools.pairwise(edges)])
    shape = 10 * np.log10(octaves / octaves.sum() + 1e-4)
    windows = np.square(mono[: len(mono) // 2_400 * 2_400].reshape(-1, 2_400)).mean(axis=1)
    levels = 10 * np.log10(windows / windows.max() + 1e-4)
    return np.array([*shape, *np.percentile(levels, (10, 50, 90))])


def test_sounds_are_told_apart_by_their_spectrum_and_by_how_they_move() -> None:
    grounds = {name: _figures(ambience(name, chance("told", name), 8 * 48_000)) for name in AMBIENCES}
    singles = {kind: _figures(cue(kind, chance("told", kind))) for kind in CUES}
    for sounds in (grounds, singles):
        for (first, one), (second, other) in itertools.combinations(sounds.items(), 2):
            assert np.linalg.norm(one - other) > 5, (first, second)


def test_neighbouring_scenes_of_one_place_have_the_same_air_but_not_the_same_moment() -> None:
    one, other = (ambience("ROOM_TONE", chance("scene", number), 48_000) for number in (1, 2))
    assert np.linalg.norm(_figures(one) - _figures(other)) < 5
    assert not np.array_equal(one, other)
