"""Music by a soundfont that the operator brought, in place of the studio's own instruments.

The player is the package tinysoundfont (MIT). Its wheel asks for a library of sound cards that nothing here
needs: install it by `pip install --no-deps tinysoundfont`.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from studio_audiogen.acoustics import Samples, samples_in
from studio_audiogen.assets import AssetsError
from studio_audiogen.engines.score.composition import Composition, Note
from studio_audiogen.orders import SAMPLE_RATE_HZ
from studio_platform.engine import Run

PACKAGE = "tinysoundfont"
PROGRAMS = {
    "pad": 89,
    "bass": 32,
    "felt": 0,
    "bell": 14,
    "pluck": 45,
    "strings": 48,
    "spiccato": 48,
    "drum": 47,
    "swell": 50,
}
"""Each instrument's program of General MIDI, counted from 0."""

_LEVELS = {"pad": 0.5, "swell": 0.4, "bass": 0.8, "strings": 0.7}
_PROGRAMS_OF_A_BANK = 128
_EVENTS_A_CHECK = 32


@dataclass(frozen=True, slots=True)
class _Event:
    at_sample: int
    is_on: bool
    instrument: str
    pitch: int
    velocity: int


class Soundfont:
    """One SF2 or SF3 file. Raises AssetsError when it or its player is missing, or it is none."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise AssetsError(f"{path} is missing: bring it, or leave FILM_AUDIOGEN_SOUNDFONT out")
        try:
            self._player: Any = importlib.import_module(PACKAGE)
        except ImportError as error:
            raise AssetsError(f"a soundfont needs its player: pip install --no-deps {PACKAGE}") from error
        self._path = path

    @cached_property
    def digest(self) -> str:
        """The beginning of the file's SHA-256."""
        with self._path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()[:12]

    def check(self) -> None:
        """Open it once."""
        self._opened({})

    def played(self, composition: Composition, count: int, run: Run) -> Samples:
        """Return the notes as stereo samples of shape (2, count). Raises RunCancelled between notes."""
        instruments = sorted({note.instrument for note in composition.notes})
        channels = {name: channel for channel, name in enumerate(instruments)}
        synth = self._opened(channels)
        sound = np.zeros((2, count), np.float32)
        at = 0
        for number, event in enumerate(_events(composition.notes, count)):
            if number % _EVENTS_A_CHECK == 0:
                run.raise_if_cancelled()
            if event.at_sample > at:
                sound[:, at : event.at_sample] = _generated(synth, event.at_sample - at)
                at = event.at_sample
            channel = channels[event.instrument]
            if event.is_on:
                synth.noteon(channel, event.pitch, event.velocity)
            else:
                synth.noteoff(channel, event.pitch)
        if at < count:
            sound[:, at:] = _generated(synth, count - at)
        return sound

    def _opened(self, channels: dict[str, int]) -> Any:
        synth = self._player.Synth(samplerate=SAMPLE_RATE_HZ)
        try:
            font = synth.sfload(str(self._path))
        except (RuntimeError, self._player.SoundFontException) as error:
            raise AssetsError(f"{self._path} is no soundfont that can be read: {error}") from error
        present = [number for number in range(_PROGRAMS_OF_A_BANK) if synth.sfpreset_name(font, 0, number)]
        if not present:
            raise AssetsError(f"{self._path} has no instrument in its first bank")
        for name, channel in channels.items():
            # A small font has few instruments: the nearest by number is of the same family.
            program = min(present, key=lambda number: abs(number - PROGRAMS[name]))
            synth.program_select(channel, font, 0, program)
        return synth


def _events(notes: Sequence[Note], count: int) -> Iterator[_Event]:
    """Notes as they begin and end, in order; what ends goes before what begins."""
    found: list[_Event] = []
    for note in notes:
        level = _LEVELS.get(note.instrument, 1.0) * note.velocity
        velocity = max(1, min(127, round(127 * level)))
        start, end = samples_in(note.start_s), samples_in(note.start_s + note.length_s)
        if start < count:
            found.append(_Event(start, True, note.instrument, note.pitch, velocity))
            found.append(_Event(min(end, count), False, note.instrument, note.pitch, velocity))
    yield from sorted(found, key=lambda event: (event.at_sample, event.is_on))


def _generated(synth: Any, count: int) -> Samples:
    return np.frombuffer(synth.generate(count), np.float32)[: 2 * count].reshape(count, 2).T
