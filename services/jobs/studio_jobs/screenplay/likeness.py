"""How alike two shots are by who speaks and by their words, and which of some are the same ones, edited."""

from __future__ import annotations

from collections.abc import Sequence

Words = tuple[str, str]
"""Who speaks ("" in silence), and what is said or seen."""

_ALIKE = 0.35
_ALIKE_ALONE = 0.3
"""What is enough for a shot that was changed alone, between neighbours that stayed."""

_ALIKE_IN_PLACE = 0.5
"""What is enough for as many shots as there were, each in its place."""

_SPEAKER_SHARE = 0.3
_CHARACTERS_PER_WORD_MAX = 12
"""Longer words on average are sentences of a script that puts no space between words."""

_SHOTS_COMPARED_MAX = 400
_BAND_SHOTS = 6
"""How far from its place a shot is looked for among many that changed."""


class Likeness:
    """Compares words; what was taken apart once is kept."""

    def __init__(self) -> None:
        self._parts: dict[str, frozenset[str]] = {}

    def of_texts(self, one: str, other: str) -> float:
        """Return the share of words in common, 0 to 1."""
        ours, theirs = self._parts_of(one), self._parts_of(other)
        total = len(ours) + len(theirs)
        return 2 * len(ours & theirs) / total if total else 0.0

    def of_shots(self, old: Words, new: Words) -> float:
        """Return 0 for speech beside silence, 1 for equal words, else what they share.

        It is 1, too, where one goes on after the words of the other; a speaker in common counts as words.
        """
        if bool(old[0]) != bool(new[0]):
            return 0.0
        if old[1] == new[1]:
            return 1.0
        same_speaker = old[0] == new[0]
        if same_speaker and (_begins(old[1], new[1]) or _begins(new[1], old[1])):
            return 1.0
        alike = self.of_texts(old[1], new[1])
        return _SPEAKER_SHARE + (1 - _SPEAKER_SHARE) * alike if old[0] and same_speaker else alike

    def best(self, olds: Sequence[Words], news: Sequence[Words]) -> list[tuple[int, int]]:
        """Return the pairs of indices, growing on both sides, whose likeness is the greatest in sum."""
        if not olds or not news:
            return []
        if len(olds) == len(news) and all(
            self.of_shots(old, new) >= _ALIKE_IN_PLACE for old, new in zip(olds, news, strict=True)
        ):
            return [(at, at) for at in range(len(olds))]
        least = _ALIKE_ALONE if len(olds) == len(news) == 1 else _ALIKE
        sums: list[dict[int, float]] = [{} for _ in range(len(olds) + 1)]
        ways: dict[tuple[int, int], str] = {}
        for i in range(len(olds)):
            for j in _band(i, len(olds), len(news)):
                alike = self.of_shots(olds[i], news[j])
                both = _at(sums[i], j) + alike if alike >= least else -1.0
                choices = (both, _at(sums[i], j + 1), _at(sums[i + 1], j))
                best = max(choices)
                sums[i + 1][j + 1] = best
                ways[i, j] = ("both", "old", "new")[choices.index(best)]
        return _walked(ways, len(olds), len(news))

    def _parts_of(self, text: str) -> frozenset[str]:
        parts = self._parts.get(text)
        if parts is None:
            folded = text.casefold()
            words = folded.split()
            if len(folded) > _CHARACTERS_PER_WORD_MAX * len(words):
                words = [folded[at : at + 2] for at in range(max(1, len(folded) - 1))]
            parts = self._parts[text] = frozenset(word.strip(".,;:!?…\"'") or word for word in words)
        return parts


def _begins(text: str, opening: str) -> bool:
    """Say whether a text goes on after an opening of whole words."""
    goes_on = text.startswith(opening) and len(text) > len(opening) > 0
    return goes_on and not (opening[-1].isalnum() and text[len(opening)].isalnum())


def _band(i: int, olds: int, news: int) -> range:
    """Return which new shots are compared with the old one of an index."""
    if olds * news <= _SHOTS_COMPARED_MAX:
        return range(news)
    middle = i * news // olds
    step = news // olds + 1
    return range(max(0, middle - _BAND_SHOTS), min(news, middle + step + _BAND_SHOTS))


def _at(sums: dict[int, float], column: int) -> float:
    """Return the best sum up to a column; right of the band it is that of the band's end."""
    if column in sums or not sums:
        return sums.get(column, 0.0)
    last = next(reversed(sums))
    return sums[last] if column > last else 0.0


def _walked(ways: dict[tuple[int, int], str], olds: int, news: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    i, j = olds - 1, news - 1
    while i >= 0 and j >= 0:
        way = ways.get((i, j), "new" if j * olds > i * news else "old")
        if way == "both":
            found.append((i, j))
        i, j = i - (way != "new"), j - (way != "old")
    return found[::-1]
