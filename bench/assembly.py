"""What one changed line costs the composer: a film of 100 shots rendered, a line made longer, rendered again.

    python -m bench.assembly [--shots 100] [--engines] [--changes 1]

A studio of its own with null stills, clips and speech, and the embedded score, effects and composer
(--engines: all as the settings say). Prints runs and engine seconds by pool of each render, the composer's
CPU seconds and those of all processes, and wall seconds by the clock of the studio. With more than one change
the same line is changed again and again, each time to one that nobody has said.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from dataclasses import dataclass
from uuid import UUID

from bench.plan_render import SHOTS_A_SCENE
from bench.renders import render
from bench.studio import Studio, studio_of, until_pools
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.embedded.ports import free_ports

ENGINES = {
    "FILM_IMAGEGEN_ENGINE": "null",
    "FILM_VIDEOGEN_ENGINE": "null",
    "FILM_AUDIOGEN_ENGINES": "null-speech,score,effects",
}
_COMPOSING = frozenset({"segment", "levels", "master", "film"})
_RUNS_OF_JOB = """
    select r.pool, count(*)::int as runs, sum(r.run_ms)::int as run_ms
    from runs r join jobs j on j.job_id = $1 and r.ended_at between j.created_at and j.ended_at
    where r.state = 'SUCCEEDED' group by r.pool order by run_ms desc
"""


@dataclass(frozen=True, slots=True)
class Render:
    """What one render took. `cpu_seconds` are by process, `pools` are runs and engine seconds by pool."""

    wall_seconds: float
    cpu_seconds: dict[str, float]
    pools: dict[str, tuple[int, float]]

    @property
    def cpu(self) -> float:
        """CPU seconds of all processes."""
        return sum(self.cpu_seconds.values())

    @property
    def composing_seconds(self) -> float:
        """The composer's engines' time."""
        return sum(seconds for pool, (_, seconds) in self.pools.items() if pool.split("-")[-1] in _COMPOSING)


def script_of(shots: int, longer: int = 0, change: int = 1) -> bytes:
    """A screenplay of so many shots, every other one spoken; one line may have more words, by its change."""
    lines = []
    for number in range(shots):
        if number % SHOTS_A_SCENE == 0:
            lines.append(f"INT. ROOM {number // SHOTS_A_SCENE + 1} - DAY")
        if number % 2:
            more = f" with some words more, {change} times over" if number == longer else ""
            lines.append(f"MARA\nLine number {number} is spoken here{more}, and it is of usual length.")
        else:
            lines.append(f"Door number {number} opens, and TOM walks to the window slowly.")
    return "\n\n".join(lines).encode()


async def rendered(studio: Studio, client: FilmStudio, project: str, content: bytes) -> Render:
    """Render a text. Raises RuntimeError when the job does not complete."""
    before = studio.cpu_seconds()
    made = await render(client, project, content, jobs_pb2.RenderOptions(narrate=False))
    async with studio.database() as database:
        rows = await database.fetch(_RUNS_OF_JOB, UUID(made.job.name.removeprefix("jobs/")))
    pools = {row["pool"]: (row["runs"], row["run_ms"] / 1000) for row in rows}
    spent = {name: after - before.get(name, 0.0) for name, after in studio.cpu_seconds().items()}
    return Render(made.seconds, spent, pools)


def shown(title: str, took: Render) -> str:
    """What a render took, for people."""
    lines = [
        f"{title}: {took.wall_seconds:.1f} s, composer {took.composing_seconds:.1f} s "
        f"in its engines, {took.cpu_seconds['composer']:.1f} CPU s; all processes {took.cpu:.1f} CPU s"
    ]
    lines += [f"  {pool:18} {runs:4} runs {seconds:7.2f} s" for pool, (runs, seconds) in took.pools.items()]
    return "\n".join(lines)


async def main(studio: Studio, shots: int, changes: int) -> None:
    """Render once, and then with a longer line, as often as it is changed."""
    async with studio.client() as client:
        await until_pools(client)
        project = (await client.project_called("Assembly")).name
        first = await rendered(studio, client, project, script_of(shots))
        print(shown("first", first), flush=True)
        for number in range(1, changes + 1):
            script = script_of(shots, shots // 2 | 1, number)
            changed = await rendered(studio, client, project, script)
            print(shown(f"one line changed, {number}", changed), flush=True)
            print(ratios(first, changed), flush=True)


def ratios(first: Render, changed: Render) -> str:
    """What of the first render a changed one took, for people."""
    wall, cpu = first.wall_seconds / changed.wall_seconds, first.cpu / changed.cpu
    composing = first.composing_seconds / changed.composing_seconds
    return f"  1/{wall:.1f} of the wall time, 1/{cpu:.1f} of the CPU seconds, composition 1/{composing:.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=100)
    parser.add_argument("--engines", action="store_true")
    parser.add_argument("--changes", type=int, default=1)
    chosen = parser.parse_args()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    settings = inherited if chosen.engines else {**inherited, **ENGINES}
    with studio_of(settings, "--port", str(free_ports(1)[0])) as running:
        asyncio.run(main(running, chosen.shots, chosen.changes))
