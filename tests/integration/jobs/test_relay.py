"""The relay carries the outbox over a broker that loses its disk, and past what no broker takes."""

from __future__ import annotations

from datetime import UTC, datetime

from studio_jobs.domain.states import JobState
from studio_jobs.sql import SQL
from studio_platform.broker import PAYLOAD_MAX_BYTES
from studio_platform.broker_memory import MemoryBroker
from studio_platform.ids import new_id
from studio_platform.topology import EVENTS_STREAM, event_subject
from tests.integration.jobs.stage import Stage


async def leave(stage: Stage, *payloads: bytes) -> None:
    """Put events into the outbox."""
    subjects = [event_subject("ws", str(number)) for number in range(len(payloads))]
    ids = [new_id() for _ in payloads]
    await stage.database.execute(SQL["order_runs"], [], ids, subjects, payloads, datetime.now(UTC))


async def test_a_broker_that_lost_its_disk_gets_its_streams_and_consumers_back(stage: Stage) -> None:
    assert isinstance(stage.broker, MemoryBroker)
    job = await stage.submit()
    stage.broker.wipe()

    finished = await stage.run_to_end(job)

    assert finished.state is JobState.COMPLETED


async def test_an_event_over_the_brokers_limit_is_dropped_and_the_next_one_is_not(stage: Stage) -> None:
    await leave(stage, bytes(PAYLOAD_MAX_BYTES + 1), b"small")

    await stage.loops.relay.step()

    assert await stage.broker.subject_waits(EVENTS_STREAM, event_subject("ws", "1"))
    assert not await stage.broker.subject_waits(EVENTS_STREAM, event_subject("ws", "0"))
    assert not await stage.database.fetch(SQL["take_outbox"], 10)
