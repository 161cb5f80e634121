"""The score engine's music: exact, repeatable, clean, and different with each mood."""

from __future__ import annotations

import numpy as np
import pytest

from studio_audiogen.acoustics import gain, samples_in
from studio_audiogen.engines.score.composition import OPENING_S, compose
from studio_audiogen.engines.score.engine import ScoreEngine
from studio_audiogen.engines.score.instruments import INSTRUMENTS, tone
from studio_audiogen.engines.score.moods import MOODS as RULES
from studio_audiogen.engines.score.performance import performed
from studio_audiogen.orders import MOODS, Length, MusicOrder
from studio_media.sound import decode
from studio_platform.engine import Run, RunCancelled

_LENGTH = Length(8 * 24, 24, 1)


@pytest.mark.parametrize("mood", MOODS)
def test_a_piece_is_clean_and_exactly_as_long_as_ordered(mood: str, quiet: Run) -> None:
    order = MusicOrder(mood, 11, _LENGTH)
    samples = performed(compose(order), order.length.samples, quiet)
    assert samples.shape == (order.length.samples, 2)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() < gain(-600)
    assert np.abs(samples.mean(axis=0)).max() < 1e-3
    assert np.abs(samples[[0, -1]]).max() < 1e-4
    assert np.abs(np.diff(samples, axis=0)).max() < 0.1
    windows = np.sqrt(np.mean(np.square(samples[24_000:-96_000].reshape(-1, 12_000, 2)), axis=(1, 2)))
    assert windows.min() > 1e-3


def test_every_mood_has_its_rules() -> None:
    assert set(RULES) == set(MOODS)


def test_the_same_order_gives_the_same_bytes_and_another_seed_others(quiet: Run) -> None:
    orders = [MusicOrder("HOPEFUL", seed, _LENGTH) for seed in (1, 1, 2)]
    first, again, other = (part.parts[0].data for part in ScoreEngine().run(orders, [quiet] * 3))
    assert first == again
    assert first != other


def test_the_flac_decodes_to_the_ordered_length(quiet: Run) -> None:
    order = MusicOrder("SAD", 3, Length(101, 30_000, 1_001))
    product = ScoreEngine().run([order], [quiet])[0]
    assert decode(product.parts[0].data or b"", 48_000, 2).shape == (order.length.samples, 2)
    assert product.length_ms == order.length.milliseconds


def test_a_single_frame_is_music_too(quiet: Run) -> None:
    order = MusicOrder("TENSE", 3, Length(1, 24, 1))
    assert performed(compose(order), order.length.samples, quiet).shape == (2_000, 2)


def test_notes_belong_to_the_moods_scale() -> None:
    composition = compose(MusicOrder("JOYFUL", 5, _LENGTH))
    rules = RULES["JOYFUL"]
    pitches = {(note.pitch - rules.tonic) % 12 for note in composition.notes}
    assert pitches <= set(rules.scale)


def test_more_intensity_means_more_notes() -> None:
    calm, full = (
        len(compose(MusicOrder("HOPEFUL", 5, _LENGTH, intensity_permille=permille)).notes)
        for permille in (100, 1_000)
    )
    assert calm < full


def test_an_ordered_tempo_sets_the_bars() -> None:
    slow, fast = (compose(MusicOrder("CALM", 5, _LENGTH, tempo_bpm=bpm)).bar_s for bpm in (60, 120))
    assert slow == pytest.approx(2 * fast)


@pytest.mark.parametrize("instrument", sorted(INSTRUMENTS))
def test_an_instruments_note_starts_and_ends_in_silence(instrument: str) -> None:
    note = tone(instrument, 60, 1.0, 0.5)
    assert note.shape[0] == 2
    assert np.abs(note[:, [0, -1]]).max() < 1e-3
    assert np.abs(note).max() > 0.05


def test_a_cancelled_piece_stops(cancelled: Run) -> None:
    with pytest.raises(RunCancelled):
        ScoreEngine().run([MusicOrder("CALM", 1, _LENGTH)], [cancelled])


@pytest.mark.parametrize("mood", MOODS)
def test_scenes_of_one_key_have_one_tonic_whatever_their_mood(mood: str) -> None:
    for key in (1, 6, 12):
        order = MusicOrder(mood, 5, _LENGTH, key=key)
        bass = [note for note in compose(order).notes if note.instrument == "bass"]
        assert (bass[-1].pitch - (key - 1)) % 12 == 0


@pytest.mark.parametrize("frames", [97, 192, 230, 611])
def test_a_tempo_is_kept_whatever_a_scene_lasts_and_the_last_chord_holds_to_its_end(frames: int) -> None:
    order = MusicOrder("NEUTRAL", 5, Length(frames, 24, 1), tempo_bpm=80)
    composition = compose(order)
    chords = sorted({note.start_s for note in composition.notes if note.instrument == "pad"})
    assert composition.bar_s == pytest.approx(3.0)
    assert np.diff(chords) == pytest.approx(3.0)
    last = max(note.start_s + note.length_s for note in composition.notes if note.instrument == "pad")
    assert last == pytest.approx(float(order.length.seconds))


def test_a_longer_piece_begins_with_the_notes_of_a_shorter_one() -> None:
    short, long = (
        compose(MusicOrder("HOPEFUL", 5, Length(frames, 24, 1), tempo_bpm=80)).notes for frames in (480, 960)
    )
    before_cadence = {note for note in short if note.start_s < 12.0}
    assert before_cadence
    assert before_cadence <= set(long)


def test_a_struck_opening_is_heard_at_once_and_a_plain_one_comes_in(quiet: Run) -> None:
    plain, struck, shimmering = (
        performed(compose(order), order.length.samples, quiet)
        for order in (
            MusicOrder("TENSE", 5, _LENGTH, opening=opening, key=3) for opening in ("", "STING", "SHIMMER")
        )
    )
    first = slice(samples_in(OPENING_S), samples_in(OPENING_S) + 9_600)
    levels = [
        float(np.sqrt(np.mean(np.square(sound[first])))) / float(np.sqrt(np.mean(np.square(sound))))
        for sound in (plain, shimmering, struck)
    ]
    assert levels[2] > 2 * levels[0]
    assert levels[2] > levels[1] > levels[0]
    assert np.abs(struck[0]).max() < 1e-4
