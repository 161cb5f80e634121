"""Planted mistakes are found, each by the law that it breaks, within a few seeds."""

from __future__ import annotations

import pytest

from tests.simulation import mistakes
from tests.simulation.mistakes import Mistake
from tests.simulation.shrink import law_of, shrink
from tests.simulation.world import Outcome, World

SEEDS_MAX = 12
SHRINK_TRIES_MAX = 12


def first_failure(mistake: Mistake, first_seed: int) -> Outcome | None:
    """Stormy lives with a mistake, until one breaks a law."""
    for seed in range(first_seed, first_seed + SEEDS_MAX):
        with mistake():
            outcome = World(seed, stormy=True).run()
        if outcome.broken:
            return outcome
    return None


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("mistake", "law"),
    [
        (mistakes.ack_before_publish, "an order is acknowledged only after its result is stored"),
        (mistakes.results_acknowledged_before_commit, "a success is never discarded"),
        (mistakes.swept_by_age, "cancelled work is never dispatched"),
        (mistakes.cancel_forgets_dispatched_runs, "cancelled work is never dispatched"),
        (mistakes.cancel_takes_shared_runs, "a waiting run is cancelled only with its last live task"),
        (mistakes.outbox_deleted_before_publish, "the outbox forgets a message only once the broker has it"),
    ],
)
def test_a_planted_mistake_is_found(mistake: Mistake, law: str) -> None:
    outcome = first_failure(mistake, 0)

    assert outcome is not None
    assert law_of(outcome) == law


@pytest.mark.timeout(300)
def test_a_failing_seed_shrinks_to_fewer_faults_that_break_the_same_law() -> None:
    mistake = mistakes.ack_before_publish
    with mistake():
        first = World(0).run()

        least, left_out = shrink(first, lambda names: World(0, names).run(), SHRINK_TRIES_MAX)
        again = World(0, left_out).run()

    assert len(least.happened) < len(first.happened) / 2
    assert law_of(again) == law_of(first) == law_of(least)
    assert again.record == least.record
