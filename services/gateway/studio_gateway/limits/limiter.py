"""Admits calls by their rates: the decision in memory, the leases behind it in a loop of their own."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import timedelta

from studio_gateway.limits.buckets import BUCKETS_MAX, Bucket, Buckets, Verdict
from studio_gateway.limits.leases import Ask, Leases, Leftover
from studio_gateway.limits.meters import LimitMeters
from studio_gateway.limits.rates import WINDOW_SECONDS, Rate
from studio_platform.clock import Clock
from studio_platform.errors import ResourceExhausted, Unavailable
from studio_platform.logs import get_logger

LEASE_BATCH_MAX = 500
LEASE_TIMEOUT_SECONDS = 2.0
LEASE_KEPT_SECONDS = 30.0
"""How long tokens are kept that nobody uses."""

WAIT_MAX_SECONDS = 0.5
"""How long a call waits for a lease that is asked for."""

AWAY_PAUSE_SECONDS = 1.0
TIDY_SECONDS = 5.0
TIDY_BATCH_MAX = 1_000
DELETE_SECONDS = 600.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: `remaining` calls of `rate`, all of them back in `full_in_seconds`."""

    rate: Rate
    remaining: int
    full_in_seconds: int


class TooManyCalls(ResourceExhausted):
    """A rate is used up; `standing` says so in the terms of a success."""

    def __init__(self, rate: Rate, seconds: float) -> None:
        super().__init__(
            "TOO_MANY_CALLS",
            f"Too many calls: at most {rate.per_minute} a minute of this kind ({rate.name}).",
            metadata={"limit": rate.name, "per_minute": str(rate.per_minute)},
            retry_after_seconds=seconds,
        )
        self.standing = Standing(rate, 0, math.ceil(seconds))


class Limiter:
    """Holds calls to rates that all replicas share; `run` must be running for leases to come.

    While Postgres is away, calls go on within what is leased and then within a tenth of the rate.
    """

    def __init__(
        self, leases: Leases, clock: Clock, meters: LimitMeters, buckets_max: int = BUCKETS_MAX
    ) -> None:
        self._leases = leases
        self._clock = clock
        self._meters = meters
        self._buckets = Buckets(buckets_max)
        self._wanting: dict[str, Bucket] = {}
        self._asked = asyncio.Event()
        self._told: asyncio.Future[None] | None = None
        self._is_away = False
        self._deleted_at = clock.monotonic()
        meters.watch(lambda: self.bucket_count)

    @property
    def bucket_count(self) -> int:
        """Buckets in memory."""
        return len(self._buckets)

    async def admit(self, rate: Rate, subject: str, cost: int = 1) -> Standing:
        """Takes a call's cost. Raises ResourceExhausted with the time after which it would pass."""
        bucket = self._buckets.bucket(rate, subject, self._clock.monotonic())
        price = min(float(cost), rate.capacity)
        verdict = self._take(bucket, price)
        if verdict is Verdict.WAIT:
            verdict = await self._take_after_lease(bucket, price)
        now = self._clock.monotonic()
        if verdict is not Verdict.PASS:
            self._meters.refused(rate.name)
            raise TooManyCalls(rate, bucket.retry_seconds(price, now, away=self._is_away))
        return _standing(bucket, now)

    async def run(self, stopping: asyncio.Event) -> None:
        """Leases what is wanted and gives back what is idle, until `stopping` is set; then gives all back."""
        waiter = asyncio.create_task(stopping.wait())
        tidy_at = self._clock.monotonic() + TIDY_SECONDS
        try:
            while not stopping.is_set():
                await self._until_wanted(waiter, tidy_at)
                if self._wanting:
                    await self._lease(waiter)
                if self._clock.monotonic() >= tidy_at:
                    tidy_at = self._clock.monotonic() + TIDY_SECONDS
                    await self.tidy()
        finally:
            waiter.cancel()
        await self._give_back([bucket for bucket in self._buckets if bucket.tokens >= 1])

    def _take(self, bucket: Bucket, price: float) -> Verdict:
        now = self._clock.monotonic()
        verdict = bucket.take(price, now, away=self._is_away)
        if bucket.needs_lease(now) or (verdict is Verdict.WAIT and not bucket.is_leasing):
            bucket.is_leasing = True
            bucket.wanted = max(bucket.rate.chunk, price)
            self._wanting[bucket.name] = bucket
            self._asked.set()
        return verdict

    async def _take_after_lease(self, bucket: Bucket, price: float) -> Verdict:
        verdict = Verdict.WAIT
        try:
            async with asyncio.timeout(WAIT_MAX_SECONDS):
                while verdict is Verdict.WAIT:
                    bucket.wanted = min(bucket.rate.capacity, bucket.wanted + price)
                    await asyncio.shield(self._next_word())
                    verdict = self._take(bucket, price)
        except TimeoutError:
            return bucket.take(price, self._clock.monotonic(), away=True)
        return verdict

    def _next_word(self) -> asyncio.Future[None]:
        """Done when Postgres has answered, or failed to, the next time."""
        if self._told is None:
            self._told = asyncio.get_running_loop().create_future()
        return self._told

    async def _until_wanted(self, stopping: asyncio.Task[bool], tidy_at: float) -> None:
        left_seconds = max(0.0, tidy_at - self._clock.monotonic())
        asked = asyncio.create_task(self._asked.wait())
        await asyncio.wait((asked, stopping), timeout=left_seconds, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        self._asked.clear()

    async def _lease(self, stopping: asyncio.Task[bool]) -> None:
        batch = list(self._wanting.values())[:LEASE_BATCH_MAX]
        asks = [Ask(bucket.name, bucket.rate, max(0.0, -bucket.tokens), bucket.wanted) for bucket in batch]
        try:
            async with asyncio.timeout(LEASE_TIMEOUT_SECONDS):
                grants = {grant.bucket: grant for grant in await self._leases.lease(asks)}
        except (Unavailable, TimeoutError) as error:
            await self._be_away(error, stopping)
            return
        now = self._clock.monotonic()
        self._is_away = False
        for bucket, ask in zip(batch, asks, strict=True):
            self._wanting.pop(bucket.name, None)
            bucket.is_leasing = False
            if (grant := grants.get(bucket.name)) is not None:
                bucket.receive(grant, ask, now)
                self._meters.leased(is_dry=grant.tokens < ask.wanted)
        if self._wanting:
            self._asked.set()
        self._tell()

    async def _be_away(self, error: Exception, stopping: asyncio.Task[bool]) -> None:
        """What is wanted is asked for again after a pause; nobody waits meanwhile."""
        if not self._is_away:
            _log.warning("no leases of rate limits", error=str(error))
        self._is_away = True
        self._meters.away()
        self._tell()
        pause = asyncio.create_task(self._pause())
        await asyncio.wait((pause, stopping), return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        self._asked.set()

    async def _pause(self) -> None:
        await self._clock.sleep(AWAY_PAUSE_SECONDS)

    def _tell(self) -> None:
        if self._told is not None:
            self._told.set_result(None)
            self._told = None

    async def tidy(self) -> None:
        """Gives back what is idle, forgets what is idle for a whole window, deletes rows that say nothing."""
        now = self._clock.monotonic()
        idle = [
            bucket
            for bucket in self._buckets.idle(now - LEASE_KEPT_SECONDS, TIDY_BATCH_MAX)
            if not bucket.is_leasing
        ]
        await self._give_back([bucket for bucket in idle if bucket.tokens >= 1])
        for bucket in idle:
            if bucket.used_at <= now - WINDOW_SECONDS:
                self._buckets.forget(bucket)
        if now - self._deleted_at >= DELETE_SECONDS:
            self._deleted_at = now
            await self._delete_full()

    async def _give_back(self, buckets: list[Bucket]) -> None:
        """Nobody else gets them when Postgres is away: time brings them back."""
        leftovers = [Leftover(bucket.name, bucket.rate, math.floor(bucket.tokens)) for bucket in buckets]
        for bucket in buckets:
            bucket.tokens -= math.floor(bucket.tokens)
        if not leftovers:
            return
        try:
            async with asyncio.timeout(LEASE_TIMEOUT_SECONDS):
                await self._leases.give_back(leftovers)
        except (Unavailable, TimeoutError) as error:
            _log.info("leased tokens not given back", buckets=len(leftovers), error=str(error))

    async def _delete_full(self) -> None:
        before = self._clock.now() - timedelta(seconds=DELETE_SECONDS)
        try:
            while await self._leases.delete_full(before, TIDY_BATCH_MAX) == TIDY_BATCH_MAX:
                _log.debug("full buckets deleted", rows=TIDY_BATCH_MAX)
        except Unavailable as error:
            _log.warning("full buckets not deleted", error=error.log_text)


def _standing(bucket: Bucket, now: float) -> Standing:
    remaining = bucket.remaining(now)
    full_in_seconds = math.ceil((bucket.rate.capacity - remaining) / bucket.rate.per_second)
    return Standing(bucket.rate, math.floor(remaining), full_in_seconds)
