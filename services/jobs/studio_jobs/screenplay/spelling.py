"""Words that differ from each other by one slip of the fingers."""

from __future__ import annotations

from collections.abc import Iterator


def almost(one: str, other: str) -> bool:
    """Say whether one letter is left out, added, changed or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    left, right = one[at:], other[at:]
    if len(left) != len(right):
        return left[1:] == right or left == right[1:]
    return left[1:] == right[1:] or (left[1::-1] == right[:2] and left[2:] == right[2:])


def shortened(word: str) -> Iterator[str]:
    """Yield the word, and the word without each of its letters: words that are almost equal share one."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
