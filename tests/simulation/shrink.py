"""The fewest faults under which a seed still breaks the same law."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.world import Outcome

Live = Callable[[frozenset[str]], Outcome]
"""Lives a seed again without the faults and wishes of these names."""


def law_of(outcome: Outcome) -> str:
    """The law that an outcome broke first, or nothing."""
    return outcome.broken[0].split(":")[0] if outcome.broken else ""


def shrink(first: Outcome, live: Live, tries_max: int) -> tuple[Outcome, frozenset[str]]:
    """The smallest outcome found that breaks the law of the first, and what it leaves out.

    Halves, then quarters and so on of what happened are left out, down to single faults, until nothing
    more can be, or `tries_max` lives were lived.
    """
    law, best, left_out = law_of(first), first, frozenset[str]()
    size = max(1, len(first.happened) // 2)
    tries = 0
    while tries < tries_max:
        progress = False
        names = sorted(best.happened)
        for start in range(0, len(names), size):
            if tries >= tries_max:
                break
            tries += 1
            without = left_out | set(names[start : start + size])
            outcome = live(without)
            if law_of(outcome) == law and len(outcome.happened) < len(best.happened):
                best, left_out, progress = outcome, without, True
                break
        if not progress:
            if size == 1:
                break
            size = max(1, size // 2)
    return best, left_out
