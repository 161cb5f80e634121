"""What a pool may spend: noted in the store as it is paid, so that restarts and replicas share one limit."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from studio_models.provider import faults
from studio_models.provider.choices import HOURS_A_DAY, Prices
from studio_platform.clock import Clock
from studio_platform.receipts import Receipts

HOUR = timedelta(hours=1)
_MICROS = 1_000_000


class Purse:
    """The money of one pool. A call whose price would exceed a limit is not made.

    Replicas that ask in the same moment may exceed a limit by what they ask for just then.
    """

    def __init__(self, pool: str, prices: Prices, clock: Clock) -> None:
        self._pool = pool
        self._prices = prices
        self._clock = clock
        self._lock = threading.Lock()
        self._reserved_micros = 0
        self._past: dict[str, int] = {}

    @contextmanager
    def paying(self, receipts: Receipts, name: str) -> Iterator[None]:
        """Around one paid call: what succeeds within is paid, under a name that is paid once.

        Raises EngineFailure when the pool may not spend it.
        """
        if not (self._prices.hour_max_micros or self._prices.day_max_micros):
            yield
            return
        with self._lock:
            self._require(receipts)
            self._reserved_micros += self._prices.call_micros
        try:
            yield
            digest = hashlib.sha256(f"{receipts.key}/{name}".encode()).hexdigest()[:32]
            receipts.enter(self._pool, _name(self._now()), digest, self._prices.call_micros)
        finally:
            with self._lock:
                self._reserved_micros -= self._prices.call_micros

    def _require(self, receipts: Receipts) -> None:
        now = self._now()
        prices = self._prices
        this_hour = receipts.spent(self._pool, _name(now)) + self._reserved_micros + prices.call_micros
        if prices.hour_max_micros and this_hour > prices.hour_max_micros:
            raise faults.spent(f"{prices.hour_max_micros / _MICROS:g} an hour", _clock_time(now + HOUR))
        if not prices.day_max_micros:
            return
        before = sum(self._spent_in(receipts, now - HOUR * ago) for ago in range(1, HOURS_A_DAY))
        if this_hour + before > prices.day_max_micros:
            raise faults.spent(f"{prices.day_max_micros / _MICROS:g} a day", _clock_time(now + HOUR))

    def _spent_in(self, receipts: Receipts, hour: datetime) -> int:
        """An hour that is over does not change."""
        name = _name(hour)
        if name not in self._past:
            self._past = dict(list(self._past.items())[-HOURS_A_DAY:])
            self._past[name] = receipts.spent(self._pool, name)
        return self._past[name]

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)


def _name(hour: datetime) -> str:
    return hour.strftime("%Y-%m-%dT%H")


def _clock_time(hour: datetime) -> str:
    return hour.strftime("%H:00 UTC")
