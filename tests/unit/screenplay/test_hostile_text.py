"""Hostile texts are read in linear time: twice the text is at most about twice the work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from studio_jobs.screenplay import Limits, Screenplay, read
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.fountain_writing import write_fountain

TOP = "INT. A - DAY\n\n"
HOSTILE: dict[str, Callable[[int], str]] = {
    "openings of notes": lambda n: "[[" * n,
    "openings and closings of notes": lambda n: "[[x]] " * n,
    "openings of notes on lines": lambda n: "[[\n" * n,
    "openings of boneyards": lambda n: "/*" * n,
    "boneyards": lambda n: "/* x\n\n*/\n" * n,
    "openings of parentheses": lambda n: "ANNA\n" + "(\n" * n,
    "parentheses within parentheses": lambda n: f"ANNA {'(' * n}{')' * n}\nHi.\n",
    "stars": lambda n: "*a " * n,
    "stars within stars": lambda n: "*" * n + "a" + "*" * n,
    "emphasis within emphasis": lambda n: "*_**" * n + "a" + "**_*" * n,
    "underlines": lambda n: "_a" * n,
    "a heading of spaces": lambda n: "INT." + " " * n,
    "a heading of number signs": lambda n: "INT. A " + "#" * n,
    "a cue of carets": lambda n: "ANNA " + "^" * n + "\nHi.\n",
    "a cue of spaces": lambda n: "ANNA" + " " * n + "^\nHi.\n",
    "blank lines that are held": lambda n: "ANNA\nHi.\n" + "  \n" * n,
    "lines of one speech": lambda n: "ANNA\n" + "Hi.\n" * n,
    "cues": lambda n: "ANNA\nHi.\n\n" * n,
    "names": lambda n: "".join(f"NAME{i:07}\nHi.\n\n" for i in range(n)),
    "cues alone": lambda n: "ANNA\n\n" * n,
    "one action": lambda n: "Rain.\n" * n,
    "a title page": lambda n: "Title: x\n" + "   y\n" * n,
    "sections": lambda n: "#" * n,
    "nulls": lambda n: "\x00" * n,
    "halves of characters": lambda n: "\ud800" * n,
    "carriage returns": lambda n: "\r" * n,
    "backslashes": lambda n: "\\" * n + "*a*",
}


def _work(act: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls


def _read_and_write(text: str) -> Screenplay:
    screenplay = parse_fountain(TOP + text)
    write_fountain(screenplay)
    return screenplay


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_hostile_text_is_twice_the_work(name: str) -> None:
    one, two = HOSTILE[name](2_000), HOSTILE[name](4_000)

    assert _work(partial(_read_and_write, two)) <= 2.2 * _work(partial(_read_and_write, one)) + 100


# What is not counted above, the work within one call of a search or a comparison, would not end in time.
@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_two_hundred_kilobytes_of_hostile_text_are_read_and_written(name: str) -> None:
    of_one = len(HOSTILE[name](100)) // 100

    assert _read_and_write(HOSTILE[name](200_000 // of_one)).elements


def test_twice_the_screenplay_is_twice_the_work_of_reading_it_with_all_remarks() -> None:
    scene = (
        "INT. HOUSE - DAY\n\nRain *falls.\n\nIRIS\n(low)\nHi.\n\nIRSI ^\nHI THERE YOU ALL.\n\n[[note]]\n\n"
    )
    limits = Limits(size_bytes_max=10_000_000)
    one, two = (_work(partial(read, (scene * scenes).encode(), limits)) for scenes in (200, 400))

    assert two <= 2.2 * one
