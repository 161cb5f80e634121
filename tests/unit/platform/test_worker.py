"""The worker loop over the twins of broker and store."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_platform.broker import PAYLOAD_MAX_BYTES, OutMessage
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import SystemClock
from studio_platform.engine import EngineDescription, EngineFailure, EngineHung, Part, Product, Run
from studio_platform.faults import Faults
from studio_platform.manifests import ArtifactKey, Artifacts, Maker
from studio_platform.objects import StoreUnavailable
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.pools import PoolSettings, engine_ref
from studio_platform.runner import Runner
from studio_platform.topology import (
    RESULTS_CONSUMER,
    RESULTS_STREAM,
    TASKS_STREAM,
    pool_consumer,
    task_subject,
)
from studio_platform.worker import Worker

POOL = "null-speech"
KEY = "ab" * 32
LEASE_SECONDS = 0.6


class Engine:
    """An engine that does what the test says."""

    def __init__(self, act: Callable[[Run], bytes]) -> None:
        self._act = act
        self.runs = 0

    def describe(self) -> EngineDescription:
        return EngineDescription(kind="SPEECH", engine="null", revision="1")

    def load(self) -> None:
        """Nothing to load."""

    def run(self, orders: Sequence[str], runs: Sequence[Run]) -> Sequence[Product]:
        self.runs += 1
        return [Product((Part("speech", "audio/flac", data=self._act(runs[0])),), length_ms=500)]


class InFolder(Engine):
    """One that leaves its sound as a file in a folder."""

    def __init__(self, act: Callable[[Run], bytes], folder: Path) -> None:
        super().__init__(act)
        self._folder = folder

    def run(self, orders: Sequence[str], runs: Sequence[Run]) -> Sequence[Product]:
        super().run(orders, runs)
        part = Part("speech", "audio/flac", path=self._folder / "speech.flac")
        return [Product((part,), length_ms=500, folder=self._folder)]


@dataclass(slots=True)
class Bench:
    engine: Engine
    broker: MemoryBroker = field(default_factory=lambda: MemoryBroker(SystemClock()))
    objects: MemoryObjectStore = field(default_factory=MemoryObjectStore)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        await self.broker.ensure()
        await self.broker.ensure_pool_consumer(pool_consumer(POOL, LEASE_SECONDS))
        runner = Runner(
            "test",
            self.engine,
            lambda spec, inputs: spec.speech.text,
            PoolSettings(POOL, 1, LEASE_SECONDS, 1, 0.2, "test", step_seconds=0.1),
            Artifacts(self.objects),
            SystemClock(),
            Faults(),
        )
        worker = Worker("test", runner, self.broker, SystemClock(), Faults())
        running = asyncio.ensure_future(worker.run(self.stopping))
        running.add_done_callback(lambda _: self.ended.set())
        yield
        self.stopping.set()
        await running

    async def order(self, dispatch: int = 1, revision: str = "1", deadline_seconds: int = 30) -> None:
        body = message_pb2.RunBody(
            spec=task_pb2.TaskSpec(
                kind=task_pb2.TASK_KIND_SPEECH,
                engine=task_pb2.EngineRef(engine="null", revision=revision),
                speech=task_pb2.SpeechSpec(text="Wait."),
            )
        )
        order = message_pb2.RunOrder(
            run_id="run-1",
            workspace_id="ws",
            dispatch=dispatch,
            content_key=KEY,
            deadline_seconds=deadline_seconds,
            inline=body,
        )
        subject = task_subject("speech", POOL, "run-1", dispatch)
        await self.broker.publish_batch([OutMessage(subject, order.SerializeToString(), f"{dispatch}")])

    async def result(self) -> message_pb2.RunResult:
        async with asyncio.timeout(10):
            while True:
                found = await self.broker.fetch(RESULTS_CONSUMER, 1, 1)
                if found:
                    await found[0].ack()
                    return message_pb2.RunResult.FromString(found[0].payload)


async def test_a_run_leaves_blob_manifest_result_and_no_order() -> None:
    bench = Bench(Engine(lambda run: b"sound"))

    async with bench.working():
        await bench.order()
        result = await bench.result()

    assert result.success.length_ms == 500
    assert result.success.parts[0].size_bytes == len(b"sound")
    assert sorted(key.split("/")[0] for key in bench.objects.objects) == ["artifacts", "blobs"]
    assert not bench.broker.stored(TASKS_STREAM)


async def test_what_is_made_already_is_reported_and_not_made_again() -> None:
    bench = Bench(Engine(lambda run: b"other"))
    artifacts = Artifacts(bench.objects)
    product = Product((Part("speech", "audio/flac", data=b"sound"),))
    parts = await artifacts.store_parts("ws", product.parts)
    key = ArtifactKey("ws", task_pb2.TASK_KIND_SPEECH, KEY)
    made = await artifacts.publish(key, product, parts, Maker(engine_ref(bench.engine.describe()), True, 1))

    async with bench.working():
        await bench.order()
        result = await bench.result()

    assert result.success == made
    assert bench.engine.runs == 0


@pytest.mark.parametrize("full", [False, True], ids=["stored", "given up"])
async def test_nothing_is_left_of_a_products_folder(tmp_path: Path, full: bool) -> None:
    def act(run: Run) -> bytes:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "speech.flac").write_bytes(b"sound")
        return b""

    store = MemoryObjectStore(size_max_bytes=1) if full else MemoryObjectStore()
    bench = Bench(InFolder(act, tmp_path / "run"), objects=store)

    async with bench.working():
        await bench.order()
        result = await bench.result()

    assert result.WhichOneof("outcome") == ("failure" if full else "success")
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


async def test_an_order_on_which_a_worker_died_is_reported_as_crashed_and_not_run() -> None:
    bench = Bench(Engine(lambda run: b"sound"))
    await bench.broker.ensure()
    await bench.broker.ensure_pool_consumer(pool_consumer(POOL, LEASE_SECONDS))
    await bench.order()
    lost = await bench.broker.fetch(pool_consumer(POOL), 1, 1)

    async with bench.working():
        result = await bench.result()

    assert len(lost) == 1
    assert result.failure.reason == "CRASHED"
    assert bench.engine.runs == 0


async def test_an_engines_refusal_is_a_result_with_both_texts() -> None:
    def refuse(run: Run) -> bytes:
        raise EngineFailure("TOO_LOUD", "It is too loud.", log_text="peak 9", permanent=True)

    bench = Bench(Engine(refuse))

    async with bench.working():
        await bench.order()
        failure = (await bench.result()).failure

    assert (failure.reason, failure.user_text, failure.log_text) == ("TOO_LOUD", "It is too loud.", "peak 9")
    assert failure.permanent


async def test_an_unknown_fault_tells_clients_nothing_of_its_text() -> None:
    def break_down(run: Run) -> bytes:
        raise ValueError("secret path /srv")

    bench = Bench(Engine(break_down))

    async with bench.working():
        await bench.order()
        failure = (await bench.result()).failure

    assert failure.reason == "ENGINE_ERROR"
    assert "secret" not in failure.user_text
    assert "secret" in failure.log_text


async def test_a_cancelled_run_stops_at_its_engines_next_look() -> None:
    started = threading.Event()

    def until_cancelled(run: Run) -> bytes:
        started.set()
        while True:
            run.raise_if_cancelled()

    bench = Bench(Engine(until_cancelled))

    async with bench.working():
        await bench.order()
        await asyncio.to_thread(started.wait, 10)
        await bench.broker.mark_cancelled("run-1")
        result = await bench.result()

    assert result.WhichOneof("outcome") == "cancelled"
    assert not bench.broker.stored(TASKS_STREAM)


async def test_a_drained_worker_hands_its_order_back() -> None:
    started = threading.Event()

    def until_stopped(run: Run) -> bytes:
        started.set()
        while True:
            run.raise_if_cancelled()

    bench = Bench(Engine(until_stopped))

    async with bench.working():
        await bench.order()
        await asyncio.to_thread(started.wait, 10)
        bench.stopping.set()
        result = await bench.result()

    assert result.hand_back.reason == "DRAINING"


async def test_a_run_over_its_deadline_is_reported_and_the_lane_goes_on() -> None:
    release = threading.Event()
    hangs = iter([True, False])

    def hang_once(run: Run) -> bytes:
        if next(hangs):
            release.wait(20)
        return b"sound"

    bench = Bench(Engine(hang_once))

    async with bench.working():
        await bench.order(deadline_seconds=1)
        late = await bench.result()
        await bench.order(dispatch=2)
        next_one = await bench.result()
        release.set()

    assert late.failure.reason == "DEADLINE_EXCEEDED"
    assert next_one.WhichOneof("outcome") == "success"


async def test_a_hung_device_ends_the_worker_and_leaves_its_order_to_the_next() -> None:
    def hang(run: Run) -> bytes:
        raise EngineHung("no step for 300 s")

    bench = Bench(Engine(hang))

    async def serve() -> None:
        async with bench.working():
            await bench.order()
            await asyncio.wait_for(bench.ended.wait(), 10)

    with pytest.raises(EngineHung):
        await serve()

    assert len(bench.broker.stored(TASKS_STREAM)) == 1
    assert not bench.broker.stored(RESULTS_STREAM)


async def test_an_order_of_another_revision_is_handed_back() -> None:
    bench = Bench(Engine(lambda run: b"sound"))

    async with bench.working():
        await bench.order(revision="2")
        result = await bench.result()

    assert result.hand_back.reason == "REVISION_CHANGED"
    assert bench.engine.runs == 0


async def test_a_full_store_is_a_failure_that_says_so() -> None:
    bench = Bench(Engine(lambda run: b"sound"), objects=MemoryObjectStore(size_max_bytes=1))

    async with bench.working():
        await bench.order()
        failure = (await bench.result()).failure

    assert (failure.reason, failure.permanent) == ("STORAGE_FULL", True)
    assert "free some space" in failure.user_text


async def test_a_result_too_large_for_the_broker_is_reported_as_a_failure() -> None:
    def chatter(run: Run) -> bytes:
        raise EngineFailure("TOO_LOUD", "It is too loud.", log_text="loud " * PAYLOAD_MAX_BYTES)

    bench = Bench(Engine(chatter))

    async with bench.working():
        await bench.order()
        failure = (await bench.result()).failure

    assert (failure.reason, failure.permanent) == ("RESULT_TOO_LARGE", True)
    assert not bench.broker.stored(TASKS_STREAM)


class FlickeringStore(MemoryObjectStore):
    """A store that is away for its first calls of each kind."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self._left = {"get": failures, "put": failures}

    def _flicker(self, call: str) -> None:
        if self._left[call]:
            self._left[call] -= 1
            raise StoreUnavailable("away")

    async def get(self, key: str) -> bytes:
        self._flicker("get")
        return await super().get(key)

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        self._flicker("put")
        return await super().put_if_absent(key, data=data, path=path, media_type=media_type)


async def test_a_short_outage_of_the_store_is_waited_out_and_nothing_is_made_twice() -> None:
    bench = Bench(Engine(lambda run: b"sound"), objects=FlickeringStore(failures=1))

    async with bench.working():
        await bench.order()
        result = await bench.result()

    assert result.WhichOneof("outcome") == "success"
    assert (bench.engine.runs, result.deliveries) == (1, 1)


async def test_a_long_run_keeps_its_lease() -> None:
    release = threading.Event()

    def hold(run: Run) -> bytes:
        release.wait(20)
        return b"sound"

    bench = Bench(Engine(hold))

    async with bench.working():
        await bench.order()
        async with asyncio.timeout(10):
            while not bench.engine.runs:
                await bench.broker.fetch(pool_consumer("nobody"), 1, 0.05)
        taken = await bench.broker.fetch(pool_consumer(POOL), 1, LEASE_SECONDS * 3)
        release.set()
        result = await bench.result()

    assert not taken
    assert result.deliveries == 1
    assert not bench.broker.stored(RESULTS_STREAM)


def test_a_part_needs_exactly_one_of_data_and_path(tmp_path: Path) -> None:
    import pytest

    artifacts = Artifacts(MemoryObjectStore())

    with pytest.raises(ValueError, match="exactly one"):
        asyncio.run(artifacts.store_parts("ws", [Part("x", "text/plain")]))
