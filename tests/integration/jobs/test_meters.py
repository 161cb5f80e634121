"""What the job service counts and shows of a job's way, on real Postgres."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from studio_jobs.domain.states import WAY, TaskKind
from studio_jobs.gauges import Gauges
from studio_jobs.meters import Meters
from studio_platform.broker import OutMessage
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import SystemClock
from studio_platform.database import Database, open_database
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.plugin import DatabaseFactory
from tests.integration.jobs.conftest import MIGRATIONS
from tests.integration.jobs.stage import Stage, announcement, build_stage, failure, pool_of

STILLS = pool_of(TaskKind.STILL)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def metered(database: Database, registry: CollectorRegistry) -> Stage:
    broker = MemoryBroker(SystemClock())
    await broker.ensure()
    stage = build_stage(database, broker, MemoryObjectStore(), meters=Meters(registry))
    await stage.announce_pools()
    return stage


@pytest.fixture
def gauges(metered: Stage, registry: CollectorRegistry) -> Gauges:
    assert isinstance(metered.broker, MemoryBroker)
    return Gauges(metered.database, metered.broker, SystemClock(), registry)


def total(registry: CollectorRegistry, name: str, **labels: str) -> float:
    """The sum of a family's samples of this name that carry these labels."""
    return sum(
        sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


async def test_every_move_of_a_job_is_counted_once(metered: Stage, registry: CollectorRegistry) -> None:
    await metered.run_to_end(await metered.submit())

    moves = [
        total(registry, "film_job_transitions_total", from_state=before.value, to_state=after.value)
        for before, after in itertools.pairwise(WAY)
    ]
    assert moves == [1] * (len(WAY) - 1)
    assert total(registry, "film_job_transitions_total") == len(WAY) - 1
    assert total(registry, "film_job_seconds_count", state="COMPLETED") == 1


async def test_the_first_film_misses_the_cache_and_the_second_hits_it(
    metered: Stage, registry: CollectorRegistry
) -> None:
    first = await metered.run_to_end(await metered.submit())
    made = len(metered.executed)
    missed = total(registry, "film_cache_lookups_total", outcome="miss")
    await metered.run_to_end(await metered.submit(project=first.project_id))

    assert missed == made
    assert total(registry, "film_cache_lookups_total", outcome="miss") == made
    assert total(registry, "film_cache_lookups_total", outcome="hit") == made
    assert total(registry, "film_cache_lookups_total", outcome="hit", kind="film") == 1


async def test_hand_offs_are_timed_from_unlock_to_dispatch_and_from_end_to_unlock(
    metered: Stage, registry: CollectorRegistry
) -> None:
    await metered.run_to_end(await metered.submit())

    runs = len(metered.executed)
    assert total(registry, "film_dispatch_handoff_seconds_count") == runs
    assert total(registry, "film_unlock_handoff_seconds_count") == runs


async def test_a_retry_and_its_redispatch_and_a_failure_for_good_are_counted_by_reason(
    metered: Stage, registry: CollectorRegistry
) -> None:
    await metered.submit()
    await metered.settle()
    await metered.work(lambda order: failure(order, "CRASHED"))
    retried = total(registry, "film_run_retries_total", reason="CRASHED")
    await metered.database.execute("update runs set ready_at = created_at")
    await metered.settle()
    await metered.work(lambda order: failure(order, "BAD_SPEC", permanent=True))
    await metered.settle()

    assert retried > 0
    assert total(registry, "film_redispatches_total") == retried
    assert total(registry, "film_run_failures_total", reason="BAD_SPEC") == retried
    assert total(registry, "film_job_failures_total", reason="ENGINE_FAILED") == 1


async def test_orders_that_the_sweeper_publishes_again_are_counted(
    metered: Stage, registry: CollectorRegistry
) -> None:
    await metered.submit()
    await metered.settle()
    lost = await metered.take_orders()
    for _, delivery in lost:
        await delivery.ack()
    await metered.database.execute("update runs set dispatched_at = dispatched_at - interval '1 minute'")
    await metered.loops.sweeper.step()
    await metered.database.execute("update runs set missing_since = missing_since - interval '1 minute'")

    await metered.loops.sweeper.step()

    assert total(registry, "film_sweeper_republished_total") == len(lost)


async def test_queues_show_their_depth_their_age_and_what_is_in_flight(
    metered: Stage, gauges: Gauges, registry: CollectorRegistry
) -> None:
    await metered.loops.announcements.take(announcement(TaskKind.STILL, slots=1))
    await metered.submit(script=b"INT. A - DAY\n\nOne.\n\nINT. B - DAY\n\nTwo.\n\nINT. C - DAY\n\nThree.\n")
    await metered.settle()
    await metered.database.execute("update runs set ready_at = ready_at - interval '90 seconds'")

    await gauges.look()

    assert total(registry, "film_queue_depth", pool=STILLS) == 1
    assert total(registry, "film_queue_in_flight", pool=STILLS) == 2
    assert 90 <= total(registry, "film_queue_age_seconds", pool=STILLS) < 120
    assert total(registry, "film_queue_age_seconds", pool=pool_of(TaskKind.FILM)) == 0


async def test_a_silent_pool_shows_for_how_long(
    metered: Stage, gauges: Gauges, registry: CollectorRegistry
) -> None:
    await metered.database.execute(
        "update pools set last_seen_at = last_seen_at - $1::interval", timedelta(hours=1)
    )

    await gauges.look()

    assert 3600 <= total(registry, "film_pool_silence_seconds", pool=STILLS) < 3660


async def test_the_outbox_and_the_results_not_recorded_show_their_lag(
    metered: Stage, gauges: Gauges, registry: CollectorRegistry
) -> None:
    await metered.submit()
    await metered.database.execute("update outbox set created_at = created_at - interval '40 seconds'")
    await metered.broker.publish_batch([OutMessage("studio.results.still", b"", "r")])

    await gauges.look()

    assert total(registry, "film_outbox_depth") == 1
    assert 40 <= total(registry, "film_outbox_age_seconds") < 60
    assert total(registry, "film_results_lag") == 1


async def test_a_look_that_fails_leaves_no_old_values(
    metered: Stage, gauges: Gauges, registry: CollectorRegistry
) -> None:
    await gauges.look()
    await metered.database.execute("alter table runs rename to gone")

    with pytest.raises(Exception, match="runs"):
        await gauges.look()

    assert not [
        family.name
        for family in registry.collect()
        if family.name.startswith("film_queue") and family.samples
    ]


async def test_the_pool_of_connections_shows_use_and_waiting(
    database_url: DatabaseFactory, registry: CollectorRegistry
) -> None:
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)), database_pool_size_max=3)
    async with open_database(settings, "jobs", registry) as database, database.connection():
        used = total(registry, "film_database_connections_in_use")

        assert used == 1
        assert total(registry, "film_database_connections_max") == 3
        assert total(registry, "film_database_wait_seconds_count") == 1
