"""Which runs a pool dispatches next."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from studio_jobs.domain.fairness import WaitingRun, choose, window_runs

START = datetime(2026, 1, 1, tzinfo=UTC)


def workspace(number: int) -> UUID:
    return UUID(int=number)


def queue(owner: int, count: int, since_seconds: int = 0) -> list[WaitingRun]:
    return [
        WaitingRun(
            UUID(int=owner * 10_000 + n), workspace(owner), START + timedelta(seconds=since_seconds + n)
        )
        for n in range(count)
    ]


def test_the_window_follows_the_declaration() -> None:
    assert window_runs(replicas_max=3, slots=2) == 12


def test_a_small_workspace_is_served_beside_a_large_one() -> None:
    waiting = {workspace(1): queue(1, 3000), workspace(2): queue(2, 5, since_seconds=60)}

    chosen = choose(waiting, {}, free=10)

    assert Counter(run.workspace_id for run in chosen) == {workspace(1): 5, workspace(2): 5}


def test_what_is_in_flight_counts() -> None:
    waiting = {workspace(1): queue(1, 10), workspace(2): queue(2, 10)}

    chosen = choose(waiting, {workspace(1): 4}, free=4)

    assert {run.workspace_id for run in chosen} == {workspace(2)}


def test_among_equals_the_longest_waiting_comes_first() -> None:
    waiting = {workspace(1): queue(1, 1, since_seconds=9), workspace(2): queue(2, 1)}

    assert choose(waiting, {}, free=1)[0].workspace_id == workspace(2)


def test_a_workspaces_own_order_is_kept() -> None:
    runs = list(reversed(queue(1, 4)))

    assert choose({workspace(1): runs}, {}, free=4) == runs


@given(
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    flying=st.lists(st.integers(0, 10), min_size=6, max_size=6),
    free=st.integers(0, 60),
)
def test_no_workspace_gets_two_more_than_another_that_still_waits(
    sizes: list[int], flying: list[int], free: int
) -> None:
    waiting = {workspace(n): queue(n, size) for n, size in enumerate(sizes)}
    in_flight = {workspace(n): flying[n] for n in range(len(sizes))}

    chosen = choose(waiting, in_flight, free)
    after = Counter(in_flight) + Counter(run.workspace_id for run in chosen)
    got = Counter(run.workspace_id for run in chosen)

    assert len(chosen) == min(free, sum(sizes))
    left = [owner for owner, runs in waiting.items() if got[owner] < len(runs)]
    for owner, count in got.items():
        assert all(
            after[owner] <= max(after[other], in_flight[other]) + 1 for other in left if other != owner
        ), count
