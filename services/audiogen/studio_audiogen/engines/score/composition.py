"""The composer: from a mood, a seed and a length to notes with time, pitch, instrument and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from studio_audiogen.acoustics import chance
from studio_audiogen.engines.score.moods import MOODS, Mood
from studio_audiogen.orders import MusicOrder

_PAD_RANGE = (52, 71)
_LEAD_SPAN = 9
_CADENCE_CHORDS = (4, 0)
# A piece of more bars than this opens with a bar of harmony alone.
_OPENING_BARS_MIN = 3
# A last bar may lack this part of itself.
_LAST_BAR_MISSING = 0.25
_BRIEF = frozenset({"drum", "spiccato", "pluck"})
OPENING_S = 0.14
"""A mix lets music in over its first 0.14 s: what is struck is struck after them."""
# Rhythms of a bar, in fractions of it: (start, length).
_RHYTHMS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 0.5), (0.5, 0.25), (0.75, 0.25)),
    ((0.0, 0.375), (0.375, 0.125), (0.5, 0.5)),
    ((0.0, 0.75), (0.75, 0.25)),
    ((0.25, 0.25), (0.5, 0.5)),
    ((0.0, 0.25), (0.25, 0.25), (0.5, 0.5)),
    ((0.0, 1.0),),
)


@dataclass(frozen=True, slots=True)
class Note:
    """One note: times in seconds, pitch as a MIDI number, velocity and pan (0 left, 1 right) from 0 to 1."""

    instrument: str
    start_s: float
    length_s: float
    pitch: int
    velocity: float
    pan: float = 0.5


@dataclass(frozen=True, slots=True)
class Composition:
    """The notes of a piece, how bright it is, how long a bar lasts, and whether it begins at full level."""

    notes: tuple[Note, ...]
    bright: float
    bar_s: float
    struck: bool = False


def compose(order: MusicOrder) -> Composition:
    """Write a piece in the order's tempo and key that rests on the tonic from its last bar to its end.

    What the length leaves over of whole bars belongs to that rest, so a tempo is kept from scene to scene.
    """
    mood = _in_key(MOODS[order.mood], order.key)
    random = chance("score", order.mood, order.seed)
    seconds = float(order.length.seconds)
    bar_s = min(seconds, mood.beats_a_bar * 60 / (order.tempo_bpm or mood.tempo_bpm))
    bars = max(1, int(seconds / bar_s + _LAST_BAR_MISSING))
    chords = _chords(mood, bars, random)
    intensity = order.intensity_permille / 1_000
    notes = [*_harmony(mood, chords, bar_s, intensity), *_bass(mood, chords, bar_s, intensity)]
    notes += _pulse(mood, chords, bar_s, intensity)
    notes += _melody(mood, chords, bar_s, intensity, random)
    notes = [_held(note, (bars - 1) * bar_s, seconds) for note in notes]
    notes += _opening(mood, order.opening, bar_s)
    return Composition(tuple(notes), mood.bright_permille / 1_000, bar_s, order.opening == "STING")


def _in_key(mood: Mood, key: int) -> Mood:
    """The mood in a key: moved to the nearest octave, by half of one at most."""
    if not key:
        return mood
    steps = (key - 1 - mood.tonic + 6) % 12 - 6
    return replace(mood, tonic=mood.tonic + steps, lead_tonic=mood.lead_tonic + steps)


def _held(note: Note, last_bar_s: float, end_s: float) -> Note:
    """A note of the last bar lasts to the end of the piece."""
    if note.start_s < last_bar_s - 1e-6 or note.instrument in _BRIEF:
        return note
    return replace(note, length_s=end_s - note.start_s)


def _opening(mood: Mood, opening: str, bar_s: float) -> Iterator[Note]:
    """What marks a transition into the piece: a struck chord on the tonic, or one that shimmers."""
    if not opening:
        return
    root, *upper = _tones(mood, 0)[:3]
    if opening == "STING":
        yield Note("drum", OPENING_S, 0.9, 29, 1.0)
        yield Note("drum", OPENING_S, 0.9, 41, 0.8)
        for pitch in (root - 24, root - 12, root, root + 1):
            yield Note("strings", OPENING_S, 0.6, pitch, 0.9)
        return
    for step, pitch in enumerate((root + 12, *(tone + 12 for tone in upper), root + 24)):
        yield Note("bell", OPENING_S + step * bar_s / 16, 1.5, pitch, 0.5, 0.3 + 0.13 * step)


def _chords(mood: Mood, bars: int, random: np.random.Generator) -> list[int]:
    """Return a degree a bar: four-bar phrases in the order A A B A, ended by a cadence."""
    first, second = random.permutation(len(mood.progressions))[:2]
    phrases = (first, first, second, first)
    degrees = [mood.progressions[phrases[bar // 4 % 4]][bar % 4] for bar in range(bars)]
    ending = _CADENCE_CHORDS[-min(bars, 2) :]
    return [*degrees[: bars - len(ending)], *ending]


def _pitch(mood: Mood, degree: int) -> int:
    octave, step = divmod(degree, len(mood.scale))
    return mood.tonic + 12 * octave + mood.scale[step]


def _tones(mood: Mood, chord: int) -> list[int]:
    steps = (0, 2, 4, mood.colour) if mood.colour else (0, 2, 4)
    return [_pitch(mood, chord + step) for step in steps]


def _voicing(tones: list[int], before: list[int]) -> list[int]:
    """Move each tone by octaves into the pad's range, nearest to where the voices were."""
    lowest, highest = _PAD_RANGE
    centre = sum(before) / len(before) if before else (lowest + highest) / 2
    voiced: list[int] = []
    for tone in tones:
        places = [pitch for pitch in range(lowest, highest + 1) if (pitch - tone) % 12 == 0]
        nearest = min(places, key=lambda pitch: min((abs(pitch - other) for other in before), default=0))
        central = min(places, key=lambda pitch: abs(pitch - centre))
        voiced.append(nearest if nearest not in voiced else central)
    return sorted(set(voiced))


def _harmony(mood: Mood, chords: list[int], bar_s: float, intensity: float) -> Iterator[Note]:
    voices: list[int] = []
    for bar, chord in enumerate(chords):
        voices = _voicing(_tones(mood, chord), voices)
        for index, pitch in enumerate(voices):
            pan = 0.2 + 0.6 * index / max(1, len(voices) - 1)
            yield Note("pad", bar * bar_s, bar_s, pitch, 0.5 + 0.15 * min(intensity, 1.5), pan)


def _bass(mood: Mood, chords: list[int], bar_s: float, intensity: float) -> Iterator[Note]:
    if intensity < 0.2:
        return
    for bar, chord in enumerate(chords):
        root = _pitch(mood, chord)
        pitch = root - 12 * ((root - 33) // 12)
        yield Note("bass", bar * bar_s, bar_s, pitch, 0.8)


def _pulse(mood: Mood, chords: list[int], bar_s: float, intensity: float) -> Iterator[Note]:
    if intensity < 0.4:
        return
    for bar, chord in enumerate(chords[:-1]):
        tones = sorted(_tones(mood, chord)[:3])
        match mood.pulse:
            case "arpeggio":
                yield from _arpeggio(tones, bar * bar_s, bar_s, bar)
            case "staccato":
                yield from _staccato(tones, bar * bar_s, bar_s)
            case "heart":
                yield Note("drum", bar * bar_s, 0.9, 30, 0.9)
                yield Note("drum", bar * bar_s + 0.16 * bar_s, 0.9, 29, 0.55)
            case _:
                if bar % 2 == 0:
                    yield Note(
                        "swell", bar * bar_s, 2 * bar_s, tones[0] + 12, 0.35, 0.3 + 0.4 * (bar // 2 % 2)
                    )


def _arpeggio(tones: list[int], start_s: float, bar_s: float, bar: int) -> Iterator[Note]:
    figure = (*tones, tones[1] + 12, tones[2], tones[1] + 12, tones[2], tones[1])
    for step in range(8):
        accent = 0.55 if step % 4 == 0 else 0.36
        pitch = figure[step % len(figure)] + 12
        yield Note("pluck", start_s + step * bar_s / 8, 1.2, pitch, accent, 0.3 + 0.4 * ((step + bar) % 2))


def _staccato(tones: list[int], start_s: float, bar_s: float) -> Iterator[Note]:
    for step in range(8):
        accent = 0.8 if step in (0, 3, 6) else 0.45
        pitch = tones[0] - 12 if step not in (3, 7) else tones[0] - 11 + (step == 3)
        yield Note("spiccato", start_s + step * bar_s / 8, 0.35, pitch, accent, 0.4)
    yield Note("drum", start_s, 0.9, 31, 0.5)


def _melody(
    mood: Mood, chords: list[int], bar_s: float, intensity: float, random: np.random.Generator
) -> Iterator[Note]:
    """Answer a two-bar motif of rhythm through the piece: chord tones on the beat, steps between."""
    motif = [_RHYTHMS[index] for index in random.integers(0, len(_RHYTHMS), 2)]
    answer = [_RHYTHMS[index] for index in random.integers(0, len(_RHYTHMS), 2)]
    pitch = mood.lead_tonic
    for bar, chord in enumerate(chords[:-1]):
        heard = random.random() < mood.lead_permille / 1_000 * min(1.3, 0.3 + 0.7 * intensity)
        if not heard or (bar == 0 and len(chords) > _OPENING_BARS_MIN):
            continue
        rhythm = (motif if bar // 2 % 2 == 0 else answer)[bar % 2]
        for index, (start, length) in enumerate(rhythm):
            pitch = _next_pitch(mood, chord, pitch, random, on_beat=index == 0 or start == 0.5)
            velocity = 0.5 + 0.2 * (index == 0) + 0.1 * float(random.random())
            yield Note(mood.lead, (bar + start) * bar_s, length * bar_s, pitch, velocity, 0.55)
    last = _nearest(_tones(mood, chords[-1])[:3], mood.lead_tonic)
    yield Note(mood.lead, (len(chords) - 1) * bar_s, bar_s, last, 0.45, 0.55)


def _next_pitch(mood: Mood, chord: int, pitch: int, random: np.random.Generator, *, on_beat: bool) -> int:
    step = int(random.integers(-2, 3))
    low, high = mood.lead_tonic - _LEAD_SPAN, mood.lead_tonic + _LEAD_SPAN
    scale = [note for note in range(low, high + 1) if (note - mood.tonic) % 12 in mood.scale]
    place = min(range(len(scale)), key=lambda index: abs(scale[index] - pitch))
    moved = scale[max(0, min(len(scale) - 1, place + (step or 1)))]
    return _nearest(_tones(mood, chord)[:3], moved) if on_beat else moved


def _nearest(tones: list[int], pitch: int) -> int:
    places = [note for note in range(pitch - 6, pitch + 7) if any((note - tone) % 12 == 0 for tone in tones)]
    return min(places, key=lambda note: (abs(note - pitch), note))
