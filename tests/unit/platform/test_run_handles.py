"""A run as its engine's thread has it: what it tells, and how often."""

from __future__ import annotations

import pytest

from studio_platform.engine import show
from studio_platform.runner import PREVIEW_BYTES_MAX, RunHandle

PICTURE = b"a small picture"


class Told:
    """A handle, and what it reported."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, bytes]] = []
        self.handle = RunHandle(lambda percent, picture: self.reports.append((percent, picture)))


def test_what_is_shown_goes_with_the_percent_that_was_told_last() -> None:
    told = Told()

    for percent in (10, 20):
        told.handle.progress(percent)
    show(told.handle, lambda: PICTURE)

    assert told.reports == [(10, b""), (20, PICTURE)]


def test_a_picture_that_nobody_would_see_is_not_drawn() -> None:
    told, drawn = Told(), list[str]()

    def draw() -> bytes:
        drawn.append("drawn")
        return PICTURE

    for _ in range(3):
        show(told.handle, draw)

    assert drawn == ["drawn"]


@pytest.mark.parametrize("picture", [b"", bytes(PREVIEW_BYTES_MAX + 1)])
def test_neither_nothing_nor_too_much_is_shown(picture: bytes) -> None:
    told = Told()

    show(told.handle, lambda: picture)

    assert told.reports == []
