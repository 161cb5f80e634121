"""What the collector and those who come to want its garbage see of each other: the twin as Postgres."""

from __future__ import annotations

import pytest

from tests.simulation.conformance.backends import Backend, Race
from tests.simulation.conformance.seeds import NOW, WORKSPACE, key, later

BLOB = ([WORKSPACE], [key(801)])
ARTIFACT = ([WORKSPACE], [key(1)], [1], [0], ["digest"], [b"m"], [500], [0])


@pytest.fixture
def race(backend: Backend) -> Race:
    return Race(backend)


async def with_artifact(race: Race) -> None:
    """An artifact that was marked long ago."""
    async with race.session() as session:
        await session.fetch("succeed_runs", [], [], NOW, *ARTIFACT, [], [], [], [])
        await session.fetch("mark_artifacts", WORKSPACE, bytes(32), 9, NOW, NOW)


async def with_garbage(race: Race) -> None:
    """A blob that was found long ago."""
    async with race.session() as session:
        await session.fetch("find_stray_blobs", *BLOB, [7], NOW)


async def test_an_artifact_that_a_job_takes_is_passed_over_by_the_collector(race: Race) -> None:
    await with_artifact(race)
    async with race.session() as job, race.session() as collector:
        (taken,) = await job.fetch("artifacts_by_keys", WORKSPACE, [key(1)])
        passed_over = await collector.fetch("artifacts_to_collect", later(1), 9)
    async with race.session() as collector:
        found = await collector.fetch("artifacts_to_collect", later(1), 9)

    assert taken["digest"] == "digest"
    assert (passed_over, len(found)) == ([], 1)


async def test_a_job_waits_for_a_collection_and_then_finds_nothing(race: Race) -> None:
    await with_artifact(race)
    async with race.session() as job:
        async with race.session() as collector:
            await collector.fetch("artifacts_to_collect", later(1), 9)
            waiting = await race.blocked(job.fetch("artifacts_by_keys", WORKSPACE, [key(1)]))
            await collector.fetch("collect_artifacts", [WORKSPACE], [key(1)], later(2))
        found = await waiting
        buried = await job.fetch("buried_artifacts", [WORKSPACE], [key(1)], [0])

    assert (found, len(buried)) == ([], 1)


async def test_a_blob_that_a_success_looked_at_is_not_condemned_before_its_commit(race: Race) -> None:
    await with_garbage(race)
    async with race.session() as success, race.session() as collector:
        (looked_at,) = await success.fetch("doubtful_blobs", *BLOB)
        passed_over = await collector.fetch("blobs_to_condemn", later(1), 9)

    assert looked_at["condemned_at"] is None
    assert passed_over == []


async def test_a_success_waits_for_a_condemnation_and_then_sees_it(race: Race) -> None:
    await with_garbage(race)
    async with race.session() as success:
        async with race.session() as collector:
            await collector.fetch("blobs_to_condemn", later(1), 9)
            waiting = await race.blocked(success.fetch("doubtful_blobs", *BLOB))
            await collector.fetch("condemn_blobs", *BLOB, later(2))
        (seen,) = await waiting

    assert seen["condemned_at"] == later(2)


async def test_two_collectors_take_different_garbage(race: Race) -> None:
    await with_artifact(race)
    async with race.session() as one, race.session() as other:
        taken = await one.fetch("artifacts_to_collect", later(1), 9)
        passed_over = await other.fetch("artifacts_to_collect", later(1), 9)

    assert (len(taken), passed_over) == (1, [])
