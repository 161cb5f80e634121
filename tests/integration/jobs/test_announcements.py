"""Pools that announce themselves are noted, whatever became of the broker."""

from __future__ import annotations

from studio_jobs.domain.states import JobState, TaskKind
from studio_platform.broker_memory import MemoryBroker
from tests.integration.jobs.stage import Stage, announcement


async def test_a_pool_is_noted_after_the_broker_lost_its_disk_and_before_any_message(stage: Stage) -> None:
    assert isinstance(stage.broker, MemoryBroker)
    stage.broker.wipe()

    # Another lease, for which there is no consumer yet.
    said = announcement(TaskKind.STILL)
    said.lease_ms *= 2
    await stage.loops.announcements.take(said)

    finished = await stage.run_to_end(await stage.submit())
    assert finished.state is JobState.COMPLETED
