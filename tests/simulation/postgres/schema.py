"""The job service's tables as its migrations make them (studio_jobs/migrations), in the twin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from itertools import count

from studio_jobs.domain.states import TERMINAL, TRANSITIONS, JobState
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.tables import Reference, Table, Unique

LIVE_RUN = ("WAITING", "DISPATCHED")
LIVE_TASK = ("WAITING", "RUNNING")
RUN_STATES = frozenset({"WAITING", "DISPATCHED", "SUCCEEDED", "FAILED", "CANCELLED", "REKEYED"})
TASK_STATES = frozenset({"BLOCKED", "WAITING", "RUNNING", "DONE", "FAILED", "CANCELLED"})
_TERMINAL = frozenset(state.value for state in TERMINAL)
_POOL_NAME = re.compile(r"[a-z0-9-]{1,63}")
_KIND_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_NO_COUNTS = [0, 0, 0, 0]


def _check_job(before: Row | None, after: Row) -> str | None:
    state = after["state"]
    if before is None and state != "PENDING":
        return f"a job is born PENDING, not {state}"
    if before is not None and before["state"] != state:
        if before["state"] in _TERMINAL:
            return "the job is terminal and never moves"
        if JobState(state) not in TRANSITIONS[JobState(before["state"])]:
            return f"the job may not move from {before['state']} to {state}"
    if (after["ended_at"] is not None) != (state in _TERMINAL):
        return "ended_at goes with the terminal states"
    if (after["failure_reason"] != 0) != (state == "FAILED"):
        return "failure_reason goes with FAILED"
    return None


def _check_run(before: Row | None, after: Row) -> str | None:
    state = after["state"]
    if before is not None and before["ended_at"] is not None and before["state"] != state:
        return f"the run is {before['state']} and never moves"
    if state not in RUN_STATES or len(after["content_key"]) != 32:
        return "runs: state or content_key"
    if (after["body"] is None) == (after["body_sha256"] is None):
        return "a run has exactly one of body and body_sha256"
    if (after["ended_at"] is None) != (state in LIVE_RUN):
        return "ended_at goes with the ended states"
    return None


def _check_task(_before: Row | None, after: Row) -> str | None:
    if after["state"] not in TASK_STATES or after["number"] < 1:
        return "tasks: state or number"
    if after["open_inputs"] < 0:
        return "open_inputs fell below 0"
    if after["state"] == "DONE" and after["content_key"] is None:
        return "a task is done and has no key"
    return None


def _check_pool(_before: Row | None, after: Row) -> str | None:
    limits = (
        (1, after["replicas_max"], 1000),
        (1, after["slots"], 64),
        (500, after["lease_ms"], 3_600_000),
    )
    fits = all(least <= value <= most for least, value, most in limits)
    return None if fits and _POOL_NAME.fullmatch(after["pool"]) else "pools: a number or the name"


def _check_project(_before: Row | None, after: Row) -> str | None:
    return None if 1 <= len(after["display_name"]) <= 200 else "display_name is empty or too long"


def _check_revision(_before: Row | None, after: Row) -> str | None:
    return None if 1 <= len(after["content"]) <= 2_097_152 and after["number"] >= 1 else "content or number"


def _check_seed(_before: Row | None, after: Row) -> str | None:
    return None if after["edited_seed"] is None or after["edited_seed"] > 0 else "edited_seed"


def _check_location(_before: Row | None, after: Row) -> str | None:
    fits = len(after["name_sha256"]) == 32 and after["place"] in ("INT", "EXT", "INT_EXT")
    return None if fits else "locations: name_sha256 or place"


def _check_artifact(_before: Row | None, after: Row) -> str | None:
    return None if len(after["content_key"]) == 32 else "content_key is not 32 bytes"


def _check_resolution(_before: Row | None, after: Row) -> str | None:
    return None if len(after["plan_key"]) == 32 else "plan_key is not 32 bytes"


def _check_blob(_before: Row | None, after: Row) -> str | None:
    if after.get("deleted_at") is not None and after["condemned_at"] is None:
        return "a blob is deleted and was not condemned"
    return None if len(after["sha256"]) == 32 else "sha256 is not 32 bytes"


def _requested(row: Row) -> bool:
    return row["request_id"] is not None


def _live(row: Row) -> bool:
    return row["state"] in LIVE_RUN


_OF_PROJECT = (Reference("projects", ("workspace_id", "project_id")),)
_OF_JOB = (Reference("jobs", ("job_id",)),)


def _projects() -> Table:
    return Table(
        "projects",
        ("workspace_id", "project_id"),
        {
            "version": 1,
            "latest_revision": 0,
            "edit_sequence": 0,
            "request_id": None,
            "stored_bytes": 0,
            "seed_origin": None,
        },
        "workspace_id",
        [Unique("projects_by_request", ("workspace_id", "request_id"), _requested)],
        [_check_project],
    )


def _revisions() -> Table:
    return Table(
        "screenplay_revisions",
        ("workspace_id", "project_id", "number"),
        {},
        "project_id",
        [Unique("screenplay_revisions_by_digest", ("workspace_id", "project_id", "sha256", "format"))],
        [_check_revision],
        _OF_PROJECT,
    )


_CAST_DEFAULTS: Row = {
    "look": "",
    "auto_look": "",
    "aliases": [],
    "display_name": "",
    "edited_voice": "",
    "edited_seed": None,
    "language": "",
    "last_revision": 0,
    "version": 1,
}


def _cast() -> Table:
    key = ("workspace_id", "project_id", "name")
    return Table(
        "cast_members", key, _CAST_DEFAULTS, "project_id", checks=[_check_seed], references=_OF_PROJECT
    )


def _locations() -> Table:
    key = ("workspace_id", "project_id", "name_sha256")
    defaults = {"auto_look": "", "look": "", "edited_seed": None, "version": 1}
    checks = [_check_seed, _check_location]
    return Table("locations", key, defaults, "project_id", checks=checks, references=_OF_PROJECT)


def _job_castings() -> Table:
    return Table("job_castings", ("job_id",), {}, "job_id", references=_OF_JOB)


def _check_edit(before: Row | None, after: Row) -> str | None:
    if before is not None:
        return "an edit is never changed"
    number = after["sequence"]
    fits = 0 <= after["target"] < number and all(
        0 <= after[top] <= number for top in ("undo_top", "redo_top")
    )
    is_known = after["action"] in ("EDIT", "UNDO", "REDO", "RESTORE")
    return None if fits and is_known and 1 <= len(after["summary"]) <= 500 else "edits: a number or a text"


def _check_change(before: Row | None, after: Row) -> str | None:
    if before is not None:
        return "an edit is never changed"
    fits = _KIND_NAME.fullmatch(after["kind"]) and 1 <= len(after["subject"]) <= 200
    return None if fits and len(after["after"]) <= 65_536 else "edit_changes: a name or a content"


def _edits() -> Table:
    key = ("workspace_id", "project_id", "sequence")
    return Table("edits", key, {}, "project_id", checks=[_check_edit], references=_OF_PROJECT)


def _edit_changes() -> Table:
    key = ("workspace_id", "project_id", "kind", "subject", "sequence")
    of_edit = (Reference("edits", ("workspace_id", "project_id", "sequence")),)
    return Table("edit_changes", key, {}, "project_id", checks=[_check_change], references=of_edit)


def _edit_documents() -> Table:
    key = ("workspace_id", "project_id", "kind", "subject")
    return Table("edit_documents", key, {}, "project_id", references=_OF_PROJECT)


_JOB_DEFAULTS = {
    "state": "PENDING",
    "version": 1,
    "sequence": 0,
    "cancel_requested": False,
    "retry_of": None,
    "planning_lease_until": None,
    "rekeyed": False,
    "stage_total": _NO_COUNTS,
    "stage_done": _NO_COUNTS,
    "stage_running": _NO_COUNTS,
    "stage_cached": _NO_COUNTS,
    "failure_reason": 0,
    "failure_stage": 0,
    "failure_text": "",
    "failure_log": "",
    "failure_field": "",
    "failure_line": 0,
    "failure_shot_id": "",
    "film_key": None,
    "film_length_ms": 0,
    "engines": [],
    "output_keys": [],
    "ended_at": None,
    "events_trimmed": False,
    "spent_runs": None,
    "spent_run_ms": 0,
    "spent_micros": 0,
    "deleted_at": None,
}

_RUN_DEFAULTS = {
    "state": "WAITING",
    "dispatch": 0,
    "failures": 0,
    "generation": 0,
    "priority": 0,
    "cancel_requested_at": None,
    "failure_reason": "",
    "failure_text": "",
    "failure_log": "",
    "dispatched_at": None,
    "missing_since": None,
    "ended_at": None,
    "run_ms": 0,
}

_TASK_DEFAULTS = {
    "shot_id": "",
    "line_first": 0,
    "line_last": 0,
    "state": "BLOCKED",
    "cached": False,
    "content_key": None,
    "run_id": None,
}


def _jobs() -> Table:
    by_request = Unique("jobs_by_request", ("workspace_id", "request_id"), _requested)
    return Table("jobs", ("job_id",), _JOB_DEFAULTS, "job_id", [by_request], [_check_job])


def _runs() -> Table:
    single_flight = Unique("runs_single_flight", ("workspace_id", "content_key"), _live)
    of_pool = (Reference("pools", ("pool",), cascade=False),)
    return Table("runs", ("run_id",), _RUN_DEFAULTS, "pool", [single_flight], [_check_run], of_pool)


def _tasks() -> Table:
    key = ("job_id", "number")
    return Table("tasks", key, _TASK_DEFAULTS, "job_id", checks=[_check_task], references=_OF_JOB)


def _inputs() -> Table:
    of_task = (Reference("tasks", ("job_id", "number")),)
    return Table("task_inputs", ("job_id", "number", "role"), {}, "job_id", references=of_task)


def _artifacts() -> Table:
    key = ("workspace_id", "content_key")
    defaults = {"unreferenced_since": None, "blobs_noted": False}
    return Table("artifacts", key, defaults, "workspace_id", checks=[_check_artifact])


def _artifact_blobs() -> Table:
    key = ("workspace_id", "content_key", "sha256")
    of_artifact = (Reference("artifacts", ("workspace_id", "content_key")),)
    return Table("artifact_blobs", key, {}, "workspace_id", checks=[_check_blob], references=of_artifact)


def _held_artifacts() -> Table:
    key = ("workspace_id", "project_id", "content_key")
    return Table("held_artifacts", key, {}, "workspace_id", references=_OF_PROJECT)


def _garbage_artifacts() -> Table:
    key = ("workspace_id", "content_key", "generation")
    return Table("garbage_artifacts", key, {"deleted_at": None}, "workspace_id")


def _garbage_blobs() -> Table:
    defaults = {"condemned_at": None, "deleted_at": None}
    key = ("workspace_id", "sha256")
    return Table("garbage_blobs", key, defaults, "workspace_id", checks=[_check_blob])


@dataclass(slots=True)
class Tables:
    """Every table; `due_ids` is the identity of due_jobs, which no rollback takes back."""

    projects: Table = field(default_factory=_projects)
    screenplay_revisions: Table = field(default_factory=_revisions)
    edits: Table = field(default_factory=_edits)
    edit_changes: Table = field(default_factory=_edit_changes)
    edit_documents: Table = field(default_factory=_edit_documents)
    cast_members: Table = field(default_factory=_cast)
    locations: Table = field(default_factory=_locations)
    jobs: Table = field(default_factory=_jobs)
    job_castings: Table = field(default_factory=_job_castings)
    pools: Table = field(default_factory=lambda: Table("pools", ("pool",), {}, "kind", checks=[_check_pool]))
    runs: Table = field(default_factory=_runs)
    artifacts: Table = field(default_factory=_artifacts)
    artifact_blobs: Table = field(default_factory=_artifact_blobs)
    held_artifacts: Table = field(default_factory=_held_artifacts)
    garbage_artifacts: Table = field(default_factory=_garbage_artifacts)
    garbage_blobs: Table = field(default_factory=_garbage_blobs)
    garbage_walks: Table = field(default_factory=lambda: Table("garbage_walks", ("name",), {}, "name"))
    resolutions: Table = field(
        default_factory=lambda: Table(
            "resolutions", ("workspace_id", "plan_key"), {}, "workspace_id", checks=[_check_resolution]
        )
    )
    run_usage: Table = field(
        default_factory=lambda: Table("run_usage", ("workspace_id", "month"), {}, "workspace_id")
    )
    paces: Table = field(
        default_factory=lambda: Table("paces", ("engine", "kind", "size_class", "length_class"), {}, "engine")
    )
    tasks: Table = field(default_factory=_tasks)
    task_inputs: Table = field(default_factory=_inputs)
    job_events: Table = field(
        default_factory=lambda: Table("job_events", ("job_id", "sequence"), {}, "job_id", references=_OF_JOB)
    )
    due_jobs: Table = field(default_factory=lambda: Table("due_jobs", ("id",), {"run_id": None}, "job_id"))
    outbox: Table = field(default_factory=lambda: Table("outbox", ("id",), {}, "subject"))
    due_ids: count[int] = field(default_factory=lambda: count(1))

    def all(self) -> list[Table]:
        """The tables in an order in which the referenced come first."""
        found = (getattr(self, entry.name) for entry in fields(self))
        return [table for table in found if isinstance(table, Table)]

    def named(self, name: str) -> Table:
        """A table by its name."""
        table = getattr(self, name)
        assert isinstance(table, Table)
        return table
