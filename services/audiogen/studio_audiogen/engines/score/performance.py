"""The performance: a composition's notes played, panned, set in a room, levelled and faded."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from studio_audiogen.acoustics import Samples, chance, convolved, fade, gain, room_response, samples_in
from studio_audiogen.engines.score.composition import Composition, Note
from studio_audiogen.engines.score.instruments import LEVELS_MILLIBELS, tone
from studio_audiogen.engines.score.moods import MOODS
from studio_audiogen.engines.score.soundfont import Soundfont
from studio_platform.engine import Run

LEVEL_MILLIBELS = -2_300
PEAK_MILLIBELS = -700
_FADE_IN_S = 1.0
_STRUCK_IN_S = 0.02
_FADE_OUT_S = 2.5
_ROOM_S = 2.4
_WET = 0.35
_DRY_INSTRUMENTS = frozenset({"bass", "drum"})
_NOTES_A_CHECK = 32


def performed(composition: Composition, count: int, run: Run) -> Samples:
    """Return the piece as stereo samples of shape (count, 2) at 48 kHz, at most -7 dBFS.

    Raises RunCancelled between notes.
    """
    hall = np.zeros((2, count), np.float32)
    near = np.zeros((2, count), np.float32)
    tones: dict[tuple[str, int, float], Samples] = {}
    for index, note in enumerate(composition.notes):
        if index % _NOTES_A_CHECK == 0:
            run.raise_if_cancelled()
            run.progress(60 * index // len(composition.notes))
        key = (note.instrument, note.pitch, round(note.length_s, 3))
        if key not in tones:
            tones[key] = tone(*key, composition.bright)
        _play(near if note.instrument in _DRY_INSTRUMENTS else hall, note, tones[key])
    run.raise_if_cancelled()
    return _in_the_hall(near, hall, composition, run)


def performed_by(font: Soundfont, composition: Composition, count: int, run: Run) -> Samples:
    """Return the piece as `performed` does, played by a soundfont's instruments."""
    return _in_the_hall(
        np.zeros((2, count), np.float32), font.played(composition, count, run), composition, run
    )


def _in_the_hall(near: Samples, hall: Samples, composition: Composition, run: Run) -> Samples:
    near += hall
    near += np.float32(_WET) * convolved(hall, _hall(composition.bright))
    run.progress(85)
    return _finished(near, _STRUCK_IN_S if composition.struck else _FADE_IN_S)


@lru_cache(maxsize=len(MOODS))
def _hall(bright: float) -> Samples:
    return room_response(chance("hall"), _ROOM_S, bright)


def _play(bus: Samples, note: Note, sound: Samples) -> None:
    start = samples_in(note.start_s)
    length = min(sound.shape[1], bus.shape[1] - start)
    if length <= 0:
        return
    level = gain(LEVELS_MILLIBELS[note.instrument]) * note.velocity
    angle = note.pan * np.pi / 2
    bus[0, start : start + length] += np.float32(level * np.cos(angle) * np.sqrt(2)) * sound[0, :length]
    bus[1, start : start + length] += np.float32(level * np.sin(angle) * np.sqrt(2)) * sound[1, :length]


def _finished(mix: Samples, fade_in_s: float) -> Samples:
    count = mix.shape[1]
    fade(mix, min(samples_in(fade_in_s), count // 4), min(samples_in(_FADE_OUT_S), count // 3))
    rms = float(np.sqrt(np.mean(np.square(mix))))
    peak = float(np.abs(mix).max())
    if rms > 0:
        mix *= np.float32(min(gain(LEVEL_MILLIBELS) / rms, gain(PEAK_MILLIBELS) / peak))
    return np.ascontiguousarray(mix.T)
