"""A workspace is purged over as many calls as it takes, and no other is touched: real Postgres, real S3."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from filmstudio.options.v1 import options_pb2
from filmstudio.workspaces.v1 import workspaces_pb2
from studio_gateway.__main__ import JOBS_SERVICES
from studio_gateway.__main__ import SERVICES as GATEWAY_SERVICES
from studio_jobs.garbage import departures, purge
from studio_jobs.garbage.purge import Purges
from studio_jobs.servicers.workspaces import WorkspacesServicer
from studio_jobs.serving import SERVICES
from studio_jobs.store import rows
from studio_jobs.store.jobs import Jobs
from studio_jobs.wake import Wakes
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from studio_platform.database import Database
from studio_platform.errors import InvalidInput
from studio_platform.faults import Fault, FaultAction, FaultInjected, Faults
from studio_platform.manifests import blob_key
from studio_platform.policies import MethodPolicies
from studio_platform.s3 import open_objects
from studio_platform.testing.buckets import Bucket
from tests.integration.jobs.conftest import ImpatientBroker
from tests.integration.jobs.stage import build_stage
from tests.integration.jobs.warehouse import Warehouse

METHOD = "/filmstudio.workspaces.v1.WorkspacesService/PurgeWorkspace"
TABLES = (
    "projects",
    "screenplay_revisions",
    "cast_members",
    "locations",
    "jobs",
    "runs",
    "artifacts",
    "artifact_blobs",
    "resolutions",
    "tasks",
    "garbage_artifacts",
    "garbage_blobs",
)


@pytest.fixture
async def house(database: Database, s3_bucket: Bucket) -> AsyncIterator[Warehouse]:
    clock = ManualClock()
    broker = ImpatientBroker(MemoryBroker(clock))
    await broker.ensure()
    async with open_objects(s3_bucket.settings()) as objects:
        stage = build_stage(database, broker, objects, clock=clock)
        await stage.announce_pools()
        yield Warehouse(stage, objects, clock)
        for key in [each.key for each in await objects.list("")]:
            await objects.delete(key)


def purges(house: Warehouse, faults: Faults | None = None) -> Purges:
    jobs = Jobs(house.stage.database, house.clock)
    wakes = Wakes(house.stage.broker)
    return Purges(house.stage.database, house.objects, jobs, wakes, house.clock, faults or Faults())


async def film(house: Warehouse, workspace: UUID) -> rows.Job:
    house.stage.workspace = workspace
    return await house.run_to_end(await house.stage.submit())


async def left_of(house: Warehouse, workspace: UUID) -> dict[str, int]:
    """How many rows and objects a workspace has, by where; what it has none of is not named."""
    counts = {
        table: await house.stage.database.fetchval(
            f"select count(*) from {table} where workspace_id = $1",  # noqa: S608 - names of this page
            workspace,
        )
        for table in TABLES
    }
    counts["objects"] = sum(str(workspace) in key for key in await house.keys())
    return {where: count for where, count in counts.items() if count}


async def test_everything_of_a_workspace_is_gone_and_nothing_of_another(house: Warehouse) -> None:
    mine, theirs = uuid4(), uuid4()
    await film(house, mine)
    await film(house, theirs)
    upload = f"uploads/{mine}/script"
    await house.objects.put_if_absent(upload, data=b"x", media_type="text/plain")
    before = await left_of(house, theirs)

    purged = await purges(house).purge(mine)

    assert purged.is_done
    assert purged.rows > 0
    assert purged.objects > 1
    assert await left_of(house, mine) == {}
    assert await left_of(house, theirs) == before


async def test_a_second_purge_and_one_of_an_unknown_workspace_find_nothing(house: Warehouse) -> None:
    mine = uuid4()
    await film(house, mine)
    await purges(house).purge(mine)

    again = [await purges(house).purge(workspace) for workspace in (mine, uuid4())]

    assert [(each.is_done, each.rows, each.objects) for each in again] == [(True, 0, 0)] * 2


async def test_a_purge_that_dies_after_any_batch_is_finished_by_the_next(
    house: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in (
        (purge, "ROWS_BATCH_MAX"),
        (purge, "OBJECTS_BATCH_MAX"),
        (departures, "TASKS_BATCH_MAX"),
    ):
        monkeypatch.setattr(module, name, 5)
    mine = uuid4()
    await film(house, mine)
    deaths = 0

    while True:
        once = Fault(FaultAction.FAIL, tmp_path / str(deaths))
        try:
            purged = await purges(house, Faults({"jobs.purge.batch": once})).purge(mine)
        except FaultInjected:
            deaths += 1
        else:
            break

    assert purged.is_done
    assert deaths > len(TABLES)
    assert await left_of(house, mine) == {}


async def test_jobs_at_work_are_cancelled_and_awaited_over_calls(house: Warehouse) -> None:
    mine = house.stage.workspace
    job = await house.stage.submit()
    await house.stage.settle()
    before = await left_of(house, mine)

    first = await purges(house).purge(mine)
    assert await left_of(house, mine) == before
    for _ in range(3):
        await house.stage.settle()
        await house.stage.loops.cancels.step()
    ended = await house.stage.job(job)
    last = await purges(house).purge(mine)

    assert (first.is_done, first.unfinished_jobs) == (False, 1)
    assert first.unfinished_runs > 0
    assert ended.is_terminal
    assert last.is_done
    assert await left_of(house, mine) == {}


async def test_what_a_late_worker_stores_for_a_purged_workspace_goes_with_the_garbage(
    house: Warehouse,
) -> None:
    mine = uuid4()
    key = blob_key(str(mine), "a" * 64)
    await purges(house).purge(mine)
    await house.objects.put_if_absent(key, data=b"x", media_type="")

    # The store's clock is the machine's; the collector's is far ahead of it.
    await house.clock.advance(400 * 86_400)
    await house.clean()
    await house.clock.advance(2 * 3_600)
    await house.clean()

    assert await house.keys() == []


async def test_the_call_answers_what_is_left_and_refuses_other_names(house: Warehouse) -> None:
    mine = house.stage.workspace
    await house.stage.submit()
    servicer = WorkspacesServicer(purges(house))

    answer = await servicer.PurgeWorkspace(
        workspaces_pb2.PurgeWorkspaceRequest(name=f"workspaces/{mine}"), None
    )

    assert (answer.done, answer.unfinished_jobs) == (False, 1)
    with pytest.raises(InvalidInput):
        await servicer.PurgeWorkspace(workspaces_pb2.PurgeWorkspaceRequest(name=f"jobs/{mine}"), None)


async def test_purges_of_one_workspace_at_the_same_time_end_well(house: Warehouse) -> None:
    mine = uuid4()
    await film(house, mine)

    both = await asyncio.gather(purges(house).purge(mine), purges(house).purge(mine))

    assert [each.is_done for each in both] == [True, True]
    assert await left_of(house, mine) == {}


def test_only_a_service_with_its_scope_may_purge_and_the_gateway_neither_forwards_nor_grants_it() -> None:
    policy = MethodPolicies(SERVICES).policy(METHOD)

    assert policy is not None
    assert (policy.access, policy.scope) == (options_pb2.ACCESS_INTERNAL, "workspaces.purge")
    assert MethodPolicies(JOBS_SERVICES).policy(METHOD) is None
    assert policy.scope not in MethodPolicies(GATEWAY_SERVICES).scopes()
