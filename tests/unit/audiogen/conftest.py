"""Run handles for the audio engines' tests."""

from __future__ import annotations

import pytest

from studio_platform.engine import RunCancelled


class QuietRun:
    """A run that nobody cancels."""

    def progress(self, percent: int) -> None:
        """Check that the percent is one."""
        assert 0 <= percent <= 100

    def raise_if_cancelled(self) -> None:
        """Go on."""


class CancelledRun(QuietRun):
    """A run that was cancelled before it began."""

    def raise_if_cancelled(self) -> None:
        """Stop the engine."""
        raise RunCancelled


@pytest.fixture(scope="session")
def quiet() -> QuietRun:
    return QuietRun()


@pytest.fixture
def cancelled() -> CancelledRun:
    return CancelledRun()
