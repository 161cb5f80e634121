"""What each statement of the job service is called with, in a database that `fill` has filled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

WORKSPACES = 50
BATCH = 20
"""Runs, tasks or jobs that a statement is given at once."""

_PROJECT, _JOB, _RUN, _MESSAGE = "00000002", "00000003", "00000004", "00000005"

Arguments = Mapping[str, tuple[object, ...]]


def numbered(kind: str, number: int) -> UUID:
    """As the SQL function of the same name."""
    return UUID(f"{kind}-0000-7000-8000-{number:012x}")


def workspace(number: int) -> UUID:
    """The workspace of the job or project with a number."""
    return numbered("00000001", number % WORKSPACES)


def key(word: str, number: int) -> bytes:
    """A plan key or content key."""
    return hashlib.sha256(f"{word}{number}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Sample:
    """A job at work, of a database with so many rows in each table, its tasks' runs and its owner."""

    rows: int

    @property
    def number(self) -> int:
        return self.rows - self.rows // 100

    @property
    def owner(self) -> UUID:
        return workspace(self.number)

    @property
    def job(self) -> UUID:
        return numbered(_JOB, self.number)

    @property
    def project(self) -> UUID:
        return numbered(_PROJECT, self.number)

    @property
    def tasks(self) -> range:
        """The numbers of its tasks' keys and runs."""
        first = (self.rows - self.number) * 10 + 1
        return range(first, first + 10)

    @property
    def runs(self) -> list[UUID]:
        return [numbered(_RUN, task) for task in self.tasks]

    @property
    def keys(self) -> list[bytes]:
        return [key("content", task) for task in self.tasks]


def all_arguments(rows: int) -> Arguments:
    """By statement."""
    sample, now = Sample(rows), datetime.now(UTC)
    return {
        **_of_projects(sample, now),
        **_of_edits(sample, now),
        **_of_casting(sample),
        **_of_jobs(sample, now),
        **_of_tasks(sample, now),
        **_of_runs(sample, now),
        **_of_keys(sample),
        **_of_events(sample, now),
        **_of_plans(sample, now),
        **_of_timeline(sample, now),
        **_of_garbage(sample, now),
        **_of_goodbye(sample, now),
    }


def _of_projects(it: Sample, now: datetime) -> Arguments:
    project = (it.owner, it.project)
    return {
        "insert_project": (it.owner, UUID(int=1), "New", UUID(int=2), now),
        "project_by_request": (it.owner, UUID(int=2)),
        "set_seed_origin": (it.owner, UUID(int=1), UUID(int=3)),
        "project": project,
        "projects_page": (it.owner, it.project, 50),
        "rename_project": (*project, "Other", now, 0),
        "lock_project": project,
        "delete_project": project,
        "project_has_unfinished_job": project,
        "revision_by_digest": (*project, "digest", 1),
        "insert_revision": (*project, 2, 1, b" ", "digest", now, b"ids"),
        "set_latest_revision": (*project, 2, now),
        "revision": (*project, 1),
        "revisions_page": (*project, 0, 51),
        "next_revision_number": project,
    }


def _of_edits(it: Sample, now: datetime) -> Arguments:
    project = (it.owner, it.project)
    subject = (["shot"], ["opening"])
    return {
        "edit_documents": (*project, 1, 20_000),
        "edit_document": (*project, "shot", "opening"),
        "count_edit_documents": (*project, 20_001),
        "insert_edit": (*project, 2, "EDIT", 0, 2, 0, it.owner, "text", now),
        "insert_edit_changes": (*project, 1, ["shot"], ["closing"], [b""], [b"new"]),
        "upsert_edit_documents": (*project, 1, *subject, [b"new"]),
        "set_edit_sequence": (*project, 2),
        "edit": (*project, 1),
        "edits_page": (*project, 0, 51),
        "changes_of_edits": (*project, [1]),
        "subjects_of_edits": (*project, [1], 50),
        "changes_of_subjects": (*project, ["shot"], ["opening"], 100),
        "shot_artifacts": (*project, "opening", 20, 1000),
    }


def _of_timeline(it: Sample, now: datetime) -> Arguments:
    project = (it.owner, it.project)
    return {
        "clip_lengths": (*project, 20),
        "shot_tasks": (it.owner, [it.job], "opening"),
        "cuts_of_job": (it.owner, it.job),
        "give_artifacts": (it.owner, [it.keys[0]], [key("given", it.number)], now),
        "insert_artifact": (it.owner, key("new", it.number), 5, "digest", b"m", 1000, 0, now),
        "hold_artifacts": (*project, [it.keys[0]], now),
        "manifests_by_keys": (it.owner, it.keys),
    }


def _of_casting(it: Sample) -> Arguments:
    project = (it.owner, it.project)
    digest = key("place", it.number)
    return {
        "cast_members": (*project, 2_000),
        "insert_cast_member": (*project, "NOOR", 2, "af_heart", ""),
        "upsert_cast": (*project, ["MARA", "NOOR"], [0, 1], ["af_heart"] * 2, [""] * 2, 2),
        "update_cast_member": (*project, "MARA", ["M"], "Mara", "tall", "", 7, ""),
        "locations": (*project, 5_000),
        "upsert_locations": (*project, ["PIER"], [digest], [0], ["EXT"], [""], 2),
        "update_location": (*project, digest, "wet", 7),
        "insert_job_casting": (numbered(_JOB, it.number - 1), b"casting"),
        "job_casting": (it.job,),
    }


def _of_jobs(it: Sample, now: datetime) -> Arguments:
    soon = now + timedelta(seconds=10)
    counts = ([1] * 4,) * 4
    no_failure = (0, 0, "", "", "", 0, "")
    return {
        "insert_job": (UUID(int=3), it.owner, it.project, 1, UUID(int=4), "", b"", None, now, 1),
        "job_by_request": (it.owner, UUID(int=4)),
        "job": (it.owner, it.job),
        "jobs_page": (it.owner, it.job, 50),
        "jobs_page_of_project": (it.owner, None, 50, it.project),
        "claim_job_to_plan": (now, soon),
        "extend_planning_lease": (it.job, soon),
        "lock_job": (it.job,),
        "lock_job_of_workspace": (it.owner, it.job),
        "take_due_job": (it.job,),
        "move_job": (it.job, "PROCESSING", 1, "GENERATING_IMAGES", now, *no_failure),
        "save_progress": (it.job, *counts, now, 10, [b"event"], [UUID(int=5)], "studio.events", [b"message"]),
        "request_cancel": (it.job, now),
        "mark_rekeyed": (it.job,),
        "save_film": (it.job, it.keys[0], 1000, ["null"], it.keys[1:2]),
        "count_unfinished_jobs": (it.owner, 1000),
    }


def _of_tasks(it: Sample, now: datetime) -> Arguments:
    numbers = list(range(1, 11))
    plans = ([key("plan", task) for task in it.tasks], it.keys)
    return {
        "unlocked_tasks": (it.job, 500),
        "finish_tasks": (it.job, numbers[:8], it.keys[:8], False, it.owner, *plans, now),
        "attach_tasks": (it.job, numbers, it.runs, it.keys),
        "live_tasks_of_runs": (it.job, it.runs),
        "live_tasks": (it.job,),
        "set_task_states": (it.job, numbers[3:5], "RUNNING"),
        "cancel_blocked_tasks": (it.job,),
        "reopen_tasks": (it.job, numbers),
        "rekey_task": (it.job, 4, b"spec"),
        "film_tasks": (it.job,),
        "engines_of_job": (it.job,),
        "tasks_page": (it.owner, it.job, 0, 100),
        "task_of_run": (it.job,),
        "pools_awaited": (it.job, now),
        "task_spec": (it.job, 4),
    }


def _of_runs(it: Sample, now: datetime) -> Arguments:
    no_texts = [""] * 10
    new = [key("new", task) for task in it.tasks]
    artifacts = ([it.owner] * 10, new, [1] * 10, [0] * 10, no_texts, [b"manifest"] * 10, [1] * 10, [1] * 10)
    return {
        "share_unfinished_runs": (it.owner, it.keys),
        "drop_new_runs": (it.runs,),
        "lock_runs": (it.runs,),
        "run": (it.runs[0],),
        "succeed_runs": (it.runs, [1] * 10, now, *artifacts, [it.owner] * 10, new, new, [1] * 10),
        "regenerate_runs": (it.runs, now),
        "fail_runs": (it.runs, no_texts, no_texts, no_texts, now),
        "retry_runs": (it.runs, [now] * 10, [1] * 10, no_texts),
        "end_unwanted_runs": (it.runs, now),
        "end_runs": (it.runs, "CANCELLED", now),
        "pools_with_waiting_runs": (),
        "lock_pool": ("pool-1",),
        "pool_window": ("pool-5", 5_000, now),
        "dispatch_runs": (it.runs, now),
        "runs_to_sweep": (now, 100),
        "note_missing": (it.runs, now),
        "touch_dispatched": (it.runs, now),
        "runs_without_other_tasks": (it.runs, it.job),
        "request_run_cancel": (it.runs, now),
        "runs_to_cancel": (100,),
        "queue_gauges": (now, 10_000, 1_000),
        "pool_load": (100_000,),
        "pools": (),
    }


def _of_keys(it: Sample) -> Arguments:
    return {
        "artifacts_by_keys": (it.owner, it.keys),
        "artifact": (it.owner, it.keys[0]),
    }


def _of_plans(it: Sample, now: datetime) -> Arguments:
    plan_keys = [key("plan", task) for task in it.tasks]
    return {
        "resolutions_by_plan_keys": (it.owner, plan_keys),
        "made_by_keys": (it.owner, it.keys),
        "tasks_of_plan": (it.owner, it.job),
        "tasks_made": (it.job,),
        "edges_of_job": (it.job,),
        "jobs_to_count": (BATCH,),
        "note_spending": (it.job, 2, 300, 4_000),
        "paces": (["engine-1", "engine-2"],),
        "add_paces": (["null"], [1], [20], [1], [10], 40, now),
    }


def _of_events(it: Sample, now: datetime) -> Arguments:
    messages = [numbered(_MESSAGE, message) for message in range(1, BATCH)]
    messages_new = [UUID(int=10 + message) for message in range(10)]
    return {
        "events_after": (it.job, 3, 500),
        "insert_deliveries": (it.owner, it.job, messages_new[:1], ["job.failed"], ["{}"], now),
        "newest_event": (it.job,),
        "jobs_to_trim": (now - timedelta(days=1), 100),
        "delete_old_events": ([it.job], [10], 1000),
        "mark_events_trimmed": ([it.job],),
        "order_runs": (it.runs, messages_new, ["studio.tasks.still"] * 10, [b"order"] * 10, now),
        "outbox_gauges": (1_000,),
        "take_outbox": (200,),
        "delete_outbox": (messages,),
        "outbox_holds": (["studio.tasks.still.1", "studio.tasks.still.2"],),
        "mark_due": ([it.job],),
        "mark_due_by_runs": (it.runs,),
        "due_jobs": (32, 1000),
        "forget_due": (UUID(int=6),),
        "mark_due_if_dispatched": (it.job, it.runs),
        "mark_stale_jobs_due": (now - timedelta(minutes=5),),
    }


def _of_garbage(it: Sample, now: datetime) -> Arguments:
    ours, old = [it.owner] * 10, now - timedelta(days=7)
    finished, first = it.rows // 20, it.rows // 20 * 10 + 1
    owner = workspace(it.rows - finished)
    keys = ([owner] * 10, [key("content", task) for task in range(first, first + 10)])
    blobs = (ours, [key("blob", task) for task in it.tasks])
    gone = (ours, [key("gone", task) for task in it.tasks])
    return {
        "ensure_walk": ("artifacts", now),
        "take_walk": ("artifacts", now),
        "save_walk": ("artifacts", "", now),
        "mark_artifacts": (it.owner, it.keys[0], 500, now, old),
        "project_sizes": (it.owner, it.project, 10),
        "note_project_sizes": ([it.owner], [it.project], [1]),
        "artifacts_to_collect": (old, 100),
        "referenced_artifacts": (*keys, old),
        "spare_artifacts": keys,
        "collect_artifacts": (*keys, now),
        "forget_ended_runs": keys,
        "manifests_to_delete": (100,),
        "note_manifests_deleted": (*gone, [0] * 10, now),
        "blobs_to_condemn": (old, 500),
        "referenced_blobs": blobs,
        "spare_blobs": blobs,
        "condemn_blobs": (*blobs, now),
        "blobs_to_delete": (500,),
        "note_blobs_deleted": (*blobs, now),
        "forget_garbage_artifacts": (old, 500),
        "forget_garbage_blobs": (old, 500),
        "artifacts_to_note": (500,),
        "note_blobs": (*keys, blobs[1], [1] * 10),
        "mark_blobs_noted": keys,
        "find_stray_manifests": (*gone, [9] * 10, [1] * 10, now),
        "find_stray_blobs": (ours, gone[1], [1] * 10, now),
        "buried_artifacts": (*gone, [0] * 10),
        "doubtful_blobs": blobs,
        "garbage_gauges": (1_000,),
    }


def _of_goodbye(it: Sample, now: datetime) -> Arguments:
    return {
        "share_project": (it.owner, it.project),
        "delete_jobs_of_project": (it.owner, it.project, now),
        "delete_old_jobs": (now - timedelta(days=1), now, 100),
        "deleted_jobs": (20,),
        "remove_tasks": ([it.job], 1_000),
        "remove_events": ([it.job], 1_000),
        "remove_jobs": ([it.job],),
        "unfinished_jobs": (it.owner, 100),
        "stop_runs": (it.owner, now),
        "count_unfinished_runs": (it.owner, 1_000),
        "jobs_of_workspace": (it.owner, 20),
        "remove_projects": (it.owner, 100),
        "remove_library": (it.owner, 100),
        "remove_webhooks": (it.owner, 100),
        "remove_shares": (it.owner, 100),
        "remove_uploads": (it.owner, 100),
        "remove_quotas": (it.owner, 100),
        "remove_verdicts": (it.owner, 100),
        "remove_resolutions": (it.owner, 100),
        "remove_artifacts": (it.owner, 100),
        "remove_runs": (it.owner, 100),
        "remove_garbage_artifacts": (it.owner, 100),
        "remove_garbage_blobs": (it.owner, 100),
    }
