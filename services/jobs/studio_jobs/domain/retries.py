"""What becomes of a run that failed: another dispatch after a pause, or the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

RUN_FAILURES_MAX = 4
"""A run that failed this often fails for good."""

BACKOFF_FIRST_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 60.0

CRASHED = "CRASHED"


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Dispatch again after this pause."""

    pause: timedelta


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The run failed for good."""


def decide(reason: str, *, permanent: bool, failures: int) -> RetryAfter | GiveUp:
    """What follows the `failures`-th failure of a run (counted from 1).

    A first crash is tried again at once, for the worker was most likely killed from outside; every
    other failure waits 1 s, doubling to a minute.
    """
    if permanent or failures >= RUN_FAILURES_MAX:
        return GiveUp()
    if reason == CRASHED and failures == 1:
        return RetryAfter(timedelta(0))
    pause = min(BACKOFF_MAX_SECONDS, BACKOFF_FIRST_SECONDS * 2 ** (failures - 1))
    return RetryAfter(timedelta(seconds=pause))
