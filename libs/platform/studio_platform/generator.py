"""What the generator services share: hosting engines as pools, announcing and serving them."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from pydantic import Field

from filmstudio.generation.v1 import message_pb2
from studio_platform.broker import Broker
from studio_platform.broker_metered import MeteredBroker
from studio_platform.channels import open_channel
from studio_platform.clock import SystemClock
from studio_platform.direct import DIRECT_RUN_MAX_SECONDS, DirectRuns
from studio_platform.engine import Engine, EngineDescription
from studio_platform.fault_points import fault_points
from studio_platform.faults import Faults
from studio_platform.identity import ACCESS_TOKEN, FetchedKeys, IdentityTokenVerifier
from studio_platform.interceptors.caller import TokenVerifier
from studio_platform.jetstream import open_broker
from studio_platform.jwks import fetch_keys
from studio_platform.lifecycle import Lifecycle, run
from studio_platform.manifests import Artifacts
from studio_platform.memory import WatchedEngine, give_back_when_quiet, work_done
from studio_platform.objects_kept import KeptBlobs
from studio_platform.objects_metered import MeteredObjectStore
from studio_platform.objects_recent import RecentBlobs
from studio_platform.orders_metered import MeteredOrders, OrderMeters
from studio_platform.policies import MethodPolicies
from studio_platform.pools import PoolSettings, announcement, pool_name
from studio_platform.runner import Convert, Runner
from studio_platform.s3 import open_objects
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import BrokerSettings, KeySettings, ObjectSettings, ServerSettings
from studio_platform.telemetry import Metrics
from studio_platform.topology import ANNOUNCE_SUBJECT
from studio_platform.worker import Worker

ANNOUNCE_INTERVAL_SECONDS = 2.0


class GeneratorSettings(BrokerSettings, ObjectSettings, KeySettings, ServerSettings):
    """What every generator is told."""

    replicas_max: int = Field(
        default=1, ge=1, le=1000, description="Most replicas that this pool may be scaled to (1 to 1000)."
    )
    price_micros_per_second: int = Field(
        default=0,
        ge=0,
        le=10**12,
        description="Price of a second of the engine, millionths of the job service's currency (0 to 10^12).",
    )
    price_micros_per_call: int = Field(
        default=0,
        ge=0,
        le=10**12,
        description="Price of each run besides, millionths of that currency (0 to 10^12).",
    )
    lease_seconds: float = Field(
        default=10.0,
        ge=1,
        le=3600,
        description="How long an order stays with a worker that gives no sign, in seconds (1 to 3600).",
    )
    crash_limit_deliveries: int = Field(
        default=1,
        ge=1,
        le=10,
        description="An order delivered more often than this is reported as crashed (1 to 10).",
    )


@dataclass(frozen=True, slots=True)
class DirectService:
    """A generator's own gRPC service: its contract, its servicer, and the stubs' function that adds it."""

    descriptor: ServiceDescriptor
    servicer: Callable[[DirectRuns], Any]
    add_to_server: Callable[[Any, grpc.aio.Server], None]


@dataclass(frozen=True, slots=True)
class Pool:
    """An engine with the number of orders that it works on at a time."""

    engine: Engine[Any]
    slots: int


def known(names: tuple[str, ...], offered: Sequence[str], what: str) -> tuple[str, ...]:
    """The names, when each is offered. Raises ValueError that says which is not."""
    unknown = [name for name in names if name not in offered]
    if unknown:
        raise ValueError(f"no {what} {unknown[0]}; there are {', '.join(offered)}")
    return names


def known_engines(names: tuple[str, ...], offered: Sequence[str]) -> tuple[str, ...]:
    """The names, when each is offered and none comes twice. Raises ValueError that says which is not."""
    known(names, offered, "engine")
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one engine, and none twice")
    return names


def lanes_of(asked: int) -> int:
    """The lanes that a setting asks for; 0 is one a core of this machine."""
    return asked or os.cpu_count() or 1


def run_generator(
    service: str,
    settings: GeneratorSettings,
    pools: Sequence[Pool],
    convert: Convert,
    direct: DirectService,
    kept_bytes_max: int = 0,
) -> None:
    """Run a generator until it is told to stop: load the engines, announce the pools, work, serve callers.

    So many bytes of large blobs are kept on its own disk, for the next runs that have them as inputs.
    """

    engines = [WatchedEngine(pool.engine) for pool in pools]

    async def start(lifecycle: Lifecycle) -> None:
        registry = lifecycle.metrics.registry
        broker = MeteredBroker(await lifecycle.enter(open_broker(settings, service)), registry)
        objects = MeteredObjectStore(await lifecycle.enter(open_objects(settings)), registry)
        kept = KeptBlobs(objects, kept_bytes_max)
        lifecycle.on_close(kept.close)
        artifacts = Artifacts(RecentBlobs(kept))
        scopes = [_fault_scope(service, engine.describe()) for engine in engines]
        clock, faults = SystemClock(), Faults.parse(settings.faults, fault_points(scopes))
        runners = [
            Runner(
                scope,
                engine,
                convert,
                _pool_settings(settings, pool, service),
                artifacts,
                clock,
                faults,
            )
            for scope, engine, pool in zip(scopes, engines, pools, strict=True)
        ]
        await asyncio.gather(*(runner.load() for runner in runners))
        runs = DirectRuns(runners)
        said = [announcement(runner.description, runner.settings) for runner in runners]
        lifecycle.spawn("announce", _announce(broker, said, lifecycle.stopping))
        meters = OrderMeters(registry)
        for scope, runner in zip(scopes, runners, strict=True):
            meters.watch_lanes(runner.settings.pool, runner.lanes)
            orders = MeteredOrders(broker, runner.settings, meters, clock)
            worker = Worker(scope, runner, orders, clock, faults)
            lifecycle.spawn(runner.settings.pool, worker.run(lifecycle.stopping))
        lifecycle.spawn("memory", give_back_when_quiet(lambda: work_done(engines), lifecycle.stopping))
        gateway = open_channel(settings.gateway_address)
        lifecycle.on_close(gateway.close)
        # Keys are fetched when a caller comes: without a gateway the queue is served all the same.
        verifier = IdentityTokenVerifier(FetchedKeys(lambda: fetch_keys(gateway)), ACCESS_TOKEN)
        await lifecycle.serve(direct_server(settings, direct, runs, verifier, lifecycle.metrics))

    run(service, start, settings)


def _fault_scope(service: str, described: EngineDescription) -> str:
    """What the fault points of an engine's runs begin with, such as "audiogen.speech"."""
    return f"{service}.{described.kind.lower()}"


def direct_server(
    settings: ServerSettings,
    direct: DirectService,
    runs: DirectRuns,
    verifier: TokenVerifier,
    metrics: Metrics,
) -> StudioServer:
    """The gRPC server of a generator, not started yet."""
    policies = MethodPolicies([direct.descriptor])
    layers = standard_layers(policies, verifier, metrics, DIRECT_RUN_MAX_SECONDS)
    server = StudioServer(settings, layers, [direct.descriptor])
    direct.add_to_server(direct.servicer(runs), server.grpc)
    return server


def _pool_settings(settings: GeneratorSettings, pool: Pool, service: str) -> PoolSettings:
    described = pool.engine.describe()
    return PoolSettings(
        pool=pool_name(described.engine, described.kind),
        slots=pool.slots,
        lease_seconds=settings.lease_seconds,
        crash_limit_deliveries=settings.crash_limit_deliveries,
        drain_grace_seconds=settings.drain_grace_seconds / 2,
        worker=f"{service}@{socket.gethostname()}:{os.getpid()}",
        replicas_max=settings.replicas_max,
        price_micros_per_second=settings.price_micros_per_second,
        price_micros_per_call=settings.price_micros_per_call,
    )


async def _announce(
    broker: Broker, announcements: Sequence[message_pb2.PoolAnnouncement], stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        for said in announcements:
            await broker.poke(ANNOUNCE_SUBJECT, said.SerializeToString())
        try:
            async with asyncio.timeout(ANNOUNCE_INTERVAL_SECONDS):
                await stopping.wait()
        except TimeoutError:
            continue
