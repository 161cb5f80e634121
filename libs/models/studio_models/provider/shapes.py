"""Sizes as providers offer them, and which of them comes nearest to what is wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

SIDE_PX_MAX = 8192
_SIZE = re.compile(r"(\d{2,5})x(\d{2,5})")


def sizes_of(texts: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Widths and heights, px, of texts such as "1536x1024". Raises ValueError that names the one at fault."""
    sizes = []
    for text in texts:
        found = _SIZE.fullmatch(text)
        if found is None or max(map(int, found.groups())) > SIDE_PX_MAX:
            raise ValueError(f"{text}: write sizes as 1536x1024, at most {SIDE_PX_MAX} a side")
        sizes.append((int(found[1]), int(found[2])))
    if not sizes:
        raise ValueError("name at least one size")
    return tuple(sizes)


def checked_sizes(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts, when each is a size. Raises ValueError."""
    sizes_of(texts)
    return texts


def nearest_size(wanted: tuple[int, int], offered: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The size of which least is lost when it is cropped to the wanted proportions and scaled.

    Of several that lose alike the smallest that need not be enlarged, else the largest.
    """

    def order(size: tuple[int, int]) -> tuple[Fraction, bool, int]:
        kept = kept_share(wanted, size)
        is_small = math.prod(size) * kept < math.prod(wanted)
        return (-kept, is_small, -math.prod(size) if is_small else math.prod(size))

    return min(offered, key=order)


def kept_share(wanted: tuple[int, int], size: tuple[int, int]) -> Fraction:
    """How much of a picture is left of it when it is cropped to the wanted proportions, 0 to 1."""
    ours, theirs = Fraction(*wanted), Fraction(*size)
    return min(ours / theirs, theirs / ours)
