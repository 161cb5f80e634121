"""The examples' releases, rendered once."""

from __future__ import annotations

import pytest

from tests.chart.release import EXAMPLES, Release, example, render


@pytest.fixture(scope="session")
def releases() -> dict[str, Release]:
    """Example to release."""
    return {name: render(example(name)) for name in EXAMPLES}


@pytest.fixture(params=EXAMPLES)
def release(request: pytest.FixtureRequest, releases: dict[str, Release]) -> Release:
    """Each example's in turn."""
    found: Release = releases[request.param]
    return found
