"""A generator's own RPCs run bodies in the lanes of the queue."""

from __future__ import annotations

import asyncio
import threading

import grpc
import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.imagegen.v1 import imagegen_pb2
from studio_platform.engine import Run
from studio_platform.keys import content_key_of
from studio_platform.manifests import ArtifactKey, Artifacts, blob_key
from studio_platform.testing.details import details_of
from studio_platform.topology import pool_consumer
from tests.unit.platform.direct_bench import (
    POOL,
    SLOW_SECONDS,
    WORKSPACE,
    Bench,
    Engine,
    signed,
    still,
    until_released,
    until_stopped,
)


async def test_a_direct_run_leaves_its_artifact_where_the_queue_would() -> None:
    bench = Bench(Engine(lambda run: b"picture"))
    body = still()

    async with bench.serving():
        manifest = await bench.generate(body)

    key = ArtifactKey(WORKSPACE, task_pb2.TASK_KIND_STILL, content_key_of(body).hex())
    assert await Artifacts(bench.objects).find(key) == manifest
    assert bench.objects.objects[blob_key(WORKSPACE, manifest.parts[0].sha256)] == b"picture"


async def test_what_exists_is_answered_and_not_made_again_even_while_every_lane_is_busy() -> None:
    started, release = threading.Event(), threading.Event()
    hold = iter([False, True])

    def act(run: Run) -> bytes:
        if next(hold):
            started.set()
            release.wait(SLOW_SECONDS)
        return b"picture"

    bench = Bench(Engine(act))

    async with bench.serving():
        first = await bench.generate(still())
        busy = asyncio.ensure_future(bench.generate(still("another")))
        await asyncio.to_thread(started.wait, SLOW_SECONDS)
        again = await bench.generate(still())
        release.set()
        await busy

    assert again == first
    assert bench.engine.runs == 2


async def test_a_raised_generation_is_another_artifact() -> None:
    bench = Bench(Engine(lambda run: b"picture"))
    request = imagegen_pb2.GenerateImageRequest(workspace_id=WORKSPACE, body=still(), generation=1)

    async with bench.serving():
        first = await bench.generate(still())
        second = await bench.stub.GenerateImage(request, metadata=signed("generation.run"))

    assert (first.generation, second.manifest.generation) == (0, 1)
    assert bench.engine.runs == 2


async def test_a_workspace_in_capitals_is_the_same_workspace() -> None:
    bench = Bench(Engine(lambda run: b"picture"))
    request = imagegen_pb2.GenerateImageRequest(workspace_id=WORKSPACE.upper(), body=still())

    async with bench.serving():
        answer = await bench.stub.GenerateImage(request, metadata=signed("generation.run"))

    assert answer.manifest.workspace_id == WORKSPACE


async def test_a_call_is_refused_with_a_time_to_retry_while_the_queue_has_the_lane() -> None:
    started, release = threading.Event(), threading.Event()

    bench = Bench(Engine(until_released(started, release)))

    async with bench.serving(with_queue=True):
        await bench.order()
        await asyncio.to_thread(started.wait, SLOW_SECONDS)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.generate(still())
        release.set()
        await bench.result()
        manifest = await bench.generate(still())

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details_of(refused.value)["ErrorInfo"].reason == "LANES_BUSY"
    assert details_of(refused.value)["RetryInfo"].retry_delay.seconds > 0
    assert manifest.parts


async def test_the_queue_takes_no_order_while_a_call_has_the_lane() -> None:
    started, release = threading.Event(), threading.Event()

    bench = Bench(Engine(until_released(started, release)))

    async with bench.serving(with_queue=True):
        call = asyncio.ensure_future(bench.generate(still()))
        await asyncio.to_thread(started.wait, SLOW_SECONDS)
        subject = await bench.order()
        # As long as two looks of an idle lane.
        await bench.broker.fetch(pool_consumer("nobody"), 1, 2.0)
        was_delivered = await bench.broker.was_delivered(pool_consumer(POOL), subject)
        release.set()
        await call
        result = await bench.result()

    assert not was_delivered
    assert (result.deliveries, result.WhichOneof("outcome")) == (1, "success")


async def test_a_caller_that_hangs_up_stops_the_engine_and_frees_the_lane() -> None:
    started, stopped = threading.Event(), threading.Event()
    bench = Bench(Engine(until_stopped(started, stopped)))

    async with bench.serving():
        call = asyncio.ensure_future(bench.generate(still()))
        await asyncio.to_thread(started.wait, SLOW_SECONDS)
        call.cancel()
        await asyncio.to_thread(stopped.wait, SLOW_SECONDS)
        await bench.runners[0].lanes.until_empty()
        manifest = await bench.generate(still())

    assert manifest.parts
    assert call.cancelled()


async def test_a_lane_is_held_until_an_engine_that_was_given_up_came_back() -> None:
    started, release = threading.Event(), threading.Event()

    def deaf(run: Run) -> bytes:
        started.set()
        release.wait(SLOW_SECONDS)
        return b"picture"

    bench = Bench(Engine(deaf))

    async with bench.serving():
        call = asyncio.ensure_future(bench.generate(still()))
        await asyncio.to_thread(started.wait, SLOW_SECONDS)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.generate(still("another"))
        release.set()

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_the_calls_deadline_stops_the_engine() -> None:
    started, stopped = threading.Event(), threading.Event()
    bench = Bench(Engine(until_stopped(started, stopped)))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await bench.generate(still(), deadline_seconds=0.5)
        was_stopped = await asyncio.to_thread(stopped.wait, SLOW_SECONDS)

    assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert was_stopped


async def test_a_drain_ends_a_direct_run_that_takes_longer_than_the_grace() -> None:
    started, stopped = threading.Event(), threading.Event()
    bench = Bench(Engine(until_stopped(started, stopped)))

    async with bench.serving(with_queue=True):
        call = asyncio.ensure_future(bench.generate(still()))
        await asyncio.to_thread(started.wait, SLOW_SECONDS)
        bench.stopping.set()
        await bench.server.drain()
        with pytest.raises(grpc.aio.AioRpcError) as drained:
            await call

    assert drained.value.code() is grpc.StatusCode.UNAVAILABLE
    assert details_of(drained.value)["ErrorInfo"].reason == "DRAINING"
    assert stopped.is_set()


async def test_describe_answers_one_announcement_a_pool() -> None:
    bench = Bench(Engine(lambda run: b""), others=(Engine(lambda run: b"", kind="CLIP"),))

    async with bench.serving():
        answer = await bench.stub.Describe(imagegen_pb2.DescribeRequest(), metadata=signed("generation.read"))

    assert [pool.pool for pool in answer.pools] == ["null-still", "null-clip"]
    first = answer.pools[0]
    assert (first.kind, first.slots, first.replicas_max) == (task_pb2.TASK_KIND_STILL, 1, 3)
    assert (first.engine.engine, first.size_max.width_px, first.lease_ms) == ("null", 640, 600)


async def test_of_pools_with_the_same_engine_the_one_of_the_kind_runs_it() -> None:
    stills, clips = Engine(lambda run: b"still"), Engine(lambda run: b"clip", kind="CLIP")
    bench = Bench(clips, others=(stills,))

    async with bench.serving():
        await bench.generate(still())

    assert (stills.runs, clips.runs) == (1, 0)
