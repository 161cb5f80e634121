"""Planted mistakes are found, each by the law that it breaks, within a few seeds."""

from __future__ import annotations

import pytest

from tests.simulation import mistakes
from tests.simulation.chaos import CHANGE_OF_MINDS, NIGHTMARE, SLEEP, STORM, Climate
from tests.simulation.mistakes import Mistake
from tests.simulation.shrink import law_of, shrink
from tests.simulation.world import Outcome, World

SEEDS_MAX = 12
SHRINK_TRIES_MAX = 12


def first_failure(mistake: Mistake, climate: Climate, first: int, law: str = "") -> Outcome | None:
    """Lives with a mistake, until one breaks a law, or this one: a mistake may break several."""
    for seed in range(first, first + SEEDS_MAX):
        with mistake():
            outcome = World(seed, climate=climate).run()
        if outcome.broken and law in ("", law_of(outcome)):
            return outcome
    return None


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("mistake", "climate", "first", "law"),
    [
        (mistakes.ack_before_publish, STORM, 0, "an order is acknowledged only after its result is stored"),
        (mistakes.results_acknowledged_before_commit, STORM, 0, "a success is never discarded"),
        (mistakes.successes_fenced, SLEEP, 1, "a success is never discarded"),
        (mistakes.swept_by_age, STORM, 0, "a dispatch is given up only by its own report"),
        (mistakes.cancel_forgets_dispatched_runs, STORM, 0, "cancelled work is never dispatched"),
        (
            mistakes.cancel_takes_shared_runs,
            CHANGE_OF_MINDS,
            1,
            "a waiting run is cancelled only with its last live task",
        ),
        (
            mistakes.outbox_deleted_before_publish,
            STORM,
            0,
            "the outbox forgets only what the broker has",
        ),
        (mistakes.window_ignored_by_replicas, STORM, 6, "a pool's window is never exceeded"),
        (mistakes.finished_work_not_looked_for, STORM, 0, "a finished run is never executed again"),
        (mistakes.failures_not_fenced, NIGHTMARE, 0, "a dispatch is given up only by its own report"),
        (
            mistakes.ended_runs_taken_for_finished,
            CHANGE_OF_MINDS,
            1,
            "a task is done only with its artifact",
        ),
        (
            mistakes.cancelled_runs_take_every_task_along,
            CHANGE_OF_MINDS,
            1,
            "a job that goes on loses no task",
        ),
    ],
)
def test_a_planted_mistake_is_found(mistake: Mistake, climate: Climate, first: int, law: str) -> None:
    outcome = first_failure(mistake, climate, first, law)

    assert outcome is not None


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("climate", "seed"), [(STORM, 0), (STORM, 6), (SLEEP, 1), (NIGHTMARE, 0), (CHANGE_OF_MINDS, 1)]
)
def test_without_a_mistake_the_lives_in_which_they_are_found_break_no_law(
    climate: Climate, seed: int
) -> None:
    outcome = World(seed, climate=climate).run()

    assert outcome.broken == []


@pytest.mark.heavy
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
