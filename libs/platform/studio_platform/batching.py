"""Orders that wait at the same time, run as batches, each by the one thread that owns a device."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from studio_platform.engine import (
    Draw,
    EngineDescription,
    EngineFailure,
    EngineHung,
    Product,
    Run,
    RunCancelled,
    show,
)

OrderT = TypeVar("OrderT")
OrderIn = TypeVar("OrderIn", contravariant=True)

Finish = Callable[[], Product]
"""What is left to do for a product once the device is done: it is done in the order's own lane."""

Outcome = Product | Finish | EngineFailure | RunCancelled

LOOK_SECONDS = 1.0
"""How often a lane looks whether its device still gives a sign of life."""


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
    outcome: Future[Product | Finish] = field(default_factory=Future)


class _Signs:
    """When the device last gave a sign of life: between batches it owes none."""

    def __init__(self) -> None:
        self._last: float | None = None

    def give(self) -> None:
        self._last = time.monotonic()

    def rest(self) -> None:
        self._last = None

    def silent_seconds(self) -> float:
        last = self._last
        return 0.0 if last is None else time.monotonic() - last


class _Watched:
    """A run whose engine's every look is a sign of life."""

    def __init__(self, run: Run, signs: _Signs) -> None:
        self._run = run
        self._signs = signs

    def progress(self, percent: int) -> None:
        self._signs.give()
        self._run.progress(percent)

    def show(self, draw: Draw) -> None:
        self._signs.give()
        show(self._run, draw)

    def raise_if_cancelled(self) -> None:
        self._signs.give()
        self._run.raise_if_cancelled()


class BatchingEngine(Generic[OrderT]):
    """An Engine for as many lanes as there are: what they bring at the same time becomes batches.

    A batch has up to `size_max` orders of a group; the first of them waits at most `wait_seconds` for others.
    When the device has too little memory the batch is halved, and no larger one of that group is tried again.
    `more` are the same model on further devices. A device that makes no step for `silence_seconds_max` hangs:
    its lanes raise EngineHung; 0 waits for ever.
    """

    def __init__(
        self,
        engine: BatchEngine[OrderT],
        size_max: int,
        wait_seconds: float,
        *,
        more: Sequence[BatchEngine[OrderT]] = (),
        silence_seconds_max: float = 0,
    ) -> None:
        self._engine = engine
        self._engines = (engine, *more)
        self._size_max = size_max
        self._wait_seconds = wait_seconds
        self._silence_seconds_max = silence_seconds_max
        self._signs = [_Signs() for _ in self._engines]
        self._sizes: dict[Hashable, int] = {}
        self._waiting: list[_Waiting[OrderT]] = []
        self._changed = threading.Condition()

    def describe(self) -> EngineDescription:
        """What the engine says of itself."""
        return self._engine.describe()

    def load(self) -> None:
        """Start the thread that owns each device, and load the model in it. Raises what loading raises.

        One after the other: the libraries of models don't load two at a time.
        """
        for engine, signs in zip(self._engines, self._signs, strict=True):
            loaded: Future[None] = Future()
            threading.Thread(
                target=self._serve, args=(engine, signs, loaded), name="inference", daemon=True
            ).start()
            loaded.result()

    def run(self, orders: Sequence[OrderT], runs: Sequence[Run]) -> Sequence[Product]:
        """Wait for a batch, and return what it made of these orders. Raises as an Engine's `run`."""
        mine = [
            _Waiting(order, run, self._engine.group(order)) for order, run in zip(orders, runs, strict=True)
        ]
        with self._changed:
            self._waiting.extend(mine)
            self._changed.notify_all()
        return [self._product(each) for each in mine]

    def _product(self, waiting: _Waiting[OrderT]) -> Product:
        while True:
            try:
                made = waiting.outcome.result(LOOK_SECONDS if self._silence_seconds_max else None)
            except TimeoutError:
                self._raise_if_hung(waiting)
            else:
                return made if isinstance(made, Product) else made()

    def _raise_if_hung(self, waiting: _Waiting[OrderT]) -> None:
        if waiting.outcome.done() or not self._silence_seconds_max:
            return
        silent_seconds = max(signs.silent_seconds() for signs in self._signs)
        if silent_seconds > self._silence_seconds_max:
            raise EngineHung(f"the device has made no step for {silent_seconds:.0f} s")

    def _serve(self, engine: BatchEngine[OrderT], signs: _Signs, loaded: Future[None]) -> None:
        try:
            engine.load()
        except BaseException as fault:  # noqa: BLE001 - it is raised in the thread that asked for the load
            loaded.set_exception(fault)
            return
        loaded.set_result(None)
        while True:
            batch = self._next_batch()
            signs.give()
            self._run(engine, signs, batch)
            signs.rest()

    def _next_batch(self) -> list[_Waiting[OrderT]]:
        """The next batch; another device may take what one waits for company with, so it looks again."""
        with self._changed:
            while not (batch := self._gathered()):
                pass
            self._changed.notify_all()
            return batch

    def _gathered(self) -> list[_Waiting[OrderT]]:
        """What goes with the first that waits, once there is enough of it or it waited for long enough."""
        self._changed.wait_for(lambda: self._waiting)
        first = self._waiting[0]
        most = self._sizes.get(first.group, self._size_max)
        left_seconds = first.since + self._wait_seconds - time.monotonic()
        self._changed.wait_for(
            lambda: first not in self._waiting or len(self._alike(first)) >= most, max(0.0, left_seconds)
        )
        batch = self._alike(first)[:most]
        self._waiting = [each for each in self._waiting if each not in batch]
        return batch

    def _alike(self, first: _Waiting[OrderT]) -> list[_Waiting[OrderT]]:
        return [each for each in self._waiting if each.group == first.group]

    def _run(self, engine: BatchEngine[OrderT], signs: _Signs, batch: Sequence[_Waiting[OrderT]]) -> None:
        alive = [each for each in batch if not _is_cancelled(each)]
        if not alive:
            return
        try:
            watched = [_Watched(each.run, signs) for each in alive]
            outcomes = _counted(engine.run_batch([each.order for each in alive], watched), len(alive))
        except OutOfMemory as little:
            self._halve(engine, signs, alive, little)
        except Exception as fault:  # noqa: BLE001 - it is raised in the lane that it belongs to
            if len(alive) == 1:
                alive[0].outcome.set_exception(fault)
            else:
                self._one_by_one(engine, signs, alive)
        else:
            for each, outcome in zip(alive, outcomes, strict=True):
                _settle(each, outcome)

    def _halve(
        self,
        engine: BatchEngine[OrderT],
        signs: _Signs,
        batch: Sequence[_Waiting[OrderT]],
        little: OutOfMemory,
    ) -> None:
        if len(batch) == 1:
            text = "The device has too little memory for it: a smaller size or a memory-saving setting helps."
            batch[0].outcome.set_exception(EngineFailure("OUT_OF_MEMORY", text, log_text=repr(little)))
            return
        self._sizes[batch[0].group] = half = len(batch) // 2
        for first in range(0, len(batch), half):
            self._run(engine, signs, batch[first : first + half])

    def _one_by_one(
        self, engine: BatchEngine[OrderT], signs: _Signs, batch: Sequence[_Waiting[OrderT]]
    ) -> None:
        """Something in the batch made all of it fail: alone, only that does."""
        for each in batch:
            self._run(engine, signs, [each])


def _counted(outcomes: Sequence[Outcome], orders: int) -> Sequence[Outcome]:
    if len(outcomes) != orders:
        raise RuntimeError(f"the model answered {orders} orders with {len(outcomes)} outcomes")
    return outcomes


def _is_cancelled(waiting: _Waiting[Any]) -> bool:
    try:
        waiting.run.raise_if_cancelled()
    except RunCancelled as cancelled:
        waiting.outcome.set_exception(cancelled)
        return True
    return False


def _settle(waiting: _Waiting[Any], outcome: Outcome) -> None:
    if isinstance(outcome, Exception):
        waiting.outcome.set_exception(outcome)
    else:
        waiting.outcome.set_result(outcome)
