"""What follows a failure."""

from __future__ import annotations

from datetime import timedelta

from studio_jobs.domain.retries import RUN_FAILURES_MAX, GiveUp, RetryAfter, decide


def test_a_permanent_failure_is_not_tried_again() -> None:
    assert decide("BAD_SPEC", permanent=True, failures=1) == GiveUp()


def test_a_first_crash_is_tried_again_at_once() -> None:
    assert decide("CRASHED", permanent=False, failures=1) == RetryAfter(timedelta(0))


def test_pauses_double_to_a_minute() -> None:
    pauses = [decide("ENGINE_ERROR", permanent=False, failures=n) for n in range(1, RUN_FAILURES_MAX)]

    assert pauses == [RetryAfter(timedelta(seconds=2.0**n)) for n in range(RUN_FAILURES_MAX - 1)]


def test_the_last_failure_ends_the_run() -> None:
    assert decide("ENGINE_ERROR", permanent=False, failures=RUN_FAILURES_MAX) == GiveUp()
