"""Film Studio and the Celery pipeline, each measured the same way: lone films, then a crowd."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from dataclasses import dataclass

from bench.peer.environment import PeerPlan, running_peer
from bench.processes import cpu_seconds_of_trees, machine_times
from bench.studio import Studio, running_studio, until_pools
from bench.throughput.films import crowd_seconds, lone_seconds, median, tasks_of
from filmstudio.generation.v1 import artifact_pb2, task_pb2
from studio_platform.database import Queries

QUERIES = Queries.load("bench.throughput", "runs.sql")


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of both: films at once, shots a film, lone films."""

    jobs: int
    shots: int
    lone_jobs: int

    @property
    def tasks(self) -> int:
        """Tasks of the crowd."""
        return self.jobs * tasks_of(self.shots)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one side took: a lone film's median, the crowd, and the CPU seconds of the crowd by process."""

    name: str
    lone_seconds: float
    crowd_seconds: float
    cpu_seconds: Mapping[str, float]
    others_cpu_seconds: float


async def film_studio(load: Load, settings: Mapping[str, str]) -> tuple[Figures, dict[str, list[int]]]:
    """Film Studio's figures, and the bytes of the files that each kind of task wrote."""
    with running_studio(**settings) as studio:
        async with studio.client() as client:
            await until_pools(client)
            lone = [await lone_seconds(client, load.shots) for _ in range(load.lone_jobs)]
            before, machine, own = studio.cpu_seconds(), machine_times(), _own_cpu_seconds()
            crowd = await crowd_seconds(client, load.jobs, load.shots)
            spent = _difference(studio.cpu_seconds(), before)
            spent["client"] = _own_cpu_seconds() - own
            others = machine_times().since(machine).busy_seconds - sum(spent.values())
        sizes = await _sizes(studio)
    return Figures("Film Studio", median(lone), crowd, spent, max(0.0, others)), sizes


async def _sizes(studio: Studio) -> dict[str, list[int]]:
    async with studio.database() as database:
        repeated = await database.fetchval(QUERIES["repeated_runs"])
        if repeated:
            raise RuntimeError(f"{repeated} runs were dispatched more than once")
        rows = await database.fetch(QUERIES["sizes_by_kind"])
    return {_kind(row["kind"]): _part_bytes(row["manifest"]) for row in rows}


def _kind(number: int) -> str:
    name = task_pb2.TaskKind.Name(task_pb2.TaskKind.ValueType(number))
    return name.removeprefix("TASK_KIND_")


def _part_bytes(manifest: bytes) -> list[int]:
    return [part.size_bytes for part in artifact_pb2.Manifest.FromString(manifest).parts]


def celery(load: Load, sizes: Mapping[str, list[int]], plan: PeerPlan) -> Figures:
    """The pipeline's figures, its tasks writing files of these sizes."""
    name = "Celery, files in S3" if plan.in_bucket else "Celery, files on disk"
    with running_peer(sizes, plan) as peer:
        lone = peer.drive("lone", load.lone_jobs, load.shots).seconds
        before, machine = cpu_seconds_of_trees(peer.pids), machine_times()
        crowd = peer.drive("crowd", load.jobs, load.shots)
        spent = _difference(cpu_seconds_of_trees(peer.pids), before)
        spent["client"] = crowd.client_cpu_seconds
        others = machine_times().since(machine).busy_seconds - sum(spent.values())
    return Figures(name, median(lone), crowd.seconds[0], spent, max(0.0, others))


def _difference(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {name: seconds - before[name] for name, seconds in after.items()}


def _own_cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
