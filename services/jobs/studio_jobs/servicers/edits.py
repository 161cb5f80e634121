"""EditsService."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from filmstudio.edits.v1 import edits_pb2, edits_pb2_grpc
from studio_jobs import convert
from studio_jobs import edit_messages as messages
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_number_token, write_token
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.projects import Projects

PAGE_DEFAULT = 50
PAGE_MAX = 200


class EditsServicer(edits_pb2_grpc.EditsServiceServicer):
    """The history of the caller's projects."""

    def __init__(self, projects: Projects, log: EditLog) -> None:
        self._projects = projects
        self._log = log

    async def ListEdits(
        self, request: edits_pb2.ListEditsRequest, context: Any
    ) -> edits_pb2.ListEditsResponse:
        workspace, project_id = current_workspace(), _project(request.project)
        size = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        before = read_number_token(request.page_token)
        if await self._projects.get(workspace, project_id) is None:
            raise not_found(request.project)
        found = await self._log.page(workspace, project_id, before, size + 1)
        more = len(found) > size
        newest = found[0] if found and not before else None
        return edits_pb2.ListEditsResponse(
            edits=[messages.edit(project_id, edit) for edit in found[:size]],
            next_page_token=write_token(str(found[size - 1].sequence)) if more else "",
            undo_target=messages.edit_name(project_id, newest.undo_top) if newest else "",
            redo_target=messages.edit_name(project_id, newest.redo_top) if newest else "",
        )

    async def UndoEdit(self, request: edits_pb2.UndoEditRequest, context: Any) -> edits_pb2.Edit:
        project_id = _project(request.project)
        newest = messages.parse_edit_name(request.newest_edit, project_id, "newest_edit")
        undo = await self._log.undo(current_workspace(), project_id, current_author(), newest)
        return messages.edit(project_id, undo)

    async def RedoEdit(self, request: edits_pb2.RedoEditRequest, context: Any) -> edits_pb2.Edit:
        project_id = _project(request.project)
        newest = messages.parse_edit_name(request.newest_edit, project_id, "newest_edit")
        redo = await self._log.redo(current_workspace(), project_id, current_author(), newest)
        return messages.edit(project_id, redo)

    async def RestoreEdits(self, request: edits_pb2.RestoreEditsRequest, context: Any) -> edits_pb2.Edit:
        project_id = _project(request.project)
        wanted = messages.parse_edit_name(request.edit, project_id, "edit")
        newest = messages.parse_edit_name(request.newest_edit, project_id, "newest_edit")
        restore = await self._log.restore(current_workspace(), project_id, current_author(), wanted, newest)
        return messages.edit(project_id, restore)


def _project(name: str) -> UUID:
    return convert.parse_name(name, "projects", "project")
