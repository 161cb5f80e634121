"""WorkspacesService."""

from __future__ import annotations

from typing import Any

from filmstudio.workspaces.v1 import workspaces_pb2, workspaces_pb2_grpc
from studio_jobs import convert
from studio_jobs.garbage.purge import Purges


class WorkspacesServicer(workspaces_pb2_grpc.WorkspacesServiceServicer):
    """What other services ask about whole workspaces."""

    def __init__(self, purges: Purges) -> None:
        self._purges = purges

    async def PurgeWorkspace(
        self, request: workspaces_pb2.PurgeWorkspaceRequest, context: Any
    ) -> workspaces_pb2.PurgeWorkspaceResponse:
        purged = await self._purges.purge(convert.parse_name(request.name, "workspaces", "name"))
        return workspaces_pb2.PurgeWorkspaceResponse(
            done=purged.is_done,
            unfinished_jobs=purged.unfinished_jobs,
            unfinished_runs=purged.unfinished_runs,
            rows_deleted=purged.rows,
            objects_deleted=purged.objects,
        )
