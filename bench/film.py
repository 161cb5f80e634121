"""One film from nothing: a studio started in an empty folder, a screenplay rendered, and where the time went.

    python -m bench.film [SCREENPLAY] [--json]

The measure beside it is the film's own running time. Wall time means little on a machine that others use:
then read the CPU seconds, and what others took of the cores meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av

from bench.processes import MachineTimes, machine_times
from bench.studio import Studio, studio_of

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "one-minute.fountain"

_RUNS_BY_POOL = """
    select pool, count(*)::int as runs, sum(run_ms)::int as run_ms, max(dispatch) as dispatch_max,
           extract(epoch from min(dispatched_at) - submitted_at)::float8 as first_seconds,
           extract(epoch from max(ended_at) - submitted_at)::float8 as last_seconds
    from runs, (select min(created_at) as submitted_at from jobs) as job
    where state = 'SUCCEEDED' group by pool, submitted_at order by first_seconds
"""


@dataclass(frozen=True, slots=True)
class PoolTime:
    """A pool's share: its runs, the sum of their times, and from when to when it worked, since the submit."""

    pool: str
    runs: int
    run_seconds: float
    first_seconds: float
    last_seconds: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one film took.

    `start_seconds` is `film up`, `render_seconds` is `film render`, both whole commands. `cpu_seconds` is by
    process. Over both commands, cores x seconds = `own_cpu_seconds` + `others_cpu_seconds` + `idle_seconds`.
    """

    screenplay: str
    film_seconds: float
    start_seconds: float
    render_seconds: float
    pools: tuple[PoolTime, ...]
    cpu_seconds: dict[str, float]
    own_cpu_seconds: float
    others_cpu_seconds: float
    idle_seconds: float
    load_average: float

    @property
    def ratio(self) -> float:
        """From the start of the studio to the file, in the film's running time."""
        return (self.start_seconds + self.render_seconds) / self.film_seconds


def measure(screenplay: Path) -> Measurement:
    """Make one film in an empty folder that is gone afterwards. Raises CalledProcessError."""
    load_average = os.getloadavg()[0]
    before, began = machine_times(), time.monotonic()
    with studio_of(os.environ) as studio:
        start_seconds = time.monotonic() - began
        output = studio.home / "film.mp4"
        began = time.monotonic()
        studio.film("render", str(screenplay), "-o", str(output), "--no-narrate", "--json")
        render_seconds = time.monotonic() - began
        spent = machine_times().since(before)
        cpu_seconds = {name: round(seconds, 2) for name, seconds in studio.cpu_seconds().items()}
        pools = asyncio.run(_pools(studio))
        film_seconds = _length_seconds(output)
    return _measurement(
        screenplay, film_seconds, (start_seconds, render_seconds), pools, cpu_seconds, spent, load_average
    )


def _measurement(
    screenplay: Path,
    film_seconds: float,
    seconds: tuple[float, float],
    pools: tuple[PoolTime, ...],
    cpu_seconds: dict[str, float],
    spent: MachineTimes,
    load_average: float,
) -> Measurement:
    own_cpu_seconds = sum(cpu_seconds.values())
    return Measurement(
        screenplay=screenplay.name,
        film_seconds=film_seconds,
        start_seconds=seconds[0],
        render_seconds=seconds[1],
        pools=pools,
        cpu_seconds=cpu_seconds,
        own_cpu_seconds=own_cpu_seconds,
        others_cpu_seconds=max(0.0, spent.busy_seconds - own_cpu_seconds),
        idle_seconds=spent.idle_seconds,
        load_average=load_average,
    )


async def _pools(studio: Studio) -> tuple[PoolTime, ...]:
    async with studio.database() as database:
        rows = await database.fetch(_RUNS_BY_POOL)
    return tuple(_pool_time(row) for row in rows)


def _pool_time(row: Any) -> PoolTime:
    if row["dispatch_max"] != 1:
        raise RuntimeError(f"a run of {row['pool']} was dispatched {row['dispatch_max']} times")
    first_seconds, last_seconds = round(row["first_seconds"], 2), round(row["last_seconds"], 2)
    return PoolTime(row["pool"], row["runs"], row["run_ms"] / 1000, first_seconds, last_seconds)


def _length_seconds(film: Path) -> float:
    with av.open(str(film)) as container:
        track = container.streams.video[0]
        return float((track.duration or 0) * (track.time_base or 0))


def table(done: Measurement) -> str:
    """The measurement for people."""
    total_seconds = done.start_seconds + done.render_seconds
    lines = [
        f"{done.screenplay}: a film of {done.film_seconds:.1f} s in {total_seconds:.1f} s, "
        f"{done.ratio:.2f} of its running time",
        f"  start {done.start_seconds:.1f} s, render {done.render_seconds:.1f} s",
        f"  {os.cpu_count()} cores: own {done.own_cpu_seconds:.1f} CPU s, others "
        f"{done.others_cpu_seconds:.1f}, idle {done.idle_seconds:.1f}; load {done.load_average:.1f} before",
        "",
        "  pool               runs  sum s   from s     to s",
    ]
    lines += [
        f"  {it.pool:18} {it.runs:4} {it.run_seconds:6.1f} {it.first_seconds:8.1f} {it.last_seconds:8.1f}"
        for it in done.pools
    ]
    lines += ["", "  process            CPU s"]
    by_cost = sorted(done.cpu_seconds.items(), key=lambda entry: -entry[1])
    lines += [f"  {name:18} {seconds:5.1f}" for name, seconds in by_cost]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.film", description=__doc__.partition("\n")[0])
    parser.add_argument("screenplay", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(arguments)
    done = measure(options.screenplay)
    print(json.dumps(asdict(done) | {"ratio": done.ratio}) if options.json else table(done))


if __name__ == "__main__":
    main()
