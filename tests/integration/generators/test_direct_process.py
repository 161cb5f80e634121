"""The image generator as a process of its own on real NATS and S3: the queue's way and the operators' way."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs

from filmstudio.auth.v1 import auth_pb2_grpc
from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from filmstudio.imagegen.v1 import imagegen_pb2, imagegen_pb2_grpc
from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.servicers.auth import KeysServicer
from studio_gateway.signing import ensure_signing_key
from studio_platform.broker import OutMessage
from studio_platform.clock import SystemClock
from studio_platform.embedded.ports import free_ports
from studio_platform.identity import ACCESS_TOKEN, Identity, TokenSigner
from studio_platform.jetstream import JetStreamBroker, open_broker
from studio_platform.keys import content_key_of
from studio_platform.manifests import blob_key
from studio_platform.s3 import open_objects
from studio_platform.settings import BrokerSettings
from studio_platform.testing.buckets import Bucket
from studio_platform.topology import RESULTS_CONSUMER, pool_consumer, task_subject

WORKSPACE = "00000000-0000-7000-8000-00000000000a"
POOL = "null-still"
WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Generator:
    """A running generator, and where its gateway would be."""

    process: subprocess.Popen[bytes]
    address: str
    gateway_address: str


@contextmanager
def running_generator(nats_url: str, bucket: Bucket, log: Path) -> Iterator[Generator]:
    """Starts the process; kills it at the end if it still lives."""
    port, health_port, gateway_port = free_ports(3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FILM_")},
        "FILM_IMAGEGEN_ENGINE": "null",
        "FILM_IMAGEGEN_LANES": "1",
        "FILM_LISTEN": f"127.0.0.1:{port}",
        "FILM_HEALTH_LISTEN": f"127.0.0.1:{health_port}",
        "FILM_GATEWAY_ADDRESS": f"127.0.0.1:{gateway_port}",
        "FILM_NATS_URL": nats_url,
        "FILM_S3_ENDPOINT": bucket.endpoint,
        "FILM_S3_ACCESS_KEY": bucket.generator.access_key,
        "FILM_S3_SECRET_KEY": bucket.generator.secret_key,
        "FILM_S3_BUCKET": bucket.name,
        "FILM_DRAIN_GRACE_SECONDS": "5",
    }
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "studio_imagegen"], env=environment, stderr=stream)
    try:
        yield Generator(process, f"127.0.0.1:{port}", f"127.0.0.1:{gateway_port}")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def generator(nats_url: str, s3_bucket: Bucket, tmp_path: Path) -> Iterator[Generator]:
    with running_generator(nats_url, s3_bucket, tmp_path / "imagegen.log") as running:
        yield running


@pytest.fixture
async def broker(nats_url: str) -> AsyncIterator[JetStreamBroker]:
    """The broker as the job service leaves it."""
    async with open_broker(BrokerSettings(nats_url=nats_url), "jobs") as opened:
        await opened.ensure()
        await opened.ensure_pool_consumer(pool_consumer(POOL, 5, "still"))
        yield opened


@asynccontextmanager
async def gateway_at(address: str) -> AsyncIterator[TokenSigner]:
    """A gateway's KeysService, and what signs its access tokens."""
    store = MemoryAccountStore()
    key = await ensure_signing_key(store, SystemClock())
    server = grpc.aio.server()
    auth_pb2_grpc.add_KeysServiceServicer_to_server(KeysServicer(store), server)
    server.add_insecure_port(address)
    await server.start()
    yield TokenSigner(key, ACCESS_TOKEN)
    await server.stop(0)


def operator(signer: TokenSigner) -> tuple[tuple[str, str], ...]:
    """The metadata of the operator."""
    token, _ = signer.sign(Identity("u1", "w1", frozenset({"generation.run", "generation.read"})))
    return (("authorization", f"Bearer {token}"),)


def body(seed: int) -> message_pb2.RunBody:
    """A still of one colour."""
    return message_pb2.RunBody(
        spec=task_pb2.TaskSpec(
            kind=task_pb2.TASK_KIND_STILL,
            engine=task_pb2.EngineRef(engine="null", revision="2"),
            seed=seed,
            still=task_pb2.StillSpec(size=task_pb2.Size(width_px=64, height_px=64)),
        )
    )


def request(seed: int) -> imagegen_pb2.GenerateImageRequest:
    """The same still, asked for directly."""
    return imagegen_pb2.GenerateImageRequest(workspace_id=WORKSPACE, body=body(seed))


async def through_the_queue(broker: JetStreamBroker, seed: int) -> artifact_pb2.Manifest:
    """The manifest that the worker reports of an order for this still."""
    order = message_pb2.RunOrder(
        run_id=f"run-{seed}",
        workspace_id=WORKSPACE,
        dispatch=1,
        content_key=content_key_of(body(seed)).hex(),
        deadline_seconds=WAIT_SECONDS,
        inline=body(seed),
    )
    subject = task_subject("still", POOL, order.run_id, 1)
    await broker.publish_batch([OutMessage(subject, order.SerializeToString(), order.run_id)])
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            for delivery in await broker.fetch(RESULTS_CONSUMER, 1, 1):
                await delivery.ack()
                return message_pb2.RunResult.FromString(delivery.payload).success


async def wait_until_serving(channel: grpc.aio.Channel) -> None:
    """Follows the health service until it says SERVING."""
    stub = health_pb2_grpc.HealthStub(channel)
    watch = stub.Watch(health_pb2.HealthCheckRequest(), timeout=WAIT_SECONDS, wait_for_ready=True)
    async for answer in watch:
        if answer.status == health_pb2.HealthCheckResponse.SERVING:
            return


async def test_both_ways_meet_in_one_store_and_the_queue_needs_no_gateway(
    generator: Generator, broker: JetStreamBroker, s3_bucket: Bucket
) -> None:
    async with grpc.aio.insecure_channel(
        generator.address, options=[("grpc.max_reconnect_backoff_ms", 500)]
    ) as channel:
        stub = imagegen_pb2_grpc.ImagegenServiceStub(channel)
        await wait_until_serving(channel)
        queued = await through_the_queue(broker, seed=1)
        async with gateway_at(generator.gateway_address) as signer:
            metadata = operator(signer)
            pools = (await stub.Describe(imagegen_pb2.DescribeRequest(), metadata=metadata)).pools
            found = (await stub.GenerateImage(request(seed=1), metadata=metadata)).manifest
            made = (await stub.GenerateImage(request(seed=2), metadata=metadata)).manifest
        queued_after = await through_the_queue(broker, seed=2)

    assert [(pool.pool, pool.slots) for pool in pools] == [(POOL, 1)]
    assert found == queued
    assert made == queued_after
    assert made.content_key == content_key_of(body(2)).hex()
    assert await stored(s3_bucket, made.parts[0].sha256)


async def stored(bucket: Bucket, sha256: str) -> bytes:
    """A part's bytes in the bucket."""
    async with open_objects(bucket.settings()) as objects:
        return await objects.get(blob_key(WORKSPACE, sha256))


async def test_a_caller_whose_keys_cannot_be_had_is_told_to_come_again(generator: Generator) -> None:
    async with gateway_at(f"127.0.0.1:{free_ports(1)[0]}") as signer:
        metadata = operator(signer)

    async with grpc.aio.insecure_channel(generator.address) as channel:
        await wait_until_serving(channel)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await imagegen_pb2_grpc.ImagegenServiceStub(channel).GenerateImage(
                request(seed=1), metadata=metadata
            )

    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_told_to_stop_it_says_not_serving_and_ends_well(generator: Generator) -> None:
    async with grpc.aio.insecure_channel(generator.address) as channel:
        await wait_until_serving(channel)
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        first = (await watch.read()).status
        generator.process.send_signal(signal.SIGTERM)
        last = (await watch.read()).status

    assert (first, last) == (
        health_pb2.HealthCheckResponse.SERVING,
        health_pb2.HealthCheckResponse.NOT_SERVING,
    )
    assert await asyncio.to_thread(generator.process.wait, WAIT_SECONDS) == 0
