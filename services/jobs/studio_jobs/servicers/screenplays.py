"""ScreenplayService."""

from __future__ import annotations

import asyncio
from typing import Any

from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.uploads.v1 import uploads_pb2
from studio_jobs import convert, readings
from studio_jobs import screenplay_messages as messages
from studio_jobs.exports import exported
from studio_jobs.owner import current_workspace, not_found
from studio_jobs.pages import page_size, read_number_token, write_token
from studio_jobs.screenplay.differences import differences
from studio_jobs.servicers.projects import etag_version
from studio_jobs.store.projects import Projects
from studio_jobs.store.rows import Revision
from studio_jobs.uploads.sources import Sources
from studio_platform.errors import FieldViolation, InvalidInput

PAGE_DEFAULT = 50
PAGE_MAX = 200
IDENTITIES_MAX_BYTES = 3 * 1024 * 1024
"""More than any film has, whose shots are limited, and less than a message holds."""


class ScreenplayServicer(screenplay_pb2_grpc.ScreenplayServiceServicer):
    """Screenplay revisions of a project."""

    def __init__(self, projects: Projects, sources: Sources) -> None:
        self._projects = projects
        self._sources = sources

    async def ImportScreenplay(
        self, request: screenplay_pb2.ImportScreenplayRequest, context: Any
    ) -> screenplay_pb2.ScreenplayRevision:
        project_id = convert.parse_name(request.project, "projects", "project")
        version = etag_version(request.etag)
        content = await self._content(request)
        reading = await readings.read_text(content, request.format)
        kept = await self._projects.import_screenplay(
            current_workspace(),
            project_id,
            content,
            int(request.format),
            version,
            reading.breakdown,
            messages.scene_keys(request.identities),
        )
        if kept is None:
            raise not_found(request.project)
        message = messages.revision(kept)
        message.diagnostics.extend(map(messages.diagnostic, reading.screenplay.diagnostics))
        return message

    async def _content(self, request: screenplay_pb2.ImportScreenplayRequest) -> bytes:
        screenplay = uploads_pb2.UPLOAD_KIND_SCREENPLAY
        async with self._sources.open(current_workspace(), request, screenplay) as content:
            return content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)

    async def GetScreenplayRevision(
        self, request: screenplay_pb2.GetScreenplayRevisionRequest, context: Any
    ) -> screenplay_pb2.ScreenplayRevision:
        found = await self._revision(request.name, "name")
        message = messages.revision(found)
        if request.identities:
            message.ClearField("content")
            identities = messages.identities(found.identities)
            if sum(scene.ByteSize() for scene in identities) <= IDENTITIES_MAX_BYTES:
                message.identities.extend(identities)
        return message

    async def ListScreenplayRevisions(
        self, request: screenplay_pb2.ListScreenplayRevisionsRequest, context: Any
    ) -> screenplay_pb2.ListScreenplayRevisionsResponse:
        workspace = current_workspace()
        project_id = convert.parse_name(request.project, "projects", "project")
        size = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        before = read_number_token(request.page_token)
        if await self._projects.get(workspace, project_id) is None:
            raise not_found(request.project)
        found = await self._projects.revisions_page(workspace, project_id, before, size + 1)
        more = len(found) > size
        return screenplay_pb2.ListScreenplayRevisionsResponse(
            revisions=map(messages.revision_entry, found[:size]),
            next_page_token=write_token(str(found[size - 1].number)) if more else "",
        )

    async def ParseScreenplay(
        self, request: screenplay_pb2.ParseScreenplayRequest, context: Any
    ) -> screenplay_pb2.ParseScreenplayResponse:
        reading = await readings.read_text(request.content, request.format, request.language)
        return messages.parsed(reading, request.language)

    async def ExportScreenplay(
        self, request: screenplay_pb2.ExportScreenplayRequest, context: Any
    ) -> screenplay_pb2.ExportScreenplayResponse:
        revision = await self._revision(request.name, "name")
        return await exported(revision.content, revision.format, request.format)

    async def ConvertScreenplay(
        self, request: screenplay_pb2.ConvertScreenplayRequest, context: Any
    ) -> screenplay_pb2.ExportScreenplayResponse:
        return await exported(request.content, request.format, request.target_format)

    async def DiffScreenplayRevisions(
        self, request: screenplay_pb2.DiffScreenplayRevisionsRequest, context: Any
    ) -> screenplay_pb2.DiffScreenplayRevisionsResponse:
        _require_one_project(request.base, request.target)
        base = await self._revision(request.base, "base")
        target = await self._revision(request.target, "target")
        before = await readings.read_text(base.content, base.format)
        after = await readings.read_text(target.content, target.format)
        found = await asyncio.to_thread(differences, before.screenplay, after.screenplay)
        return messages.difference(found)

    async def _revision(self, name: str, field: str) -> Revision:
        """The revision of a name. Raises NotFound, InvalidInput that names the field."""
        project_id, number = convert.parse_revision_name(name, field)
        found = await self._projects.revision(current_workspace(), project_id, number)
        if found is None:
            raise not_found(name)
        return found


def _require_one_project(base: str, target: str) -> None:
    if convert.parse_revision_name(base, "base")[0] != convert.parse_revision_name(target, "target")[0]:
        text = "must be a revision of the same project as base"
        raise InvalidInput(
            "REVISIONS_OF_TWO_PROJECTS", f"target {text}", violations=(FieldViolation("target", text),)
        )
