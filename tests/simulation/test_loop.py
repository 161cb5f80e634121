"""The simulated loop: virtual time, a queue for each process, deaths without last words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.simulation.loop import Livelock, SimulatedLoop
from tests.simulation.process import Process

Work = Callable[[], Coroutine[Any, Any, None]]


def lived(seed: int, *works: Work) -> list[Process]:
    """Runs each work in a process of its own until nothing is left to do."""
    loop = SimulatedLoop(seed)
    processes = [Process(f"p{number}") for number in range(len(works))]
    for process, work in zip(processes, works, strict=True):
        loop.spawn(process, work(), "work")
    with pytest.raises(Livelock):
        loop.run_until(lambda: False)
    return processes


def test_the_seed_alone_decides_how_processes_interleave() -> None:
    def order(seed: int) -> str:
        heard: list[str] = []

        def speaker(word: str) -> Work:
            async def speak() -> None:
                for _ in range(10):
                    heard.append(word)
                    await asyncio.sleep(0)

            return speak

        lived(seed, speaker("a"), speaker("b"))
        return "".join(heard)

    assert order(1) == order(1)
    assert len({order(seed) for seed in range(5)}) > 1


def test_time_passes_only_when_nobody_can_run() -> None:
    seen: list[tuple[str, float]] = []

    async def sleeper() -> None:
        async with asyncio.timeout(60):
            await asyncio.sleep(30)
        seen.append(("woke", asyncio.get_running_loop().time()))

    async def worker() -> None:
        for _ in range(1000):
            await asyncio.sleep(0)
        seen.append(("worked", asyncio.get_running_loop().time()))

    lived(1, sleeper, worker)

    assert seen == [("worked", 0.0), ("woke", 30.0)]


def test_a_killed_process_has_no_last_words() -> None:
    loop, said = SimulatedLoop(1), []
    victim, killer = Process("victim"), Process("killer")

    async def wait_for_ever() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            said.append("last words")

    async def kill() -> None:
        await asyncio.sleep(1)
        loop.stop(victim)

    loop.spawn(victim, wait_for_ever(), "work")
    loop.spawn(killer, kill(), "kill")
    with pytest.raises(Livelock):
        loop.run_until(lambda: False)

    assert said == []
    assert loop.time() == 1000
    loop.run_dead(victim.unfinished())


def test_a_frozen_process_goes_on_where_it_was_once_it_is_thawed() -> None:
    loop, woke = SimulatedLoop(1), []
    sleeper, doctor = Process("sleeper"), Process("doctor")

    async def sleep() -> None:
        await asyncio.sleep(5)
        woke.append(loop.time())

    async def freeze() -> None:
        loop.freeze(sleeper)
        await asyncio.sleep(60)
        loop.thaw(sleeper)

    loop.spawn(sleeper, sleep(), "work")
    loop.spawn(doctor, freeze(), "freeze")
    with pytest.raises(Livelock):
        loop.run_until(lambda: False)

    assert woke == [60]


def test_threads_are_callbacks_that_come_after_a_while() -> None:
    loop, results = SimulatedLoop(1), []
    loop.thread_seconds = lambda _executor: 2.5

    async def work() -> None:
        results.append((await asyncio.to_thread(sum, [1, 2]), loop.time()))

    loop.spawn(Process("p"), work(), "work")
    with pytest.raises(Livelock):
        loop.run_until(lambda: False)

    assert results == [(3, 2.5)]


def test_callbacks_without_end_are_told_from_progress() -> None:
    async def spin() -> None:
        while True:  # noqa: ASYNC110 - the fault that is looked for
            await asyncio.sleep(0)

    loop = SimulatedLoop(1)
    process = Process("p")
    loop.spawn(process, spin(), "spin")

    with pytest.raises(Livelock, match=r"steps at 0\.000 s"):
        loop.run_until(lambda: False)

    loop.run_dead(process.unfinished())
