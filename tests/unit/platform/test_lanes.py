"""Lanes: what looks for orders and what callers bring share them."""

from __future__ import annotations

import asyncio

import pytest

from studio_platform.lanes import Lanes, LanesBusy, LanesClosed


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Holder:
    """Somebody who takes a lane and keeps it until told."""

    def __init__(self, lanes: Lanes, *, looks: bool) -> None:
        self.has_lane = False
        self.works = asyncio.Event()
        self.leaves = asyncio.Event()
        self.task = asyncio.ensure_future(self._look(lanes) if looks else self._work(lanes))

    async def _look(self, lanes: Lanes) -> None:
        async with lanes.looking() as lane:
            self.has_lane = True
            await self.works.wait()
            lane.work()
            await self.leaves.wait()

    async def _work(self, lanes: Lanes) -> None:
        async with lanes.working():
            self.has_lane = True
            await self.leaves.wait()

    async def leave(self) -> None:
        """Give the lane up, whatever it was held for."""
        self.works.set()
        self.leaves.set()
        await self.task


async def test_a_caller_waits_for_a_look_and_gets_its_lane_before_the_next_look() -> None:
    lanes = Lanes(1)
    look = Holder(lanes, looks=True)
    await settled()
    caller, next_look = Holder(lanes, looks=False), Holder(lanes, looks=True)
    await settled()
    during = (caller.has_lane, next_look.has_lane)

    await look.leave()
    await settled()

    assert during == (False, False)
    assert (caller.has_lane, next_look.has_lane) == (True, False)
    await caller.leave()
    await next_look.leave()


async def test_a_caller_is_refused_once_every_look_found_an_order() -> None:
    lanes = Lanes(2)
    looks = [Holder(lanes, looks=True), Holder(lanes, looks=True)]
    await settled()
    caller = Holder(lanes, looks=False)

    looks[0].works.set()
    await settled()
    still_waits = not caller.task.done()
    looks[1].works.set()

    with pytest.raises(LanesBusy):
        await caller.task
    assert still_waits
    for look in looks:
        await look.leave()


async def test_a_caller_is_refused_at_once_while_every_lane_works() -> None:
    lanes = Lanes(1)
    first = Holder(lanes, looks=False)
    await settled()

    with pytest.raises(LanesBusy):
        async with lanes.working():
            pass

    await first.leave()


async def test_of_two_callers_for_one_lane_the_second_is_refused() -> None:
    lanes = Lanes(1)
    look = Holder(lanes, looks=True)
    await settled()
    first, second = Holder(lanes, looks=False), Holder(lanes, looks=False)
    await settled()

    await look.leave()

    with pytest.raises(LanesBusy):
        await second.task
    assert first.has_lane
    await first.leave()


async def test_a_caller_that_gives_up_waiting_keeps_nobody_from_looking() -> None:
    lanes = Lanes(1)
    look = Holder(lanes, looks=True)
    await settled()
    caller, next_look = Holder(lanes, looks=False), Holder(lanes, looks=True)
    await settled()

    caller.task.cancel()
    await look.leave()
    await settled()

    assert next_look.has_lane
    await next_look.leave()


async def test_closed_lanes_are_given_to_nobody_and_emptied_by_who_holds_them() -> None:
    lanes = Lanes(1)
    look = Holder(lanes, looks=True)
    await settled()
    late = [Holder(lanes, looks=True), Holder(lanes, looks=False)]
    await settled()

    lanes.close()
    emptied = asyncio.ensure_future(lanes.until_empty())
    await settled()
    was_empty = emptied.done()
    await look.leave()
    await emptied

    assert not was_empty
    for holder in late:
        with pytest.raises(LanesClosed):
            await holder.task
