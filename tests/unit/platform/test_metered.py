"""What the wrappers of store, broker and orders count."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from filmstudio.generation.v1 import artifact_pb2, message_pb2
from studio_platform.broker import Outcome, OutMessage
from studio_platform.broker_memory import MemoryBroker
from studio_platform.broker_metered import MeteredBroker
from studio_platform.clock import ManualClock
from studio_platform.lanes import Lanes
from studio_platform.objects import ObjectMissing, StoreFull
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.objects_metered import MeteredObjectStore
from studio_platform.orders_metered import MeteredOrders, OrderMeters
from studio_platform.pools import PoolSettings
from studio_platform.telemetry import REASONS_MAX
from studio_platform.topology import pool_consumer, result_subject, task_subject

POOL = PoolSettings("null-still", 2, 1.0, 1, 1.0, "test")
CONSUMER = pool_consumer(POOL.pool, POOL.lease_seconds)
SUBJECT = task_subject("still", POOL.pool, "run-1", 1)


def value(registry: CollectorRegistry, name: str, **labels: str) -> float:
    """A sample's value; 0 for one that was never counted."""
    return registry.get_sample_value(name, labels) or 0.0


async def test_each_call_of_the_store_is_timed_by_its_verb(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    store = MeteredObjectStore(MemoryObjectStore(), registry)

    await store.put_if_absent("a", data=b"1", media_type="text/plain")
    await store.get("a")
    await store.get("a")
    await store.download("a", tmp_path / "a")

    counted = {
        verb: value(registry, "film_object_store_seconds_count", verb=verb)
        for verb in ("put", "get", "download")
    }
    assert counted == {"put": 1, "get": 2, "download": 1}


async def test_a_full_store_is_an_error_and_a_missing_object_is_none() -> None:
    registry = CollectorRegistry()
    store = MeteredObjectStore(MemoryObjectStore(size_max_bytes=1), registry)

    with pytest.raises(StoreFull):
        await store.put_if_absent("a", data=b"12", media_type="text/plain")
    with pytest.raises(ObjectMissing):
        await store.get("a")

    assert value(registry, "film_object_store_errors_total", verb="put", reason="STORAGE_FULL") == 1
    assert value(registry, "film_object_store_errors_total", verb="get", reason="OBJECT_MISSING") == 0
    assert value(registry, "film_object_store_seconds_count", verb="get") == 1


async def test_publishes_are_counted_by_stream_and_by_what_became_of_them() -> None:
    registry = CollectorRegistry()
    broker = MeteredBroker(MemoryBroker(ManualClock()), registry)
    await broker.ensure()

    outcomes = await broker.publish_batch([OutMessage(SUBJECT, b"", "1"), OutMessage(SUBJECT, b"", "2")])

    def counted(outcome: str) -> float:
        return value(registry, "film_broker_publishes_total", stream="STUDIO_TASKS", outcome=outcome)

    assert outcomes == [Outcome.STORED, Outcome.QUEUED_ALREADY]
    assert (counted("stored"), counted("queued_already")) == (1, 1)


async def test_an_order_that_comes_again_is_a_lost_lease_and_over_the_crash_limit() -> None:
    registry, clock = CollectorRegistry(), ManualClock()
    broker = MeteredBroker(MemoryBroker(clock), registry)
    await broker.ensure()
    orders = MeteredOrders(broker, POOL, OrderMeters(registry), clock)
    await broker.ensure_pool_consumer(CONSUMER)
    order = message_pb2.RunOrder(run_id="run-1", dispatch=1)
    await broker.publish_batch([OutMessage(SUBJECT, order.SerializeToString(), "1")])

    await orders.fetch(CONSUMER, 1, 0)
    await clock.advance(POOL.lease_seconds + 1)
    await orders.fetch(CONSUMER, 1, 0)

    assert value(registry, "film_leases_lost_total", consumer=CONSUMER.name) == 1
    assert value(registry, "film_deliveries_over_crash_limit_total", pool=POOL.pool) == 1


async def test_the_way_from_dispatch_to_worker_is_timed() -> None:
    registry, clock = CollectorRegistry(), ManualClock()
    broker = MemoryBroker(clock)
    await broker.ensure()
    orders = MeteredOrders(broker, POOL, OrderMeters(registry), clock)
    await broker.ensure_pool_consumer(CONSUMER)
    order = message_pb2.RunOrder(run_id="run-1", dispatch=1)
    order.dispatch_time.FromDatetime(clock.now())
    await broker.publish_batch([OutMessage(SUBJECT, order.SerializeToString(), "1")])
    await clock.advance(3)

    await orders.fetch(CONSUMER, 1, 0)

    assert value(registry, "film_start_handoff_seconds_sum", pool=POOL.pool) == 3.0


async def reported(result: message_pb2.RunResult, registry: CollectorRegistry) -> None:
    """Take an order and publish this result of it twice, as when the broker did not confirm the first."""
    clock = ManualClock()
    broker = MemoryBroker(clock)
    await broker.ensure()
    orders = MeteredOrders(broker, POOL, OrderMeters(registry), clock)
    await broker.ensure_pool_consumer(CONSUMER)
    order = message_pb2.RunOrder(run_id="run-1", dispatch=1)
    await broker.publish_batch([OutMessage(SUBJECT, order.SerializeToString(), "1")])
    await orders.fetch(CONSUMER, 1, 0)
    message = OutMessage(result_subject("still"), result.SerializeToString(), "r")
    await orders.publish_batch([message])
    await orders.publish_batch([message])


async def test_a_result_is_timed_once_with_its_engine_and_its_upload() -> None:
    registry = CollectorRegistry()
    result = message_pb2.RunResult(
        run_id="run-1", dispatch=1, success=artifact_pb2.Manifest(), run_ms=250, upload_ms=40
    )

    await reported(result, registry)

    assert value(registry, "film_run_seconds_count", pool=POOL.pool, outcome="success") == 1
    assert value(registry, "film_engine_seconds_sum", pool=POOL.pool) == 0.25
    assert value(registry, "film_upload_seconds_sum", pool=POOL.pool) == 0.04


async def test_an_artifact_that_was_there_already_took_no_engine_time() -> None:
    registry = CollectorRegistry()
    result = message_pb2.RunResult(run_id="run-1", dispatch=1, success=artifact_pb2.Manifest())

    await reported(result, registry)

    assert value(registry, "film_run_seconds_count", pool=POOL.pool, outcome="success") == 1
    assert value(registry, "film_engine_seconds_count", pool=POOL.pool) == 0


async def test_a_failure_is_counted_by_its_reason() -> None:
    registry = CollectorRegistry()
    failure = message_pb2.RunFailure(reason="CRASHED")

    await reported(message_pb2.RunResult(run_id="run-1", dispatch=1, failure=failure), registry)

    assert value(registry, "film_run_seconds_count", pool=POOL.pool, outcome="failure") == 1
    assert value(registry, "film_attempt_failures_total", pool=POOL.pool, reason="CRASHED") == 1


def test_an_engine_with_endless_reasons_makes_no_endless_metrics() -> None:
    registry = CollectorRegistry()
    meters = OrderMeters(registry)

    for number in range(REASONS_MAX + 5):
        meters.failed(POOL.pool, f"REASON_{number}")

    assert value(registry, "film_attempt_failures_total", pool=POOL.pool, reason="OTHER") == 5


async def test_lanes_that_only_look_are_not_busy() -> None:
    registry, lanes = CollectorRegistry(), Lanes(2)
    OrderMeters(registry).watch_lanes(POOL.pool, lanes)

    async with lanes.looking(), lanes.looking() as lane:
        lane.work()
        busy = value(registry, "film_worker_lanes_busy", pool=POOL.pool)

    assert (busy, value(registry, "film_worker_lanes", pool=POOL.pool)) == (1, 2)
    assert value(registry, "film_worker_lanes_busy", pool=POOL.pool) == 0
