"""One long walk through every statement: the same calls on any database, with what each answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from studio_jobs.sql import SQL
from studio_platform.database import Database
from tests.simulation.conformance.seeds import (
    JOB,
    NOW,
    OTHER_WORKSPACE,
    POOL,
    PROJECT,
    SECOND_JOB,
    WORKSPACE,
    job_arguments,
    key,
    later,
    pool_arguments,
    run_arguments,
    run_id,
    task_arguments,
)
from tests.simulation.conformance.thrown_away import GARBAGE, GOODBYE

Answer = tuple[str, Any]


@dataclass(slots=True)
class Walk:
    """Runs statements and keeps the answers, rows in an order of their own where SQL gives none."""

    database: Database
    answers: list[Answer] = field(default_factory=list)
    ran: set[str] = field(default_factory=set)

    async def ask(self, name: str, *arguments: Any) -> list[dict[str, Any]]:
        """The rows of a statement; an error of Postgres is an answer, too."""
        self.ran.add(name)
        try:
            rows = [_plain(row) for row in await self.database.fetch(SQL[name], *arguments)]
        except asyncpg.PostgresError as error:
            self.answers.append((name, type(error).__name__))
            return []
        is_ordered = "order by" in SQL[name].rsplit(")", 1)[-1]
        self.answers.append((name, rows if is_ordered else sorted(rows, key=repr)))
        return rows


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: UUID(str(value)) if isinstance(value, UUID) else value
        for name, value in dict(row).items()
        if name not in ("first_id",)
    }


async def projects(walk: Walk) -> None:
    """projects.sql."""
    request = UUID(int=7)
    await walk.ask("insert_project", WORKSPACE, PROJECT, "Film", request, NOW)
    await walk.ask("insert_project", WORKSPACE, UUID(int=11), "Again", request, NOW)
    await walk.ask("insert_project", WORKSPACE, UUID(int=12), "Second", None, NOW)
    await walk.ask("insert_project", WORKSPACE, UUID(int=13), "", None, NOW)
    await walk.ask("project_by_request", WORKSPACE, request)
    await walk.ask("project_by_request", WORKSPACE, None)
    await walk.ask("project", WORKSPACE, PROJECT)
    await walk.ask("project", OTHER_WORKSPACE, PROJECT)
    await walk.ask("projects_page", WORKSPACE, None, 5)
    await walk.ask("projects_page", WORKSPACE, UUID(int=12), 5)
    await walk.ask("rename_project", WORKSPACE, PROJECT, "New", later(1), 9)
    await walk.ask("rename_project", WORKSPACE, PROJECT, "New", later(1), 1)
    await walk.ask("rename_project", WORKSPACE, PROJECT, "Newer", later(2), 0)
    await walk.ask("lock_project", WORKSPACE, PROJECT)
    await walk.ask("next_revision_number", WORKSPACE, PROJECT)
    await walk.ask("insert_revision", WORKSPACE, PROJECT, 1, 0, b"text", "sha", NOW, b"ids")
    await walk.ask("insert_revision", WORKSPACE, PROJECT, 2, 0, b"text", "sha", NOW, b"ids")
    await walk.ask("insert_revision", WORKSPACE, UUID(int=99), 1, 0, b"text", "sha", NOW, b"ids")
    await walk.ask("next_revision_number", WORKSPACE, PROJECT)
    await walk.ask("revision_by_digest", WORKSPACE, PROJECT, "sha", 0)
    await walk.ask("revision_by_digest", WORKSPACE, PROJECT, "sha", 1)
    await walk.ask("set_latest_revision", WORKSPACE, PROJECT, 1, later(3))
    await walk.ask("set_seed_origin", WORKSPACE, PROJECT, UUID(int=77))
    await walk.ask("set_seed_origin", WORKSPACE, UUID(int=12), UUID(int=77))
    await walk.ask("project", WORKSPACE, UUID(int=12))
    await walk.ask("revision", WORKSPACE, PROJECT, 1)
    await walk.ask("revisions_page", WORKSPACE, PROJECT, 0, 10)
    await walk.ask("revisions_page", WORKSPACE, PROJECT, 2, 1)
    await walk.ask("insert_project", WORKSPACE, UUID(int=14), "Gone", None, NOW)
    await walk.ask("insert_revision", WORKSPACE, UUID(int=14), 1, 0, b"text", "sha", NOW, b"ids")
    await walk.ask("delete_project", WORKSPACE, UUID(int=14))
    await walk.ask("revision", WORKSPACE, UUID(int=14), 1)


async def edits(walk: Walk) -> None:
    """edits.sql: three edits of two documents, and what can't be appended."""
    of_project, author = (WORKSPACE, PROJECT), UUID(int=5)
    last = (author, "text", NOW)
    for number, action, target in (
        (1, "EDIT", 0),
        (2, "EDIT", 0),
        (3, "UNDO", 2),
        (3, "EDIT", 0),
        (4, "DO", 0),
    ):
        await walk.ask("insert_edit", *of_project, number, action, target, 1, 0, *last)
    await walk.ask("insert_edit", *of_project, 5, "UNDO", 5, 0, 0, *last)
    await walk.ask("insert_edit", WORKSPACE, UUID(int=99), 1, "EDIT", 0, 1, 0, *last)
    changes = (
        (1, ["shot", "cast"], ["a", "b"], [b"", b""], [b"one", b"two"]),
        (2, ["shot"], ["a"], [b"one"], [b"three"]),
        (3, ["shot", "cast"], ["a", "b"], [b"three", b"two"], [b"", b"four"]),
        (1, ["shot"], ["a"], [b""], [b""]),
        (3, ["Bad kind"], ["a"], [b""], [b""]),
        (9, ["shot"], ["a"], [b""], [b"no edit"]),
    )
    for number, kinds, subjects, before, after in changes:
        await walk.ask("insert_edit_changes", *of_project, number, kinds, subjects, before, after)
    for number, kinds, subjects, _, after in changes[:3]:
        await walk.ask("upsert_edit_documents", *of_project, number, kinds, subjects, after)
    for number in (0, 1, 2, 3, 9):
        await walk.ask("edit_documents", *of_project, number, 10)
    await walk.ask("edit_documents", *of_project, 1, 1)
    await walk.ask("edit_documents", OTHER_WORKSPACE, PROJECT, 9, 10)
    for subject in ("a", "z"):
        await walk.ask("edit_document", *of_project, "shot", subject)
    for limit in (1, 9):
        await walk.ask("count_edit_documents", *of_project, limit)
    await walk.ask("set_edit_sequence", *of_project, 3)
    await walk.ask("project", *of_project)
    for number in (2, 9):
        await walk.ask("edit", *of_project, number)
    for before_sequence, limit in ((0, 2), (3, 9)):
        await walk.ask("edits_page", *of_project, before_sequence, limit)
    await walk.ask("changes_of_edits", *of_project, [3, 1, 9])
    for limit in (1, 9):
        await walk.ask("subjects_of_edits", *of_project, [3, 1, 9], limit)
    for subjects, limit in ((["a", "b"], 9), (["a"], 1), (["z"], 9)):
        await walk.ask("changes_of_subjects", *of_project, ["shot", "cast"], subjects, limit)


async def casting(walk: Walk) -> None:
    """casting.sql, but what belongs to jobs."""
    of_project = (WORKSPACE, PROJECT)
    for ordinal, name in ((1, "MARA"), (0, "TOM"), (5, "MARA")):
        await walk.ask("insert_cast_member", *of_project, name, ordinal, "voice", "")
    for revision, names in ((1, ["TOM", "ADA"]), (2, ["ADA"])):
        numbers = list(range(len(names)))
        texts = ["new"] * len(names)
        await walk.ask("upsert_cast", *of_project, names, numbers, texts, texts, revision)
    await walk.ask("upsert_cast", WORKSPACE, UUID(int=99), ["TOM"], [0], ["new"], [""], 1)
    edits = (["OLD TOM"], "Tom", "tall", "bass", 7, "en")
    await walk.ask("update_cast_member", *of_project, "TOM", *edits)
    await walk.ask("update_cast_member", *of_project, "NOBODY", *edits)
    await walk.ask("update_cast_member", *of_project, "ADA", [], "", "", "", -1, "")
    await walk.ask("cast_members", *of_project, 2)
    await walk.ask("cast_members", *of_project, 100)
    await walk.ask("cast_members", OTHER_WORKSPACE, PROJECT, 100)
    for revision, places in ((1, ["PIER", "ROOM"]), (2, ["ROOM"])):
        digests = [bytes([place]) * 32 for place in range(len(places))]
        numbers = list(range(len(places)))
        await walk.ask(
            "upsert_locations", *of_project, places, digests, numbers, ["INT"] * len(places), places, revision
        )
    await walk.ask("upsert_locations", *of_project, ["SKY"], [bytes(32)], [0], ["AIR"], [""], 1)
    await walk.ask("update_location", *of_project, bytes([1]) * 32, "wet", 9)
    await walk.ask("update_location", *of_project, bytes([9]) * 32, "wet", None)
    await walk.ask("locations", *of_project, 1)
    await walk.ask("locations", *of_project, 100)


async def job_castings(walk: Walk) -> None:
    """casting.sql: what jobs keep."""
    await walk.ask("insert_job_casting", JOB, b"casting")
    await walk.ask("insert_job_casting", JOB, b"again")
    await walk.ask("insert_job_casting", UUID(int=999), b"casting")
    await walk.ask("job_casting", JOB)
    await walk.ask("job_casting", UUID(int=999))


async def job_rows(walk: Walk) -> None:
    """jobs.sql: the rows of jobs."""
    request = UUID(int=70)
    await walk.ask("insert_job", *job_arguments(JOB, request))
    await walk.ask("insert_job", *job_arguments(SECOND_JOB, request))
    await walk.ask("insert_job", *job_arguments(SECOND_JOB))
    await walk.ask("job_by_request", WORKSPACE, request)
    await walk.ask("job", WORKSPACE, JOB)
    await walk.ask("job", OTHER_WORKSPACE, JOB)
    await walk.ask("jobs_page", WORKSPACE, None, 10)
    await walk.ask("jobs_page", WORKSPACE, SECOND_JOB, 10)
    await walk.ask("jobs_page_of_project", WORKSPACE, None, 1, PROJECT)
    await walk.ask("count_unfinished_jobs", WORKSPACE, 10)
    await walk.ask("count_unfinished_jobs", WORKSPACE, 1)
    await walk.ask("project_has_unfinished_job", WORKSPACE, PROJECT)
    await walk.ask("project_has_unfinished_job", WORKSPACE, UUID(int=12))
    for at in (0, 0, 0, 40):
        await walk.ask("claim_job_to_plan", later(at), later(at + 30))
    for job_id in (JOB, UUID(int=999)):
        await walk.ask("extend_planning_lease", job_id, later(75))
    await walk.ask("lock_job", JOB)
    await walk.ask("lock_job_of_workspace", WORKSPACE, JOB)
    await walk.ask("lock_job_of_workspace", OTHER_WORKSPACE, JOB)
    nothing = (0, 0, "", "", "", 0, "")
    await walk.ask("move_job", JOB, "PENDING", 9, "VALIDATING", later(1), *nothing)
    await walk.ask("move_job", JOB, "PENDING", 1, "QUEUED", later(1), *nothing)
    await walk.ask("move_job", JOB, "PENDING", 1, "FAILED", later(1), *nothing)
    await walk.ask("move_job", JOB, "PENDING", 1, "VALIDATING", later(1), *nothing)
    await walk.ask("move_job", SECOND_JOB, "PENDING", 1, "FAILED", later(1), 3, 1, "text", "log", "f", 2, "s")
    await walk.ask("move_job", SECOND_JOB, "FAILED", 2, "CANCELLED", later(1), *nothing)
    none = [0, 0, 0, 0]
    for last, numbers in ((0, (1, 2, 3)), (3, ()), (1, (4,)), (3, (4, 5))):
        told = [b"%d" % number for number in numbers]
        ids = [UUID(int=300 + number) for number in numbers]
        counts = ([2, 0, 0, 1], none, none, none)
        await walk.ask("save_progress", JOB, *counts, later(2), last, told, ids, "s.9", told)
    await walk.ask("insert_deliveries", WORKSPACE, JOB, [UUID(int=301)], ["job.created"], ["{}"], later(2))
    await walk.ask("events_after", JOB, 0, 9)
    await walk.ask("take_outbox", 9)
    await walk.ask("delete_outbox", [UUID(int=300 + number) for number in range(1, 6)])
    await walk.ask("request_cancel", SECOND_JOB, later(3))
    await walk.ask("mark_rekeyed", SECOND_JOB)
    await walk.ask("extend_planning_lease", SECOND_JOB, later(90))
    await walk.ask("save_film", SECOND_JOB, key(1), 9000, ["a", "b"], [key(2)])
    await walk.ask("job", WORKSPACE, SECOND_JOB)


async def run_rows(walk: Walk) -> None:
    """runs.sql and pools.sql."""
    await walk.ask("insert_runs", *run_arguments(1))
    await walk.ask("upsert_pool", *pool_arguments())
    await walk.ask("upsert_pool", *pool_arguments(at=later(5)))
    await walk.ask("upsert_pool", *pool_arguments("Bad_Name"))
    await walk.ask("upsert_pool", *pool_arguments("null-clip"))
    await walk.ask("pools")
    await walk.ask("insert_runs", *run_arguments(3, 1, 2))
    await walk.ask("insert_runs", *run_arguments(4, 5, workspace=OTHER_WORKSPACE))
    await walk.ask("insert_runs", *run_arguments(9, pool="null-clip"))
    workspace, _ids, *rest = run_arguments(1)
    await walk.ask("insert_runs", workspace, [run_id(50)], *rest)
    await walk.ask("share_unfinished_runs", WORKSPACE, [key(1), key(3), key(77)])
    await walk.ask("drop_new_runs", [run_id(3)])
    await walk.ask("pools_with_waiting_runs")
    await walk.ask("lock_pool", POOL)
    for window, at in ((1, 0), (5, 0), (5, -1), (0, 0)):
        await walk.ask("pool_window", POOL, window, later(at))
    await walk.ask("dispatch_runs", [run_id(1), run_id(2), run_id(4), run_id(99)], later(1))
    await walk.ask("dispatch_runs", [run_id(1)], later(1))
    await walk.ask("pools_with_waiting_runs")
    for window in (0, 3, 4, 9):
        await walk.ask("pool_window", POOL, window, later(1))
    for counted in (10, 0):
        await walk.ask("pool_load", counted)
    for counted, owners in ((10, 10), (1, 1)):
        await walk.ask("queue_gauges", later(1), counted, owners)
    await walk.ask("queue_gauges", later(-1), 10, 10)
    await walk.ask("lock_runs", [run_id(2), run_id(1), run_id(1)])
    await walk.ask("runs_to_sweep", later(2), 10)
    await walk.ask("runs_to_sweep", later(1), 10)
    await walk.ask("note_missing", [run_id(1), run_id(5)], later(3))
    await walk.ask("runs_to_sweep", later(2), 1)
    await walk.ask("touch_dispatched", [run_id(1)], later(4))
    await walk.ask("regenerate_runs", [run_id(4), run_id(99)], later(8))
    await walk.ask("dispatch_runs", [run_id(4)], later(8))
    await walk.ask("retry_runs", [run_id(4)], [later(9)], [1], ["ENGINE_ERROR"])
    await walk.ask("pool_window", POOL, 5, later(9))
    await walk.ask("request_run_cancel", [run_id(2), run_id(4)], later(5))
    await walk.ask("request_run_cancel", [run_id(2)], later(6))
    await walk.ask("runs_to_cancel", 5)
    await walk.ask("runs_to_sweep", later(9), 10)
    for number in (2, 4, 99):
        await walk.ask("run", run_id(number))
    await walk.ask("fail_runs", [run_id(2), run_id(4)], ["A", "B"], ["t", "t"], ["l", "l"], later(7))
    await walk.ask("end_runs", [run_id(4), run_id(2)], "CANCELLED", later(8))
    await walk.ask("lock_runs", [run_id(number) for number in range(1, 10)])
    await walk.ask("insert_runs", *run_arguments(6, 2))
    made: tuple[Any, ...] = (
        [WORKSPACE] * 2,
        [key(1), key(1)],
        [1, 1],
        [0, 0],
        ["d1", "d2"],
        [b"m1", b"m2"],
        [500, 600],
        [0, 0],
    )
    parts: tuple[Any, ...] = ([WORKSPACE] * 3, [key(1), key(1), key(2)], [key(801)] * 3, [7, 7, 7])
    none: tuple[Any, ...] = ([], [], [], [])
    await walk.ask("succeed_runs", [run_id(1), run_id(2)], [70, 80], later(9), *made, *parts)
    await walk.ask("succeed_runs", [run_id(1)], [90], later(9), *(column[:1] for column in made), *none)
    await walk.ask("artifacts_by_keys", WORKSPACE, [key(1), key(2)])
    await walk.ask("artifact", WORKSPACE, key(1))
    await walk.ask("lock_runs", [run_id(number) for number in range(1, 10)])


async def task_rows(walk: Walk) -> None:
    """jobs.sql: tasks, on the runs and artifacts of the walk before."""
    await walk.ask("insert_tasks", *task_arguments(JOB, 1, 2, 3))
    await walk.ask("insert_tasks", *task_arguments(UUID(int=999), 1))
    await walk.ask("insert_inputs", JOB, [2, 3], ["a", "b"], [1, 2], [1, 2])
    await walk.ask("insert_inputs", JOB, [9], ["a"], [1], [1])
    await walk.ask("insert_tasks", *task_arguments(SECOND_JOB, 1, 2))
    await walk.ask("unlocked_tasks", JOB, 10)
    await walk.ask("attach_tasks", JOB, [1, 3], [run_id(1), run_id(6)], [key(1), key(6)])
    await walk.ask("attach_tasks", JOB, [1], [run_id(6)], [key(6)])
    await walk.ask("attach_tasks", SECOND_JOB, [1], [run_id(6)], [key(6)])
    await walk.ask("mark_due_if_dispatched", JOB, [run_id(6), run_id(1)])
    await walk.ask("dispatch_runs", [run_id(6)], later(10))
    await walk.ask("mark_due_if_dispatched", JOB, [run_id(6), run_id(1)])
    await walk.ask("live_tasks", JOB)
    await walk.ask("live_tasks_of_runs", JOB, [run_id(6)])
    await walk.ask("runs_without_other_tasks", [run_id(6), run_id(1), run_id(9)], JOB)
    await walk.ask("runs_without_other_tasks", [run_id(9)], SECOND_JOB)
    await walk.ask("task_of_run", JOB)
    await walk.ask("pools_awaited", JOB, later(100))
    await walk.ask("pools_awaited", JOB, NOW)
    await walk.ask("tasks_page", WORKSPACE, JOB, 1, 5)
    await walk.ask("set_task_states", JOB, [3], "RUNNING")
    plans = ([key(501), key(502)], [key(1), key(2)])
    await walk.ask("finish_tasks", JOB, [1], [key(1)], True, WORKSPACE, *plans, later(11))
    await walk.ask("unlocked_tasks", JOB, 10)
    plans = ([key(502), key(501)], [key(3), key(1)])
    await walk.ask("finish_tasks", JOB, [1], [key(1)], True, WORKSPACE, *plans, later(12))
    await walk.ask("reopen_tasks", JOB, [1, 3])
    await walk.ask("live_tasks", JOB)
    await walk.ask("rekey_task", JOB, 3, b"other spec")
    await walk.ask("task_spec", JOB, 3)
    await walk.ask("cancel_blocked_tasks", SECOND_JOB)
    # A task and the one before it, which is impossible in a plan: its count of open inputs is left alone.
    await walk.ask("finish_tasks", JOB, [2, 3], [key(1)] * 2, False, WORKSPACE, [], [], later(12))
    await walk.ask("film_tasks", JOB)
    await walk.ask("engines_of_job", JOB)
    await walk.ask("tasks_page", WORKSPACE, SECOND_JOB, 0, 5)
    await walk.ask("mark_due_by_runs", [run_id(6)])
    await walk.ask("insert_runs", *run_arguments(7, 8))
    await walk.ask("attach_tasks", JOB, [2], [run_id(7)], [key(7)])
    await walk.ask("dispatch_runs", [run_id(9)], later(12))
    await walk.ask("request_run_cancel", [run_id(9)], later(12))
    await walk.ask("retry_runs", [run_id(9)], [later(13)], [0], ["DRAINING"])
    await walk.ask("end_unwanted_runs", [run_id(number) for number in (6, 7, 8, 9)], later(13))
    await walk.ask("lock_runs", [run_id(number) for number in (6, 7, 8, 9)])


async def event_rows(walk: Walk) -> None:
    """events.sql."""
    await walk.ask("events_after", JOB, 1, 1)
    await walk.ask("newest_event", JOB)
    await walk.ask("newest_event", UUID(int=999))
    ids = [UUID(int=number) for number in (3, 1, 2)]
    await walk.ask("order_runs", [run_id(7)], ids, ["s.1", "s.2", "s.1"], [b"a", b"b", b"c"], NOW)
    await walk.ask("succeed_runs", [run_id(7)], [70], later(9), *([] for _ in range(12)))
    await walk.ask("due_jobs", 10, 10)
    await walk.ask("take_due_job", JOB)
    await walk.ask("take_outbox", 2)
    for limit in (1, 9):
        await walk.ask("outbox_gauges", limit)
    await walk.ask("outbox_holds", ["s.1", "s.3"])
    await walk.ask("delete_outbox", [UUID(int=1), UUID(int=9)])
    await walk.ask("take_outbox", 9)
    await walk.ask("mark_due", [SECOND_JOB, JOB])
    for looked_at in (10, 1):
        await walk.ask("due_jobs", 10, looked_at)
    for job_id in (JOB, JOB, UUID(int=999)):
        await walk.ask("take_due_job", job_id)
    await walk.ask("mark_due", [UUID(int=999)])
    for job_id in (SECOND_JOB, UUID(int=999)):
        await walk.ask("forget_due", job_id)
    await walk.ask("due_jobs", 10, 10)
    told = [b"1", b"2", b"3", b"4"]
    ids = [UUID(int=number) for number in range(311, 315)]
    await walk.ask("save_progress", SECOND_JOB, *[[0] * 4] * 4, later(3), 0, told, ids, "s.9", told)
    await walk.ask("jobs_to_trim", later(1), 9)
    await walk.ask("jobs_to_trim", later(2), 9)
    for limit in (2, 9, 9):
        await walk.ask("delete_old_events", [SECOND_JOB, JOB], [4, 2], limit)
        await walk.ask("events_after", SECOND_JOB, 0, 9)
    await walk.ask("mark_events_trimmed", [SECOND_JOB, UUID(int=999)])
    await walk.ask("jobs_to_trim", later(2), 9)
    await walk.ask("mark_stale_jobs_due", later(60))
    await walk.ask("due_jobs", 10, 10)


async def plan_rows(walk: Walk) -> None:
    """plans.sql, on the jobs, tasks and artifacts of the walk before."""
    await walk.ask("resolutions_by_plan_keys", WORKSPACE, [key(501), key(502), key(503)])
    await walk.ask("resolutions_by_plan_keys", OTHER_WORKSPACE, [key(501)])
    for owner in (WORKSPACE, OTHER_WORKSPACE):
        for statement in ("made_by_keys", "manifests_by_keys"):
            await walk.ask(statement, owner, [key(number) for number in (1, 2, 3, 201, 202, 301)])
    await walk.ask("tasks_of_plan", WORKSPACE, JOB)
    await walk.ask("tasks_of_plan", OTHER_WORKSPACE, JOB)
    for shot, most_jobs, limit in (("shot", 9, 9), ("shot", 1, 9), ("shot", 9, 1), ("other", 9, 9)):
        await walk.ask("shot_artifacts", WORKSPACE, PROJECT, shot, most_jobs, limit)
    await walk.ask("tasks_made", JOB)
    await walk.ask("tasks_made", SECOND_JOB)
    await walk.ask("edges_of_job", JOB)
    await walk.ask("jobs_to_count", 9)
    await walk.ask("note_spending", SECOND_JOB, 2, 300, 4_000)
    await walk.ask("jobs_to_count", 9)
    await walk.ask("job", WORKSPACE, SECOND_JOB)
    taken = (["null", "kokoro", "null"], [1, 3, 1], [20, 0, 20], [1, 5, 1])
    await walk.ask("add_paces", *taken, [10, 20, 30], 3, NOW)
    await walk.ask("paces", ["null", "unknown"])
    await walk.ask("add_paces", *taken, [40, 50, 60], 3, later(1))
    await walk.ask("paces", ["kokoro", "null"])


async def timeline_rows(walk: Walk) -> None:
    """timeline.sql, on the jobs, tasks and artifacts of the walk before."""
    of_project = (WORKSPACE, PROJECT)
    await walk.ask("clip_lengths", *of_project, 9)
    await walk.ask("clip_lengths", OTHER_WORKSPACE, PROJECT, 9)
    for shot in ("shot", "other"):
        await walk.ask("shot_tasks", WORKSPACE, [JOB, SECOND_JOB], shot)
    await walk.ask("cuts_of_job", WORKSPACE, JOB)
    for given in ([key(95), key(96)], [key(95), key(95)]):
        await walk.ask("give_artifacts", WORKSPACE, [key(1), key(999)], given, NOW)
    await walk.ask("artifact", WORKSPACE, key(95))
    for at in (NOW, later(1)):
        await walk.ask("insert_artifact", WORKSPACE, key(97), 5, "d", b"m", 1_000, 0, at)
    await walk.ask("artifact", WORKSPACE, key(97))
    await walk.ask("hold_artifacts", *of_project, [key(95), key(97)], NOW)
    await walk.ask("hold_artifacts", *of_project, [key(95)], later(1))


async def garbage_rows(walk: Walk) -> None:
    """garbage.sql and goodbye.sql."""
    for name, *arguments in (*GARBAGE, *GOODBYE):
        await walk.ask(name, *arguments)


PARTS: tuple[Callable[[Walk], Awaitable[None]], ...] = (
    projects,
    edits,
    casting,
    job_rows,
    job_castings,
    run_rows,
    task_rows,
    event_rows,
    plan_rows,
    timeline_rows,
    garbage_rows,
)


async def whole_walk(database: Database) -> Walk:
    """Every part, one after the other."""
    walk = Walk(database)
    for part in PARTS:
        await part(walk)
    return walk
