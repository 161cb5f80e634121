"""How a long speech is cut into phrases that the model can say in one go."""

from __future__ import annotations

from dataclasses import dataclass

from studio_audiogen.engines.kokoro.model import TOKENS_MAX
from studio_audiogen.pronunciation.pronouncer import SpokenWord

# Kokoro reads best in stretches of 100 to 200 signs; over that it begins to hurry.
SIGNS_WANTED = 200
_SENTENCE_ENDS = frozenset(".!?…")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are said in one go."""

    words: tuple[SpokenWord, ...]

    @property
    def signs(self) -> str:
        """The phrase's phonemes and pause signs, words parted by spaces."""
        return " ".join(word.phonemes + word.pause for word in self.words)

    def spans(self) -> list[tuple[int, int]]:
        """Return where each word's phonemes start and end in `signs`, the pause sign left out."""
        spans = []
        start = 0
        for word in self.words:
            spans.append((start, start + len(word.phonemes)))
            start += len(word.phonemes) + len(word.pause) + 1
        return spans


def phrases_of(words: tuple[SpokenWord, ...]) -> list[Phrase]:
    """Cut words at sentence ends into phrases of about 200 signs, and at commas or words where a
    sentence alone is over the model's limit.
    """
    phrases: list[Phrase] = []
    current: list[SpokenWord] = []
    for sentence in _sentences(words):
        if current and _signs(current) + _signs(sentence) + 1 > SIGNS_WANTED:
            phrases.append(Phrase(tuple(current)))
            current = []
        current += sentence
        if _signs(current) > SIGNS_WANTED:
            phrases += [Phrase(tuple(piece)) for piece in _within_limit(current)]
            current = []
    return [*phrases, Phrase(tuple(current))] if current else phrases


def _signs(words: list[SpokenWord]) -> int:
    return sum(len(word.phonemes) + len(word.pause) + 1 for word in words) - 1


def _sentences(words: tuple[SpokenWord, ...]) -> list[list[SpokenWord]]:
    sentences: list[list[SpokenWord]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if word.pause in _SENTENCE_ENDS and word.pause:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _within_limit(words: list[SpokenWord]) -> list[list[SpokenWord]]:
    if _signs(words) <= TOKENS_MAX:
        return [words]
    middle = len(words) / 2
    places = range(1, len(words))
    place = min(places, key=lambda index: (not words[index - 1].pause, abs(index - middle)))
    return [*_within_limit(words[:place]), *_within_limit(words[place:])]
