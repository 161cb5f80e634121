"""What two sessions see of each other under READ COMMITTED: the same on the twin as on Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.simulation.conformance.backends import Backend, Race
from tests.simulation.conformance.seeds import (
    JOB,
    NOW,
    POOL,
    SECOND_JOB,
    WORKSPACE,
    job_arguments,
    key,
    later,
    pool_arguments,
    run_arguments,
    run_id,
    with_job,
    with_pool_and_run,
)

Rows = Sequence[dict[str, Any]]


class Undo(Exception):
    """Ends a session by a rollback."""


@pytest.fixture
def race(backend: Backend) -> Race:
    return Race(backend)


def one_event(message: int = 1) -> tuple[Any, ...]:
    """What save_progress takes of events."""
    return ([b"event"], [UUID(int=message)], "s", [b"message"])


async def committed(race: Race, name: str, *arguments: Any) -> Rows:
    async with race.session() as session:
        return await session.fetch(name, *arguments)


async def test_changes_are_seen_by_their_transaction_alone_until_commit(race: Race) -> None:
    await with_job(race.backend.database)
    async with race.session() as mine:
        await mine.fetch("request_cancel", JOB, NOW)
        (own,) = await mine.fetch("job", WORKSPACE, JOB)
        (seen,) = await committed(race, "job", WORKSPACE, JOB)
    (after,) = await committed(race, "job", WORKSPACE, JOB)

    assert [row["cancel_requested"] for row in (own, seen, after)] == [True, False, True]


async def test_what_is_rolled_back_never_was(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1)
    with suppress(Undo):
        async with race.session() as mine:
            await mine.fetch("dispatch_runs", [run_id(1)], NOW)
            await mine.fetch("insert_runs", *run_arguments(2))
            raise Undo

    left = await committed(race, "lock_runs", [run_id(1), run_id(2)])
    assert [(row["run_id"], row["state"]) for row in left] == [(run_id(1), "WAITING")]


async def test_for_update_waits_and_then_reads_the_newest_version(race: Race) -> None:
    await with_job(race.backend.database)
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("lock_job", JOB)
            waiting = await race.blocked(second.fetch("lock_job", JOB))
            await first.fetch("save_progress", JOB, *[[0, 0, 0, 0]] * 4, later(0), 0, *one_event())
        (row,) = await waiting

    assert row["sequence"] == 1


async def test_a_lock_that_waited_looks_again_whether_the_row_still_fits(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1, 2)
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("end_runs", [run_id(1)], "CANCELLED", NOW)
            waiting = await race.blocked(second.fetch("share_unfinished_runs", WORKSPACE, [key(1), key(2)]))
        shared = await waiting

    assert [row["run_id"] for row in shared] == [run_id(2)]


async def test_an_update_that_waited_looks_again_whether_the_row_still_fits(race: Race) -> None:
    await with_job(race.backend.database)
    nothing = (0, 0, "", "", "", 0, "")
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("move_job", JOB, "PENDING", 1, "VALIDATING", NOW, *nothing)
            waiting = await race.blocked(
                second.fetch("move_job", JOB, "PENDING", 1, "VALIDATING", NOW, *nothing)
            )
        moved = await waiting

    assert moved == []


async def test_what_a_job_is_due_for_is_taken_once(race: Race) -> None:
    await with_job(race.backend.database)
    await committed(race, "mark_due", [JOB])
    async with race.session() as second:
        async with race.session() as first:
            (taken,) = await first.fetch("take_due_job", JOB)
            passed_over = await second.fetch("take_due_job", JOB)
        (again,) = await second.fetch("take_due_job", JOB)

    assert (len(taken["due_runs"]), passed_over, again["due_runs"]) == (1, [], [])


async def test_events_numbered_from_a_row_that_was_not_locked_are_not_written(race: Race) -> None:
    await with_job(race.backend.database)
    counts = [[0, 0, 0, 0]] * 4
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("save_progress", JOB, *counts, later(0), 0, *one_event())
            waiting = await race.blocked(
                second.fetch("save_progress", JOB, *counts, later(0), 0, *one_event(2))
            )
        late = await waiting

    assert late == []
    assert len(await committed(race, "events_after", JOB, 0, 9)) == 1
    assert len(await committed(race, "take_outbox", 9)) == 1


async def test_other_rows_are_read_as_they_were_when_the_statement_began(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1)
    for job in (JOB, SECOND_JOB):
        await with_job(race.backend.database, job)
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("share_unfinished_runs", WORKSPACE, [key(1)])
            await first.fetch("attach_tasks", SECOND_JOB, [1], [run_id(1)], [key(1)])
            waiting = await race.blocked(second.fetch("runs_without_other_tasks", [run_id(1)], JOB))
        late = await waiting
        fresh = await second.fetch("runs_without_other_tasks", [run_id(1)], JOB)

    assert [row["run_id"] for row in late] == [run_id(1)]
    assert fresh == []


async def test_skip_locked_passes_held_rows_over(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1, 2)
    async with race.session() as first, race.session() as second:
        await first.fetch("lock_runs", [run_id(1)])
        await first.fetch("lock_pool", POOL)

        dispatched = await second.fetch("dispatch_runs", [run_id(1), run_id(2)], NOW)
        pool = await second.fetch("lock_pool", POOL)

    assert [row["run_id"] for row in dispatched] == [run_id(2)]
    assert pool == []


async def test_two_planners_never_claim_the_same_job(race: Race) -> None:
    for job in (JOB, SECOND_JOB):
        await committed(race, "insert_job", *job_arguments(job))
    async with race.session() as first, race.session() as second:
        (one,) = await first.fetch("claim_job_to_plan", NOW, later(30))
        (two,) = await second.fetch("claim_job_to_plan", NOW, later(30))

    assert [one["job_id"], two["job_id"]] == [JOB, SECOND_JOB]


async def test_two_relays_never_take_the_same_message(race: Race) -> None:
    ids = [run_id(number) for number in (1, 2, 3)]
    await committed(race, "order_runs", [], ids, ["s"] * 3, [b"m"] * 3, NOW)
    async with race.session() as first, race.session() as second:
        one = await first.fetch("take_outbox", 2)
        two = await second.fetch("take_outbox", 2)

    assert [[row["id"] for row in taken] for taken in (one, two)] == [ids[:2], ids[2:]]


async def test_a_run_of_a_key_in_the_making_is_awaited_and_not_made_twice(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 9)
    workspace, _ids, *rest = run_arguments(1)
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("insert_runs", *run_arguments(1))
            waiting = await race.blocked(second.fetch("insert_runs", workspace, [run_id(2)], *rest))
        made = await waiting
        shared = await second.fetch("share_unfinished_runs", WORKSPACE, [key(1)])

    assert made == []
    assert [row["run_id"] for row in shared] == [run_id(1)]


async def test_a_run_of_a_key_is_made_when_the_other_making_was_undone(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 9)
    workspace, _ids, *rest = run_arguments(1)
    async with race.session() as second:
        with suppress(Undo):
            async with race.session() as first:
                await first.fetch("insert_runs", *run_arguments(1))
                waiting = await race.blocked(second.fetch("insert_runs", workspace, [run_id(2)], *rest))
                raise Undo
        made = await waiting

    assert [row["run_id"] for row in made] == [run_id(2)]


async def test_a_run_of_a_key_whose_run_is_ending_is_made_after_that_end(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1)
    workspace, _ids, *rest = run_arguments(1)
    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("end_runs", [run_id(1)], "CANCELLED", NOW)
            waiting = await race.blocked(second.fetch("insert_runs", workspace, [run_id(2)], *rest))
        made = await waiting

    assert [row["run_id"] for row in made] == [run_id(2)]


async def test_a_run_that_is_only_locked_does_not_hold_an_insert_up(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1)
    workspace, _ids, *rest = run_arguments(1)
    async with race.session() as first, race.session() as second:
        await first.fetch("lock_runs", [run_id(1)])
        made = await second.fetch("insert_runs", workspace, [run_id(2)], *rest)

    assert made == []


async def test_sharers_of_a_run_go_together_and_hold_its_end_up(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1)
    async with race.session() as third:
        async with race.session() as first, race.session() as second:
            one = await first.fetch("share_unfinished_runs", WORKSPACE, [key(1)])
            two = await second.fetch("share_unfinished_runs", WORKSPACE, [key(1)])
            waiting = await race.blocked(third.fetch("end_runs", [run_id(1)], "CANCELLED", NOW))
        await waiting

    (row,) = await committed(race, "lock_runs", [run_id(1)])
    assert one == two
    assert row["state"] == "CANCELLED"


async def test_new_runs_hold_their_pool_neither_against_a_dispatcher_nor_against_its_workers(
    race: Race,
) -> None:
    await committed(race, "upsert_pool", *pool_arguments())
    async with race.session() as first, race.session() as second:
        await first.fetch("insert_runs", *run_arguments(1))

        announced = await second.fetch("upsert_pool", *pool_arguments(at=later(5)))
    async with race.session() as first, race.session() as second:
        await first.fetch("insert_runs", *run_arguments(2))
        locked = await second.fetch("lock_pool", POOL)

    assert announced == [{"is_new": False}]
    assert [row["pool"] for row in locked] == [POOL]


async def test_a_dispatcher_holds_its_pool_against_another_but_not_against_new_runs(race: Race) -> None:
    await committed(race, "upsert_pool", *pool_arguments())
    async with race.session() as first, race.session() as second:
        await first.fetch("lock_pool", POOL)

        locked = await second.fetch("lock_pool", POOL)
        made = await second.fetch("insert_runs", *run_arguments(1))

    assert locked == []
    assert len(made) == 1


async def test_two_first_words_of_a_pool_make_one_row(race: Race) -> None:
    async with race.session() as second:
        async with race.session() as first:
            is_new = await first.fetch("upsert_pool", *pool_arguments())
            waiting = await race.blocked(second.fetch("upsert_pool", *pool_arguments(at=later(5))))
        is_new += await waiting

    assert is_new == [{"is_new": True}, {"is_new": False}]
    assert [row["last_seen_at"] for row in await committed(race, "pools")] == [later(5)]


async def test_two_successes_of_one_key_keep_the_first_artifact(race: Race) -> None:
    def made(run: int, digest: str) -> tuple[Any, ...]:
        artifact = ([WORKSPACE], [key(1)], [1], [0], [digest], [b"m"], [500], [0])
        return ([run_id(run)], [5], NOW, *artifact, [], [], [], [])

    async with race.session() as second:
        async with race.session() as first:
            await first.fetch("succeed_runs", *made(1, "first"))
            waiting = await race.blocked(second.fetch("succeed_runs", *made(2, "second")))
        await waiting

    (row,) = await committed(race, "artifacts_by_keys", WORKSPACE, [key(1)])
    assert row["digest"] == "first"


async def test_sessions_that_wait_for_each_other_are_told_so(race: Race) -> None:
    await with_pool_and_run(race.backend.database, 1, 2)

    async def lock_both(one: int, other: int, both_hold: asyncio.Barrier) -> None:
        async with race.session() as session:
            await session.fetch("lock_runs", [run_id(one)])
            await both_hold.wait()
            await session.fetch("lock_runs", [run_id(other)])

    both_hold = asyncio.Barrier(2)
    ends = await asyncio.gather(
        lock_both(1, 2, both_hold), lock_both(2, 1, both_hold), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["DeadlockDetectedError", "NoneType"]


async def test_after_an_error_a_transaction_takes_nothing_more(race: Race) -> None:
    await with_job(race.backend.database)
    with suppress(Undo):
        async with race.session() as session:
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await session.fetch("insert_runs", *run_arguments(1, pool="nobody"))
            with pytest.raises(asyncpg.InFailedSQLTransactionError):
                await session.fetch("job", WORKSPACE, JOB)
            raise Undo


async def test_no_session_moves_a_terminal_job(race: Race) -> None:
    await with_job(race.backend.database)
    nothing = (0, 0, "", "", "", 0, "")
    await committed(race, "move_job", JOB, "PENDING", 1, "CANCELLED", NOW, *nothing)

    moving: Awaitable[Rows] = committed(race, "move_job", JOB, "CANCELLED", 2, "VALIDATING", NOW, *nothing)
    with pytest.raises(asyncpg.CheckViolationError):
        await moving
