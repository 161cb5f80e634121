"""A generator of a test's own: a real server over the twins of broker and store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from filmstudio.imagegen.v1 import imagegen_pb2, imagegen_pb2_grpc
from studio_imagegen.__main__ import SERVICE
from studio_platform.broker import OutMessage
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import SystemClock
from studio_platform.direct import DirectRuns
from studio_platform.engine import EngineDescription, Part, Product, Run
from studio_platform.faults import Faults
from studio_platform.generator import direct_server
from studio_platform.identity import (
    ACCESS_TOKEN,
    Identity,
    IdentityTokenVerifier,
    SigningKey,
    StaticKeys,
    TokenKind,
    TokenSigner,
)
from studio_platform.keys import content_key_of
from studio_platform.manifests import Artifacts
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.pools import PoolSettings, pool_name
from studio_platform.runner import Runner
from studio_platform.server import StudioServer
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics
from studio_platform.topology import RESULTS_CONSUMER, pool_consumer, task_subject
from studio_platform.worker import Worker

KEY = SigningKey("k1", Ed25519PrivateKey.generate())
WORKSPACE = "00000000-0000-7000-8000-00000000000a"
OTHER_WORKSPACE = "00000000-0000-7000-8000-00000000000b"
POOL = "null-still"
SHA = "ab" * 32
SLOW_SECONDS = 30
Act = Callable[[Run], bytes]


class Engine:
    """An engine that does what the test says."""

    def __init__(self, act: Act, kind: str = "STILL") -> None:
        self._act = act
        self._kind = kind
        self.runs = 0

    def describe(self) -> EngineDescription:
        return EngineDescription(self._kind, "null", "1", max_width_px=640, max_height_px=360)

    def load(self) -> None:
        """Nothing to load."""

    def run(self, orders: Sequence[str], runs: Sequence[Run]) -> Sequence[Product]:
        self.runs += 1
        return [Product((Part("image", "image/png", data=self._act(runs[0])),))]


@dataclass(slots=True)
class Bench:
    """A generator of one or several pools of one lane each."""

    engine: Engine
    others: tuple[Engine, ...] = ()
    broker: MemoryBroker = field(default_factory=lambda: MemoryBroker(SystemClock()))
    objects: MemoryObjectStore = field(default_factory=MemoryObjectStore)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    server: StudioServer = field(init=False)
    stub: imagegen_pb2_grpc.ImagegenServiceAsyncStub = field(init=False)
    runners: list[Runner] = field(init=False)

    @asynccontextmanager
    async def serving(self, *, with_queue: bool = False) -> AsyncIterator[None]:
        await self.broker.ensure()
        await self.broker.ensure_pool_consumer(pool_consumer(POOL, 0.6))
        self.runners = [self._runner(engine) for engine in (self.engine, *self.others)]
        verifier = IdentityTokenVerifier(StaticKeys({"k1": KEY.private_key.public_key()}), ACCESS_TOKEN)
        settings = ServerSettings(listen="127.0.0.1:0", drain_grace_seconds=SLOW_SECONDS)
        self.server = direct_server(settings, SERVICE, DirectRuns(self.runners), verifier, Metrics("test"))
        await self.server.start()
        working = []
        if with_queue:
            worker = Worker("test", self.runners[0], self.broker, SystemClock(), Faults())
            working.append(asyncio.ensure_future(worker.run(self.stopping)))
        async with grpc.aio.insecure_channel(f"127.0.0.1:{self.server.port}") as channel:
            self.stub = imagegen_pb2_grpc.ImagegenServiceStub(channel)
            try:
                yield
            finally:
                self.stopping.set()
                await self.server.drain()
                await asyncio.gather(*working)
                await asyncio.gather(*(runner.lanes.until_empty() for runner in self.runners))

    def _runner(self, engine: Engine) -> Runner:
        described = engine.describe()
        name = pool_name(described.engine, described.kind)
        settings = PoolSettings(name, 1, 0.6, 1, 0.1, "test", replicas_max=3)
        artifacts = Artifacts(self.objects)
        return Runner(
            "test", engine, lambda spec, _: spec.still.heading, settings, artifacts, SystemClock(), Faults()
        )

    async def generate(
        self,
        body: message_pb2.RunBody,
        deadline_seconds: float = SLOW_SECONDS,
        scopes: Sequence[str] = ("generation.run",),
    ) -> artifact_pb2.Manifest:
        """One direct run by an operator."""
        request = imagegen_pb2.GenerateImageRequest(workspace_id=WORKSPACE, body=body)
        answer = await self.stub.GenerateImage(request, metadata=signed(*scopes), timeout=deadline_seconds)
        return answer.manifest

    async def order(self) -> str:
        """One order of the queue's, for another picture than `still()`; its subject."""
        body = still("from the queue")
        order = message_pb2.RunOrder(
            run_id="run-1",
            workspace_id=WORKSPACE,
            dispatch=1,
            content_key=content_key_of(body).hex(),
            deadline_seconds=SLOW_SECONDS,
            inline=body,
        )
        subject = task_subject("still", POOL, "run-1", 1)
        await self.broker.publish_batch([OutMessage(subject, order.SerializeToString(), "1")])
        return subject

    async def result(self) -> message_pb2.RunResult:
        """What the queue's order came to."""
        async with asyncio.timeout(SLOW_SECONDS):
            while True:
                found = await self.broker.fetch(RESULTS_CONSUMER, 1, 1)
                if found:
                    await found[0].ack()
                    return message_pb2.RunResult.FromString(found[0].payload)


def still(heading: str = "INT. KITCHEN - NIGHT") -> message_pb2.RunBody:
    """A body that the bench's engine makes."""
    return message_pb2.RunBody(
        spec=task_pb2.TaskSpec(
            kind=task_pb2.TASK_KIND_STILL,
            engine=task_pb2.EngineRef(engine="null", revision="1"),
            still=task_pb2.StillSpec(heading=heading),
        )
    )


def signed(*scopes: str, kind: TokenKind = ACCESS_TOKEN) -> tuple[tuple[str, str], ...]:
    """The metadata of a caller with those scopes."""
    token, _ = TokenSigner(KEY, kind).sign(Identity("u1", "w1", frozenset(scopes)))
    return (("authorization", f"Bearer {token}"),)


def until_released(started: threading.Event, release: threading.Event) -> Act:
    """What an engine does that says that it began and goes on until it is let go."""

    def act(run: Run) -> bytes:
        started.set()
        release.wait(SLOW_SECONDS)
        return b"picture"

    return act


def until_stopped(started: threading.Event, stopped: threading.Event) -> Act:
    """What an engine does that goes on until it is stopped, and says so."""

    def act(run: Run) -> bytes:
        started.set()
        while not stopped.wait(0.01):
            try:
                run.raise_if_cancelled()
            except BaseException:
                stopped.set()
                raise
        return b"never"

    return act
