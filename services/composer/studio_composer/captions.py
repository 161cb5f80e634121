"""Captions: what is spoken, cut into pieces that can be read while they show."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

from studio_composer.word_times import LONG_PAUSE_MS, SpokenText, Word, record_of, words_from

LINE_MAX_CHARACTERS = 42
LINES_MAX = 2
READING_CHARACTERS_PER_SECOND = 17
SHOWN_MIN_MS = 1_000
GAP_MIN_MS = 80

_SENTENCE_ENDS = ".!?…。！？"
_CLAUSE_ENDS = ",;:–—、，；"


@dataclass(frozen=True, slots=True)
class Overrun:
    """A speech in another language that is longer than its place.

    It lasts `speech_ms`, has `place_ms` until the next one or the end of its shot, and lacks its last
    `cut_ms` where its scene ends before it.
    """

    speech_ms: int
    place_ms: int
    cut_ms: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """One speech on a timeline, in milliseconds; one that needs more time than it has has an `overrun`.

    `words` are on the same timeline; a text in another language than what is said has none.
    """

    start_ms: int
    end_ms: int
    character: str
    text: str
    overrun: Overrun | None = None
    words: tuple[Word, ...] = ()

    def shifted(self, offset_ms: int) -> Cue:
        """Return this cue on a timeline that starts `offset_ms` earlier."""
        return replace(
            self,
            start_ms=self.start_ms + offset_ms,
            end_ms=self.end_ms + offset_ms,
            words=tuple(word.shifted(offset_ms) for word in self.words),
        )

    def record(self) -> dict[str, Any]:
        """Return the cue as a JSON object."""
        overrun = {"overrun": asdict(self.overrun)} if self.overrun else {}
        return {
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "character": self.character,
            "text": self.text,
            **overrun,
            **({"words": [record_of(word) for word in self.words]} if self.words else {}),
        }


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines that show together from `start_ms` to `end_ms`; no two captions overlap."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def cue_from_record(record: Mapping[str, Any]) -> Cue:
    """Read a cue from its JSON object. Raises KeyError or ValueError for another shape."""
    overrun = record.get("overrun")
    return Cue(
        int(record["start_ms"]),
        int(record["end_ms"]),
        str(record["character"]),
        str(record["text"]),
        Overrun(**overrun) if overrun else None,
        words_from(record.get("words", ())),
    )


def captions_from(
    cues: Iterable[Cue],
    film_end_ms: int,
    lines_max: int = LINES_MAX,
    line_max_characters: int = LINE_MAX_CHARACTERS,
) -> tuple[Caption, ...]:
    """Cut cues into captions of at most so many lines of so many characters.

    A long speech is cut at its sentences, else its clauses, else where it pauses, else at its words. Each
    piece shows from its first word on; without word times a speech's time is shared by the number of
    characters. Speeches that overlap show one line each, with a dash. A caption stays until it can be read
    (17 characters a second, at least a second), as far as the next one allows.
    """
    ordered = sorted((cue for cue in cues if _clean(cue.text)), key=lambda cue: (cue.start_ms, cue.end_ms))
    pieces: list[Caption] = []
    for group in _overlapping(ordered):
        if len(group) == 1:
            pieces += _pieces(group[0], lines_max, line_max_characters, "")
        else:
            spoken = [piece for cue in group for piece in _pieces(cue, 1, line_max_characters, "– ")]
            pieces += _flattened(spoken)
    return tuple(_lingering(pieces, film_end_ms))


def _clean(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())


def _overlapping(ordered: Sequence[Cue]) -> Iterator[list[Cue]]:
    group: list[Cue] = []
    end_ms = 0
    for cue in ordered:
        if group and cue.start_ms >= end_ms:
            yield group
            group = []
        group.append(cue)
        end_ms = max(end_ms, cue.end_ms) if len(group) > 1 else cue.end_ms
    if group:
        yield group


def _pieces(cue: Cue, lines_max: int, width: int, mark: str) -> list[Caption]:
    whole = _clean(cue.text)
    spoken = SpokenText(whole, cue.words, cue.start_ms, cue.end_ms)
    captions: list[Caption] = []
    for part in _split(whole, spoken, lines_max, width, mark):
        start_ms = spoken.begins_ms(part.start, part.stop)
        end_ms = max(start_ms + 1, spoken.ends_ms(part.start, part.stop))
        text = whole[part.start : part.stop]
        captions.append(Caption(start_ms, end_ms, _balanced(text, lines_max, width, mark)))
    return captions


def _split(whole: str, spoken: SpokenText, lines_max: int, width: int, mark: str) -> Iterator[range]:
    """The parts of a text that show one after another, without the spaces between them."""
    first = 0
    while first < len(whole):
        rest = whole[first:]
        last = len(rest)
        if len(_wrapped(rest, width, mark)) > lines_max:
            last = _cut(rest, partial(_pause_ms, spoken, first), lines_max, width, mark)
        yield range(first, first + len(rest[:last].rstrip()))
        first += last + len(rest[last:]) - len(rest[last:].lstrip())


def _pause_ms(spoken: SpokenText, first: int, at: int) -> int:
    return spoken.pause_ms(first + at)


def _cut(text: str, pause_ms: Callable[[int], int], lines_max: int, width: int, mark: str) -> int:
    longest = len(" ".join(_wrapped(text, width, mark)[:lines_max])) - len(mark)
    shortest = longest // 3
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        for index in range(longest, shortest, -1):
            if text[index - 1] in ends and (
                index == len(text) or text[index] == " " or ord(text[index]) > 0x2E7F
            ):
                return index
    spaces = [index for index in range(longest, shortest, -1) if text[index : index + 1] == " "]
    paused = max(spaces, key=pause_ms, default=0)
    return paused if paused and pause_ms(paused) >= LONG_PAUSE_MS else max(longest, 1)


def _wrapped(text: str, width: int, mark: str) -> list[str]:
    return textwrap.wrap(mark + text, width, break_on_hyphens=False)


def _balanced(text: str, lines_max: int, widest: int, mark: str) -> tuple[str, ...]:
    """Wrap to the fewest lines, then to the narrowest width that keeps their number."""
    fewest = len(_wrapped(text, widest, mark))
    for width in range(max(len(mark) + 1, widest // 2), widest):
        lines = _wrapped(text, width, mark)
        if len(lines) == fewest and fewest <= lines_max:
            return tuple(lines)
    return tuple(_wrapped(text, widest, mark))


def _flattened(pieces: Sequence[Caption]) -> list[Caption]:
    edges_ms = sorted({edge for piece in pieces for edge in (piece.start_ms, piece.end_ms)})
    flat: list[Caption] = []
    for start_ms, end_ms in pairwise(edges_ms):
        lines = tuple(
            line
            for piece in pieces
            if piece.start_ms < end_ms and piece.end_ms > start_ms
            for line in piece.lines
        )
        if lines and flat and flat[-1].lines == lines and flat[-1].end_ms == start_ms:
            flat[-1] = Caption(flat[-1].start_ms, end_ms, lines)
        elif lines:
            flat.append(Caption(start_ms, end_ms, lines))
    return flat


def _lingering(pieces: Sequence[Caption], film_end_ms: int) -> Iterator[Caption]:
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].start_ms if index + 1 < len(pieces) else film_end_ms
        characters = sum(len(line) for line in piece.lines)
        wanted_ms = max(SHOWN_MIN_MS, 1_000 * characters // READING_CHARACTERS_PER_SECOND)
        latest_ms = max(piece.end_ms, following - GAP_MIN_MS)
        end_ms = min(max(piece.end_ms, piece.start_ms + wanted_ms), latest_ms, following)
        if end_ms > piece.start_ms:
            yield Caption(piece.start_ms, end_ms, piece.lines)
