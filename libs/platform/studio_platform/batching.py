"""Orders that wait at the same time, run as one batch by the one thread that owns the device."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from studio_platform.engine import EngineDescription, EngineFailure, Product, Run, RunCancelled

OrderT = TypeVar("OrderT")
OrderIn = TypeVar("OrderIn", contravariant=True)

Outcome = Product | EngineFailure | RunCancelled


class OutOfMemory(Exception):
    """The device has too little memory for this many orders at once."""


class BatchEngine(Protocol[OrderIn]):
    """A model that makes several orders at once; all but `describe` and `group` is called by one thread."""

    def describe(self) -> EngineDescription:
        """As of an Engine."""

    def load(self) -> None:
        """As of an Engine."""

    def group(self, order: OrderIn) -> Hashable:
        """What orders must have in common to be run together, such as their size."""

    def run_batch(self, orders: Sequence[OrderIn], runs: Sequence[Run]) -> Sequence[Outcome]:
        """What became of each order, in order: one that fails or is cancelled leaves the others alone.

        Raises OutOfMemory when they are too many, and any other exception when none can be told apart.
        """


@dataclass(eq=False, slots=True)
class _Waiting(Generic[OrderT]):
    order: OrderT
    run: Run
    group: Hashable
    since: float = field(default_factory=time.monotonic)
    outcome: Future[Product] = field(default_factory=Future)


class BatchingEngine(Generic[OrderT]):
    """An Engine for as many lanes as there are: what they bring at the same time becomes batches.

    A batch has up to `size_max` orders of a group; the first of them waits at most `wait_seconds` for others.
    When the device has too little memory the batch is halved, and no larger one of that group is tried again.
    """

    def __init__(self, engine: BatchEngine[OrderT], size_max: int, wait_seconds: float) -> None:
        self._engine = engine
        self._size_max = size_max
        self._wait_seconds = wait_seconds
        self._sizes: dict[Hashable, int] = {}
        self._waiting: list[_Waiting[OrderT]] = []
        self._changed = threading.Condition()
        self._loaded: Future[None] = Future()

    def describe(self) -> EngineDescription:
        """What the engine says of itself."""
        return self._engine.describe()

    def load(self) -> None:
        """Start the thread that owns the device, and load the model in it. Raises what loading raises."""
        threading.Thread(target=self._serve, name="inference", daemon=True).start()
        self._loaded.result()

    def run(self, orders: Sequence[OrderT], runs: Sequence[Run]) -> Sequence[Product]:
        """Wait for a batch, and return what it made of these orders. Raises as an Engine's `run`."""
        mine = [
            _Waiting(order, run, self._engine.group(order)) for order, run in zip(orders, runs, strict=True)
        ]
        with self._changed:
            self._waiting.extend(mine)
            self._changed.notify()
        return [each.outcome.result() for each in mine]

    def _serve(self) -> None:
        try:
            self._engine.load()
        except BaseException as fault:  # noqa: BLE001 - it is raised in the thread that asked for the load
            self._loaded.set_exception(fault)
            return
        self._loaded.set_result(None)
        while True:
            self._run(self._next_batch())

    def _next_batch(self) -> list[_Waiting[OrderT]]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            first = self._waiting[0]
            most = self._sizes.get(first.group, self._size_max)
            left_seconds = first.since + self._wait_seconds - time.monotonic()
            self._changed.wait_for(lambda: len(self._alike(first)) >= most, max(0.0, left_seconds))
            batch = self._alike(first)[:most]
            self._waiting = [each for each in self._waiting if each not in batch]
            return batch

    def _alike(self, first: _Waiting[OrderT]) -> list[_Waiting[OrderT]]:
        return [each for each in self._waiting if each.group == first.group]

    def _run(self, batch: Sequence[_Waiting[OrderT]]) -> None:
        alive = [each for each in batch if not _is_cancelled(each)]
        if not alive:
            return
        try:
            outcomes = self._engine.run_batch([each.order for each in alive], [each.run for each in alive])
        except OutOfMemory as little:
            self._halve(alive, little)
        except Exception as fault:  # noqa: BLE001 - it is raised in the lane that it belongs to
            if len(alive) == 1:
                alive[0].outcome.set_exception(fault)
            else:
                self._one_by_one(alive)
        else:
            for each, outcome in zip(alive, outcomes, strict=True):
                _settle(each, outcome)

    def _halve(self, batch: Sequence[_Waiting[OrderT]], little: OutOfMemory) -> None:
        if len(batch) == 1:
            text = "The device has too little memory for it: a smaller size or a memory-saving setting helps."
            batch[0].outcome.set_exception(EngineFailure("OUT_OF_MEMORY", text, log_text=repr(little)))
            return
        self._sizes[batch[0].group] = half = len(batch) // 2
        for first in range(0, len(batch), half):
            self._run(batch[first : first + half])

    def _one_by_one(self, batch: Sequence[_Waiting[OrderT]]) -> None:
        """Something in the batch made all of it fail: alone, only that does."""
        for each in batch:
            self._run([each])


def _is_cancelled(waiting: _Waiting[Any]) -> bool:
    try:
        waiting.run.raise_if_cancelled()
    except RunCancelled as cancelled:
        waiting.outcome.set_exception(cancelled)
        return True
    return False


def _settle(waiting: _Waiting[Any], outcome: Outcome) -> None:
    if isinstance(outcome, Product):
        waiting.outcome.set_result(outcome)
    else:
        waiting.outcome.set_exception(outcome)
