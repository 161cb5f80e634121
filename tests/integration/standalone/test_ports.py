"""Two studios that start at the same time want the same port, and both get ready."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import StudioUnderTest, studio_with


@pytest.fixture
def two(standins: Path) -> Iterator[tuple[StudioUnderTest, StudioUnderTest]]:
    with studio_with(standins) as first, studio_with(standins) as second:
        yield first, second


def test_two_studios_that_start_at_once_both_get_ready(two: tuple[StudioUnderTest, StudioUnderTest]) -> None:
    with ThreadPoolExecutor(2) as threads:
        addresses = [started["address"] for started in threads.map(lambda studio: studio.up(), two)]

    assert len(set(addresses)) == 2
    assert [studio.status().phase for studio in two] == ["ready", "ready"]


def test_one_of_many_starts_of_a_studio_starts_it_and_the_others_join(studio: StudioUnderTest) -> None:
    argv = [sys.executable, "-m", "studio_standalone", "up", "--json", "--home", str(studio.home.path)]
    starts = [
        subprocess.Popen(argv, env=studio.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]

    said = [start.communicate(timeout=60) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], said
    answers = [json.loads(out) for out, _ in said]

    assert len({answer["address"] for answer in answers}) == 1
    assert sorted(answer["joined"] for answer in answers) == [False, True, True]
