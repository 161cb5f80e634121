"""How long the work at hand may still take, known to all that it calls."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

from studio_platform.errors import DeadlineExceeded

_deadline: ContextVar[float | None] = ContextVar("filmstudio_deadline", default=None)


def set_remaining_seconds(seconds: float | None) -> None:
    """Sets the deadline of the rest of this task; None takes it away."""
    _deadline.set(None if seconds is None else asyncio.get_running_loop().time() + seconds)


def remaining_seconds() -> float | None:
    """Seconds left for the work at hand, possibly none (0 or less); None where there is no deadline."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - asyncio.get_running_loop().time()


def timeout_for_call(limit_seconds: float | None) -> float | None:
    """What a call that leaves the process may take: the lesser of its own limit and what is left.

    Raises DeadlineExceeded when nothing is left, so that the call isn't made.
    """
    left = remaining_seconds()
    if left is None:
        return limit_seconds
    if left <= 0:
        raise DeadlineExceeded("DEADLINE_EXCEEDED", "The time for this call is over.")
    return left if limit_seconds is None else min(left, limit_seconds)
