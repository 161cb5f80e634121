"""Orders of several lanes become batches, and what befalls one of them leaves the others alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from studio_platform.batching import BatchingEngine, Outcome, OutOfMemory
from studio_platform.engine import (
    EngineDescription,
    EngineFailure,
    EngineHung,
    Part,
    Product,
    Run,
    RunCancelled,
)

LONG_SECONDS = 30.0


class Handle:
    """A run that a test may cancel."""

    def __init__(self) -> None:
        self.cancelled = False

    def progress(self, percent: int) -> None:
        """Not looked at."""

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise RunCancelled


@dataclass
class Model:
    """Notes its batches; an order is a word whose first letter is its group."""

    makes: Callable[[Sequence[str]], Sequence[Outcome] | None] = lambda orders: None
    batches: list[list[str]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    loads: Callable[[], None] = lambda: None

    def describe(self) -> EngineDescription:
        return EngineDescription("STILL", "model", "1")

    def load(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.loads()

    def group(self, order: str) -> str:
        return order[0]

    def run_batch(self, orders: Sequence[str], runs: Sequence[Run]) -> Sequence[Outcome]:
        self.threads.add(threading.current_thread().name)
        self.batches.append(list(orders))
        return self.makes(orders) or [product(order) for order in orders]


def product(order: str) -> Product:
    return Product((Part("image", "image/png", data=order.encode()),))


def together(
    engine: BatchingEngine[str], orders: Sequence[str], runs: Sequence[Run] | None = None
) -> list[Future[Sequence[Product]]]:
    """What becomes of orders that each come in a lane of their own, when all have ended."""
    with ThreadPoolExecutor(len(orders)) as lanes:
        handles = runs or [Handle() for _ in orders]
        return [lanes.submit(engine.run, [order], [run]) for order, run in zip(orders, handles, strict=True)]


def loaded(model: Model, size_max: int, wait_seconds: float = LONG_SECONDS) -> BatchingEngine[str]:
    engine = BatchingEngine(model, size_max, wait_seconds)
    engine.load()
    return engine


def said(done: Future[Sequence[Product]]) -> str:
    return (done.result()[0].parts[0].data or b"").decode()


def test_orders_that_wait_together_are_one_batch_in_the_thread_that_loaded_the_model() -> None:
    model = Model()

    made = together(loaded(model, size_max=3), ["a1", "a2", "a3"])

    assert [said(done) for done in made] == ["a1", "a2", "a3"]
    assert [sorted(batch) for batch in model.batches] == [["a1", "a2", "a3"]]
    assert model.threads == {"inference"}


def test_a_batch_is_no_larger_than_the_limit() -> None:
    model = Model()
    together(loaded(model, size_max=2), ["a1", "a2", "a3", "a4"])
    assert [len(batch) for batch in model.batches] == [2, 2]


def test_orders_of_different_groups_are_not_run_together() -> None:
    model = Model()
    together(loaded(model, size_max=2), ["a1", "b1", "a2", "b2"])
    assert sorted(sorted(batch) for batch in model.batches) == [["a1", "a2"], ["b1", "b2"]]


def test_a_lone_order_waits_no_longer_than_it_is_told() -> None:
    model = Model()
    made = together(loaded(model, size_max=8, wait_seconds=0.01), ["a1"])
    assert said(made[0]) == "a1"


def test_a_failure_of_one_order_leaves_its_neighbours_alone() -> None:
    refusal = EngineFailure("CONTENT_REFUSED", "No.", permanent=True)
    model = Model(lambda orders: [refusal if order == "a2" else product(order) for order in orders])

    first, second = together(loaded(model, size_max=2), ["a1", "a2"])

    assert said(first) == "a1"
    with pytest.raises(EngineFailure, match="CONTENT_REFUSED"):
        second.result()


def test_a_fault_that_nobody_claims_is_found_by_running_each_alone() -> None:
    def makes(orders: Sequence[str]) -> None:
        if "a2" in orders:
            raise ValueError("a tensor of another shape")

    first, second = together(loaded(Model(makes), size_max=2), ["a1", "a2"])

    assert said(first) == "a1"
    with pytest.raises(ValueError, match="another shape"):
        second.result()


def test_too_little_memory_halves_the_batch_and_is_remembered() -> None:
    def makes(orders: Sequence[str]) -> None:
        if len(orders) > 2:
            raise OutOfMemory

    model = Model(makes)
    engine = loaded(model, size_max=4)
    words = ["a1", "a2", "a3", "a4"]

    assert [said(done) for done in together(engine, words)] == words
    assert [said(done) for done in together(engine, words)] == words
    assert [len(batch) for batch in model.batches] == [4, 2, 2, 2, 2]


def test_a_lone_order_that_is_too_large_for_the_device_fails_with_what_to_do() -> None:
    def makes(orders: Sequence[str]) -> None:
        raise OutOfMemory

    (done,) = together(loaded(Model(makes), size_max=1), ["a1"])

    with pytest.raises(EngineFailure, match="OUT_OF_MEMORY"):
        done.result()


def test_a_cancelled_order_is_not_begun_and_the_others_are() -> None:
    model, cancelled = Model(), Handle()
    cancelled.cancelled = True

    first, second = together(loaded(model, size_max=2), ["a1", "a2"], [cancelled, Handle()])

    with pytest.raises(RunCancelled):
        first.result()
    assert said(second) == "a2"
    assert model.batches == [["a2"]]


def test_a_model_that_cannot_be_loaded_says_so_to_who_asked() -> None:
    def fails() -> None:
        raise RuntimeError("no such model")

    with pytest.raises(RuntimeError, match="no such model"):
        BatchingEngine(Model(loads=fails), 1, 0).load()


def test_a_model_that_answers_with_too_few_outcomes_fails_its_orders_and_serves_on() -> None:
    model = Model(lambda orders: [product(orders[0])] * (3 if "a2" in orders else 1))
    engine = loaded(model, size_max=2)

    first, second = together(engine, ["a1", "a2"])

    assert said(first) == "a1"
    with pytest.raises(RuntimeError, match="1 orders with 3 outcomes"):
        second.result()
    assert said(together(loaded(model, size_max=1), ["a3"])[0]) == "a3"


def test_what_is_left_when_the_device_is_done_is_done_in_the_orders_own_lane() -> None:
    finished_by: list[str] = []

    def finish() -> Product:
        finished_by.append(threading.current_thread().name)
        return product("a1")

    (made,) = together(loaded(Model(lambda orders: [finish]), size_max=1), ["a1"])

    assert said(made) == "a1"
    assert finished_by != ["inference"]


def test_two_devices_work_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=LONG_SECONDS)

    def makes(orders: Sequence[str]) -> None:
        both.wait()

    engine = BatchingEngine(Model(makes), 1, 0, more=[Model(makes)])
    engine.load()

    assert sorted(said(made) for made in together(engine, ["a1", "a2"])) == ["a1", "a2"]


def test_a_device_that_makes_no_step_any_more_hangs() -> None:
    released = threading.Event()

    def makes(orders: Sequence[str]) -> None:
        released.wait(LONG_SECONDS)

    engine = BatchingEngine(Model(makes), 1, 0, silence_seconds_max=0.01)
    engine.load()

    (made,) = together(engine, ["a1"])
    released.set()

    with pytest.raises(EngineHung, match="no step"):
        made.result()


def test_a_device_that_has_nothing_to_do_does_not_hang() -> None:
    engine = BatchingEngine(Model(), 1, 0, silence_seconds_max=0.01)
    engine.load()
    for _ in range(2):
        assert said(together(engine, ["a1"])[0]) == "a1"
