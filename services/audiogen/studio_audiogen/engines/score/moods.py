"""What each mood sounds like: tempo, scale, chords, instruments."""

from __future__ import annotations

from dataclasses import dataclass

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_LYDIAN = (0, 2, 4, 6, 7, 9, 11)
_DORIAN = (0, 2, 3, 5, 7, 9, 10)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_HARMONIC_MINOR = (0, 2, 3, 5, 7, 8, 11)
_PHRYGIAN = (0, 1, 3, 5, 7, 8, 10)


@dataclass(frozen=True, slots=True)
class Mood:
    """One mood's rules.

    `tonic` is a MIDI note, `scale` its semitones, a chord is a degree of the scale counted from 0;
    `lead_permille` is how often a bar has melody, `bright_permille` how open the sound is, `pulse`
    names the figure that moves under the harmony.
    """

    tempo_bpm: int
    beats_a_bar: int
    tonic: int
    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]
    lead: str
    lead_permille: int
    lead_tonic: int
    bright_permille: int
    pulse: str
    colour: int = 0
    """A degree added to each triad: 6 is the seventh, 8 the ninth, 0 none."""


MOODS = {
    "CALM": Mood(
        tempo_bpm=66,
        beats_a_bar=4,
        tonic=53,
        scale=_LYDIAN,
        progressions=((0, 4, 5, 3), (0, 2, 3, 4), (0, 5, 3, 0)),
        lead="felt",
        lead_permille=550,
        lead_tonic=77,
        bright_permille=300,
        pulse="swell",
        colour=8,
    ),
    "TENSE": Mood(
        tempo_bpm=100,
        beats_a_bar=4,
        tonic=50,
        scale=_HARMONIC_MINOR,
        progressions=((0, 0, 5, 4), (0, 3, 1, 4), (0, 5, 0, 4)),
        lead="strings",
        lead_permille=350,
        lead_tonic=62,
        bright_permille=450,
        pulse="staccato",
    ),
    "SAD": Mood(
        tempo_bpm=58,
        beats_a_bar=3,
        tonic=57,
        scale=_MINOR,
        progressions=((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 2)),
        lead="felt",
        lead_permille=700,
        lead_tonic=69,
        bright_permille=250,
        pulse="swell",
    ),
    "HOPEFUL": Mood(
        tempo_bpm=86,
        beats_a_bar=4,
        tonic=50,
        scale=_MAJOR,
        progressions=((0, 4, 5, 3), (3, 0, 4, 5), (0, 2, 3, 4)),
        lead="felt",
        lead_permille=700,
        lead_tonic=74,
        bright_permille=550,
        pulse="arpeggio",
        colour=8,
    ),
    "DARK": Mood(
        tempo_bpm=60,
        beats_a_bar=4,
        tonic=48,
        scale=_PHRYGIAN,
        progressions=((0, 1, 0, 5), (0, 0, 6, 1), (0, 5, 1, 0)),
        lead="strings",
        lead_permille=300,
        lead_tonic=60,
        bright_permille=150,
        pulse="heart",
    ),
    "JOYFUL": Mood(
        tempo_bpm=118,
        beats_a_bar=4,
        tonic=55,
        scale=_MAJOR,
        progressions=((0, 3, 4, 0), (0, 4, 5, 3), (0, 5, 3, 4)),
        lead="pluck",
        lead_permille=850,
        lead_tonic=79,
        bright_permille=700,
        pulse="arpeggio",
    ),
    "MYSTERIOUS": Mood(
        tempo_bpm=72,
        beats_a_bar=4,
        tonic=52,
        scale=_HARMONIC_MINOR,
        progressions=((0, 5, 0, 3), (0, 1, 5, 4), (0, 3, 0, 4)),
        lead="bell",
        lead_permille=600,
        lead_tonic=76,
        bright_permille=350,
        pulse="swell",
        colour=6,
    ),
    "NEUTRAL": Mood(
        tempo_bpm=78,
        beats_a_bar=4,
        tonic=50,
        scale=_DORIAN,
        progressions=((0, 3, 0, 6), (0, 6, 3, 0), (0, 2, 3, 6)),
        lead="felt",
        lead_permille=500,
        lead_tonic=74,
        bright_permille=400,
        pulse="swell",
        colour=6,
    ),
}
