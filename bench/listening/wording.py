"""Words as an ear tells them apart: plain, without contractions, and equal when they sound equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from studio_audiogen.pronunciation.words import read_words

_NEGATED = {"won't": "will not", "can't": "can not", "cannot": "can not", "shan't": "shall not"}
_SHORT = {"'tis": "it is", "'twas": "it was", "let's": "let us", "i'm": "i am", "gonna": "going to"}
_IS_AFTER = "it he she that there here what who where how"
_ENDINGS = {"'ll": " will", "'ve": " have", "'re": " are", "'d": " would"}

Sounds = Callable[[str], str | None]


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a line in lower case, numbers spelled, compounds split, contractions said in full."""
    found: list[str] = []
    for word in read_words(text).words:
        for part in word.spoken:
            found += [bare for piece in re.split(r"[\s-]+", part) for bare in _full(piece.lower())]
    return tuple(found)


@cache
def _full(word: str) -> tuple[str, ...]:
    said = _NEGATED.get(word) or _SHORT.get(word) or _shortened(word)
    return tuple(bare for bare in re.sub(r"[^\w' ]", "", said).replace("'", "").split() if bare)


def _shortened(word: str) -> str:
    if word.endswith("n't"):
        return word.removesuffix("n't") + " not"
    if word.endswith("'s") and word.removesuffix("'s") in _IS_AFTER.split():
        return word.removesuffix("'s") + " is"
    for ending, full in _ENDINGS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + full
    return word


def matched(said: Sequence[str], heard: Sequence[str], sounds: Sounds) -> tuple[bool, ...]:
    """For each word said whether it was heard, in order; "hand bag" and "handbag" are the same.

    Words are the same when they are written or sound the same. The most words that can be matched in order
    are; `sounds` returns a word's phonemes, None for a word that it doesn't know.
    """
    best: dict[tuple[int, int], tuple[int, tuple[int, int]]] = {}
    for i in range(len(said) + 1):
        for j in range(len(heard) + 1):
            best[i, j] = _best(best, said, heard, (i, j), sounds)
    flags = [False] * len(said)
    place = (len(said), len(heard))
    while place != (0, 0):
        count, before = best[place]
        if count > best[before][0]:
            flags[before[0] : place[0]] = [True] * (place[0] - before[0])
        place = before
    return tuple(flags)


def _best(
    best: dict[tuple[int, int], tuple[int, tuple[int, int]]],
    said: Sequence[str],
    heard: Sequence[str],
    place: tuple[int, int],
    sounds: Sounds,
) -> tuple[int, tuple[int, int]]:
    """The most words said that are matched up to a place, and the place before it on that way."""
    i, j = place
    ways = [(0, place)]
    for back, across in ((1, 0), (0, 1)):
        if i >= back and j >= across:
            ways.append((best[i - back, j - across][0], (i - back, j - across)))
    for back, across in ((1, 1), (2, 1), (1, 2)):
        before = (i - back, j - across)
        if min(before) >= 0 and _same(said[before[0] : i], heard[before[1] : j], sounds):
            ways.append((best[before][0] + back, before))
    # Ways are numbered so that a match is preferred to two omissions of the same count.
    return max(reversed(ways), key=lambda way: way[0])


def _same(said: Sequence[str], heard: Sequence[str], sounds: Sounds) -> bool:
    if "".join(said) == "".join(heard):
        return True
    one, other = ([sounds(word) for word in words] for words in (said, heard))
    if None in one or None in other:
        return False
    return "".join(map(str, one)) == "".join(map(str, other))
