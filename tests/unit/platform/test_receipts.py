"""Receipts are kept once, and found again by the next dispatch of the same artifact."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_platform.clock import SystemClock
from studio_platform.engine import EngineDescription, Part, Product, Run
from studio_platform.faults import NO_FAULTS
from studio_platform.manifests import ArtifactKey, Artifacts
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.pools import PoolSettings
from studio_platform.receipts import RECEIPT_MAX_BYTES, MemoryReceipts, ReceiptBook, receipts_of
from studio_platform.runner import Runner, Work

KEY = ArtifactKey("w", task_pb2.TASK_KIND_CLIP, "ab" * 32)


class Engine:
    """An engine that keeps what it was promised, pays, and fails the first time."""

    def __init__(self) -> None:
        self.found: list[bytes | None] = []

    def describe(self) -> EngineDescription:
        return EngineDescription(kind="CLIP", engine="null", revision="1")

    def load(self) -> None:
        """Nothing to load."""

    def run(self, orders: Sequence[str], runs: Sequence[Run]) -> Sequence[Product]:
        receipts = receipts_of(runs[0])
        self.found.append(receipts.recall("clip.1"))
        kept = receipts.keep("clip.1", f"video_{len(self.found)}".encode())
        receipts.enter("null-clip", "2026-11-27T12", "digest", 40)
        if len(self.found) == 1:
            raise RuntimeError("it dies")
        assert receipts.spent("null-clip", "2026-11-27T12") == 40
        return [Product((Part("clip", "video/mp4", data=kept),))]


async def test_the_next_dispatch_finds_what_the_one_before_was_promised() -> None:
    objects, engine = MemoryObjectStore(), Engine()
    settings = PoolSettings("null-clip", 1, 1.0, 1, 0.2, "test")
    runner = Runner(
        "test", engine, lambda spec, inputs: "", settings, Artifacts(objects), SystemClock(), NO_FAULTS
    )
    body = message_pb2.RunBody(spec=task_pb2.TaskSpec(kind=task_pb2.TASK_KIND_CLIP))

    for attempt in range(2):
        with runner.handle(lambda _, __: None) as handle:
            running = runner.run(Work(KEY, body, 10), handle)
            if attempt:
                made = await running
            else:
                with pytest.raises(RuntimeError, match="it dies"):
                    await running

    runner.close()
    assert engine.found == [None, b"video_1"]
    assert made.manifest.parts[0].size_bytes == len(b"video_1")
    assert f"receipts/w/clip/{'ab' * 32}.0/clip.1" in objects.objects


async def test_who_comes_second_gets_what_the_first_kept() -> None:
    book = ReceiptBook(MemoryObjectStore())

    kept = await asyncio.gather(book.keep("a/b", b"one"), book.keep("a/b", b"two"))

    assert set(kept) == {b"one"}
    assert await book.recall("a/b") == b"one"
    assert await book.recall("a/c") is None


async def test_a_receipt_is_small() -> None:
    with pytest.raises(ValueError, match="is the most"):
        await ReceiptBook(MemoryObjectStore()).keep("a", bytes(RECEIPT_MAX_BYTES + 1))


async def test_what_is_spent_is_by_pool_and_hour() -> None:
    book = ReceiptBook(MemoryObjectStore())
    await book.enter("clips", "2026-11-27T12", "one", 40)
    await book.enter("clips", "2026-11-27T12", "one", 40)
    await book.enter("clips", "2026-11-27T12", "two", 2)
    await book.enter("clips", "2026-11-27T13", "three", 5)
    await book.enter("stills", "2026-11-27T12", "four", 7)

    assert await book.spent("clips", "2026-11-27T12") == 42
    assert await book.spent("clips", "2026-11-27T11") == 0


def test_a_run_without_receipts_has_some_that_are_forgotten() -> None:
    class Bare:
        def progress(self, percent: int) -> None:
            """Nobody asks."""

        def raise_if_cancelled(self) -> None:
            """Nobody cancels."""

    assert isinstance(receipts_of(Bare()), MemoryReceipts)
