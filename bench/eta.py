"""Whether films take as long as was said: plan, render, compare, over and over, in a studio of its own.

    python -m bench.eta [--jobs 40] [--null] [--size 320x180]

Each film is another one, of 2 to 8 shots drawn by a fixed seed. Before each render its plan is asked for;
then the true time from submit to end is held against the band that the plan said. The first half teaches; of
the second half at least 80% should lie in their bands. --null takes engines that make nothing, so that only
the ways of the studio itself are timed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from bench.renders import ended
from bench.studio import NULL_ENGINES, Studio, studio_of, until_pools
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.database import Database
from studio_platform.embedded.ports import free_ports

SHOTS_MIN, SHOTS_MAX = 2, 8
SOUNDS = {"FILM_AUDIOGEN_ENGINES": NULL_ENGINES["FILM_AUDIOGEN_ENGINES"]}
COUNTED_WAIT_SECONDS = 30.0
WANTED = 0.8

_SPENT = "select spent_runs from jobs where job_id = $1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A film's band and its true time, ms."""

    shots: int
    low_ms: int
    expected_ms: int
    high_ms: int
    true_ms: int

    @property
    def is_hit(self) -> bool:
        return self.low_ms <= self.true_ms <= self.high_ms

    def line(self, number: int) -> str:
        band = f"{self.low_ms / 1000:7.2f} {self.expected_ms / 1000:7.2f} {self.high_ms / 1000:7.2f}"
        return (
            f"{number:4} {self.shots:6} {band} {self.true_ms / 1000:8.2f}  {'hit' if self.is_hit else 'MISS'}"
        )


def script_of(number: int, shots: int, dice: random.Random) -> bytes:
    """A film of its own: no shot of it was ever made."""
    lines = [f"Title: Film {number}", f"INT. ROOM {number} - {dice.choice(['DAY', 'NIGHT'])}"]
    for shot in range(shots):
        words = " ".join(dice.choice(("slowly", "again", "at last", "in the rain")) for _ in range(4))
        lines.append(f"Door {number} of {shot} opens, and somebody walks in {words}.")
    return "\n\n".join(lines).encode()


async def rendered(
    studio: FilmStudio, database: Database, content: bytes, options: jobs_pb2.RenderOptions, name: str
) -> Outcome:
    """Plan and render one film; return when its times were taken in."""
    project = await studio.project_called(name)
    revision = await studio.import_screenplay(project.name, content)
    plan = await studio.plan_render(project.name, options)
    made = await ended(studio, await studio.create_job(project.name, revision.name, options))
    await _counted(database, UUID(made.job.name.removeprefix("jobs/")))
    true_ms = int(1000 * made.seconds)
    shots = len({task.shot_id for task in plan.tasks if task.shot_id})
    return Outcome(shots, plan.wall_ms.low, plan.wall_ms.expected, plan.wall_ms.high, true_ms)


async def _counted(database: Database, job_id: UUID) -> None:
    async with asyncio.timeout(COUNTED_WAIT_SECONDS):
        # Another process writes the row.
        while await database.fetchval(_SPENT, job_id) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def main(studio: Studio, jobs: int, options: jobs_pb2.RenderOptions) -> None:
    """Render so many films, and print each with its band."""
    dice = random.Random(7)
    print("film  shots     low    said    high     true  seconds")
    outcomes: list[Outcome] = []
    async with studio.client() as client, studio.database() as database:
        await until_pools(client)
        for number in range(1, jobs + 1):
            content = script_of(number, dice.randint(SHOTS_MIN, SHOTS_MAX), dice)
            outcomes.append(await rendered(client, database, content, options, f"Film {number}"))
            print(outcomes[-1].line(number), flush=True)
    second = outcomes[jobs // 2 :]
    share = sum(outcome.is_hit for outcome in second) / len(second)
    off = sorted(abs(one.true_ms - one.expected_ms) / one.true_ms for one in second)
    print(f"\n{share:.0%} of the last {len(second)} films ended within their band; {WANTED:.0%} is wanted")
    print(f"what was said is off by {off[len(off) // 2]:.0%} in the median")


def settings_of(*, is_null: bool) -> Mapping[str, str]:
    """The environment of the studio."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    return {**inherited, **(NULL_ENGINES if is_null else SOUNDS)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--null", action="store_true")
    parser.add_argument("--size", default="320x180")
    chosen = parser.parse_args()
    width_px, height_px = map(int, chosen.size.split("x"))
    render_options = jobs_pb2.RenderOptions(narrate=False)
    render_options.size.width_px, render_options.size.height_px = width_px, height_px
    with studio_of(settings_of(is_null=chosen.null), "--port", str(free_ports(1)[0])) as running:
        asyncio.run(main(running, chosen.jobs, render_options))
