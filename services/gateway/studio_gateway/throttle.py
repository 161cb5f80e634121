"""Slows down those who guess: a growing wait for each account."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from studio_platform.errors import ResourceExhausted

KEYS_MAX = 20_000
FREE_ATTEMPTS = 5
WAIT_FIRST_SECONDS = 1.0
WAIT_MAX_SECONDS = 60.0
FORGET_AFTER_SECONDS = 900.0


@dataclass(slots=True)
class _Failures:
    count: int
    last_at: float


class Throttle:
    """Counts attempts in this process; with several replicas each allows as much.

    `now` gives monotonic seconds. At most KEYS_MAX accounts are remembered.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._accounts: OrderedDict[str, _Failures] = OrderedDict()

    def begin_sign_in(self, account: str) -> None:
        """Counts the attempt as failed until `signed_in`, so that parallel guesses count as well.

        The first FREE_ATTEMPTS are free, each further one waits twice as long as the one before, up to
        WAIT_MAX_SECONDS. Raises ResourceExhausted within a wait.
        """
        now = self._now()
        failures = self._accounts.setdefault(account, _Failures(0, now))
        self._accounts.move_to_end(account)
        _trim(self._accounts)
        if now - failures.last_at > FORGET_AFTER_SECONDS:
            failures.count = 0
        left = failures.last_at + _wait_seconds(failures.count) - now
        if left > 0:
            raise _too_many(left)
        failures.count += 1
        failures.last_at = now

    def signed_in(self, account: str) -> None:
        """Forgets the failures of an account."""
        self._accounts.pop(account, None)


def _wait_seconds(failures: int) -> float:
    if failures < FREE_ATTEMPTS:
        return 0.0
    doublings = min(failures - FREE_ATTEMPTS, 16)
    return min(WAIT_FIRST_SECONDS * 2.0**doublings, WAIT_MAX_SECONDS)


def _trim(entries: OrderedDict[str, _Failures]) -> None:
    while len(entries) > KEYS_MAX:
        entries.popitem(last=False)


def _too_many(wait_seconds: float) -> ResourceExhausted:
    return ResourceExhausted(
        "TOO_MANY_ATTEMPTS", "Too many attempts; wait a little.", retry_after_seconds=wait_seconds
    )
