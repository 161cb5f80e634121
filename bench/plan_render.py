"""How long planning takes without rendering: a film of many shots, its keys, look-ups, times and differences.

    python -m bench.plan_render [SHOTS]

Prints the median and the least of several rounds in milliseconds, and the median of this process's CPU,
beside the time that Postgres takes to answer `select 1`. The screenplay is read before.
"""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from bench.plans.filling import filled_database
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.cast import cast_voices
from studio_jobs.domain.differences import compare
from studio_jobs.domain.estimates import Tariff, estimate
from studio_jobs.domain.graph import Plan, Uses
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.timing import resolve
from studio_jobs.domain.verdicts import Judging, Verdict
from studio_jobs.film_plan import build_plan
from studio_jobs.moderation import LocalPolicy
from studio_jobs.plan_memory import PlanMemory
from studio_jobs.production import PoolChoice, Production
from studio_jobs.productions import Productions
from studio_jobs.render_options import completed
from studio_jobs.render_plans import RenderPlans, shot_tasks
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.sql import SQL
from studio_platform.clock import SystemClock
from studio_platform.database import Database
from studio_platform.keys import content_key

SHOTS_DEFAULT = 1000
SHOTS_A_SCENE = 20
ROUNDS = 9
ROWS = 100_000
SPEECH_LENGTH_MS = 2_500
LIMIT_MS = 200

_RESOLVE = """
    insert into resolutions (workspace_id, plan_key, content_key, created_at)
    select $1, plan_key, content_key, $4 from unnest($2::bytea[], $3::bytea[]) as made (plan_key, content_key)
"""


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds of each part, round by round: (wall, CPU)."""

    parts: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def began(self) -> tuple[float, float]:
        return time.perf_counter(), time.process_time()

    def ended(self, part: str, began: tuple[float, float]) -> None:
        spent = (time.perf_counter() - began[0], time.process_time() - began[1])
        self.parts.setdefault(part, []).append((spent[0] * 1000, spent[1] * 1000))

    def print(self, title: str) -> None:
        print(f"\n{title}")
        for part, spent in self.parts.items():
            wall, cpu = (statistics.median(column) for column in zip(*spent, strict=True))
            least = min(own for own, _ in spent)
            print(f"  {part:<28} {wall:8.1f} ms   at least {least:6.1f}   CPU {cpu:6.1f}")


def script_of(shots: int, changed: int = 0) -> bytes:
    """A screenplay that breaks down into so many shots; every other one is spoken. One line may differ."""
    lines = []
    for number in range(shots):
        if number % SHOTS_A_SCENE == 0:
            lines.append(f"INT. ROOM {number // SHOTS_A_SCENE + 1} - DAY")
        if number % 2:
            word = "changed" if number == changed else "spoken"
            lines.append(f"MARA\nLine number {number} is {word} here, and it is of usual length.")
        else:
            lines.append(f"Door number {number} opens, and TOM walks to the window slowly.")
    return "\n\n".join(lines).encode()


def production_of(breakdown: Breakdown) -> Production:
    """Of null engines."""
    engine = task_pb2.EngineRef(engine="null", revision="1")
    pools = {kind: PoolChoice(f"null-{kind.name.lower()}", engine) for kind in TaskKind}
    options = completed(jobs_pb2.RenderOptions(narrate=False))
    return Production("project", "Untitled", options, pools, cast_voices(breakdown.characters, {}))


async def keep(database: Database, workspace: UUID, plan: Plan) -> None:
    """Write what a render of the plan would have left: an artifact and a resolution for each task."""
    digests: dict[int, str] = {}
    keys: list[bytes] = []
    for task in plan.tasks:
        lengths = {edge.role: SPEECH_LENGTH_MS for edge in task.inputs}
        inputs = {edge.role: digests[edge.producer] for edge in task.inputs if edge.uses is Uses.CONTENT}
        key = content_key(resolve(task.spec, lengths), inputs)
        digests[task.number] = hashlib.sha256(key).hexdigest()
        keys.append(key)
    count, now = len(keys), datetime.now(UTC)
    kinds = [int(task.kind) for task in plan.tasks]
    await database.execute(
        SQL["succeed_runs"],
        [],
        [],
        now,
        [workspace] * count,
        keys,
        kinds,
        [0] * count,
        [digests[task.number] for task in plan.tasks],
        [b"manifest"] * count,
        [SPEECH_LENGTH_MS] * count,
        [0] * count,
        *([], [], [], []),
    )
    made = dict(zip(plan.plan_keys, keys, strict=True))
    await database.execute(_RESOLVE, workspace, list(made), list(made.values()), now)


async def measure(
    database: Database, workspace: UUID, before: Breakdown | None, breakdown: Breakdown, title: str
) -> float:
    """Print the parts' medians; the median of planning, ms. The film was planned as `before` just now."""
    plans = RenderPlans(
        database, Productions(database, Breakdowns(database), LocalPolicy(), SystemClock()), "EUR"
    )
    tariffs = {f"null-{kind.name.lower()}": Tariff(0, 0, 4) for kind in TaskKind}
    production, watch = production_of(breakdown), Stopwatch()
    judged: Judging | None = None
    for _ in range(ROUNDS):
        memory = PlanMemory()
        last = build_plan(before, production, memory) if before else None
        whole = watch.began()
        began = watch.began()
        plan = build_plan(breakdown, production, memory)
        watch.ended("graph and plan keys", began)
        began = watch.began()
        judged = await plans.judged(workspace, plan)
        watch.ended("look-ups and verdicts", began)
        watch.ended("PLANNED: the two together", whole)
        began = watch.began()
        estimate(judged, {}, tariffs)
        watch.ended("times and costs", began)
        began = watch.began()
        compare(shot_tasks(last) if last else (), shot_tasks(plan))
        watch.ended("differences", began)
        watch.ended("ALL", whole)
    assert judged is not None
    watch.print(f"{title}: {len(judged.plan.tasks)} tasks, {counts_of(judged)}")
    return statistics.median(wall for wall, _ in watch.parts["PLANNED: the two together"])


def counts_of(judged: Judging) -> str:
    """How many of each verdict."""
    verdicts = list(judged.verdicts.values())
    return ", ".join(
        f"{verdicts.count(verdict)} {verdict.name.lower().replace('_', ' ')}" for verdict in Verdict
    )


async def round_trip_ms(database: Database) -> float:
    """The median of the shortest statement."""
    spent = []
    for _ in range(50):
        began = time.perf_counter()
        await database.fetchval("select 1")
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


async def main(shots: int) -> None:
    """Plan a first render, an unchanged one, and one with a changed line."""
    began = time.perf_counter()
    breakdown = break_down(read(script_of(shots)))
    print(f"{shots} shots; the screenplay was read in {(time.perf_counter() - began) * 1000:.0f} ms")
    edited = break_down(read(script_of(shots, changed=shots // 2 + 1)))
    async with filled_database(ROWS) as database:
        workspace = uuid4()
        print(f"tables of {ROWS:,} rows; select 1 takes {await round_trip_ms(database):.2f} ms")
        plan = build_plan(breakdown, production_of(breakdown))
        walls = [await measure(database, workspace, None, breakdown, "first render")]
        await keep(database, workspace, plan)
        walls.append(await measure(database, workspace, breakdown, breakdown, "unchanged"))
        walls.append(await measure(database, workspace, breakdown, edited, "one line changed"))
    print(f"\nslowest planning: {max(walls):.0f} ms, {max(walls) / LIMIT_MS:.2f} of {LIMIT_MS} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SHOTS_DEFAULT))
