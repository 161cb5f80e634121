"""What providers say of when they may be asked again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio_models.provider.pacing import asked_seconds, duration_seconds, pause_seconds, reset_seconds

NOW = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("1.5", 1.5), ("6m0s", 360), ("1h2m3s", 3723), ("120ms", 0.12), ("1m", 60), ("", None), ("soon", None)],
)
def test_durations_are_read_as_providers_write_them(said: str, seconds: float | None) -> None:
    assert duration_seconds(said) == seconds


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"retry-after": "20"}, 20),
        ({"retry-after": "Fri, 27 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after-ms": "500", "retry-after": "9"}, 0.5),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s"}, 2),
    ],
)
def test_a_wait_that_is_asked_for_is_kept_and_a_little_more_by_chance(
    headers: dict[str, str], least: float
) -> None:
    waits = [asked_seconds(headers, NOW) or 0 for _ in range(20)]

    assert all(least <= wait <= 1.25 * least for wait in waits)
    assert len(set(waits)) > 1


def test_who_asks_for_nothing_is_asked_again_after_growing_pauses() -> None:
    assert asked_seconds({}, NOW) is None
    assert asked_seconds({"retry-after": "soon"}, NOW) is None
    pauses = [pause_seconds(1.0, attempt) for attempt in range(1, 5)]
    assert all(2 ** (place - 1) <= pause <= 2**place for place, pause in enumerate(pauses))
    assert pause_seconds(1.0, 50) <= 30


def test_nothing_is_held_while_calls_remain() -> None:
    reset = {"x-ratelimit-reset-requests": "9s", "x-ratelimit-reset-tokens": "4s"}

    assert reset_seconds({"x-ratelimit-remaining-requests": "3", **reset}) is None
    assert reset_seconds({"x-ratelimit-remaining-tokens": "0", **reset}) == 4
