"""Which waiting runs of a pool are dispatched next: fair between workspaces."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

WINDOW_FACTOR = 2
"""Dispatched runs for each slot: one that works and one that waits beside it."""


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run that waits for its pool; a workspace's come in the order of priority, then of waiting."""

    run_id: UUID
    workspace_id: UUID
    waiting_since: datetime


def window_runs(replicas_max: int, slots: int) -> int:
    """The most runs of a pool dispatched at a time, from its declaration and never from live workers:

    a pool that is scaled to zero must see its lag to wake.
    """
    return replicas_max * slots * WINDOW_FACTOR


def choose(
    waiting: Mapping[UUID, Sequence[WaitingRun]], in_flight: Mapping[UUID, int], free: int
) -> list[WaitingRun]:
    """At most `free` runs: each time of the workspace with the fewest in flight, then the longest waiting.

    `waiting` holds each workspace's runs in its own order of priority.
    """
    heap = [
        (in_flight.get(workspace, 0), runs[0].waiting_since, workspace, 0)
        for workspace, runs in waiting.items()
        if runs
    ]
    heapq.heapify(heap)
    chosen: list[WaitingRun] = []
    while heap and len(chosen) < free:
        flying, _, workspace, position = heapq.heappop(heap)
        runs = waiting[workspace]
        chosen.append(runs[position])
        if position + 1 < len(runs):
            heapq.heappush(heap, (flying + 1, runs[position + 1].waiting_since, workspace, position + 1))
    return chosen
