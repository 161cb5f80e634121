"""Room tone between scenes and under cards: never digital silence, and no click where packets meet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio_composer.bridges import MARGIN_SAMPLES, Bridge, CardMusic, Tone
from studio_composer.loudness import measured
from studio_composer.master import encode_master
from studio_composer.mixdown import Balance, StemGains, Stems, mix
from studio_composer.sound_joints import SoundPiece, write_sound
from studio_media.sound import decode, encode_flac
from tests.unit.composer.material import noise
from tests.unit.composer.material import tone as sine

SECOND = 48_000
LENGTHS = (100_001, 80_000)
CARD = SECOND
CELL = 480
HUM = 0.1


def _nothing() -> None:
    return None


def tone(folder: Path, name: str, seed: int) -> Tone:
    path = folder / f"{name}.flac"
    path.write_bytes(noise(5 * SECOND, 0.01, seed))
    return Tone(path)


def scene(folder: Path, length_samples: int, level: float, seed: int) -> Stems:
    """A scene of effects alone, as loud at its ends as anywhere."""
    folder.mkdir()
    silence = encode_flac(np.zeros((length_samples, 2), np.float32))
    effects = noise(length_samples, level, seed) if level else silence
    for name, data in (("dialogue", silence), ("music", silence), ("effects", effects)):
        (folder / f"{name}.flac").write_bytes(data)
    return Stems.given(length_samples, {it: folder / f"{it}.flac" for it in ("dialogue", "music", "effects")})


def mixed(
    stems: Stems, ends: tuple[Bridge, Bridge], path: Path
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(mix([stems], StemGains(), Balance(), path, _nothing, ends))


@pytest.fixture
def joint(tmp_path: Path) -> tuple[Bridge, Bridge]:
    """The end of a scene in rain and the start of one in a room."""
    rain, room = tone(tmp_path, "rain", 1), tone(tmp_path, "room", 2)
    end = Bridge(rain, room, lead_samples=SECOND // 2, tail_samples=SECOND // 2)
    return end, replace(end, own=room, other=rain)


def test_both_sides_of_a_joint_have_the_same_tones_where_their_packets_meet(
    joint: tuple[Bridge, Bridge], tmp_path: Path
) -> None:
    end, start = joint
    before = mixed(scene(tmp_path / "a", LENGTHS[0], 0.0, 3), (Bridge(), end), tmp_path / "a.f32")
    after = mixed(scene(tmp_path / "b", LENGTHS[1], 0.0, 4), (start, Bridge()), tmp_path / "b.f32")

    around = 2 * MARGIN_SAMPLES
    assert np.abs(after[:around]).max() > 0.01
    assert after[:around] == pytest.approx(before[-around:], abs=1e-6)


def test_the_next_place_is_heard_before_the_joint_and_the_last_one_after_it(
    joint: tuple[Bridge, Bridge], tmp_path: Path
) -> None:
    end, start = joint
    silent = Tone(tmp_path / "silent.flac")
    silent.path.write_bytes(encode_flac(np.zeros((5 * SECOND, 2), np.float32)))

    before = mixed(
        scene(tmp_path / "a", LENGTHS[0], 0.0, 3), (Bridge(), replace(end, own=silent)), tmp_path / "a.f32"
    )
    after = mixed(
        scene(tmp_path / "b", LENGTHS[1], 0.0, 4), (replace(start, own=silent), Bridge()), tmp_path / "b.f32"
    )

    led = np.flatnonzero(np.abs(before[: MARGIN_SAMPLES + LENGTHS[0]]).max(axis=1) > 1e-3)
    lasted = np.flatnonzero(np.abs(after[MARGIN_SAMPLES:]).max(axis=1) > 1e-3)
    assert MARGIN_SAMPLES + LENGTHS[0] - led[0] == pytest.approx(SECOND // 2, abs=SECOND // 8)
    assert lasted[-1] == pytest.approx(SECOND // 2, abs=SECOND // 8)


def test_a_film_is_nowhere_silent_and_no_joint_is_louder_than_its_places(
    joint: tuple[Bridge, Bridge], tmp_path: Path
) -> None:
    end, start = joint
    title, closing = (
        replace(end, other=None, card_samples=CARD),
        replace(start, other=None, card_samples=CARD),
    )
    (tmp_path / "sting.flac").write_bytes(noise(CARD, 0.05, 9))
    title = replace(title, music=CardMusic(tmp_path / "sting.flac", -20.0))
    pieces, at = [], 0
    for index, ends in enumerate(((title, end), (start, closing))):
        # What is heard of a scene's effects while nobody speaks is as loud as its tone.
        stems = scene(tmp_path / str(index), LENGTHS[index], 0.0063, 5 + index)
        encode_master(mixed(stems, ends, tmp_path / "mix.f32"), 0.0, tmp_path / f"{index}.mp4", _nothing)
        pieces.append(SoundPiece(tmp_path / f"{index}.mp4", at, CARD + LENGTHS[index]))
        at += CARD + LENGTHS[index]

    write_sound(pieces, at, tmp_path, tmp_path / "film.mp4", _nothing)

    film = decode(tmp_path / "film.mp4", channels=2, sound_format="mov")
    levels = levels_of(film)
    # It comes in and goes out itself.
    assert levels[5:-20].min() > -75
    around = levels_of(film[pieces[1].start_sample - SECOND : pieces[1].start_sample + SECOND])
    assert np.ptp(around) < 8
    assert levels[10 : CARD // CELL].mean() > levels[-CARD // CELL : -10].mean() + 6


def test_no_joint_of_a_whole_film_clicks(tmp_path: Path) -> None:
    # Low notes are smooth: whatever jumps between two samples is the joint's.
    rain, room = hum(tmp_path, "rain", 90.0), hum(tmp_path, "room", 130.0)
    end = Bridge(rain, room, lead_samples=SECOND // 2, tail_samples=SECOND // 2)
    ends = (
        (Bridge(rain, card_samples=CARD), end),
        (
            replace(end, own=room, other=rain),
            replace(end, own=room, other=rain, lead_samples=0, tail_samples=0),
        ),
        (Bridge(rain, room), Bridge(rain, card_samples=CARD)),
    )
    pieces, at = [], 0
    for index, (around, count) in enumerate(zip(ends, (100_001, 60_500, 80_333), strict=True)):
        stems = scene(tmp_path / str(index), count, 0.0, 1)
        encode_master(mixed(stems, around, tmp_path / "mix.f32"), 0.0, tmp_path / f"{index}.mp4", _nothing)
        length = count + sum(it.card_samples for it in around)
        pieces.append(SoundPiece(tmp_path / f"{index}.mp4", at, length))
        at += length

    write_sound(pieces, at, tmp_path, tmp_path / "film.mp4", _nothing)

    film = decode(tmp_path / "film.mp4", channels=2, sound_format="mov")[:, 0]
    fastest = 2 * np.pi * (90 + 130) / SECOND * HUM
    assert np.abs(film).max() > HUM / 2
    assert np.abs(np.diff(film)).max() < 1.5 * fastest


def hum(folder: Path, name: str, hz: float) -> Tone:
    (folder / f"{name}.flac").write_bytes(sine(5.0, HUM, 2, hz))
    return Tone(folder / f"{name}.flac")


def levels_of(
    sound: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The level of each 10 ms, dBFS."""
    cells = sound[: len(sound) // CELL * CELL].reshape(-1, CELL * 2).astype(np.float64)
    levels: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = 10 * np.log10((cells**2).mean(axis=1) + 1e-12)
    return levels


def test_the_music_of_a_card_is_as_loud_as_the_film_whatever_it_measured(tmp_path: Path) -> None:
    for level in (0.005, 0.3):
        path = tmp_path / f"sting-{level}.flac"
        path.write_bytes(noise(CARD, level, 9))
        start = Bridge(card_samples=CARD, music=CardMusic(path, -20.0))

        mix = mixed(scene(tmp_path / str(level), SECOND, 0.0, 3), (start, Bridge()), tmp_path / "mix.f32")

        heard = measured([mix[MARGIN_SAMPLES : MARGIN_SAMPLES + CARD]])
        assert heard.integrated_lufs == pytest.approx(-20.0, abs=0.1)
