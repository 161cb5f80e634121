"""Rate limits of one replica and of two: in memory, with the twin of Postgres behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from prometheus_client import CollectorRegistry

from studio_gateway.limits.leases import Ask, Grant, MemoryLeases
from studio_gateway.limits.limiter import (
    LEASE_KEPT_SECONDS,
    Limiter,
    TooManyCalls,
)
from studio_gateway.limits.meters import LimitMeters
from studio_gateway.limits.rates import WINDOW_SECONDS, Rate
from studio_platform.clock import ManualClock
from studio_platform.errors import Unavailable

RATE = Rate("write", 60)


class WatchedLeases(MemoryLeases):
    """Counts what it is asked, and is away at will."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock.now)
        self.asked: list[Sequence[Ask]] = []
        self.is_away = False
        self.answered = asyncio.Event()

    async def lease(self, asks: Sequence[Ask]) -> list[Grant]:
        """As the twin."""
        self.asked.append(asks)
        self.answered.set()
        if self.is_away:
            raise Unavailable("DATABASE_UNAVAILABLE", "away")
        return await super().lease(asks)


class Rig:
    """One clock, one Postgres, and as many replicas as are wanted."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.leases = WatchedLeases(self.clock)

    @asynccontextmanager
    async def replica(self, buckets_max: int = 1_000) -> AsyncIterator[Limiter]:
        """A limiter that runs."""
        stopping = asyncio.Event()
        limiter = Limiter(self.leases, self.clock, LimitMeters(CollectorRegistry()), buckets_max)
        running = asyncio.create_task(limiter.run(stopping))
        try:
            yield limiter
        finally:
            stopping.set()
            await running


async def passed(limiter: Limiter, calls: int, subject: str = "ada", rate: Rate = RATE) -> int:
    """How many of so many calls were let in."""
    count = 0
    for _ in range(calls):
        try:
            await limiter.admit(rate, subject)
        except TooManyCalls:
            continue
        count += 1
    return count


async def test_a_minutes_calls_may_come_at_once_and_no_more() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        assert await passed(limiter, 200) == RATE.per_minute


async def test_a_refusal_says_when_the_call_would_pass_and_then_it_does() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        await passed(limiter, 200)

        with pytest.raises(TooManyCalls) as refused:
            await limiter.admit(RATE, "ada")
        assert refused.value.retry_after_seconds is not None
        await rig.clock.advance(refused.value.retry_after_seconds)

        await limiter.admit(RATE, "ada")


async def test_others_do_not_pay_for_one_who_asks_too_much() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        await passed(limiter, 200)

        assert await passed(limiter, 10, "bob") == 10


async def test_a_costly_call_counts_as_several() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        for _ in range(RATE.per_minute // 20):
            await limiter.admit(RATE, "ada", cost=20)

        with pytest.raises(TooManyCalls):
            await limiter.admit(RATE, "ada", cost=20)


async def test_a_call_that_costs_more_than_a_minute_holds_takes_all_of_it() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        standing = await limiter.admit(RATE, "ada", cost=1_000)

        assert standing.remaining == 0


async def test_what_remains_is_told_and_comes_back_with_time() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        first = await limiter.admit(RATE, "ada")
        await passed(limiter, 29)
        await rig.clock.advance(10)
        later = await limiter.admit(RATE, "ada")

        assert (first.remaining, first.full_in_seconds) == (59, 1)
        assert (later.remaining, later.full_in_seconds) == (39, 21)


async def test_a_few_calls_ask_for_no_lease() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        await limiter.admit(RATE, "ada")

        assert rig.leases.asked == []


async def test_leases_are_few_against_calls() -> None:
    rig, rate = Rig(), Rate("read", 3_000)
    async with rig.replica() as limiter:
        assert await passed(limiter, 3_000, rate=rate) == 3_000

        assert len(rig.leases.asked) <= 3_000 / (rate.chunk / 2)


async def test_two_replicas_keep_to_one_limit_within_a_lease() -> None:
    rig = Rig()
    async with rig.replica() as one, rig.replica() as other:
        sums = 0
        for _ in range(30):
            sums += await passed(one, 10) + await passed(other, 10)
            await rig.clock.advance(1)

    allowed = RATE.per_minute + 30 * RATE.per_second
    assert allowed - 2 * RATE.chunk <= sums <= allowed + RATE.chunk


async def test_a_lease_that_one_replica_does_not_use_becomes_anothers() -> None:
    rig = Rig()
    async with rig.replica() as one, rig.replica() as other:
        await passed(one, 5)
        spent = 5 + await passed(other, 60)
        held = RATE.per_minute - spent
        await rig.clock.advance(LEASE_KEPT_SECONDS)
        refilled = int(LEASE_KEPT_SECONDS * RATE.per_second)
        await one.tidy()

        assert held >= 1
        assert await passed(other, 100) == refilled + held


async def test_while_postgres_is_away_the_lease_is_used_up_and_then_a_small_part_of_the_rate() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        assert await passed(limiter, 10) == 10
        rig.leases.is_away = True

        at_once = await passed(limiter, 200)
        await rig.clock.advance(WINDOW_SECONDS)
        later = await passed(limiter, 200)

        assert at_once <= 2 * RATE.chunk
        assert 1 <= later <= RATE.chunk


async def test_when_postgres_is_back_the_limit_is_as_before() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        rig.leases.is_away = True
        await passed(limiter, 200)
        rig.leases.is_away = False
        rig.leases.answered.clear()
        await rig.clock.advance(WINDOW_SECONDS)
        await rig.leases.answered.wait()

        assert await passed(limiter, 200) >= RATE.per_minute - RATE.chunk


async def test_ten_thousands_of_addresses_are_bounded_and_the_busy_one_is_not_forgotten() -> None:
    rig = Rig()
    async with rig.replica(buckets_max=100) as limiter:
        await passed(limiter, 200, "busy")
        for number in range(10_000):
            if number % 50 == 0:
                assert await passed(limiter, 1, "busy") == 0
            await limiter.admit(RATE, f"address-{number}")

        assert limiter.bucket_count == 100


async def test_idle_buckets_go_by_themselves() -> None:
    rig = Rig()
    async with rig.replica() as limiter:
        await passed(limiter, 30)
        await limiter.admit(RATE, "bob")
        for _ in range(10):
            await rig.clock.advance(WINDOW_SECONDS / 10)
        await limiter.tidy()

        assert limiter.bucket_count == 0
