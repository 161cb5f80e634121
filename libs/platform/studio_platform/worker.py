"""The queue's way to an engine (DESIGN §4): fetch, look, run, report, acknowledge, in the pool's lanes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from google.protobuf.message import DecodeError

from filmstudio.generation.v1 import message_pb2
from studio_platform.broker import Broker, Delivery, Outcome, OutMessage
from studio_platform.clock import Clock
from studio_platform.engine import EngineFailure, EngineHung, RunCancelled
from studio_platform.errors import StudioError, Unavailable
from studio_platform.faults import FaultInjected, Faults
from studio_platform.lanes import LanesClosed
from studio_platform.logs import bound, get_logger
from studio_platform.manifests import ArtifactKey
from studio_platform.objects import StoreFull
from studio_platform.pools import engine_ref, kind_of, kind_word
from studio_platform.runner import (
    HUNG_THREADS_MAX,
    STORE_PATIENCE_SECONDS,
    DeadlinePassed,
    Report,
    RunHandle,
    Runner,
    Work,
)
from studio_platform.topology import pool_consumer, progress_subject, result_subject

FETCH_WAIT_SECONDS = 1.0
PUBLISH_RETRY_SECONDS = 0.25
HEARTBEATS_PER_LEASE = 3

_log = get_logger(__name__)


class Worker:
    """Serves the queue of one pool: one order a lane at a time."""

    def __init__(self, service: str, runner: Runner, broker: Broker, clock: Clock, faults: Faults) -> None:
        self._service = service
        self._runner = runner
        self._settings = runner.settings
        self._broker = broker
        self._clock = clock
        self._faults = faults
        self._running: dict[str, RunHandle] = {}
        self._cancelled: set[str] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set; runs in any lane get the grace, then orders are handed back.

        Raises RuntimeError when too many engine threads hang: the supervisor starts a fresh process.
        """
        watching = asyncio.ensure_future(self._watch_cancels())
        loops = [asyncio.ensure_future(self._serve_lane()) for _ in range(self._settings.slots)]
        stop = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait({stop, *loops}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.is_set():
                await self._drain()
            await asyncio.gather(*loops)
        finally:
            for task in (stop, watching, *loops):
                task.cancel()
            await asyncio.gather(stop, watching, *loops, return_exceptions=True)
            self._runner.close()

    async def _drain(self) -> None:
        lanes = self._runner.lanes
        lanes.close()
        try:
            async with asyncio.timeout(self._settings.drain_grace_seconds):
                await lanes.until_empty()
        except TimeoutError:
            self._runner.stop()
            await lanes.until_empty()

    async def _watch_cancels(self) -> None:
        async for run_id in self._broker.cancelled():
            self._cancelled.add(run_id)
            if run_id in self._running:
                self._running[run_id].stop()

    async def _serve_lane(self) -> None:
        consumer = pool_consumer(self._settings.pool, self._settings.lease_seconds)
        while True:
            try:
                async with self._runner.lanes.looking() as lane:
                    for delivery in await self._broker.fetch(consumer, 1, FETCH_WAIT_SECONDS):
                        lane.work()
                        await self._handle(delivery)
            except LanesClosed:
                return
            if self._runner.hung >= HUNG_THREADS_MAX:
                raise RuntimeError(f"{self._runner.hung} engine threads hang")

    async def _handle(self, delivery: Delivery) -> None:
        try:
            order = message_pb2.RunOrder.FromString(delivery.payload)
        except DecodeError:
            _log.error("order cannot be read, dropped", subject=delivery.subject)
            await _settled(delivery.ack())
            return
        with bound(run=order.run_id, task=order.content_key[:12]):
            self._faults.hit(f"{self._service}.fetched")
            async with self._leased(order, delivery):
                result = await self._result(order, delivery)
            await self._publish(order, result)
            self._faults.hit(f"{self._service}.result")
            await _settled(delivery.ack())
            self._faults.hit(f"{self._service}.acked")

    @asynccontextmanager
    async def _leased(self, order: message_pb2.RunOrder, delivery: Delivery) -> AsyncIterator[None]:
        longest_seconds = order.deadline_seconds + 2 * STORE_PATIENCE_SECONDS
        heartbeat = asyncio.ensure_future(self._heartbeat(delivery, longest_seconds))
        try:
            yield
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
            with self._runner.handle(self._reporter(order)) as handle:
                self._running[order.run_id] = handle
                await self._attempt(order, handle, result)
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
        except EngineHung:
            # No result: the order is delivered again, to a process whose device answers.
            raise
        except Exception as fault:  # noqa: BLE001 - the fault becomes a result, and is logged in full
            _log.exception("engine failed")
            permanent = isinstance(fault, FaultInjected) and fault.permanent
            _fail(result, "ENGINE_ERROR", "The engine failed on it.", repr(fault), permanent=permanent)
        finally:
            self._running.pop(order.run_id, None)
        return result

    def _stopped(self, order: message_pb2.RunOrder, result: message_pb2.RunResult) -> None:
        if order.run_id in self._cancelled:
            result.cancelled.SetInParent()
        else:
            result.hand_back.reason = "DRAINING"

    async def _attempt(
        self, order: message_pb2.RunOrder, handle: RunHandle, result: message_pb2.RunResult
    ) -> None:
        description = self._runner.description
        key = ArtifactKey(order.workspace_id, kind_of(description), order.content_key, order.generation)
        found = await self._runner.find(key)
        if found is not None:
            result.success.CopyFrom(found)
            return
        if result.deliveries > self._settings.crash_limit_deliveries:
            text = "The worker that made it died."
            _fail(result, "CRASHED", text, f"delivery {result.deliveries}", permanent=False)
            return
        if order.run_id in self._cancelled:
            raise RunCancelled
        body = await self._body(order)
        if body.spec.engine != engine_ref(description):
            result.hand_back.reason = "REVISION_CHANGED"
            return
        made = await self._runner.run(Work(key, body, order.deadline_seconds), handle)
        result.success.CopyFrom(made.manifest)
        result.run_ms, result.upload_ms = made.run_ms, made.upload_ms

    async def _body(self, order: message_pb2.RunOrder) -> message_pb2.RunBody:
        if order.HasField("inline"):
            return order.inline
        return await self._runner.stored_body(order.workspace_id, order.body_sha256)

    def _reporter(self, order: message_pb2.RunOrder) -> Report:
        loop = asyncio.get_running_loop()
        subject = progress_subject(order.workspace_id, order.run_id)

        def report(percent: int, preview_jpeg: bytes) -> None:
            message = message_pb2.RunProgress(
                run_id=order.run_id,
                dispatch=order.dispatch,
                percent=percent,
                worker=self._settings.worker,
                preview_jpeg=preview_jpeg,
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
        while True:
            match (await self._broker.publish_batch([self._message(order, result)]))[0]:
                case Outcome.STORED | Outcome.DUPLICATE:
                    return
                case Outcome.TOO_LARGE:
                    text = "What it came to has more parts than can be reported."
                    _fail(result, "RESULT_TOO_LARGE", text, f"{result.ByteSize()} bytes", permanent=True)
                case _:
                    await self._clock.sleep(PUBLISH_RETRY_SECONDS)

    def _message(self, order: message_pb2.RunOrder, result: message_pb2.RunResult) -> OutMessage:
        return OutMessage(
            result_subject(kind_word(kind_of(self._runner.description))),
            result.SerializeToString(),
            f"{order.run_id}.{order.dispatch}.{result.deliveries}.{result.WhichOneof('outcome')}",
        )


def _fail(
    result: message_pb2.RunResult, reason: str, user_text: str, log_text: str, *, permanent: bool
) -> None:
    result.failure.reason = reason
    result.failure.user_text = user_text
    result.failure.log_text = log_text
    result.failure.permanent = permanent


async def _settled(acknowledging: Awaitable[None]) -> None:
    """An acknowledgement that got lost only means one more delivery."""
    try:
        await acknowledging
    except StudioError as lost:
        _log.warning("acknowledgement lost", error=lost.log_text)
