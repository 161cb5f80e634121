"""Two sequences laid side by side: which of their items are the same ones, in time that stays bounded."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Above so many comparisons a gap between anchors is not searched further.
_COMPARISONS_MAX = 250_000


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two aligned items: half-open ranges of both sequences, one of them maybe empty."""

    base_first: int
    base_end: int
    target_first: int
    target_end: int

    @property
    def comparisons(self) -> int:
        """How many pairs it holds."""
        return (self.base_end - self.base_first) * (self.target_end - self.target_first)


def aligned(base: Sequence[Hashable], target: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return pairs of indices of equal items, rising in both.

    Equal ends first; then items that are unique in both, by their longest common order; then what is left
    between those, where that is small.
    """
    ends = _equal_ends(base, target, Gap(0, len(base), 0, len(target)))
    pairs = list(ends)
    for gap in gaps(ends, len(base), len(target)):
        anchors = _anchors(base, target, gap)
        pairs += anchors
        for inner in _gaps_within(anchors, gap):
            pairs += _searched(base, target, inner)
    return sorted(pairs)


def gaps(pairs: Sequence[tuple[int, int]], base_length: int, target_length: int) -> Iterator[Gap]:
    """Yield what lies between the pairs, and before and after them; never an empty gap."""
    return _gaps_within(pairs, Gap(0, base_length, 0, target_length))


def _gaps_within(pairs: Sequence[tuple[int, int]], whole: Gap) -> Iterator[Gap]:
    base_first, target_first = whole.base_first, whole.target_first
    for at, to in (*pairs, (whole.base_end, whole.target_end)):
        if at > base_first or to > target_first:
            yield Gap(base_first, at, target_first, to)
        base_first, target_first = at + 1, to + 1


def _equal_ends(base: Sequence[Hashable], target: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    first, other = gap.base_first, gap.target_first
    front: list[tuple[int, int]] = []
    while first < gap.base_end and other < gap.target_end and base[first] == target[other]:
        front.append((first, other))
        first, other = first + 1, other + 1
    last, other_last = gap.base_end, gap.target_end
    back: list[tuple[int, int]] = []
    while last > first and other_last > other and base[last - 1] == target[other_last - 1]:
        last, other_last = last - 1, other_last - 1
        back.append((last, other_last))
    return front + back[::-1]


def _anchors(base: Sequence[Hashable], target: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    """Return the items that are unique on both sides, as many as keep one order."""
    theirs = range(gap.target_first, gap.target_end)
    ours = range(gap.base_first, gap.base_end)
    often = Counter(base[at] for at in ours)
    often_there = Counter(target[at] for at in theirs)
    places = {target[at]: at for at in theirs if often_there[target[at]] == 1}
    common = [(at, places[base[at]]) for at in ours if often[base[at]] == 1 and base[at] in places]
    return _longest_rising(common)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence that rises in the second number."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for at, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(tail_at[length - 1] if length else -1)
        # A slice, so that a new longest one is appended.
        tails[length : length + 1] = [place]
        tail_at[length : length + 1] = [at]
    found: list[tuple[int, int]] = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _searched(base: Sequence[Hashable], target: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    ends = _equal_ends(base, target, gap)
    found = list(ends)
    for inner in _gaps_within(ends, gap):
        if 0 < inner.comparisons <= _COMPARISONS_MAX:
            found += _matched(base, target, inner)
    return found


def _matched(base: Sequence[Hashable], target: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    matcher = SequenceMatcher(
        None,
        base[gap.base_first : gap.base_end],
        target[gap.target_first : gap.target_end],
        autojunk=False,
    )
    return [
        (gap.base_first + block.a + offset, gap.target_first + block.b + offset)
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    ]
