"""The job service killed once at every one of its hand-offs, on real Postgres, NATS and S3."""

from __future__ import annotations

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import WAY
from studio_jobs.fault_points import POINTS
from studio_jobs.wake import Loop
from tests.integration.jobs.scenes import Scene, points_of

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

ASIDE = ("housekeeping", "garbage", "departures", "purge", "webhooks")
"""What no film waits for: killed here, in test_garbage_process.py and in test_webhooks_process.py."""

STAGES = (
    points_of("announcements", "create"),
    points_of("planner"),
    points_of("sweeper"),
    POINTS,
)
"""What happens once in a film before what happens again and again."""


async def test_a_film_survives_a_kill_at_every_hand_off_of_its_way_and_repeats_nothing(scene: Scene) -> None:
    # The first order vanishes at the broker, so that the sweeper has its part.
    scene.workers.drops = 1

    async with scene.played(*STAGES):
        done = await scene.client.ended(await scene.client.submit())
        events = await scene.client.events(done)

    moves = [event.state for event in events if event.sequence == 1 or event.state != event.previous_state]
    assert done.state == jobs_pb2.JOB_STATE_COMPLETED
    assert [jobs_pb2.JobState.Name(state).removeprefix("JOB_STATE_") for state in moves] == [
        state.value for state in WAY
    ]
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert set(scene.workers.executions.values()) == {1}
    assert await scene.database.fetchval("select max(dispatch) from runs") == 1
    assert set(POINTS) - scene.process.struck == points_of("cancel", "cancels", *ASIDE)
    assert scene.process.other_ends == []


async def test_a_cancel_survives_a_kill_at_each_of_its_hand_offs(scene: Scene) -> None:
    async with scene.played(points_of("cancel", "cancels")), scene.workers.resting():
        job = await scene.client.submit()
        await scene.until_orders_are_out()
        await scene.client.cancel(job)
        ended = await scene.client.ended(job)

    assert ended.state == jobs_pb2.JOB_STATE_CANCELLED
    assert scene.process.struck == points_of("cancel", "cancels")
    assert not scene.workers.executions


async def test_housekeeping_survives_a_kill_before_and_after_its_commit(scene: Scene) -> None:
    async with scene.played(points_of("housekeeping")):
        job = await scene.client.ended(await scene.client.submit())
        await scene.database.execute("update jobs set ended_at = ended_at - interval '1 year'")
        await scene.until_struck_awake(Loop.HOUSEKEEPING, points_of("housekeeping"))
        seen = await scene.client.ended(job)

    assert await scene.database.fetchval("select count(*) from job_events") == 1
    assert seen.state == jobs_pb2.JOB_STATE_COMPLETED
