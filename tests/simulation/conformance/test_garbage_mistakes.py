"""The collector meets those who want its garbage: what holds, and that each planted mistake breaks it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_jobs.garbage.collector import Collector, GarbagePace
from studio_jobs.garbage.tombstones import Tombstones
from studio_jobs.meters import Meters
from studio_jobs.results import Results
from studio_jobs.wake import Wakes
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from studio_platform.faults import NO_FAULTS
from studio_platform.objects_memory import MemoryObjectStore
from tests.simulation import mistakes
from tests.simulation.conformance.backends import Backend, Race
from tests.simulation.conformance.seeds import (
    NOW,
    WORKSPACE,
    key,
    later,
    pool_arguments,
    run_arguments,
    run_id,
)

PACE = GarbagePace.of_grace(timedelta(hours=1))
LONG_AFTER = timedelta(days=1)
OURS = ([WORKSPACE], [key(1)])
_NO_PARTS: tuple[list[Any], ...] = ([], [], [], [])


@pytest.fixture
def race(backend: Backend) -> Race:
    return Race(backend)


def collector_of(race: Race) -> Collector:
    """A collector for which the grace of what was marked at NOW is long over."""
    clock = ManualClock(NOW + LONG_AFTER)
    return Collector(
        race.backend.database, MemoryObjectStore(), clock, NO_FAULTS, Meters(CollectorRegistry())
    )


def results_of(race: Race) -> Results:
    """Who records what workers report."""
    broker, clock = MemoryBroker(ManualClock(NOW)), ManualClock(NOW + LONG_AFTER)
    tombstones, meters = Tombstones(MemoryObjectStore()), Meters(CollectorRegistry())
    return Results(race.backend.database, broker, tombstones, Wakes(broker), clock, NO_FAULTS, meters)


async def with_marked_artifact(race: Race) -> None:
    """An artifact that was marked long ago; the walk that marks has just ended."""
    made = ([WORKSPACE], [key(1)], [1], [0], ["digest"], [b"m"], [500], [0])
    async with race.session() as session:
        await session.fetch("upsert_pool", *pool_arguments())
        await session.fetch("succeed_runs", [], [], NOW, *made, *_NO_PARTS)
        await session.fetch("mark_artifacts", WORKSPACE, bytes(32), 9, NOW, NOW)
        await session.fetch("ensure_walk", "artifacts", NOW)
        await session.fetch("save_walk", "artifacts", "", NOW + 2 * LONG_AFTER)


async def is_there(race: Race) -> bool:
    """Whether the artifact is."""
    async with race.session() as session:
        return bool(await session.fetch("artifact", WORKSPACE, key(1)))


@pytest.mark.parametrize(
    ("mistake", "outlives"),
    [(nullcontext, True), (mistakes.collected_without_a_second_look, False)],
    ids=["as it is", "without a second look"],
)
async def test_an_artifact_that_is_wanted_again_since_it_was_marked_is_spared(
    race: Race, mistake: mistakes.Mistake, outlives: bool
) -> None:
    await with_marked_artifact(race)
    async with race.session() as session:
        await session.fetch("insert_runs", *run_arguments(1))

    with mistake():
        await collector_of(race).step(PACE)

    assert await is_there(race) is outlives


@pytest.mark.parametrize(
    ("mistake", "outlives"),
    [(nullcontext, True), (mistakes.artifacts_taken_without_a_hold, False)],
    ids=["as it is", "without a hold"],
)
async def test_an_artifact_that_a_job_takes_outlives_the_collector(
    race: Race, mistake: mistakes.Mistake, outlives: bool
) -> None:
    await with_marked_artifact(race)

    with mistake():
        async with race.session() as job:
            (taken,) = await job.fetch("artifacts_by_keys", WORKSPACE, [key(1)])
            await collector_of(race).step(PACE)

    assert taken["digest"] == "digest"
    assert await is_there(race) is outlives


def late_success() -> message_pb2.RunResult:
    """What a worker says once more of the artifact, when its run ended long ago."""
    manifest = artifact_pb2.Manifest(
        workspace_id=str(WORKSPACE),
        kind=task_pb2.TASK_KIND_STILL,
        content_key=key(1).hex(),
        digest="digest",
        length_ms=500,
    )
    return message_pb2.RunResult(run_id=str(run_id(1)), dispatch=1, success=manifest)


@pytest.mark.parametrize(
    ("mistake", "comes_back"),
    [(nullcontext, False), (mistakes.late_successes_not_looked_after, True)],
    ids=["as it is", "without another look"],
)
async def test_a_late_success_of_what_is_being_collected_brings_nothing_back(
    race: Race, mistake: mistakes.Mistake, comes_back: bool
) -> None:
    await with_marked_artifact(race)

    with mistake():
        async with race.session() as collector:
            await collector.fetch("artifacts_to_collect", later(1), 9)
            await collector.fetch("collect_artifacts", *OURS, later(2))
            recording = await race.blocked(results_of(race).record([late_success()]))
        await recording

    assert await is_there(race) is comes_back
