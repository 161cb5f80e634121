"""What two sequences have in common, in order: patience matching, bounded for sequences that repeat a lot."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_SPLITS_MAX = 24
"""How deep ranges are divided at their unique items; what is left then repeats itself."""

_COMPARISONS_MAX = 10_000
"""Pairs of items up to which a range without a unique item is matched exactly."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Range:
    """The items between two anchors, by the indices of both sequences, the last ones excluded."""

    old_first: int
    old_end: int
    new_first: int
    new_end: int
    depth: int = 0


def common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    """Return pairs of indices of equal items, growing in both sequences; the time is near to linear.

    Items that stand once on both sides go first, so that a repeated one is matched between its neighbours.
    """
    found: list[Pair] = []
    waiting = [_Range(0, len(old), 0, len(new))]
    while waiting:
        part, ends = _trimmed(old, new, waiting.pop())
        found.extend(ends)
        if part.old_first == part.old_end or part.new_first == part.new_end:
            continue
        anchors = _rising(_unique(old, new, part)) if part.depth < _SPLITS_MAX else []
        if anchors:
            found.extend(anchors)
            waiting.extend(_between(part, anchors))
        else:
            found.extend(_repeated(old, new, part))
    return sorted(found)


def _trimmed(old: Sequence[Hashable], new: Sequence[Hashable], part: _Range) -> tuple[_Range, list[Pair]]:
    """Match what both begin and end with."""
    i, i_end, j, j_end = part.old_first, part.old_end, part.new_first, part.new_end
    ends: list[Pair] = []
    while i < i_end and j < j_end and old[i] == new[j]:
        ends.append((i, j))
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
        ends.append((i_end, j_end))
    return _Range(i, i_end, j, j_end, part.depth), ends


def _unique(old: Sequence[Hashable], new: Sequence[Hashable], part: _Range) -> list[Pair]:
    """Return the pairs of items that stand once in each half of the range, by their place in the old."""
    counts = Counter(old[part.old_first : part.old_end])
    counts_new = Counter(new[part.new_first : part.new_end])
    places = {new[j]: j for j in range(part.new_first, part.new_end) if counts_new[new[j]] == 1}
    return [
        (i, places[old[i]])
        for i in range(part.old_first, part.old_end)
        if counts[old[i]] == 1 and old[i] in places
    ]


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the longest choice of the pairs that grows on both sides."""
    tails: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        before.append(tops[at - 1] if at else -1)
        tails[at : at + 1] = [j]
        tops[at : at + 1] = [index]
    found: list[Pair] = []
    index = tops[-1] if tops else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _between(part: _Range, anchors: Sequence[Pair]) -> Iterable[_Range]:
    i, j = part.old_first, part.new_first
    for i_next, j_next in (*anchors, (part.old_end, part.new_end)):
        yield _Range(i, i_next, j, j_next, part.depth + 1)
        i, j = i_next + 1, j_next + 1


def _repeated(old: Sequence[Hashable], new: Sequence[Hashable], part: _Range) -> list[Pair]:
    """Match a range in which everything common repeats: exactly while it is small, else each to the next."""
    olds, news = old[part.old_first : part.old_end], new[part.new_first : part.new_end]
    if len(olds) * len(news) <= _COMPARISONS_MAX:
        blocks = SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks()
        matches = [(b.a + step, b.b + step) for b in blocks for step in range(b.size)]
    else:
        matches = _next_of_each(olds, news)
    return [(part.old_first + i, part.new_first + j) for i, j in matches]


def _next_of_each(olds: Sequence[Hashable], news: Sequence[Hashable]) -> list[Pair]:
    places: dict[Hashable, list[int]] = {}
    for i, item in enumerate(olds):
        places.setdefault(item, []).append(i)
    found: list[Pair] = []
    last = -1
    for j, item in enumerate(news):
        known = places.get(item, [])
        at = bisect_left(known, last + 1)
        if at < len(known):
            last = known[at]
            found.append((last, j))
    return found
