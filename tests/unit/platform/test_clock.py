"""One behaviour of the clock, shown on the machine's own and on its twin; then what only the twin can."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from studio_platform.clock import Clock, ManualClock, SystemClock

MOMENT_SECONDS = 0.02

PassTime = Callable[[float], Awaitable[None]]


@pytest.fixture(params=["manual", "system"])
def clock(request: pytest.FixtureRequest) -> Clock:
    """The twin, then the real one."""
    return ManualClock() if request.param == "manual" else SystemClock()


@pytest.fixture
def pass_time(clock: Clock) -> PassTime:
    """`pass_time(seconds)`: the twin's time is moved, the real one's is awaited."""
    return clock.advance if isinstance(clock, ManualClock) else clock.sleep


async def test_the_wall_time_is_aware_and_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


async def test_both_times_go_on_together(clock: Clock, pass_time: PassTime) -> None:
    wall, steady = clock.now(), clock.monotonic()

    await pass_time(MOMENT_SECONDS)

    # The machine's wall clock may be set meanwhile, but hardly by a minute.
    assert clock.monotonic() - steady >= MOMENT_SECONDS * 0.99
    assert timedelta(0) < clock.now() - wall < timedelta(minutes=1)


async def test_a_sleeper_wakes_when_its_time_has_come_and_not_before(
    clock: Clock, pass_time: PassTime
) -> None:
    began = clock.monotonic()
    sleeping = asyncio.ensure_future(clock.sleep(MOMENT_SECONDS))
    await asyncio.sleep(0)
    asleep_at_first = not sleeping.done()

    await pass_time(MOMENT_SECONDS * 2)
    await sleeping

    assert asleep_at_first
    assert clock.monotonic() - began >= MOMENT_SECONDS * 0.99


async def test_sleepers_wake_in_the_order_of_their_times(clock: Clock, pass_time: PassTime) -> None:
    woken: list[int] = []

    async def sleep(number: int) -> None:
        await clock.sleep(number * MOMENT_SECONDS)
        woken.append(number)

    sleeping = asyncio.gather(*(sleep(number) for number in (3, 1, 2)))
    await asyncio.sleep(0)
    await pass_time(MOMENT_SECONDS * 4)
    await sleeping

    assert woken == [1, 2, 3]


async def test_no_time_to_sleep_is_a_turn_for_the_others(clock: Clock) -> None:
    turns: list[str] = []

    async def other() -> None:
        turns.append("other")

    running = asyncio.ensure_future(other())
    for seconds in (0, -1):
        await clock.sleep(seconds)
    turns.append("own")

    await running
    assert turns == ["other", "own"]


async def test_a_sleeper_that_was_cancelled_holds_up_nobody(clock: Clock, pass_time: PassTime) -> None:
    cancelled = asyncio.ensure_future(clock.sleep(MOMENT_SECONDS / 2))
    sleeping = asyncio.ensure_future(clock.sleep(MOMENT_SECONDS))
    await asyncio.sleep(0)

    cancelled.cancel()
    await pass_time(MOMENT_SECONDS * 2)
    await sleeping

    assert cancelled.cancelled()


async def test_the_twins_time_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    sleeping = asyncio.ensure_future(clock.sleep(3600))
    await asyncio.sleep(0)

    await clock.advance(3599)
    still_asleep = not sleeping.done()
    await clock.advance(1)
    await sleeping

    assert still_asleep
    assert clock.now() == datetime(2026, 1, 1, 1, tzinfo=UTC)
