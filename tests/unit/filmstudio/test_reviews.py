"""Times of a film, as people write and read them."""

from __future__ import annotations

import pytest

from filmstudio.cli.reviews import milliseconds, moment
from filmstudio.errors import RefusedError


@pytest.mark.parametrize(
    ("written", "at_ms"),
    [("0", 0), ("62.5", 62_500), ("1:02.5", 62_500), ("1:01:02.005", 3_662_005), (" 0:07 ", 7_000)],
)
def test_a_time_is_read_in_seconds_minutes_or_hours(written: str, at_ms: int) -> None:
    assert milliseconds(written) == at_ms


@pytest.mark.parametrize("written", ["", "soon", "-1", "1:", "1:2:3:4", "1.2345", "1,5"])
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(RefusedError):
        milliseconds(written)


@pytest.mark.parametrize(
    ("at_ms", "shown"), [(0, "0:00.000"), (62_500, "1:02.500"), (3_662_005, "61:02.005")]
)
def test_a_moment_shows_as_it_is_written(at_ms: int, shown: str) -> None:
    assert moment(at_ms) == shown
