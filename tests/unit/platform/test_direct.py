"""A generator's own RPCs, on a real server over the twins of broker and store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from filmstudio.imagegen.v1 import imagegen_pb2, imagegen_pb2_grpc
from studio_imagegen.__main__ import SERVICE
from studio_platform.broker import OutMessage
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import SystemClock
from studio_platform.direct import DirectRuns
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run
from studio_platform.faults import Faults
from studio_platform.generator import direct_server
from studio_platform.identity import (
    ACCESS_TOKEN,
    INTERNAL_TOKEN,
    Identity,
    IdentityTokenVerifier,
    SigningKey,
    StaticKeys,
    TokenKind,
    TokenSigner,
)
from studio_platform.keys import content_key_of
from studio_platform.manifests import ArtifactKey, Artifacts, artifact_digest, blob_key
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.pools import PoolSettings, pool_name
from studio_platform.runner import Runner
from studio_platform.server import StudioServer
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics
from studio_platform.testing.details import details_of
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

    def hold(run: Run) -> bytes:
        started.set()
        release.wait(SLOW_SECONDS)
        return b"picture"

    bench = Bench(Engine(hold))

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

    def hold(run: Run) -> bytes:
        started.set()
        release.wait(SLOW_SECONDS)
        return b"picture"

    bench = Bench(Engine(hold))

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


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ((), grpc.StatusCode.UNAUTHENTICATED),
        ((("authorization", "Bearer nonsense"),), grpc.StatusCode.UNAUTHENTICATED),
        (signed("generation.run", kind=INTERNAL_TOKEN), grpc.StatusCode.UNAUTHENTICATED),
        (signed("jobs.write", "generation.read"), grpc.StatusCode.PERMISSION_DENIED),
    ],
)
async def test_nobody_runs_an_engine_without_an_access_token_of_that_scope(
    metadata: tuple[tuple[str, str], ...], code: grpc.StatusCode
) -> None:
    bench = Bench(Engine(lambda run: b"picture"))
    request = imagegen_pb2.GenerateImageRequest(workspace_id=WORKSPACE, body=still())

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.stub.GenerateImage(request, metadata=metadata)

    assert refused.value.code() is code
    assert bench.engine.runs == 0


async def test_to_describe_is_closed_without_a_token_too() -> None:
    bench = Bench(Engine(lambda run: b"picture"))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.stub.Describe(imagegen_pb2.DescribeRequest())

    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


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


def changed(**fields: object) -> message_pb2.RunBody:
    """The good body with fields of its spec replaced."""
    body = still()
    body.spec.MergeFrom(task_pb2.TaskSpec(**fields))  # type: ignore[arg-type]  # fields by name
    return body


def without(field_name: str) -> message_pb2.RunBody:
    """The good body without a field of its spec."""
    body = still()
    body.spec.ClearField(field_name)  # type: ignore[arg-type]  # a name from the test
    return body


def with_inputs(*inputs: artifact_pb2.ResolvedInput) -> message_pb2.RunBody:
    """The good body with inputs."""
    return message_pb2.RunBody(spec=still().spec, inputs=inputs)


def resolved(
    role: str = "look", workspace_id: str = WORKSPACE, sha256: str = SHA
) -> artifact_pb2.ResolvedInput:
    """An input whose digest is that of its parts."""
    parts = [artifact_pb2.ManifestPart(role="image", media_type="image/png", sha256=sha256)]
    manifest = artifact_pb2.Manifest(workspace_id=workspace_id, parts=parts, digest=artifact_digest(parts))
    return artifact_pb2.ResolvedInput(role=role, manifest=manifest)


def lying() -> artifact_pb2.ResolvedInput:
    """An input that says the digest of other parts."""
    entry = resolved()
    entry.manifest.digest = resolved(sha256="cd" * 32).manifest.digest
    return entry


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (message_pb2.RunBody(), ["body.spec"]),
        (without("engine"), ["body.spec.engine"]),
        (without("still"), ["body.spec.work"]),
        (changed(kind=99), ["body.spec.kind"]),
        (changed(still=task_pb2.StillSpec(place=99)), ["body.spec.still.place"]),  # type: ignore[arg-type]  # a number that is no place
        (changed(kind=task_pb2.TASK_KIND_FILM), ["body.spec.kind", "body.spec.film"]),
        (changed(engine=task_pb2.EngineRef(revision="2")), ["body.spec.engine"]),
        (changed(clip=task_pb2.ClipSpec()), ["body.spec.still"]),
        (changed(timings=[task_pb2.ShotTiming()]), ["body.spec.timings"]),
        (with_inputs(resolved(), resolved()), ["body.inputs[1].role"]),
        (with_inputs(resolved(sha256="../../../etc/passwd")), ["body.inputs[0].manifest.parts[0].sha256"]),
        (with_inputs(resolved(workspace_id=OTHER_WORKSPACE)), ["body.inputs[0].manifest.workspace_id"]),
        (with_inputs(lying()), ["body.inputs[0].manifest.digest"]),
    ],
)
async def test_a_wrong_body_is_refused_naming_every_field_at_fault(
    body: message_pb2.RunBody, fields: list[str]
) -> None:
    bench = Bench(Engine(lambda run: b"picture"))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.generate(body)

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert [
        violation.field for violation in details_of(refused.value)["BadRequest"].field_violations
    ] == fields
    assert not bench.objects.objects


async def test_an_input_that_is_not_in_the_store_is_not_found() -> None:
    bench = Bench(Engine(lambda run: b"picture"))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as missing:
            await bench.generate(with_inputs(resolved()))

    assert missing.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    ("permanent", "code"),
    [(True, grpc.StatusCode.INVALID_ARGUMENT), (False, grpc.StatusCode.UNAVAILABLE)],
)
async def test_an_engines_refusal_tells_its_reason_and_whether_to_try_again(
    permanent: bool, code: grpc.StatusCode
) -> None:
    def refuse(run: Run) -> bytes:
        raise EngineFailure("TOO_DARK", "It is too dark.", log_text="secret", permanent=permanent)

    bench = Bench(Engine(refuse))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.generate(still())

    assert refused.value.code() is code
    assert details_of(refused.value)["ErrorInfo"].reason == "TOO_DARK"
    assert "It is too dark." in (refused.value.details() or "")
    assert "secret" not in str(refused.value)


async def test_an_engines_fault_is_internal_and_tells_nothing_of_its_text() -> None:
    def break_down(run: Run) -> bytes:
        raise ValueError("secret path /srv")

    bench = Bench(Engine(break_down))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as broken:
            await bench.generate(still())

    assert broken.value.code() is grpc.StatusCode.INTERNAL
    assert details_of(broken.value)["ErrorInfo"].reason == "ENGINE_ERROR"
    assert "secret" not in str(broken.value)


async def test_a_full_store_says_so() -> None:
    bench = Bench(Engine(lambda run: b"picture"), objects=MemoryObjectStore(size_max_bytes=1))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as full:
            await bench.generate(still())

    assert details_of(full.value)["ErrorInfo"].reason == "STORAGE_FULL"
