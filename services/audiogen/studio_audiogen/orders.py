"""What the audio engines are asked for: one line of speech, one piece of music, one bed of effects."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

SAMPLE_RATE_HZ = 48_000
SECONDS_MAX = 1_800
TEXT_CHARACTERS_MAX = 5_000
TEMPO_PERMILLE_MIN = 500
TEMPO_PERMILLE_MAX = 2_000
TEMPO_BPM_MIN = 40
TEMPO_BPM_MAX = 200
INTENSITY_PERMILLE_MAX = 2_000
GAIN_MILLIBELS_MIN = -6_000
GAIN_MILLIBELS_MAX = 1_200
AMBIENCES_MAX = 8
CUES_MAX = 512

KEYS = 12
OPENINGS = ("", "STING", "SHIMMER")
MOODS = ("CALM", "TENSE", "SAD", "HOPEFUL", "DARK", "JOYFUL", "MYSTERIOUS", "NEUTRAL")
AMBIENCES = (
    *("RAIN", "WIND", "STREET", "SEA", "ROOM_TONE", "FOREST", "CROWD", "TRAIN", "FIRE", "NIGHT", "AIR"),
)
CUES = (
    *("STEPS", "DOOR", "PHONE", "THUNDER", "KNOCK", "CAR", "GLASS", "CLICK", "BELL", "PAPER"),
    *("SIREN", "GUNSHOT", "SPLASH", "HEARTBEAT", "WHOOSH"),
)


class OrderError(ValueError):
    """An order that no engine here can make, in words for who wrote it."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of picture that a sound fills: `frames` at `rate_numerator`/`rate_denominator` Hz.

    Raises OrderError for no frames, no rate, or a length over half an hour.
    """

    frames: int
    rate_numerator: int
    rate_denominator: int

    def __post_init__(self) -> None:
        if self.frames < 1 or self.rate_numerator < 1 or self.rate_denominator < 1:
            raise OrderError(f"{self.frames} frames at {self.rate_numerator}/{self.rate_denominator} Hz")
        if self.seconds > SECONDS_MAX:
            raise OrderError(f"a sound of {float(self.seconds):.0f} s is longer than {SECONDS_MAX} s")

    @property
    def seconds(self) -> Fraction:
        """The length in seconds, exact."""
        return Fraction(self.frames * self.rate_denominator, self.rate_numerator)

    @property
    def samples(self) -> int:
        """The length in samples at 48 kHz, rounded half to even like every stem of the studio."""
        return round(self.seconds * SAMPLE_RATE_HZ)

    @property
    def milliseconds(self) -> int:
        """The length in milliseconds, rounded."""
        return round(self.seconds * 1_000)

    def sample_of(self, frame: int) -> int:
        """Return the sample at which a frame starts."""
        return round(Fraction(frame * self.rate_denominator * SAMPLE_RATE_HZ, self.rate_numerator))


@dataclass(frozen=True, slots=True)
class SpeechOrder:
    """One speech: `text` in `language` (BCP-47) by the named voice; `delivery` is its parenthetical.

    It shall be no longer than `window_ms`; 0 is as long as it takes.

    Raises OrderError for an empty or too long text and a tempo outside 500..2000 permille.
    """

    text: str
    language: str
    voice: str
    tempo_permille: int = 1_000
    delivery: str = ""
    window_ms: int = 0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise OrderError("a speech without text")
        if len(self.text) > TEXT_CHARACTERS_MAX:
            raise OrderError(f"a speech of {len(self.text)} characters; {TEXT_CHARACTERS_MAX} is the most")
        _check_range("tempo_permille", self.tempo_permille, TEMPO_PERMILLE_MIN, TEMPO_PERMILLE_MAX)


@dataclass(frozen=True, slots=True)
class MusicOrder:
    """Music of a mood for exactly `length`; a `tempo_bpm` or `key` of 0 lets the mood choose.

    `key` is the key note in semitones, from 1 for C; `opening` is one of OPENINGS. Raises OrderError for a
    mood or opening that isn't known, or a tempo, key or intensity out of range.
    """

    mood: str
    seed: int
    length: Length
    tempo_bpm: int = 0
    intensity_permille: int = 1_000
    key: int = 0
    opening: str = ""

    def __post_init__(self) -> None:
        if self.mood not in MOODS:
            raise OrderError(f"no mood {self.mood}; there are {', '.join(MOODS)}")
        if self.tempo_bpm:
            _check_range("tempo_bpm", self.tempo_bpm, TEMPO_BPM_MIN, TEMPO_BPM_MAX)
        _check_range("intensity_permille", self.intensity_permille, 0, INTENSITY_PERMILLE_MAX)
        _check_range("key", self.key, 0, KEYS)
        if self.opening not in OPENINGS:
            raise OrderError(f"no opening {self.opening}")


@dataclass(frozen=True, slots=True)
class EffectCue:
    """One sound effect that starts at `start_frame`.

    Raises OrderError for a kind that isn't one of CUES, a negative start or a gain out of range.
    """

    kind: str
    start_frame: int
    gain_millibels: int = 0

    def __post_init__(self) -> None:
        if self.kind not in CUES:
            raise OrderError(f"no sound effect {self.kind}; there are {', '.join(CUES)}")
        if self.start_frame < 0:
            raise OrderError(f"a sound effect that starts at frame {self.start_frame}")
        _check_range("gain_millibels", self.gain_millibels, GAIN_MILLIBELS_MIN, GAIN_MILLIBELS_MAX)


@dataclass(frozen=True, slots=True)
class EffectsOrder:
    """The effects of one scene: its ambiences throughout, its cues where they fall.

    Raises OrderError for an unknown ambience, too many of either, or a cue that starts after the end.
    """

    length: Length
    seed: int
    ambiences: tuple[str, ...] = ()
    cues: tuple[EffectCue, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.ambiences if name not in AMBIENCES]
        if unknown:
            raise OrderError(f"no ambience {unknown[0]}; there are {', '.join(AMBIENCES)}")
        if len(self.ambiences) > AMBIENCES_MAX or len(self.cues) > CUES_MAX:
            raise OrderError(f"over {AMBIENCES_MAX} ambiences or {CUES_MAX} sound effects")
        late = [cue for cue in self.cues if cue.start_frame >= self.length.frames]
        if late:
            raise OrderError(f"{late[0].kind} starts at frame {late[0].start_frame}, after the end")


def _check_range(name: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise OrderError(f"{name} {value} is outside {lowest}..{highest}")
