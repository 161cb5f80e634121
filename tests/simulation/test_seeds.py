"""The studio keeps its laws under faults: a fixed set of seeds, each a life of its own."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys

import pytest

from tests.simulation.__main__ import live
from tests.simulation.world import Outcome

SEEDS = 16
OLD_FINDINGS = (3, 17, 32, 34, 39)
"""Seeds that found a defect when they were first lived."""


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    seeds = sorted({*range(SEEDS), *OLD_FINDINGS})
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        return pool.map(live, seeds, chunksize=1)


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_no_seed_breaks_a_law(outcomes: list[Outcome]) -> None:
    broken = {outcome.seed: outcome.broken[0] for outcome in outcomes if outcome.broken}

    assert broken == {}


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_the_seeds_meet_faults_and_reach_every_end(outcomes: list[Outcome]) -> None:
    ends = {state for outcome in outcomes for state in outcome.ends}
    kinds = {what.split(" at ")[0] for outcome in outcomes for what in outcome.happened.values()}

    assert ends == {"COMPLETED", "CANCELLED", "FAILED"}
    assert {"request lost", "answer lost", "killed before", "killed after", "frozen before"} <= kinds
    assert {"a message arrives late", "wipe_broker", "database_away", "store_away", "upgrade"} <= kinds


@pytest.mark.heavy
def test_a_seed_lives_the_same_life_in_another_process() -> None:
    code = (
        "from tests.simulation.world import World; import hashlib; outcome = World(5).run();"
        "text = repr((outcome.steps, outcome.simulated_seconds, outcome.ends, outcome.record));"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    lives = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    }

    assert len(lives) == 1
