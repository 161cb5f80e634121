"""The studio keeps its laws under faults: a fixed set of seeds, each a life of its own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from tests.simulation.__main__ import live
from tests.simulation.world import Outcome

SEEDS = 16
OLD_FINDINGS = (3, 17, 25, 32, 34, 39, 50016)
"""Seeds that found a defect when they were first lived."""


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    # Not on every core, as `make simulate` does: other tests are at work there, and importing takes long.
    return [live(seed) for seed in sorted({*range(SEEDS), *OLD_FINDINGS})]


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_no_seed_breaks_a_law(outcomes: list[Outcome]) -> None:
    broken = {outcome.seed: outcome.broken[0] for outcome in outcomes if outcome.broken}

    assert broken == {}


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_the_seeds_meet_faults_and_reach_every_end(outcomes: list[Outcome]) -> None:
    ends = {state for outcome in outcomes for state in outcome.ends}
    kinds = {what.split(" at ")[0] for outcome in outcomes for what in outcome.happened.values()}

    assert ends == {"COMPLETED", "CANCELLED", "FAILED"}
    assert {"request lost", "answer lost", "killed before", "killed after", "frozen before"} <= kinds
    assert {"a message arrives late", "wipe_broker", "database_away", "store_away", "upgrade"} <= kinds


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_seed_lives_the_same_life_in_another_process(outcomes: list[Outcome]) -> None:
    (here,) = [digest(outcome) for outcome in outcomes if outcome.seed == 5]
    code = (
        "from tests.simulation.test_seeds import digest; from tests.simulation.world import World;"
        "print(digest(World(5).run()))"
    )

    there = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert there.strip() == here


def digest(outcome: Outcome) -> str:
    """A whole life, told in a few characters."""
    told = (outcome.steps, outcome.simulated_seconds, outcome.ends, outcome.record)
    return hashlib.sha256(repr(told).encode()).hexdigest()
