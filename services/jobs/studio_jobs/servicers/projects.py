"""ProjectsService."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from studio_jobs import convert
from studio_jobs.etags import version_of
from studio_jobs.owner import current_workspace, not_found
from studio_jobs.pages import page_size, read_id_token, write_token
from studio_jobs.store.projects import Projects, stale_etag
from studio_platform.errors import FieldViolation, InvalidInput

PAGE_DEFAULT = 50
PAGE_MAX = 200
MASK_FIELDS = frozenset({"display_name", "*"})


class ProjectsServicer(projects_pb2_grpc.ProjectsServiceServicer):
    """Projects of the caller's workspace."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    async def CreateProject(
        self, request: projects_pb2.CreateProjectRequest, context: Any
    ) -> projects_pb2.Project:
        request_id = UUID(request.request_id) if request.request_id else None
        name = request.project.display_name
        origin = UUID(request.project.seed_origin) if request.project.seed_origin else None
        return convert.project(await self._projects.create(current_workspace(), name, request_id, origin))

    async def GetProject(self, request: projects_pb2.GetProjectRequest, context: Any) -> projects_pb2.Project:
        project_id = convert.parse_name(request.name, "projects", "name")
        found = await self._projects.get(current_workspace(), project_id)
        if found is None:
            raise not_found(request.name)
        return convert.project(found)

    async def ListProjects(
        self, request: projects_pb2.ListProjectsRequest, context: Any
    ) -> projects_pb2.ListProjectsResponse:
        size = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        after = read_id_token(request.page_token)
        found = await self._projects.page(current_workspace(), after, size + 1)
        more = len(found) > size
        return projects_pb2.ListProjectsResponse(
            projects=[convert.project(project) for project in found[:size]],
            next_page_token=write_token(str(found[size - 1].project_id)) if more else "",
        )

    async def UpdateProject(
        self, request: projects_pb2.UpdateProjectRequest, context: Any
    ) -> projects_pb2.Project:
        _require_mask(request.update_mask.paths)
        project_id = convert.parse_name(request.project.name, "projects", "project.name")
        updated = await self._projects.rename(
            current_workspace(), project_id, request.project.display_name, etag_version(request.project.etag)
        )
        if updated is None:
            raise not_found(request.project.name)
        return convert.project(updated)

    async def DeleteProject(self, request: projects_pb2.DeleteProjectRequest, context: Any) -> Empty:
        project_id = convert.parse_name(request.name, "projects", "name")
        if not await self._projects.delete(current_workspace(), project_id, etag_version(request.etag)):
            raise not_found(request.name)
        return Empty()


def etag_version(etag: str) -> int:
    """The row version of an etag; 0 without one. Raises Aborted for an etag that was never given."""
    return version_of(etag, stale_etag)


def _require_mask(paths: Any) -> None:
    unknown = sorted(set(paths) - MASK_FIELDS)
    if unknown:
        text = f"may hold display_name only, not {', '.join(unknown)}"
        raise InvalidInput(
            "UPDATE_MASK_INVALID", f"update_mask {text}", violations=(FieldViolation("update_mask", text),)
        )
