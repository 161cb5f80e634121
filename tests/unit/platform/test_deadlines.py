"""What is left of a call's time bounds what it calls."""

from __future__ import annotations

import asyncio

import pytest

from studio_platform.deadlines import remaining_seconds, set_remaining_seconds, timeout_for_call
from studio_platform.errors import DeadlineExceeded


async def test_without_a_deadline_a_call_has_its_own_limit() -> None:
    assert remaining_seconds() is None
    assert timeout_for_call(7) == 7
    assert timeout_for_call(None) is None


async def test_the_lesser_of_limit_and_rest_holds() -> None:
    set_remaining_seconds(5)

    rest, limited = timeout_for_call(None), timeout_for_call(1)

    assert rest is not None
    assert 0 < rest <= 5
    assert limited == 1


async def test_with_nothing_left_the_call_is_not_made() -> None:
    set_remaining_seconds(0)

    with pytest.raises(DeadlineExceeded):
        timeout_for_call(7)


async def test_a_task_started_within_has_the_same_deadline() -> None:
    set_remaining_seconds(5)

    async def inner() -> float | None:
        return remaining_seconds()

    left = await asyncio.create_task(inner())

    assert left is not None
    assert left <= 5
