"""Scenes' encoded sound joined by copying packets: exact, without a click, next to its frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from studio_composer.bridges import MARGIN_SAMPLES
from studio_composer.master import encode_master
from studio_composer.mixdown import PACKET_SAMPLES, Balance, StemGains, Stems, mix
from studio_composer.sound_joints import SoundPiece, slot_of, slots_in, write_sound
from studio_media.sound import SoundError, decode, encode_flac

SCENES = (84_001, 3_072, 50_000, 71_337)
CARD_SAMPLES = 36_001


def _nothing() -> None:
    return None


def stems_of(folder: Path, length_samples: int, hz: float) -> Stems:
    """A scene whose music and effects are loud from its first sample to its last."""
    folder.mkdir()
    at = np.arange(length_samples) / 48_000
    wave = (0.4 * np.sin(2 * np.pi * hz * at + 1)).astype(np.float32)
    loud = np.repeat(wave[:, None], 2, axis=1)
    for name, sound in (("dialogue", loud * 0), ("music", loud), ("effects", loud * 0.1)):
        (folder / f"{name}.flac").write_bytes(encode_flac(sound))
    return Stems.given(
        length_samples, {name: folder / f"{name}.flac" for name in ("dialogue", "music", "effects")}
    )


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[SoundPiece]:
    folder = tmp_path_factory.mktemp("pieces")
    made, start = [], CARD_SAMPLES
    for index, length in enumerate(SCENES):
        stems = stems_of(folder / str(index), length, 220.0 * (index + 1))
        mixed = mix([stems], StemGains(), Balance(), folder / f"{index}.f32", _nothing)
        encode_master(mixed, 0.0, folder / f"{index}.mp4", _nothing)
        made.append(SoundPiece(folder / f"{index}.mp4", start, length))
        start += length
    return made


@pytest.fixture(scope="module")
def length_samples(pieces: list[SoundPiece]) -> int:
    return pieces[-1].start_sample + pieces[-1].length_samples + CARD_SAMPLES


@pytest.fixture(scope="module")
def joined(pieces: list[SoundPiece], length_samples: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("joined")
    write_sound(pieces, length_samples, folder, folder / "audio.mp4", _nothing)
    return folder / "audio.mp4"


def packets_of(path: Path) -> list[bytes]:
    with av.open(str(path), format="mov") as container:
        return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]


def place_of(piece: SoundPiece) -> int:
    """The sample at which a piece begins."""
    return round(piece.start_sample / PACKET_SAMPLES) * PACKET_SAMPLES


def test_every_packet_of_a_scene_is_copied(pieces: list[SoundPiece], joined: Path) -> None:
    film = packets_of(joined)

    for piece in pieces:
        first = slot_of(piece)
        count = piece.length_samples // PACKET_SAMPLES
        margin = MARGIN_SAMPLES // PACKET_SAMPLES
        assert film[first : first + count] == packets_of(piece.path)[margin : margin + count]


def test_a_scene_sounds_in_the_film_as_it_does_alone(pieces: list[SoundPiece], joined: Path) -> None:
    film = decode(joined, channels=2, sound_format="mov")

    for piece in pieces:
        own = decode(piece.path, channels=2, sound_format="mov")
        count = (piece.length_samples // PACKET_SAMPLES - 1) * PACKET_SAMPLES
        start = place_of(piece)
        # A decoder makes some noise by chance, far below what is heard.
        alone = own[MARGIN_SAMPLES : MARGIN_SAMPLES + count]
        assert np.abs(film[start : start + count] - alone).max() < 1e-3


def test_scenes_without_room_tone_meet_in_silence_without_a_click(
    pieces: list[SoundPiece], joined: Path
) -> None:
    film = decode(joined, channels=2, sound_format="mov")

    for piece in pieces:
        joint = film[place_of(piece) - 48 : place_of(piece) + 48]
        assert np.abs(joint).max() < 0.01
    steps = np.abs(np.diff(film[:, 0]))
    # No step is higher than one of the fastest tone at its loudest.
    assert steps.max() < 0.45 * 2 * np.pi * 220 * len(SCENES) / 48_000


def test_no_scene_stands_more_than_eleven_milliseconds_from_its_frame(pieces: list[SoundPiece]) -> None:
    offsets = [abs(place_of(piece) - piece.start_sample) for piece in pieces]

    assert max(offsets) <= PACKET_SAMPLES / 2
    assert Fraction(max(offsets), 48) < 11


def test_the_track_is_as_long_as_the_film(joined: Path, length_samples: int) -> None:
    with av.open(str(joined), format="mov") as container:
        track = container.streams.audio[0]
        assert track.duration is not None
        assert track.time_base is not None
        assert track.duration * track.time_base == Fraction(length_samples, 48_000)


def test_a_piece_that_is_too_short_is_refused(pieces: list[SoundPiece], tmp_path: Path) -> None:
    longer = SoundPiece(pieces[0].path, 0, SCENES[0] + 48_000)

    with pytest.raises(SoundError, match="packets of sound"):
        write_sound([longer], 200_000, tmp_path, tmp_path / "audio.mp4", _nothing)


def test_scenes_of_any_length_stand_side_by_side() -> None:
    for length in range(40_000, 43_000, 7):
        for start in range(0, 1_024, 13):
            first = (start + PACKET_SAMPLES // 2) // PACKET_SAMPLES
            following = (start + length - 1 + PACKET_SAMPLES // 2) // PACKET_SAMPLES
            assert following - first <= slots_in(length)
