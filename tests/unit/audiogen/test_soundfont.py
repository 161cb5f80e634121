"""Music by a soundfont: a font of one sine, made here, is heard in the right notes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from studio_audiogen.assets import AssetsError
from studio_audiogen.engines.score import soundfont
from studio_audiogen.engines.score.composition import Composition, Note
from studio_audiogen.engines.score.engine import ScoreEngine
from studio_audiogen.engines.score.soundfont import Soundfont
from studio_audiogen.orders import Length, MusicOrder
from studio_media.sound import decode
from studio_platform.engine import Run

SAMPLES = 4_800


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _records(form: str, *rows: tuple[object, ...]) -> bytes:
    return b"".join(struct.pack(form, *row) for row in rows)


def tiny_font() -> bytes:
    """An SF2 with one preset: 440 Hz on the key A4, looped."""
    wave = np.round(20_000 * np.sin(2 * np.pi * 440 * np.arange(SAMPLES) / 48_000)).astype("<i2")
    information = _chunk(b"ifil", struct.pack("<HH", 2, 1)) + _chunk(b"INAM", b"Sine\0\0")
    no_modulators = _records("<HHhHH", (0, 0, 0, 0, 0))
    parts = {
        b"phdr": _records("<20sHHHIII", (b"Sine", 0, 0, 0, 0, 0, 0), (b"EOP", 0, 0, 1, 0, 0, 0)),
        b"pbag": _records("<HH", (0, 0), (1, 0)),
        b"pmod": no_modulators,
        b"pgen": _records("<HH", (41, 0), (0, 0)),
        b"inst": _records("<20sH", (b"Sine", 0), (b"EOI", 1)),
        b"ibag": _records("<HH", (0, 0), (2, 0)),
        b"imod": no_modulators,
        b"igen": _records("<HH", (54, 1), (53, 0), (0, 0)),
        b"shdr": _records(
            "<20sIIIIIBbHH",
            (b"Sine", 0, SAMPLES, 0, SAMPLES, 48_000, 69, 0, 0, 1),
            (b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ),
    }
    lists = (
        _chunk(b"LIST", b"INFO" + information)
        + _chunk(b"LIST", b"sdta" + _chunk(b"smpl", wave.tobytes() + bytes(92)))
        + _chunk(b"LIST", b"pdta" + b"".join(_chunk(name, data) for name, data in parts.items()))
    )
    return _chunk(b"RIFF", b"sfbk" + lists)


@pytest.fixture
def font(tmp_path: Path) -> Path:
    pytest.importorskip(soundfont.PACKAGE)
    path = tmp_path / "sine.sf2"
    path.write_bytes(tiny_font())
    return path


def test_notes_are_heard_in_their_pitch_and_time(font: Path, quiet: Run) -> None:
    notes = (Note("felt", 0.0, 0.5, 69, 0.8), Note("bell", 1.0, 0.5, 57, 0.8))

    sound = Soundfont(font).played(Composition(notes, 0.5, 1.0), 96_000, quiet)

    loudest = [
        int(np.argmax(np.abs(np.fft.rfft(part * np.hanning(24_000))))) * 2
        for part in (sound[0, :24_000], sound[0, 48_000:72_000])
    ]
    assert loudest == pytest.approx([440, 220], abs=2)
    assert np.abs(sound[:, 40_000:48_000]).max() < 0.01 * np.abs(sound).max()


def test_a_piece_by_a_soundfont_is_exact_repeats_and_is_another_revision(font: Path, quiet: Run) -> None:
    order = MusicOrder("HOPEFUL", 3, Length(97, 24, 1), tempo_bpm=84, key=5)
    engine = ScoreEngine(font)
    engine.load()

    first, again = (engine.run([order], [quiet])[0] for _ in range(2))

    assert first.parts[0].data == again.parts[0].data
    heard = decode(first.parts[0].data or b"", 48_000, 2)
    assert heard.shape == (order.length.samples, 2)
    assert 0.05 < np.abs(heard).max() < 0.5
    assert engine.describe().revision != ScoreEngine().describe().revision
    assert first.facts["soundfont"] in engine.describe().revision


def test_a_font_that_is_missing_or_none_is_an_error_at_the_start(font: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match="FILM_AUDIOGEN_SOUNDFONT"):
        ScoreEngine(tmp_path / "nowhere.sf2")
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF and no more")
    with pytest.raises(AssetsError, match="no soundfont"):
        ScoreEngine(broken).load()


def test_a_missing_player_says_how_to_get_it(font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfont, "PACKAGE", "no_such_player")
    with pytest.raises(AssetsError, match="pip install --no-deps"):
        Soundfont(font)
