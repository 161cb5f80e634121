"""Artifacts that came from another studio: kept for a project, and found by the tasks that are theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.verdicts import Judging, Made
from studio_jobs.sql import SQL
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.editing import Editing
from studio_jobs.store.kept_artifacts import keep_artifacts
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition


class Adoptions:
    """Keeps artifacts in one workspace."""

    def __init__(self, database: Database, log: EditLog) -> None:
        self._database = database
        self._log = log

    async def keep(self, editing: Editing, manifests: Sequence[artifact_pb2.Manifest]) -> None:
        """Keep stored files for a project, under the keys by which they are given.

        Raises Unavailable when the collector is taking one at this moment.
        """
        await editing.hold(await keep_artifacts(editing.tx, editing.workspace_id, manifests, editing.now))

    async def require(self, editing: Editing, keys: Mapping[bytes, str]) -> None:
        """Raises FailedPrecondition when what an edit rests on is not there; values are words for it."""
        found = await editing.tx.fetch(SQL["artifacts_by_keys"], editing.workspace_id, sorted(keys))
        missing = sorted(keys[key] for key in keys.keys() - {bytes(row["content_key"]) for row in found})
        if missing:
            raise FailedPrecondition("MEDIA_MISSING", f"The files of {missing[0]} were not adopted.")
        await editing.hold(sorted(keys))

    async def give(
        self, workspace: UUID, project_id: UUID, author: UUID, plan: Plan, wanted: Mapping[bytes, bytes]
    ) -> int:
        """Let tasks of a plan find artifacts, by plan key the key under which one is given; how many do now.

        A task's own key follows from what its inputs came to, so the plan is walked from its beginning.
        """
        judging, found = Judging(plan, {}), 0
        plan_keys = {task.number: key for task, key in zip(plan.tasks, plan.plan_keys, strict=True)}
        while keys := await asyncio.to_thread(judging.look):
            asked = [(plan_keys[number], key) for number, key in judging.asked.items()]
            pairs = {key: wanted[plan_key] for plan_key, key in asked if plan_key in wanted}
            if pairs:
                await self._give(workspace, project_id, author, pairs)
            rows = await self._database.fetch(SQL["artifacts_by_keys"], workspace, keys)
            there = {bytes(row["content_key"]): Made(row["digest"], row["length_ms"]) for row in rows}
            judging.learn(there)
            found += sum(plan_key in wanted and key in there for plan_key, key in asked)
        return found

    async def _give(
        self, workspace: UUID, project_id: UUID, author: UUID, pairs: Mapping[bytes, bytes]
    ) -> None:
        async with self._log.editing(workspace, project_id, author) as editing:
            keys = sorted(pairs)
            given = [pairs[key] for key in keys]
            await editing.tx.execute(SQL["give_artifacts"], workspace, given, keys, editing.now)
            await editing.hold(keys)
