"""Decides about shots: whoever approves one locks it as it is, and whoever asks for changes unlocks it."""

from __future__ import annotations

from uuid import UUID

from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs import convert
from studio_jobs.edits.documents import NOTHING_EDITED
from studio_jobs.owner import not_found
from studio_jobs.reviews.records import Approval, Made
from studio_jobs.store.approvals import APPROVED, CHANGES_REQUESTED, Approvals, Decision
from studio_jobs.store.boards import Boards
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.editing import Editing
from studio_jobs.store.shot_renders import ShotRender, ShotRenders
from studio_jobs.timeline.documents import LOCK_KIND
from studio_jobs.timeline.messages import Board
from studio_platform.errors import FailedPrecondition


class Approving:
    """A decision and its lock are one edit."""

    def __init__(self, boards: Boards, renders: ShotRenders, log: EditLog, approvals: Approvals) -> None:
        self._boards = boards
        self._renders = renders
        self._log = log
        self._approvals = approvals

    async def approve(
        self, workspace: UUID, project_id: UUID, shot_id: str, job_id: UUID | None, note: str, author: UUID
    ) -> Approval:
        """Approve a shot as a job made it, None: the newest render in full quality, and lock it so.

        Raises NotFound, FailedPrecondition where no such job made it, and for another job than a lock keeps.
        """
        board = await self._board(workspace, project_id, shot_id)
        kept = board.documents.get(LOCK_KIND, shot_id).content
        render = None if kept else await self._renders.of(workspace, project_id, shot_id, job_id)
        lock = timeline_pb2.ShotLock.FromString(kept) if render is None else render.lock
        seen = await self._seen(workspace, project_id, shot_id, lock, job_id)
        async with self._log.editing(workspace, project_id, author) as editing:
            if render is not None:
                await self._lock(editing, board, shot_id, render)
            await self._approvals.decide(editing, Decision(shot_id, APPROVED, seen, note))
        return await self._approvals.get(workspace, project_id, shot_id)

    async def request_changes(
        self, workspace: UUID, project_id: UUID, shot_id: str, note: str, author: UUID
    ) -> Approval:
        """Ask for changes of a shot, and unlock it. Raises NotFound."""
        board = await self._board(workspace, project_id, shot_id)
        seen = await self._approvals.made(workspace, project_id, shot_id, None) or Made(None)
        async with self._log.editing(workspace, project_id, author) as editing:
            words = f"shot {board.label(shot_id)}: changes requested"
            await editing.write(LOCK_KIND, shot_id, NOTHING_EDITED, words)
            await self._approvals.decide(editing, Decision(shot_id, CHANGES_REQUESTED, seen, note))
        return await self._approvals.get(workspace, project_id, shot_id)

    async def _seen(
        self,
        workspace: UUID,
        project_id: UUID,
        shot_id: str,
        lock: timeline_pb2.ShotLock,
        job_id: UUID | None,
    ) -> Made:
        """What the lock's job made of the shot."""
        locked_job = convert.parse_name(lock.job, "jobs", "job")
        if job_id is not None and job_id != locked_job:
            raise FailedPrecondition(
                "SHOT_LOCKED", f"Shot {shot_id} is locked as {lock.job} made it; unlock it first."
            )
        seen = await self._approvals.made(workspace, project_id, shot_id, locked_job)
        if seen is None:
            raise FailedPrecondition(
                "SHOT_NOT_MADE", f"Shot {shot_id} can't be approved: the job that made it is not completed."
            )
        return seen

    async def _lock(self, editing: Editing, board: Board, shot_id: str, render: ShotRender) -> None:
        await self._renders.hold(editing, render)
        content = render.lock.SerializeToString(deterministic=True)
        await editing.write(LOCK_KIND, shot_id, content, f"shot {board.label(shot_id)}: approved")

    async def _board(self, workspace: UUID, project_id: UUID, shot_id: str) -> Board:
        board = await self._boards.of(workspace, project_id)
        if board.shot(shot_id) is None:
            raise not_found(f"projects/{project_id}/shots/{shot_id}")
        return board
