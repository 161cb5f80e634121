"""The generator's worker loop (DESIGN §4): fetch, look, run, store, report, acknowledge."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import DecodeError

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_platform.broker import Broker, Delivery, Outcome, OutMessage
from studio_platform.clock import Clock
from studio_platform.engine import Engine, EngineDescription, EngineFailure, Input, Product, RunCancelled
from studio_platform.errors import StudioError, Unavailable
from studio_platform.faults import Faults
from studio_platform.logs import bound, get_logger
from studio_platform.manifests import ArtifactKey, Artifacts, Maker
from studio_platform.objects import StoreFull
from studio_platform.topology import pool_consumer, progress_subject, result_subject

FETCH_WAIT_SECONDS = 1.0
PROGRESS_INTERVAL_SECONDS = 0.5
STORE_RETRY_SECONDS = 1.0
STORE_PATIENCE_SECONDS = 60.0
"""How long a run waits for a store that is away, its lease kept, before it is reported as failed."""

PUBLISH_RETRY_SECONDS = 0.25
HUNG_THREADS_MAX = 3
HEARTBEATS_PER_LEASE = 3

T = TypeVar("T")

Convert = Callable[[task_pb2.TaskSpec, Mapping[str, Input]], Any]

_log = get_logger(__name__)


class DeadlinePassed(Exception):
    """The engine ran longer than its order allows; its thread is left behind."""


class RunHandle:
    """One running order as its engine sees it; see `engine.Run`."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self._stopped = threading.Event()
        self._report = report
        self._reported_at = float("-inf")

    def stop(self) -> None:
        """Make the engine's next look raise RunCancelled."""
        self._stopped.set()

    def progress(self, percent: int) -> None:
        """Report 0..100; dropped when reported more than twice a second."""
        now = time.monotonic()
        if now >= self._reported_at + PROGRESS_INTERVAL_SECONDS:
            self._reported_at = now
            self._report(max(0, min(100, percent)))

    def raise_if_cancelled(self) -> None:
        """Raise RunCancelled once the run was stopped."""
        if self._stopped.is_set():
            raise RunCancelled


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How a pool's worker works."""

    pool: str
    slots: int
    lease_seconds: float
    crash_limit_deliveries: int
    drain_grace_seconds: float
    worker: str


class Worker:
    """One pool's lanes in this process: one engine, `slots` orders at a time."""

    def __init__(
        self,
        service: str,
        engine: Engine[Any],
        convert: Convert,
        settings: PoolSettings,
        broker: Broker,
        artifacts: Artifacts,
        clock: Clock,
        faults: Faults,
    ) -> None:
        self.description: EngineDescription = engine.describe()
        self._service = service
        self._engine = engine
        self._convert = convert
        self._settings = settings
        self._broker = broker
        self._artifacts = artifacts
        self._clock = clock
        self._faults = faults
        self._executor = ThreadPoolExecutor(
            settings.slots + HUNG_THREADS_MAX, thread_name_prefix=settings.pool
        )
        self._running: dict[str, RunHandle] = {}
        self._cancelled: set[str] = set()
        self._hung = 0
        self._stopping = asyncio.Event()

    async def load(self) -> None:
        """Load the engine's model, off the loop."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._engine.load)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set; running orders get the grace, then are handed back.

        Raises RuntimeError when too many engine threads hang: the supervisor starts a fresh process.
        """
        watching = asyncio.ensure_future(self._watch_cancels())
        lanes = [asyncio.ensure_future(self._lane(stopping)) for _ in range(self._settings.slots)]
        try:
            stop = asyncio.ensure_future(stopping.wait())
            await asyncio.wait({stop, *lanes}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if stopping.is_set():
                await asyncio.wait(lanes, timeout=self._settings.drain_grace_seconds)
                self._stopping.set()
                for handle in self._running.values():
                    handle.stop()
            await asyncio.gather(*lanes)
        finally:
            for task in (watching, *lanes):
                task.cancel()
            await asyncio.gather(watching, *lanes, return_exceptions=True)
            self._executor.shutdown(wait=False, cancel_futures=True)

    async def _watch_cancels(self) -> None:
        async for run_id in self._broker.cancelled():
            self._cancelled.add(run_id)
            if run_id in self._running:
                self._running[run_id].stop()

    async def _lane(self, stopping: asyncio.Event) -> None:
        consumer = pool_consumer(self._settings.pool, self._settings.lease_seconds)
        while not stopping.is_set():
            for delivery in await self._broker.fetch(consumer, 1, FETCH_WAIT_SECONDS):
                await self._handle(delivery)
            if self._hung >= HUNG_THREADS_MAX:
                raise RuntimeError(f"{self._hung} engine threads hang")

    async def _handle(self, delivery: Delivery) -> None:
        try:
            order = message_pb2.RunOrder.FromString(delivery.payload)
        except DecodeError:
            _log.error("order cannot be read, dropped", subject=delivery.subject)
            await _settled(delivery.ack())
            return
        with bound(run=order.run_id, task=order.content_key[:12]):
            self._faults.hit(f"{self._service}.fetched")
            result = await self._leased_result(order, delivery)
            await self._publish(order, result)
            self._faults.hit(f"{self._service}.result")
            await _settled(delivery.ack())
            self._faults.hit(f"{self._service}.acked")

    async def _leased_result(self, order: message_pb2.RunOrder, delivery: Delivery) -> message_pb2.RunResult:
        longest_seconds = order.deadline_seconds + 2 * STORE_PATIENCE_SECONDS
        heartbeat = asyncio.ensure_future(self._heartbeat(delivery, longest_seconds))
        try:
            return await self._result(order, delivery)
        finally:
            heartbeat.cancel()
            await asyncio.gather(heartbeat, return_exceptions=True)

    async def _result(self, order: message_pb2.RunOrder, delivery: Delivery) -> message_pb2.RunResult:
        """What to report of an order, whatever happens on the way."""
        result = message_pb2.RunResult(
            run_id=order.run_id,
            workspace_id=order.workspace_id,
            dispatch=order.dispatch,
            content_key=order.content_key,
            worker=self._settings.worker,
            deliveries=delivery.deliveries,
        )
        try:
            await self._attempt(order, delivery, result)
        except EngineFailure as failure:
            _fail(result, failure.reason, failure.user_text, failure.log_text, permanent=failure.permanent)
        except StoreFull as full:
            _fail(result, full.reason, full.user_text, full.log_text, permanent=True)
        except Unavailable as away:
            _fail(result, away.reason, away.user_text, away.log_text, permanent=False)
        except RunCancelled:
            self._stopped(order, result)
        except DeadlinePassed:
            text = f"It took longer than {order.deadline_seconds} s, the longest that it may take."
            _fail(result, "DEADLINE_EXCEEDED", text, text, permanent=False)
        except Exception as fault:  # noqa: BLE001 - the fault becomes a result, and is logged in full
            _log.exception("engine failed")
            _fail(result, "ENGINE_ERROR", "The engine failed on it.", repr(fault), permanent=False)
        finally:
            self._running.pop(order.run_id, None)
        return result

    def _stopped(self, order: message_pb2.RunOrder, result: message_pb2.RunResult) -> None:
        if order.run_id in self._cancelled:
            result.cancelled.SetInParent()
        else:
            result.hand_back.reason = "DRAINING"

    async def _attempt(
        self, order: message_pb2.RunOrder, delivery: Delivery, result: message_pb2.RunResult
    ) -> None:
        key = ArtifactKey(order.workspace_id, _kind(self.description), order.content_key, order.generation)
        found = await self._patiently(lambda: self._artifacts.find(key))
        if found is not None:
            result.success.CopyFrom(found)
            return
        if delivery.deliveries > self._settings.crash_limit_deliveries:
            text = "The worker that made it died."
            _fail(result, "CRASHED", text, f"delivery {delivery.deliveries}", permanent=False)
            return
        if order.run_id in self._cancelled:
            raise RunCancelled
        body = await self._body(order)
        if body.spec.engine != engine_ref(self.description):
            result.hand_back.reason = "REVISION_CHANGED"
            return
        result.success.CopyFrom(await self._make(order, body, key, result))

    async def _body(self, order: message_pb2.RunOrder) -> message_pb2.RunBody:
        if order.HasField("inline"):
            return order.inline
        data = await self._patiently(lambda: self._artifacts.blob(order.workspace_id, order.body_sha256))
        return message_pb2.RunBody.FromString(data)

    async def _make(
        self,
        order: message_pb2.RunOrder,
        body: message_pb2.RunBody,
        key: ArtifactKey,
        result: message_pb2.RunResult,
    ) -> artifact_pb2.Manifest:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="film-run-"))
        try:
            product, run_ms = await self._engine_run(order, body, folder)
            self._faults.hit(f"{self._service}.ran")
            started = self._clock.monotonic()
            parts = await self._patiently(
                lambda: self._artifacts.store_parts(order.workspace_id, product.parts)
            )
            self._faults.hit(f"{self._service}.uploaded")
            maker = Maker(engine_ref(self.description), self.description.deterministic, run_ms)
            manifest = await self._patiently(lambda: self._artifacts.publish(key, product, parts, maker))
            self._faults.hit(f"{self._service}.manifest")
            result.run_ms, result.upload_ms = run_ms, round((self._clock.monotonic() - started) * 1000)
            return manifest
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _engine_run(
        self, order: message_pb2.RunOrder, body: message_pb2.RunBody, folder: Path
    ) -> tuple[Product, int]:
        """The engine's product and its time, ms. Raises DeadlinePassed and what the engine raises."""
        inputs = await self._patiently(
            lambda: self._artifacts.fetch_inputs(order.workspace_id, body.inputs, folder)
        )
        handle = RunHandle(self._reporter(order))
        self._running[order.run_id] = handle
        handle.progress(0)
        self._faults.hit(f"{self._service}.running")
        started = self._clock.monotonic()

        def work() -> Product:
            product = self._engine.run([self._convert(body.spec, inputs)], [handle])[0]
            handle.raise_if_cancelled()
            return product

        running = asyncio.get_running_loop().run_in_executor(self._executor, work)
        done, _ = await asyncio.wait({running}, timeout=order.deadline_seconds)
        if not done:
            handle.stop()
            self._hung += 1
            running.add_done_callback(self._unhang)
            raise DeadlinePassed
        return running.result(), round((self._clock.monotonic() - started) * 1000)

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call the store until it answers. Raises Unavailable after a minute without it."""
        end = self._clock.monotonic() + STORE_PATIENCE_SECONDS
        while True:
            try:
                return await call()
            except Unavailable as away:
                if self._clock.monotonic() > end or self._stopping.is_set():
                    raise
                _log.warning("store is away, trying again", error=away.log_text)
            await self._clock.sleep(STORE_RETRY_SECONDS)

    def _unhang(self, late: asyncio.Future[Product]) -> None:
        self._hung -= 1
        if not late.cancelled() and late.exception() is not None:
            _log.info("a hung engine came back", error=repr(late.exception()))

    def _reporter(self, order: message_pb2.RunOrder) -> Callable[[int], None]:
        loop = asyncio.get_running_loop()
        subject = progress_subject(order.workspace_id, order.run_id)

        def report(percent: int) -> None:
            message = message_pb2.RunProgress(
                run_id=order.run_id, dispatch=order.dispatch, percent=percent, worker=self._settings.worker
            )
            asyncio.run_coroutine_threadsafe(self._broker.poke(subject, message.SerializeToString()), loop)

        return report

    async def _heartbeat(self, delivery: Delivery, longest_seconds: float) -> None:
        """Keep the lease, but not for ever: an order that nobody will report loses it."""
        interval_seconds = self._settings.lease_seconds / HEARTBEATS_PER_LEASE
        end = self._clock.monotonic() + longest_seconds
        while self._clock.monotonic() < end:
            await self._clock.sleep(interval_seconds)
            try:
                await delivery.in_progress()
            except Exception as lost:  # noqa: BLE001 - without a broker the lease ends by itself
                _log.warning("heartbeat lost", error=repr(lost))

    async def _publish(self, order: message_pb2.RunOrder, result: message_pb2.RunResult) -> None:
        """Publish until the broker has it: a result is never dropped."""
        outcome = result.WhichOneof("outcome")
        kind = task_pb2.TaskKind.Name(_kind(self.description)).removeprefix("TASK_KIND_").lower()
        message = OutMessage(
            result_subject(kind),
            result.SerializeToString(),
            f"{order.run_id}.{order.dispatch}.{result.deliveries}.{outcome}",
        )
        while (await self._broker.publish_batch([message]))[0] not in (Outcome.STORED, Outcome.DUPLICATE):
            await self._clock.sleep(PUBLISH_RETRY_SECONDS)


def engine_ref(description: EngineDescription) -> task_pb2.EngineRef:
    """The engine as it goes into keys."""
    return task_pb2.EngineRef(
        engine=description.engine,
        revision=description.revision,
        model=description.model,
        model_revision=description.model_revision,
    )


def _kind(description: EngineDescription) -> task_pb2.TaskKind.ValueType:
    return task_pb2.TaskKind.Value(f"TASK_KIND_{description.kind}")


def _fail(
    result: message_pb2.RunResult, reason: str, user_text: str, log_text: str, *, permanent: bool
) -> None:
    result.failure.reason = reason
    result.failure.user_text = user_text
    result.failure.log_text = log_text
    result.failure.permanent = permanent


async def _settled(acknowledging: Any) -> None:
    """An acknowledgement that got lost only means one more delivery."""
    try:
        await acknowledging
    except StudioError as lost:
        _log.warning("acknowledgement lost", error=lost.log_text)
