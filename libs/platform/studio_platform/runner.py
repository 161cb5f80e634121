"""Running an engine on one body: inputs from the store, the engine on a thread, parts and manifest stored."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_platform.clock import Clock
from studio_platform.engine import Draw, Engine, EngineDescription, EngineHung, Input, Product, RunCancelled
from studio_platform.errors import Unavailable
from studio_platform.faults import Faults
from studio_platform.lanes import Lanes
from studio_platform.logs import get_logger
from studio_platform.manifests import ArtifactKey, Artifacts, Maker, artifact_name
from studio_platform.pools import PoolSettings, engine_ref
from studio_platform.receipts import MemoryReceipts, ReceiptBook, Receipts, RunReceipts

PROGRESS_INTERVAL_SECONDS = 0.5
PREVIEW_INTERVAL_SECONDS = 1.0
PREVIEW_BYTES_MAX = 32 * 1024
"""As the contract says; a larger one is not sent."""

STORE_RETRY_SECONDS = 1.0
STORE_PATIENCE_SECONDS = 60.0
"""How long a run waits for a store that is away before it fails."""

HUNG_THREADS_MAX = 3
PACES_KEPT = 20

T = TypeVar("T")

Convert = Callable[[task_pb2.TaskSpec, Mapping[str, Input]], Any]

_log = get_logger(__name__)


Report = Callable[[int, bytes], None]
"""Takes percent, and a small JPEG of what there is so far or nothing."""


class DeadlinePassed(Exception):
    """The engine ran longer than it may."""


class RunHandle:
    """One running body as its engine sees it; see `engine.Run`."""

    def __init__(self, report: Report) -> None:
        self._stopped = threading.Event()
        self._report = report
        self._reported_at = float("-inf")
        self._shown_at = float("-inf")
        self._percent = 0
        self.receipts: Receipts = MemoryReceipts()

    def stop(self) -> None:
        """Make the engine's next look raise RunCancelled."""
        self._stopped.set()

    def progress(self, percent: int) -> None:
        """Report 0..100; dropped when reported more than twice a second."""
        now = time.monotonic()
        self._percent = max(0, min(100, percent))
        if now >= self._reported_at + PROGRESS_INTERVAL_SECONDS:
            self._reported_at = now
            self._report(self._percent, b"")

    def show(self, draw: Draw) -> None:
        """Show what `draw` draws, once a second at most."""
        if time.monotonic() < self._shown_at + PREVIEW_INTERVAL_SECONDS:
            return
        picture = draw()
        self._shown_at = time.monotonic()
        if 0 < len(picture) <= PREVIEW_BYTES_MAX:
            self._report(self._percent, picture)

    def raise_if_cancelled(self) -> None:
        """Raise RunCancelled once the run was stopped."""
        if self._stopped.is_set():
            raise RunCancelled


@dataclass(frozen=True, slots=True)
class Work:
    """A body, where its artifact belongs, and the longest that the engine may run."""

    key: ArtifactKey
    body: message_pb2.RunBody
    deadline_seconds: float


@dataclass(frozen=True, slots=True)
class Made:
    """What a run left in the store, the engine's time and the uploads' time."""

    manifest: artifact_pb2.Manifest
    run_ms: int
    upload_ms: int


class Runner:
    """One engine of this process with its lanes; the queue's orders and direct calls both run here."""

    def __init__(
        self,
        service: str,
        engine: Engine[Any],
        convert: Convert,
        settings: PoolSettings,
        artifacts: Artifacts,
        clock: Clock,
        faults: Faults,
    ) -> None:
        self.description: EngineDescription = engine.describe()
        self.settings = settings
        self.lanes = Lanes(settings.slots)
        self.hung = 0
        self._service = service
        self._engine = engine
        self._convert = convert
        self._artifacts = artifacts
        self._clock = clock
        self._faults = faults
        self._executor = ThreadPoolExecutor(
            settings.slots + HUNG_THREADS_MAX, thread_name_prefix=settings.pool
        )
        self._handles: set[RunHandle] = set()
        self._paces_ms: deque[int] = deque(maxlen=PACES_KEPT)
        self._stopped = False

    @property
    def expected_ms(self) -> int:
        """The engine's usual time for an order, the median of the last ones; 0 before the first."""
        return round(median(self._paces_ms)) if self._paces_ms else 0

    async def load(self) -> None:
        """Load the engine's model, off the loop."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._engine.load)

    @contextmanager
    def handle(self, report: Report) -> Iterator[RunHandle]:
        """What stops one run, and tells its progress to `report`, from the engine's thread."""
        handle = RunHandle(report)
        self._handles.add(handle)
        if self._stopped:
            handle.stop()
        try:
            yield handle
        finally:
            self._handles.remove(handle)

    async def find(self, key: ArtifactKey) -> artifact_pb2.Manifest | None:
        """The artifact of a key, or None. Raises Unavailable when the store stays away."""
        return await self._patiently(lambda: self._artifacts.find(key))

    async def stored_body(self, workspace_id: str, sha256: str) -> message_pb2.RunBody:
        """A body that was too large for a message. Raises ObjectMissing, Unavailable."""
        data = await self._patiently(lambda: self._artifacts.blob(workspace_id, sha256))
        return message_pb2.RunBody.FromString(data)

    async def run(self, work: Work, handle: RunHandle) -> Made:
        """Make the artifact; the caller holds a lane until this returns.

        Raises RunCancelled once `handle` is stopped, DeadlinePassed, what the engine raises, ObjectMissing,
        StoreFull and Unavailable.
        """
        async with self._inputs(work) as inputs:
            product, run_ms = await self._product(work, handle, inputs)
            try:
                self._faults.hit(f"{self._service}.ran")
                return await self._stored(work.key, product, run_ms)
            finally:
                if product.folder is not None:
                    await asyncio.to_thread(shutil.rmtree, product.folder, ignore_errors=True)

    @asynccontextmanager
    async def _inputs(self, work: Work) -> AsyncIterator[Mapping[str, Input]]:
        """The inputs' files, in a folder that is gone at the end."""
        if not work.body.inputs:
            yield {}
            return
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="film-run-"))
        try:
            yield await self._patiently(
                lambda: self._artifacts.fetch_inputs(
                    work.key.workspace_id, work.body.inputs, folder, self.description.parts
                )
            )
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def stop(self) -> None:
        """End the runs at their engines' next step, and whatever begins from now on."""
        self._stopped = True
        for handle in self._handles:
            handle.stop()

    def close(self) -> None:
        """Give up lanes and threads; a thread that hangs is left behind."""
        self.lanes.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _product(
        self, work: Work, handle: RunHandle, inputs: Mapping[str, Input]
    ) -> tuple[Product, int]:
        """The engine's product and its time, ms."""
        handle.progress(0)
        self._faults.hit(f"{self._service}.running")
        started = self._clock.monotonic()
        handle.receipts = RunReceipts(
            ReceiptBook(self._artifacts.objects),
            artifact_name(work.key),
            self._patiently,
            asyncio.get_running_loop(),
        )

        def on_thread() -> Product:
            handle.raise_if_cancelled()
            product = self._engine.run([self._convert(work.body.spec, inputs)], [handle])[0]
            handle.raise_if_cancelled()
            return product

        running = asyncio.get_running_loop().run_in_executor(self._executor, on_thread)
        await self._within_deadline(running, work.deadline_seconds, handle)
        try:
            product = running.result()
        except EngineHung:
            # Its lanes begin nothing more: the worker ends the process, and the order goes to a fresh one.
            self.hung = HUNG_THREADS_MAX
            raise
        run_ms = round((self._clock.monotonic() - started) * 1000)
        self._paces_ms.append(run_ms)
        return product, run_ms

    async def _within_deadline(
        self, running: asyncio.Future[Product], deadline_seconds: float, handle: RunHandle
    ) -> None:
        if await _ends(running, deadline_seconds):
            return
        handle.stop()
        running.add_done_callback(_note_late_end)
        if not await _ends(running, self.settings.step_seconds):
            self.hung += 1
            running.add_done_callback(self._unhang)
        raise DeadlinePassed

    async def _stored(self, key: ArtifactKey, product: Product, run_ms: int) -> Made:
        started = self._clock.monotonic()
        parts = await self._patiently(lambda: self._artifacts.store_parts(key.workspace_id, product.parts))
        self._faults.hit(f"{self._service}.uploaded")
        maker = Maker(engine_ref(self.description), self.description.deterministic, run_ms)
        manifest = await self._patiently(lambda: self._artifacts.publish(key, product, parts, maker))
        self._faults.hit(f"{self._service}.manifest")
        return Made(manifest, run_ms, round((self._clock.monotonic() - started) * 1000))

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call the store until it answers. Raises Unavailable after a minute without it, or at a drain."""
        end = self._clock.monotonic() + STORE_PATIENCE_SECONDS
        while True:
            try:
                return await call()
            except Unavailable as away:
                if self._clock.monotonic() > end or self._stopped:
                    raise
                _log.warning("store is away, trying again", error=away.log_text)
            await self._clock.sleep(STORE_RETRY_SECONDS)

    def _unhang(self, _: asyncio.Future[Product]) -> None:
        self.hung -= 1


async def _ends(running: asyncio.Future[Product], seconds: float) -> bool:
    done, _ = await asyncio.wait({running}, timeout=seconds)
    return bool(done)


def _note_late_end(late: asyncio.Future[Product]) -> None:
    if late.cancelled():
        return
    error = late.exception()
    if error is not None and not isinstance(error, RunCancelled):
        _log.info("an engine ended after its deadline", error=repr(error))
