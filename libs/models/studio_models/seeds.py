"""Seeds of what a model makes, and of what it makes anew when that is of no use."""

from __future__ import annotations

SEEDS_TRIED = 2
"""What came out empty, or that a model's own filter blackened, is made anew from another seed."""

_NEXT_SEED = 0x9E3779B97F4A7C15


def seed_of(seed: int, attempt: int) -> int:
    """The seed of an attempt, counted from 0, as torch takes it: under 2**63."""
    return (seed + attempt * _NEXT_SEED) % 2**63
