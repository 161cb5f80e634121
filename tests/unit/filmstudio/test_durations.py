"""Times are said as people say them."""

from __future__ import annotations

import pytest

from filmstudio.cli.durations import about, age, clock


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (-1, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03")],
)
def test_clock(seconds: float, said: str) -> None:
    assert clock(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "a few seconds"),
        (7.4, "a few seconds"),
        (8, "about 10 s"),
        (57, "about 55 s"),
        (58, "about 1 min"),
        (84, "about 1 min 20 s"),
        (176, "about 3 min"),
        (1000, "about 17 min"),
        (3290, "about 55 min"),
        (3301, "about 1 h"),
        (4800, "about 1 h 20 min"),
        (90_000, "about 25 h"),
    ],
)
def test_estimates_are_no_finer_than_they_can_be(seconds: float, said: str) -> None:
    assert about(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (90_000, "1 d")]
)
def test_age(seconds: float, said: str) -> None:
    assert age(seconds) == said
