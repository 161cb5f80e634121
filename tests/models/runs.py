"""Runs as engines see them, for tests that call engines themselves."""

from __future__ import annotations

from studio_platform.engine import Draw, RunCancelled


class Handle:
    """A run that notes its progress and what is shown, and is cancelled once it has come so far."""

    def __init__(self, cancelled_at: int | None = None) -> None:
        self.percents: list[int] = []
        self.shown: list[bytes] = []
        self._cancelled_at = cancelled_at

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def show(self, draw: Draw) -> None:
        self.shown.append(draw())

    def raise_if_cancelled(self) -> None:
        if self._cancelled_at is not None and self.percents and self.percents[-1] >= self._cancelled_at:
            raise RunCancelled
