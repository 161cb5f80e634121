"""What nobody needs goes after a grace, what somebody needs stays, whatever comes between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.__main__ import build_loops
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.fault_points import POINTS
from studio_jobs.feeds import Feeds
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.shot_renders import ShotRenders
from studio_jobs.timeline.documents import LOCK_KIND
from studio_jobs.wake import Wakes
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from studio_platform.database import Database
from studio_platform.errors import NotFound
from studio_platform.faults import Fault, FaultAction, FaultInjected, Faults
from studio_platform.manifests import blob_key
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.topology import pool_consumer
from tests.integration.jobs.conftest import ImpatientBroker
from tests.integration.jobs.stage import SCRIPT, UNNARRATED, build_stage, failure, pool_of
from tests.integration.jobs.warehouse import GRACE, PACE, Warehouse

Armed = Callable[[Faults], None]


@pytest.fixture
async def house(database: Database) -> Warehouse:
    clock = ManualClock()
    broker, objects = ImpatientBroker(MemoryBroker(clock)), MemoryObjectStore(now=clock.now)
    await broker.ensure()
    stage = build_stage(database, broker, objects, clock=clock)
    await stage.announce_pools()
    return Warehouse(stage, objects, clock)


async def film(house: Warehouse, script: bytes = SCRIPT, project: UUID | None = None) -> rows.Job:
    """A finished job on a project of its own, or a given one."""
    return await house.run_to_end(await house.stage.submit(script, project))


async def delete_jobs(house: Warehouse) -> None:
    """Every job that has ended is kept no longer; its project is."""
    await house.stage.loops.departures.step(timedelta(seconds=-1))


async def delete_project(house: Warehouse, job: rows.Job) -> None:
    assert await house.stage.projects.delete(job.workspace_id, job.project_id, 0)


async def test_what_a_kept_job_needs_stays_for_ever(house: Warehouse) -> None:
    await film(house)
    before = await house.keys()

    for _ in range(3):
        await house.pass_grace()

    assert await house.keys() == before
    assert await house.count("garbage_artifacts") == 0


async def test_what_a_deleted_project_alone_needed_is_gone_after_the_grace(house: Warehouse) -> None:
    job = await film(house)
    await delete_project(house, job)

    await house.pass_grace()

    assert await house.keys() == []
    for table in ("jobs", "tasks", "task_inputs", "job_events", "job_castings", "runs", "resolutions"):
        assert (table, await house.count(table)) == (table, 0)
    assert await house.count("artifacts") == await house.count("artifact_blobs") == 0


async def test_nothing_is_gone_within_the_grace(house: Warehouse) -> None:
    job = await film(house)
    before = await house.keys()
    await delete_project(house, job)
    await house.mark()

    await house.wait(GRACE - timedelta(minutes=1))
    await house.clean()

    assert await house.keys() == before


async def test_a_deleted_projects_job_is_found_by_no_call_at_once(house: Warehouse) -> None:
    job = await film(house)

    await delete_project(house, job)

    assert await house.stage.jobs.get(job.workspace_id, job.job_id) is None
    assert await house.stage.jobs.page(job.workspace_id, None, 10, None) == []
    with pytest.raises(NotFound):
        await house.stage.submissions.submit(job.workspace_id, _request(job))


async def test_what_two_jobs_share_stays_with_the_last(house: Warehouse) -> None:
    one = await film(house)
    await house.wait(timedelta(days=10))
    await film(house, project=one.project_id)
    before = await house.keys()

    await house.stage.loops.departures.step(timedelta(days=5))
    await house.pass_grace()
    shared = await house.keys()
    await delete_jobs(house)
    await house.pass_grace()

    assert await house.stage.jobs.get(one.workspace_id, one.job_id) is None
    assert shared == before
    assert await house.keys() == []


async def test_a_film_made_after_the_collection_is_made_anew_under_the_next_generation(
    house: Warehouse,
) -> None:
    job = await film(house)
    await delete_jobs(house)
    await house.pass_grace()
    made, house.stage.executed = house.stage.executed, []

    again = await film(house, project=job.project_id)

    assert again.state is JobState.COMPLETED
    assert sorted(house.stage.executed) == sorted(made)
    manifests = [key for key in await house.keys() if key.startswith("artifacts/")]
    assert {key.rpartition(".")[2] for key in manifests} == {"1"}


async def test_a_job_that_wants_marked_artifacts_before_their_time_keeps_them(house: Warehouse) -> None:
    job = await film(house)
    before = await house.keys()
    await delete_jobs(house)
    await house.mark()
    await house.wait(GRACE + timedelta(minutes=1))
    house.stage.executed.clear()

    await film(house, project=job.project_id)
    await house.clean()
    await house.pass_grace()

    assert house.stage.executed == []
    assert await house.keys() == before


async def test_an_artifact_that_a_job_holds_at_this_moment_is_passed_over(house: Warehouse) -> None:
    job = await film(house)
    await delete_project(house, job)
    await house.mark()
    await house.wait(GRACE + timedelta(minutes=1))
    found = await house.stage.database.fetch("select content_key from artifacts")
    held = found[0]["content_key"]

    async with house.stage.database.transaction() as tx:
        await tx.fetch(SQL["artifacts_by_keys"], job.workspace_id, [held])
        await house.stage.loops.collector.step(PACE)
        left = await house.stage.database.fetch("select content_key from artifacts")

    assert [row["content_key"] for row in left] == [held]


async def test_a_blob_that_a_kept_artifact_has_too_stays(house: Warehouse) -> None:
    kept, gone = await film(house), await film(house, b"EXT. STREET - DAY\n\nA car waits.\n")
    shared = await house.stage.database.fetchrow(
        "select b.* from artifact_blobs b join jobs j on j.film_key = b.content_key where j.job_id = $1",
        gone.job_id,
    )
    assert shared is not None
    await house.stage.database.execute(
        SQL["note_blobs"], [kept.workspace_id], [kept.film_key], [shared["sha256"]], [1]
    )

    await delete_project(house, gone)
    await house.pass_grace()

    assert blob_key(str(kept.workspace_id), shared["sha256"].hex()) in await house.keys()
    assert await house.count("garbage_blobs where deleted_at is null") == 0


async def test_parts_without_a_manifest_stay_while_they_are_young_and_go_when_they_are_old(
    house: Warehouse,
) -> None:
    old, young = (blob_key(str(house.stage.workspace), digest * 64) for digest in ("a", "b"))
    await house.objects.put_if_absent(old, data=b"x", media_type="")
    await house.clock.advance(GRACE.total_seconds() + 60)
    await house.objects.put_if_absent(young, data=b"x", media_type="")

    await house.clean()
    await house.clock.advance(timedelta(hours=2).total_seconds())
    await house.clean()

    assert await house.keys() == [young]


async def first_order(house: Warehouse) -> message_pb2.RunOrder:
    """The first still of a new job, dispatched."""
    await house.stage.submit()
    await house.stage.settle()
    consumer = pool_consumer(pool_of(TaskKind.STILL))
    (delivery, *_) = await house.stage.broker.fetch(consumer, 1, 0)
    await delivery.ack()
    return message_pb2.RunOrder.FromString(delivery.payload)


async def run_of(house: Warehouse, order: message_pb2.RunOrder) -> tuple[str, int]:
    row = await house.stage.database.fetchrow(
        "select state, generation from runs where run_id = $1", UUID(order.run_id)
    )
    assert row is not None
    return row["state"], row["generation"]


async def condemn(house: Warehouse, result: message_pb2.RunResult) -> None:
    """The collector found a part of this success long ago, and nothing names it."""
    digest = bytes.fromhex(result.success.parts[0].sha256)
    workspace = UUID(result.success.workspace_id)
    now = house.clock.now()
    await house.stage.database.execute(SQL["find_stray_blobs"], [workspace], [digest], [1], now)
    await house.stage.database.execute(SQL["condemn_blobs"], [workspace], [digest], now)


async def test_a_success_with_a_part_that_is_being_deleted_is_made_again_under_the_next_generation(
    house: Warehouse,
) -> None:
    order = await first_order(house)
    result = await house.make(order)
    await condemn(house, result)

    await house.stage.loops.results.record([result])

    assert await run_of(house, order) == ("WAITING", 1)
    assert await house.count("artifacts") == 0


async def test_a_refused_success_of_a_run_that_was_asked_to_stop_is_not_made_again(house: Warehouse) -> None:
    order = await first_order(house)
    result = await house.make(order)
    await condemn(house, result)
    (job,) = await house.stage.jobs.page(house.stage.workspace, None, 10, None)
    await house.stage.jobs.request_cancel(job.workspace_id, job.job_id)
    await house.stage.settle()

    await house.stage.loops.results.record([result])

    # At once: a dispatcher may be here before the advancer of the job that stops.
    assert await run_of(house, order) == ("CANCELLED", 1)


async def test_a_refused_success_that_no_task_waits_for_any_more_is_not_made_again(house: Warehouse) -> None:
    order = await first_order(house)
    result = await house.make(order)
    await condemn(house, result)
    consumer = pool_consumer(pool_of(TaskKind.SPEECH))
    (other, *_) = await house.stage.broker.fetch(consumer, 1, 0)
    await house.stage.loops.results.record(
        [failure(message_pb2.RunOrder.FromString(other.payload), permanent=True)]
    )
    await house.stage.settle()
    (job,) = await house.stage.jobs.page(house.stage.workspace, None, 10, None)
    before = await run_of(house, order)

    await house.stage.loops.results.record([result])
    await house.stage.settle()

    assert (job.state, before) == (JobState.FAILED, ("DISPATCHED", 0))
    assert await run_of(house, order) == ("CANCELLED", 1)


async def test_a_success_with_a_part_that_was_deleted_and_stored_again_counts(house: Warehouse) -> None:
    order = await first_order(house)
    result = await house.make(order)
    await condemn(house, result)
    await house.stage.loops.collector.step(PACE)
    deleted = await house.count("garbage_blobs where deleted_at is not null")
    await house.store_parts(result)

    await house.stage.loops.results.record([result])

    assert deleted == 1
    assert await run_of(house, order) == ("SUCCEEDED", 0)
    assert await house.count("garbage_blobs") == 0


async def test_a_success_of_a_collected_generation_is_refused_and_ends_nothing(house: Warehouse) -> None:
    order = await first_order(house)
    result = await house.make(order)
    workspace, key = UUID(order.workspace_id), bytes.fromhex(order.content_key)
    await house.stage.database.execute(
        "update runs set state = 'CANCELLED', ended_at = now() where run_id = $1", UUID(order.run_id)
    )
    await house.stage.database.execute(
        SQL["find_stray_manifests"], [workspace], [key], [0], [1], house.clock.now()
    )

    await house.stage.loops.results.record([result])

    assert await house.count("artifacts") == 0
    assert await run_of(house, order) == ("CANCELLED", 0)


async def test_artifacts_from_before_blobs_were_noted_are_noted(house: Warehouse) -> None:
    await film(house)
    noted = await house.stage.database.fetch("select * from artifact_blobs order by content_key, sha256")
    await house.stage.database.execute("delete from artifact_blobs")
    await house.stage.database.execute("update artifacts set blobs_noted = false")

    await house.clean()

    again = await house.stage.database.fetch("select * from artifact_blobs order by content_key, sha256")
    assert again == noted


async def test_jobs_that_are_kept_no_longer_go_with_what_they_alone_needed(house: Warehouse) -> None:
    job = await film(house)
    await house.clock.advance(timedelta(days=30).total_seconds())

    await house.stage.loops.departures.step(timedelta(days=31))
    kept = await house.stage.jobs.get(job.workspace_id, job.job_id)
    await house.stage.loops.departures.step(timedelta(days=29))
    await house.pass_grace()

    assert kept is not None
    assert await house.keys() == []
    assert await house.stage.projects.get(job.workspace_id, job.project_id) is not None


async def test_receipts_go_after_a_grace_and_what_pools_paid_after_two_days(house: Warehouse) -> None:
    objects = house.objects
    for key in ("receipts/w/clip/ab.0/clip.1.1", "spending/openai-clip/2026-01-01T00/40.ab"):
        await objects.put_if_absent(key, data=b"video_1", media_type="text/plain")

    await house.clean()
    young = await house.keys()
    await house.wait(timedelta(days=2, hours=2))
    await house.clean()
    without_payments = await house.keys()
    await house.wait(GRACE)
    await house.clean()

    assert len(young) == 2
    assert without_payments == ["receipts/w/clip/ab.0/clip.1.1"]
    assert await house.keys() == []


async def test_a_projects_size_is_that_of_what_its_kept_jobs_made_each_file_once(house: Warehouse) -> None:
    job = await film(house)
    await film(house, SCRIPT + b"\nIt rains.\n", job.project_id)
    made = len([key for key in await house.keys() if key.startswith("blobs/")])
    await house.clean()
    measured = await house.stage.projects.get(job.workspace_id, job.project_id)

    await delete_jobs(house)
    await house.wait(timedelta(hours=2))
    await house.clean()
    after = await house.stage.projects.get(job.workspace_id, job.project_id)

    assert measured is not None
    assert after is not None
    assert measured.stored_bytes == made > 0
    assert (after.stored_bytes, after.version) == (0, measured.version)


@pytest.mark.parametrize(
    "point", [point for point in POINTS if point.startswith(("jobs.garbage.", "jobs.departures."))]
)
async def test_a_collector_that_dies_at_a_hand_off_leaves_what_the_next_one_finishes(
    house: Warehouse, point: str, tmp_path: Path
) -> None:
    job = await film(house)
    await delete_project(house, job)
    faults = Faults({point: Fault(FaultAction.FAIL, tmp_path / "once")})
    whole = house.stage.loops
    broker = house.stage.broker
    house.stage.loops = build_loops(
        house.stage.database,
        house.stage.productions,
        broker,
        house.objects,
        Wakes(broker),
        Feeds(broker),
        house.clock,
        faults,
    )

    with pytest.raises(FaultInjected):
        await house.pass_grace()
    house.stage.loops = whole
    await house.pass_grace()

    assert await house.keys() == []
    assert await house.count("artifacts") == 0
    assert await house.count("garbage_blobs where deleted_at is null") == 0


def _request(job: rows.Job) -> jobs_pb2.CreateJobRequest:
    return jobs_pb2.CreateJobRequest(project=f"projects/{job.project_id}", options=UNNARRATED)


async def test_what_a_lock_holds_stays_without_its_job_and_goes_with_its_project(house: Warehouse) -> None:
    job = await film(house)
    database, owner = house.stage.database, (job.workspace_id, job.project_id)
    spoken = await database.fetchval("select shot_id from tasks where kind = 3 order by number limit 1")
    renders = ShotRenders(database)
    render = await renders.of(*owner, spoken)
    async with house.stage.log.editing(*owner, UUID(int=5)) as editing:
        await renders.hold(editing, render)
        await editing.write(LOCK_KIND, spoken, render.lock.SerializeToString(), "locked")

    await delete_jobs(house)
    for _ in range(2):
        await house.pass_grace()

    kept = await database.fetch("select content_key from artifacts")
    assert sorted(row["content_key"] for row in kept) == sorted(render.given_keys)
    parts = await database.fetch("select distinct sha256 from artifact_blobs")
    blobs = {blob_key(str(job.workspace_id), row["sha256"].hex()) for row in parts}
    assert blobs <= set(await house.keys())
    await delete_project(house, job)
    for _ in range(2):
        await house.pass_grace()
    assert await house.keys() == []
