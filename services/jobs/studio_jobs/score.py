"""What the music of a film's scenes has in common: a key note, and tempi of one pulse counted otherwise.

Both follow from the film's seed and a scene's own mood alone, so a scene that changes leaves the music of
the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio_jobs.screenplay.lexicon import Mood

KEYS = 12
PULSE_MIN_BPM, PULSE_MAX_BPM = 72, 84
_PULSE_STEP_BPM = 4
_PULSES = (PULSE_MAX_BPM - PULSE_MIN_BPM) // _PULSE_STEP_BPM + 1

# Of the pulse, in quarters: any two of these are to each other as 1:2, 2:3, 3:4 or 1:1.
_QUARTERS: Mapping[Mood, int] = {
    Mood.SAD: 3,
    Mood.DARK: 3,
    Mood.CALM: 4,
    Mood.NEUTRAL: 4,
    Mood.MYSTERIOUS: 4,
    Mood.HOPEFUL: 4,
    Mood.TENSE: 6,
    Mood.JOYFUL: 6,
}


def key_of(seed: int) -> int:
    """The key note of a film's music, in semitones from 1 for C."""
    return 1 + seed % KEYS


def tempo_bpm(seed: int, mood: Mood) -> int:
    """The tempo of a scene in beats a minute."""
    pulse_bpm = PULSE_MIN_BPM + _PULSE_STEP_BPM * (seed // KEYS % _PULSES)
    return pulse_bpm * _QUARTERS[mood] // 4
