"""A film's mix without loss: the same as its packets, sample by sample, but for what AAC loses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio_composer.master import encode_master, write_mix
from studio_composer.mix_joints import mix_blocks
from studio_composer.mixdown import Balance, StemGains, Stems, mix
from studio_composer.sound_joints import SoundPiece, write_sound
from studio_media.sound import decode, encode_flac

LENGTHS = (84_001, 50_000)
STARTS = (12_001, 110_000)
FILM_SAMPLES = 180_000


def _nothing() -> None:
    return None


def stems_of(folder: Path, length_samples: int, hz: float) -> Stems:
    """A scene of one note."""
    folder.mkdir()
    at = np.arange(length_samples) / 48_000
    wave = np.repeat((0.2 * np.sin(2 * np.pi * hz * at)).astype(np.float32)[:, None], 2, axis=1)
    for name, sound in (("dialogue", wave * 0), ("music", wave), ("effects", wave * 0)):
        (folder / f"{name}.flac").write_bytes(encode_flac(sound))
    return Stems.given(
        length_samples, {name: folder / f"{name}.flac" for name in ("dialogue", "music", "effects")}
    )


def test_mixes_stand_where_their_packets_do(tmp_path: Path) -> None:
    pieces, mixes = [], []
    for index, (start, length) in enumerate(zip(STARTS, LENGTHS, strict=True)):
        stems = stems_of(tmp_path / str(index), length, 300.0 * (index + 1))
        mixed = mix([stems], StemGains(), Balance(), tmp_path / "mix.f32", _nothing)
        master = encode_master(mixed, 0.0, tmp_path / f"{index}.mp4", _nothing)
        write_mix(mixed, master.gains, tmp_path / f"{index}.flac", _nothing)
        pieces.append(SoundPiece(tmp_path / f"{index}.mp4", start, length))
        mixes.append(SoundPiece(tmp_path / f"{index}.flac", start, length))

    write_sound(pieces, FILM_SAMPLES, tmp_path, tmp_path / "film.mp4", _nothing)
    whole = np.concatenate(list(mix_blocks(mixes, FILM_SAMPLES, 960)))

    encoded = decode(tmp_path / "film.mp4", channels=2, sound_format="mov")[:FILM_SAMPLES]
    assert whole.shape == (FILM_SAMPLES, 2)
    assert np.abs(whole).max() == pytest.approx(0.2, rel=0.02)
    assert np.abs(whole - encoded).max() < 0.005
