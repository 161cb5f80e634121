"""A film's stem of dialogue heard twice: freely, line by line, and word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench.listening.alignment import FRAME_SECONDS, MARGIN_SECONDS, Aligner, PlacedWord
from bench.listening.cut import Line
from bench.listening.ear import Ear
from bench.listening.finished import FinishedFilm, SaidWord, Speech
from bench.listening.phones import phones_of
from bench.listening.sound import EAR_RATE_HZ, Mono, laid_out, span_of
from bench.listening.wording import matched, plain_words
from studio_audiogen.pronunciation.lexicon import Accent, Lexicon
from studio_audiogen.pronunciation.pronouncer import Pronouncer
from studio_audiogen.pronunciation.words import read_words

ASSETS = Path(__file__).resolve().parents[2] / ".assets" / "kokoro"
OFFSET_MAX_SECONDS = 0.3
SILENT_SHARE = 0.03
"""Of the line's level: 30 dB under it nothing is said."""

FILM_SHARE_MIN = 0.85
LINE_SHARE_MIN = 0.5


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """A written word, and how many seconds later than by our times the aligner finds it; None: nowhere."""

    text: str
    offset_seconds: float | None


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line, what was heard while it is said, which of its words, and where they lie."""

    line: Line
    text_heard: str
    words: tuple[str, ...]
    flags: tuple[bool, ...]
    aligned: tuple[AlignedWord, ...]

    @property
    def share(self) -> float:
        """The words that were heard, of all."""
        return sum(self.flags) / len(self.flags)


@dataclass(frozen=True, slots=True)
class HeardFilm:
    """A film's lines, and the words that the recogniser was taught.

    `beyond` are words said that its language model doesn't hold: they count as not heard, unless something
    that sounds alike is.
    """

    film: FinishedFilm
    lines: tuple[HeardLine, ...]
    taught: tuple[str, ...]
    beyond: tuple[str, ...]

    @property
    def share(self) -> float:
        """The words that were heard, of all."""
        flags = [flag for line in self.lines for flag in line.flags]
        return sum(flags) / len(flags)

    @property
    def missing(self) -> tuple[str, ...]:
        """The words that the aligner does not find."""
        words = [word for line in self.lines for word in line.aligned]
        return tuple(word.text for word in words if word.offset_seconds is None)

    @property
    def offsets_seconds(self) -> tuple[float, ...]:
        """How much later than by our times each word begins."""
        words = [word for line in self.lines for word in line.aligned]
        return tuple(it.offset_seconds for it in words if it.offset_seconds is not None)

    @property
    def is_understood(self) -> bool:
        """Whether enough is heard of the film and of each line, and no word is missing."""
        lowest = min(line.share for line in self.lines)
        return self.share >= FILM_SHARE_MIN and lowest >= LINE_SHARE_MIN and not self.missing


class Listener:
    """Hears films. What it knows of pronunciation is ours: for words that sound alike, and unknown names."""

    def __init__(self, assets: Path = ASSETS) -> None:
        """Read our dictionaries. Raises AssetsError where scripts/voices.py has not run."""
        self._lexicon = Lexicon(Accent.AMERICAN, assets / "dictionaries")
        self._pronouncer = Pronouncer(Accent.AMERICAN, assets / "dictionaries")

    def hear(self, film: FinishedFilm) -> HeardFilm:
        """Decode the dialogue line by line, and align it."""
        length_seconds = film.report["length_ms"] / 1_000
        dialogue = laid_out(film.folder, film.dialogue, round(length_seconds * EAR_RATE_HZ))
        said = [word for speech in film.speeches for word in plain_words(speech.line.text)]
        ear = Ear((word, phones_of(self._pronounced(word))) for word in sorted(set(said)))
        texts = ear.heard(dialogue, [_span(speech, length_seconds) for speech in film.speeches])
        aligner = self.aligner()
        lines = [
            self._line(speech, text, aligner, _sound_of(speech, film.speeches, dialogue))
            for speech, text in zip(film.speeches, texts, strict=True)
        ]
        beyond = tuple(word for word in said if not ear.can_hear(word))
        return HeardFilm(film, tuple(lines), tuple(ear.taught), beyond)

    def aligner(self) -> Aligner:
        """A new aligner that can be taught our pronunciations."""
        return Aligner(self._pronounced)

    def _pronounced(self, word: str) -> str:
        return self._pronouncer.read(word).words[0].phonemes

    def sounds(self, word: str) -> str | None:
        """A word's phonemes without stress; None for one that our dictionaries don't hold."""
        found = self._lexicon.phonemes(word)
        return None if found is None else found.translate({ord("ˈ"): None, ord("ˌ"): None})

    def _line(self, speech: Speech, text: str, aligner: Aligner, sound: Mono) -> HeardLine:
        line = speech.line
        words = plain_words(line.text)
        flags = matched(words, plain_words(text), cache(self.sounds))
        return HeardLine(line, text, words, flags, aligned(speech.words, sound, aligner))


def aligned(words: Sequence[SaidWord], sound: Mono, aligner: Aligner) -> tuple[AlignedWord, ...]:
    """Find each word of a line in a sound that begins MARGIN_SECONDS before it.

    A word is missing when the aligner gives it no more room than it must though we say that it is long, or
    finds it over OFFSET_MAX_SECONDS from where we say that it is.
    """
    spoken = [tuple(part.lower() for part in spoken_parts(word.text)) for word in words]
    placed = aligner.place([part for parts in spoken for part in parts], sound)
    found = []
    at = 0
    for word, parts in zip(words, spoken, strict=True):
        offset_seconds = (
            _offset(word, placed[at : at + len(parts)], sound) if _sounds_at(word, sound) else None
        )
        found.append(AlignedWord(word.text, offset_seconds))
        at += len(parts)
    return tuple(found)


def spoken_parts(word: str) -> tuple[str, ...]:
    """What a written word is read as."""
    return tuple(part for read in read_words(word).words for spoken in read.spoken for part in spoken.split())


def _sounds_at(word: SaidWord, sound: Mono) -> bool:
    """Whether there is sound where we say that a word is: aligners stretch neighbours over silence."""
    begin, end = (
        round((MARGIN_SECONDS + seconds) * EAR_RATE_HZ) for seconds in (word.start_seconds, word.end_seconds)
    )
    level, usual = (float(np.sqrt(np.mean(np.square(part)))) for part in (sound[begin:end], sound))
    return level > SILENT_SHARE * usual


def _offset(word: SaidWord, placed: Sequence[PlacedWord], sound: Mono) -> float | None:
    if not placed:
        return None
    offset_seconds = first_sound(placed[0], sound) - MARGIN_SECONDS - word.start_seconds
    return offset_seconds if abs(offset_seconds) <= OFFSET_MAX_SECONDS else None


def first_sound(placed: PlacedWord, sound: Mono) -> float:
    """Where a placed word is first heard, seconds: the aligner gives it the pause before it, too."""
    begin, end = (round(seconds * EAR_RATE_HZ) for seconds in (placed.start_seconds, placed.end_seconds))
    frame = round(FRAME_SECONDS * EAR_RATE_HZ)
    frames = sound[begin : begin + max(0, end - begin) // frame * frame].reshape(-1, frame)
    quiet = SILENT_SHARE * float(np.sqrt(np.mean(np.square(sound))))
    loud = np.flatnonzero(np.sqrt(np.mean(np.square(frames), axis=1)) > quiet)
    return placed.start_seconds + (int(loud[0]) * FRAME_SECONDS if loud.size else 0.0)


def _sound_of(speech: Speech, speeches: Sequence[Speech], dialogue: Mono) -> Mono:
    """A line as it lies in the stem, with its margins; of two who speak at once each by itself."""
    if any(other is not speech and speech.is_with(other) for other in speeches):
        return np.pad(speech.sound, round(MARGIN_SECONDS * EAR_RATE_HZ))
    return span_of(dialogue, speech.line.start_seconds, speech.end_seconds, MARGIN_SECONDS)


def _span(speech: Speech, length_seconds: float) -> tuple[float, float]:
    start = max(0.0, speech.line.start_seconds - MARGIN_SECONDS)
    return start, min(length_seconds, speech.end_seconds + MARGIN_SECONDS)
