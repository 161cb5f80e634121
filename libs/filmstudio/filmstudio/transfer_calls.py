"""The calls by which a project is taken from one studio to another."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import uuid4

import grpc

from filmstudio.calls import Caller
from filmstudio.channels import MESSAGE_MAX_BYTES
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.transfers.v1 import transfers_pb2, transfers_pb2_grpc

REQUEST_MAX_BYTES = MESSAGE_MAX_BYTES - 64 * 1024
"""What is left of a message beside its headers."""

CHUNK_BYTES = 3_000_000
"""Of a file that is uploaded, but for the last one."""

MEDIA_TIMEOUT_SECONDS = 120.0
MEDIA_PAGE_MAX = 200


class Transfers:
    """Calls of one account; each raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._media = transfers_pb2_grpc.TransfersServiceStub(channel)
        self._projects = projects_pb2_grpc.ProjectsServiceStub(channel)
        self._screenplays = screenplay_pb2_grpc.ScreenplayServiceStub(channel)
        self._caller = caller

    async def make_project(self, display_name: str, seed_origin: str) -> projects_pb2.Project:
        """A new project whose seeds follow from a UUID."""
        project = projects_pb2.Project(display_name=display_name, seed_origin=seed_origin)
        request = projects_pb2.CreateProjectRequest(project=project, request_id=str(uuid4()))
        return await self._caller.unary(self._projects.CreateProject, request)

    async def delete_project(self, name: str) -> None:
        """Delete a project with its screenplays."""
        request = projects_pb2.DeleteProjectRequest(name=name)
        await self._caller.unary(self._projects.DeleteProject, request)

    async def identities(self, revision: str) -> screenplay_pb2.ScreenplayRevision:
        """A revision without its text, with what its scenes and shots are known by."""
        request = screenplay_pb2.GetScreenplayRevisionRequest(name=revision, identities=True)
        return await self._caller.unary(self._screenplays.GetScreenplayRevision, request)

    async def import_revision(
        self, project: str, revision: screenplay_pb2.ScreenplayRevision
    ) -> screenplay_pb2.ScreenplayRevision:
        """Keep a text in its format, its scenes and shots with the ids that they had.

        Of a text so long that a message does not hold both (over 1.9 MB; its film would have more shots than
        a job may) the ids follow from the text.
        """
        request = screenplay_pb2.ImportScreenplayRequest(
            project=project,
            content=revision.content,
            format=revision.format,
            identities=revision.identities,
        )
        if request.ByteSize() > REQUEST_MAX_BYTES:
            request.ClearField("identities")
        return await self._caller.unary(self._screenplays.ImportScreenplay, request)

    async def media(
        self, project: str, options: jobs_pb2.RenderOptions
    ) -> AsyncGenerator[transfers_pb2.MediaArtifact, None]:
        """The artifacts of a project's film with these options, with addresses that hold for minutes."""
        request = transfers_pb2.ExportMediaRequest(project=project, options=options, page_size=MEDIA_PAGE_MAX)
        async for page in self._caller.pages(self._media.ExportMedia, request):
            for artifact in page.artifacts:
                yield artifact

    async def save_part(self, part: transfers_pb2.MediaPart, path: Path) -> Path:
        """Write a file of an artifact, whole and with its digest. Raises OSError when the disk refuses."""
        # Its imports are heavy, and most calls download nothing.
        from filmstudio.downloads import download

        signed = jobs_pb2.GetDownloadUrlResponse(
            url=part.url, size_bytes=part.size_bytes, sha256=part.sha256, media_type=part.media_type
        )

        async def sign() -> jobs_pb2.GetDownloadUrlResponse:
            return signed

        return await download(sign, path, None, self._ca_file)

    async def upload_chunk(self, request: transfers_pb2.UploadMediaRequest) -> bool:
        """Send a chunk, or ask whether the file is there; whether it is."""
        answer = await self._caller.unary(self._media.UploadMedia, request, MEDIA_TIMEOUT_SECONDS)
        return answer.stored

    async def adopt(self, request: transfers_pb2.AdoptMediaRequest) -> int:
        """Keep artifacts whose files are there; how many tasks find theirs."""
        answer = await self._caller.unary(self._media.AdoptMedia, request, MEDIA_TIMEOUT_SECONDS)
        return answer.found
