"""What a pool may spend, over restarts and replicas."""

from __future__ import annotations

import pytest

from studio_models.provider.choices import Prices
from studio_models.provider.purse import Purse
from studio_platform.clock import ManualClock
from studio_platform.engine import EngineFailure
from studio_platform.receipts import MemoryReceipts

PRICE = 40_000


def pay(purse: Purse, receipts: MemoryReceipts, name: str) -> None:
    with purse.paying(receipts, name):
        """A call that succeeds."""


def test_a_call_that_would_exceed_the_hour_is_not_made_whoever_paid_before() -> None:
    receipts, clock = MemoryReceipts(), ManualClock()
    one, other = (Purse("openai-clip", Prices(PRICE, hour_max_micros=2 * PRICE), clock) for _ in range(2))
    pay(one, receipts, "clip.1.1")
    pay(other, receipts, "clip.2.1")

    with pytest.raises(EngineFailure) as caught, one.paying(receipts, "clip.3.1"):
        pytest.fail("it was paid")

    assert caught.value.reason == "SPENDING_LIMIT_REACHED"
    assert "no more than 0.08 an hour here. Retry the job after 01:00 UTC" in caught.value.user_text


async def test_the_next_hour_has_its_own_money_and_the_day_its_limit() -> None:
    receipts, clock = MemoryReceipts(), ManualClock()
    purse = Purse("openai-clip", Prices(PRICE, PRICE, 2 * PRICE), clock)
    pay(purse, receipts, "a")
    with pytest.raises(EngineFailure, match="an hour"):
        pay(purse, receipts, "b")
    await clock.advance(3600)
    pay(purse, receipts, "b")
    await clock.advance(3600)

    with pytest.raises(EngineFailure, match="a day"):
        pay(purse, receipts, "c")


def test_a_call_that_fails_costs_nothing() -> None:
    receipts = MemoryReceipts()
    purse = Purse("openai-clip", Prices(PRICE, PRICE), ManualClock())

    with pytest.raises(EngineFailure, match="AWAY"), purse.paying(receipts, "a"):
        raise EngineFailure("AWAY", "It is away.")

    pay(purse, receipts, "a")


def test_one_name_is_paid_once() -> None:
    receipts = MemoryReceipts()
    purse = Purse("openai-clip", Prices(PRICE, 2 * PRICE), ManualClock())

    pay(purse, receipts, "a")
    pay(purse, receipts, "a")

    assert sum(receipts.entries.values()) == PRICE


def test_what_is_under_way_counts() -> None:
    receipts = MemoryReceipts()
    purse = Purse("openai-clip", Prices(PRICE, PRICE), ManualClock())

    with purse.paying(receipts, "a"), pytest.raises(EngineFailure, match="SPENDING"):
        pay(purse, receipts, "b")
