"""Numbers drawn from a seed and a label, the same on every machine and Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

ItemT = TypeVar("ItemT")


def seed_of(*words: object) -> int:
    """A 64-bit seed out of words: the head of their SHA-256."""
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


class Dice:
    """A stream of numbers: SHA-256 of the seed, the label and a counter, four numbers a digest."""

    def __init__(self, *words: object) -> None:
        self._key = seed_of(*words).to_bytes(8, "big")
        self._count = 0
        self._pool: list[int] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._pool:
            digest = hashlib.sha256(self._key + self._count.to_bytes(8, "big")).digest()
            self._count += 1
            self._pool = [int.from_bytes(digest[i : i + 8], "big") >> 11 for i in (0, 8, 16, 24)]
        return self._pool.pop() / (1 << 53)

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + int(self.unit() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.unit() < probability

    def pick(self, items: Sequence[ItemT]) -> ItemT:
        """One of the items, each as likely; the sequence must not be empty."""
        return items[int(self.unit() * len(items))]
