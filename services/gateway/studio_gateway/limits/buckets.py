"""One replica's buckets: what it has leased, what it believes is left for all, and what a call may take."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from studio_gateway.limits.leases import Ask, Grant
from studio_gateway.limits.rates import Rate

BUCKETS_MAX = 50_000
EVICTION_LOOKS = 8
"""How many of the oldest buckets are looked at for a full one when there is no room."""

DRY_PAUSE_SECONDS = 0.5
"""How long a bucket that got less than it wanted asks for no more."""

RETRY_MIN_SECONDS = 0.05


class Verdict(Enum):
    """What becomes of a call: it goes on, it waits for the lease that is asked for, or it is refused."""

    PASS = auto()
    WAIT = auto()
    REFUSE = auto()


@dataclass(slots=True)
class Bucket:
    """`tokens` are leased and unspent, below 0: spent on trust. `left_over` is what others had at `told_at`.

    Times are monotonic seconds. `spare` is the allowance while Postgres is away.
    """

    name: str
    rate: Rate
    told_at: float
    used_at: float
    left_over: float
    spare: float
    spare_at: float
    tokens: float = 0.0
    wanted: float = 0.0
    ask_after: float = 0.0
    is_leasing: bool = False
    has_leased: bool = False

    def believed(self, now: float) -> float:
        """What is left for all, by the last word and the time since then."""
        return min(self.rate.capacity, self.left_over + (now - self.told_at) * self.rate.per_second)

    def remaining(self, now: float) -> float:
        """What a caller has left, as far as this replica knows."""
        return max(0.0, min(self.rate.capacity, self.tokens + self.believed(now)))

    def is_full(self, now: float) -> bool:
        """Whether forgetting it would change nothing."""
        return self.tokens + self.believed(now) >= self.rate.capacity

    def take(self, cost: float, now: float, *, away: bool) -> Verdict:
        """Takes the cost of a call, if it is there. While Postgres is away nobody waits for it."""
        self.used_at = now
        if self.tokens >= cost:
            self.tokens -= cost
            return Verdict.PASS
        if away:
            return self._take_spare(cost, now)
        believed = self.believed(now)
        if self.tokens - cost >= -self.rate.trust and believed + self.tokens >= cost:
            self.tokens -= cost
            return Verdict.PASS
        may_ask = self.is_leasing or now >= self.ask_after
        return Verdict.WAIT if may_ask and believed + self.tokens >= cost else Verdict.REFUSE

    def needs_lease(self, now: float) -> bool:
        """Whether to ask for tokens: before it is dry, and for a new bucket once some trust is spent."""
        if self.is_leasing or now < self.ask_after:
            return False
        low = self.rate.chunk / 2 if self.has_leased else -self.rate.trust / 2
        return self.tokens < low

    def receive(self, grant: Grant, ask: Ask, now: float) -> None:
        """Takes what was leased; what was owed is paid by it."""
        self.tokens += ask.owed + grant.tokens
        self.left_over, self.told_at = grant.left_over, now
        self.has_leased = True
        if grant.tokens < ask.wanted:
            self.ask_after = now + DRY_PAUSE_SECONDS

    def retry_seconds(self, cost: float, now: float, *, away: bool) -> float:
        """When the same call may pass."""
        if away:
            return max(RETRY_MIN_SECONDS, (cost - self.spare) / self.rate.per_second_away)
        missing = cost - self.tokens - self.believed(now)
        return max(RETRY_MIN_SECONDS, missing / self.rate.per_second, self.ask_after - now)

    def _take_spare(self, cost: float, now: float) -> Verdict:
        grown = self.spare + (now - self.spare_at) * self.rate.per_second_away
        self.spare, self.spare_at = min(self.rate.trust, grown), now
        if self.spare < cost:
            return Verdict.REFUSE
        self.spare -= cost
        return Verdict.PASS


class Buckets:
    """At most `buckets_max` buckets, the one used last at the end."""

    def __init__(self, buckets_max: int = BUCKETS_MAX) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._buckets_max = buckets_max

    def __len__(self) -> int:
        return len(self._buckets)

    def __iter__(self) -> Iterator[Bucket]:
        return iter(self._buckets.values())

    def bucket(self, rate: Rate, subject: str, now: float) -> Bucket:
        """The bucket of a rate and a subject; a new one is thought full until a lease tells."""
        name = f"{rate.name} {subject}"
        found = self._buckets.get(name)
        if found is None:
            self._make_room(now)
            found = Bucket(name, rate, now, now, rate.capacity, rate.trust, now)
            self._buckets[name] = found
        else:
            self._buckets.move_to_end(name)
        return found

    def idle(self, since: float, limit: int) -> list[Bucket]:
        """At most `limit` buckets that were not used after `since`, the longest idle first."""
        found: list[Bucket] = []
        for bucket in self._buckets.values():
            if bucket.used_at > since or len(found) == limit:
                break
            found.append(bucket)
        return found

    def forget(self, bucket: Bucket) -> None:
        """Drops a bucket."""
        self._buckets.pop(bucket.name, None)

    def _make_room(self, now: float) -> None:
        while len(self._buckets) >= self._buckets_max:
            oldest = [bucket for bucket, _ in zip(self, range(EVICTION_LOOKS), strict=False)]
            full = next((bucket for bucket in oldest if bucket.is_full(now)), oldest[0])
            self.forget(full)
