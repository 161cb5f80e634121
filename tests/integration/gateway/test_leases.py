"""Leases of rate limits on a real Postgres, shared by two replicas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

import studio_gateway
from studio_gateway.limits.leases import Ask, Leases, Leftover, MemoryLeases, PostgresLeases
from studio_gateway.limits.limiter import Limiter, TooManyCalls
from studio_gateway.limits.meters import LimitMeters
from studio_gateway.limits.rates import Rate
from studio_platform.clock import SystemClock
from studio_platform.database import Connection, Database, open_database
from studio_platform.errors import Unavailable
from studio_platform.settings import DatabaseSettings

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"
# So slow that nothing comes back during a test.
SLOW = Rate("slow", 60)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database of one replica."""
    settings = DatabaseSettings(database_url=SecretStr(url), database_pool_size_max=4)
    async with open_database(settings, "gateway") as database:
        yield database


@pytest.fixture(params=["memory", "postgres"])
async def leases(request: pytest.FixtureRequest) -> AsyncIterator[Leases]:
    """The twin, then the real one."""
    if request.param == "memory":
        yield MemoryLeases(lambda: datetime.now(UTC))
        return
    database_url: Callable[..., str] = request.getfixturevalue("database_url")
    async with opened(database_url(MIGRATIONS)) as database:
        yield PostgresLeases(database)


async def test_a_new_bucket_is_full_and_gives_whole_tokens_until_it_is_dry(leases: Leases) -> None:
    first = await leases.lease([Ask("a", SLOW, owed=0.0, wanted=50.0)])
    second = await leases.lease([Ask("a", SLOW, owed=0.0, wanted=50.0)])

    assert [(grant.bucket, grant.tokens) for grant in first] == [("a", 50.0)]
    assert 10.0 <= second[0].tokens < 50.0
    assert 0.0 <= second[0].left_over < 1.0


async def test_what_is_owed_is_taken_even_when_it_is_not_there(leases: Leases) -> None:
    (grant,) = await leases.lease([Ask("a", SLOW, owed=70.0, wanted=5.0)])

    assert grant.tokens == 0.0
    assert grant.left_over == pytest.approx(-10.0, abs=1.0)


async def test_what_is_given_back_can_be_leased_again_but_never_more_than_a_bucket_holds(
    leases: Leases,
) -> None:
    await leases.lease([Ask("a", SLOW, owed=0.0, wanted=60.0)])
    await leases.give_back([Leftover("a", SLOW, 40.0), Leftover("unknown", SLOW, 9.0)])
    (some,) = await leases.lease([Ask("a", SLOW, owed=0.0, wanted=40.0)])
    await leases.give_back([Leftover("a", SLOW, 1_000.0)])
    (all_of_it,) = await leases.lease([Ask("a", SLOW, owed=0.0, wanted=1_000.0)])

    assert (some.tokens, all_of_it.tokens) == (40.0, 60.0)


async def test_buckets_that_nobody_used_for_long_are_deleted_and_are_full_again(leases: Leases) -> None:
    await leases.lease([Ask(name, SLOW, owed=0.0, wanted=60.0) for name in ("a", "b", "c")])
    later = datetime.now(UTC) + timedelta(hours=1)

    assert await leases.delete_full(later - timedelta(hours=2), 10) == 0
    assert await leases.delete_full(later, 2) == 2
    assert await leases.delete_full(later, 2) == 1
    (again,) = await leases.lease([Ask("a", SLOW, owed=0.0, wanted=60.0)])
    assert again.tokens == 60.0


class Counted(Database):
    """Counts how often it is used."""

    def __init__(self, inner: Database) -> None:
        super().__init__(inner._pool, inner._opening)
        self._inner = inner
        self.uses = 0
        self.is_away = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One use."""
        self.uses += 1
        if self.is_away:
            raise Unavailable("DATABASE_UNAVAILABLE", "away")
        async with self._inner.connection() as connection:
            yield connection


class Replicas:
    """Gateways' limiters over one Postgres, each with connections of its own."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self._url = url
        self._stack = stack
        self._stopping = asyncio.Event()

    async def one(self) -> tuple[Limiter, Counted]:
        """One more that runs until the end of the test."""
        counted = Counted(await self._stack.enter_async_context(opened(self._url)))
        limiter = Limiter(PostgresLeases(counted), SystemClock(), LimitMeters(CollectorRegistry()))
        running = asyncio.create_task(limiter.run(self._stopping))
        self._stack.push_async_callback(self._stop, running)
        return limiter, counted

    async def _stop(self, running: asyncio.Task[None]) -> None:
        self._stopping.set()
        await running


@pytest.fixture
async def replicas(database_url: Callable[..., str]) -> AsyncIterator[Replicas]:
    """None yet."""
    async with AsyncExitStack() as stack:
        yield Replicas(database_url(MIGRATIONS), stack)


async def passed(limiter: Limiter, rate: Rate, calls: int) -> int:
    """How many of so many calls were let in."""
    verdicts = await asyncio.gather(
        *(limiter.admit(rate, "ada") for _ in range(calls)), return_exceptions=True
    )
    strange = [
        each for each in verdicts if isinstance(each, BaseException) and not isinstance(each, TooManyCalls)
    ]
    assert strange == []
    return sum(not isinstance(each, BaseException) for each in verdicts)


async def test_two_replicas_keep_to_one_limit_within_a_lease_and_no_call_pays_a_write(
    replicas: Replicas,
) -> None:
    (one, uses_of_one), (other, uses_of_other) = await replicas.one(), await replicas.one()
    rate, clock = Rate("read", 1_200), SystemClock()
    began_at, sums, calls = clock.monotonic(), 0, 0
    while clock.monotonic() - began_at < 1.5:
        sums += sum(await asyncio.gather(passed(one, rate, 40), passed(other, rate, 40)))
        calls += 80
    allowed = rate.per_minute + (clock.monotonic() - began_at) * rate.per_second

    assert rate.per_minute - 2 * rate.chunk <= sums <= allowed + rate.chunk
    assert uses_of_one.uses + uses_of_other.uses < calls / 20


async def test_crowds_of_buckets_are_leased_together_by_both_without_a_deadlock(replicas: Replicas) -> None:
    (one, uses), (other, _) = await replicas.one(), await replicas.one()

    async def spend(limiter: Limiter, names: list[str]) -> None:
        for name in names * 5:
            await limiter.admit(SLOW, name)

    names = [f"address-{number}" for number in range(300)]
    await asyncio.gather(
        *(spend(one, [name]) for name in names), *(spend(other, [name]) for name in reversed(names))
    )

    assert 1 <= uses.uses < len(names)


async def test_what_a_replica_leased_is_back_when_it_stops(database_url: Callable[..., str]) -> None:
    url = database_url(MIGRATIONS)
    async with AsyncExitStack() as stack:
        limiter, _ = await Replicas(url, stack).one()
        assert await passed(limiter, SLOW, 6) == 6
    async with opened(url) as database:
        (grant,) = await PostgresLeases(database).lease([Ask("slow ada", SLOW, owed=0.0, wanted=60.0)])

    assert 54.0 <= grant.tokens <= 56.0


async def test_while_postgres_is_away_calls_go_on_within_the_lease_and_not_much_beyond(
    replicas: Replicas,
) -> None:
    limiter, database = await replicas.one()
    assert await passed(limiter, SLOW, 10) == 10
    database.is_away = True

    more = await passed(limiter, SLOW, 200)

    assert 1 <= more <= 2 * SLOW.chunk + SLOW.trust
    assert database.uses < 30
