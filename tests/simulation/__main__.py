"""`make simulate SEEDS=N`: many seeds on every core; the first that fails is shrunk and told."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable

from tests.simulation.shrink import law_of, shrink
from tests.simulation.world import Outcome, World

SHRINK_TRIES_MAX = 300
RECORD_TAIL_LINES = 40


def live(seed: int) -> Outcome:
    """One seed, for a pool of processes."""
    return World(seed).run()


def main() -> int:
    """Run the seeds that the command line names; 1 when a law was broken."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds (default 100)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-shrink", action="store_true", help="tell failing seeds as they are")
    asked = parser.parse_args()
    started = time.monotonic()
    with multiprocessing.Pool(asked.processes) as pool:
        seeds = range(asked.first, asked.first + asked.seeds)
        outcomes = list(_shown(pool.imap_unordered(live, seeds), asked.seeds))
    _summarise(outcomes, time.monotonic() - started)
    failed = sorted((outcome for outcome in outcomes if outcome.broken), key=lambda outcome: outcome.seed)
    for outcome in failed:
        _say(f"seed {outcome.seed}: {outcome.broken[0]}")
    if failed:
        _tell(failed[0], shrinking=not asked.no_shrink)
    return 1 if failed else 0


def _shown(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    for number, outcome in enumerate(outcomes, start=1):
        if outcome.broken or number % 50 == 0:
            _say(f"{number} of {total}{'; seed ' + str(outcome.seed) + ' fails' if outcome.broken else ''}")
        yield outcome


def _summarise(outcomes: list[Outcome], seconds: float) -> None:
    steps = sum(outcome.steps for outcome in outcomes)
    cpu_seconds = sum(outcome.cpu_seconds for outcome in outcomes)
    ends: Counter[str] = Counter()
    for outcome in outcomes:
        ends.update(outcome.ends)
    hours = sum(outcome.simulated_seconds for outcome in outcomes) / 3600
    faults = sum(len(outcome.happened) for outcome in outcomes)
    _say(
        f"{len(outcomes)} seeds, {steps:,} steps in {seconds:.0f} s "
        f"({steps / seconds * 60 / 1e6:.2f} million a minute; {steps / cpu_seconds * 60 / 1e6:.2f} a core), "
        f"{hours:.1f} simulated hours, {faults:,} faults, "
        f"{sum(outcome.executions for outcome in outcomes):,} engine runs, jobs {dict(sorted(ends.items()))}"
    )


def _tell(outcome: Outcome, *, shrinking: bool) -> None:
    _say(f"\nseed {outcome.seed} breaks a law: {outcome.broken[0]}")
    if shrinking:
        before = len(outcome.happened)
        outcome, _ = shrink(outcome, lambda left_out: World(outcome.seed, left_out).run(), SHRINK_TRIES_MAX)
        _say(f"of {before} faults and wishes these {len(outcome.happened)} suffice ({law_of(outcome)}):")
    for name, what in sorted(outcome.happened.items()):
        _say(f"  {name}: {what}")
    _say("the last events:")
    for line in outcome.record[-RECORD_TAIL_LINES:]:
        _say(f"  {line}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
