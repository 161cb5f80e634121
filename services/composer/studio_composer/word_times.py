"""Where the words of a speech stand in its text, and when a part of it is said."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

LONG_PAUSE_MS = 180
"""Between two words, where a text may be cut better than elsewhere."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, and when it is said, ms."""

    text: str
    start_ms: int
    end_ms: int

    def shifted(self, offset_ms: int) -> Word:
        """The same on a timeline that starts `offset_ms` earlier."""
        return replace(self, start_ms=self.start_ms + offset_ms, end_ms=self.end_ms + offset_ms)


def words_in(path: Path) -> tuple[Word, ...]:
    """Read a speech's words, ms from its start. Raises ValueError, KeyError, TypeError for another file."""
    return words_from(json.loads(path.read_text(encoding="utf-8")))


def words_from(records: Sequence[Mapping[str, Any]]) -> tuple[Word, ...]:
    """Read words from JSON objects. Raises ValueError, KeyError, TypeError for another shape."""
    return tuple(Word(str(it["word"]), int(it["start_ms"]), int(it["end_ms"])) for it in records)


def record_of(word: Word) -> dict[str, str | int]:
    """The JSON object of a word."""
    return {"word": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms}


class SpokenText:
    """A text that is said from `start_ms` to `end_ms`, with the times of those words that are found in it.

    Without any, its time is shared by the number of characters.
    """

    def __init__(self, text: str, words: Sequence[Word], start_ms: int, end_ms: int) -> None:
        self._length = max(1, len(text))
        self._start_ms, self._end_ms = start_ms, max(end_ms, start_ms)
        self._places: list[int] = []
        self._words: list[Word] = []
        at = 0
        for word in words:
            place = text.find(word.text, at)
            if place >= 0 and start_ms <= word.start_ms <= word.end_ms <= self._end_ms:
                self._places.append(place)
                self._words.append(word)
                at = place + len(word.text)

    def begins_ms(self, first: int, last: int) -> int:
        """When the part [first, last) of the text begins to be said."""
        index = self._next(first)
        if first == 0 or index == len(self._places) or self._places[index] >= last:
            return self._shared_ms(first)
        return self._words[index].start_ms

    def ends_ms(self, first: int, last: int) -> int:
        """When the part [first, last) of the text is said."""
        index = self._next(last - 1) - 1 if last < self._length else -1
        if last >= self._length or index < 0 or self._places[index] < first:
            return self._shared_ms(last)
        return self._words[index].end_ms

    def pause_ms(self, at: int) -> int:
        """How long nobody speaks between what stands before a place of the text and what stands after it."""
        index = self._next(at)
        if not 0 < index < len(self._places):
            return 0
        return self._words[index].start_ms - self._words[index - 1].end_ms

    def _next(self, at: int) -> int:
        """The first word that begins at a place or after it."""
        return bisect_right(self._places, at - 1)

    def _shared_ms(self, at: int) -> int:
        """The time of a place by the characters between the words around it."""
        index = self._next(at)
        before = (self._places[index - 1], self._words[index - 1].start_ms) if index else (0, self._start_ms)
        is_last = index == len(self._places)
        after = (
            (self._length, self._end_ms) if is_last else (self._places[index], self._words[index].start_ms)
        )
        width = max(1, after[0] - before[0])
        return before[1] + (after[1] - before[1]) * min(width, at - before[0]) // width
