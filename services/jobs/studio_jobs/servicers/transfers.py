"""TransfersService."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.transfers.v1 import transfers_pb2, transfers_pb2_grpc
from studio_jobs import convert
from studio_jobs.downloads import URL_LIFE_SECONDS
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_number_token, write_token
from studio_jobs.store.boards import Boards
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.projects import Projects
from studio_jobs.submissions import Submissions
from studio_jobs.transfers.adoptions import Adoptions
from studio_jobs.transfers.artifacts import manifest_of, message_of
from studio_jobs.transfers.edits import restore
from studio_jobs.transfers.inventory import Inventory
from studio_jobs.transfers.uploads import Uploads
from studio_platform.errors import FailedPrecondition
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore

PAGE_DEFAULT = 200
PAGE_MAX = 500
STATS_AT_A_TIME_MAX = 16


class TransfersServicer(transfers_pb2_grpc.TransfersServiceServicer):
    """Media of the caller's projects."""

    def __init__(
        self,
        projects: Projects,
        boards: Boards,
        submissions: Submissions,
        log: EditLog,
        objects: ObjectStore,
        uploads: Uploads,
        adoptions: Adoptions,
        inventory: Inventory,
    ) -> None:
        self._projects = projects
        self._boards = boards
        self._submissions = submissions
        self._log = log
        self._objects = objects
        self._uploads = uploads
        self._adoptions = adoptions
        self._inventory = inventory

    async def ExportMedia(
        self, request: transfers_pb2.ExportMediaRequest, context: Any
    ) -> transfers_pb2.ExportMediaResponse:
        project_id, workspace = await self._project(request.project), current_workspace()
        plan = await self._planned(request.project, request.options)
        documents = await self._log.documents(workspace, project_id)
        first = read_number_token(request.page_token)
        most = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        entries = self._inventory.entries(plan.judged, documents)
        found = await self._inventory.manifests(workspace, entries[first : first + most])
        said = [message_of(manifest, plan_key) for plan_key, manifest in found]
        for artifact in said:
            await self._sign(workspace, artifact)
        is_last = first + most >= len(entries)
        return transfers_pb2.ExportMediaResponse(
            artifacts=said, next_page_token="" if is_last else write_token(str(first + most))
        )

    async def UploadMedia(
        self, request: transfers_pb2.UploadMediaRequest, context: Any
    ) -> transfers_pb2.UploadMediaResponse:
        await self._project(request.project)
        return transfers_pb2.UploadMediaResponse(
            stored=await self._uploads.take(current_workspace(), request)
        )

    async def AdoptMedia(
        self, request: transfers_pb2.AdoptMediaRequest, context: Any
    ) -> transfers_pb2.AdoptMediaResponse:
        project_id, workspace, author = (
            await self._project(request.project),
            current_workspace(),
            current_author(),
        )
        manifests = [manifest_of(str(workspace), artifact) for artifact in request.artifacts]
        await self._require_stored(workspace, manifests)
        await self._keep(workspace, project_id, author, manifests, request.replacements, request.locks)
        wanted = {
            bytes.fromhex(artifact.plan_key): bytes.fromhex(manifest.content_key)
            for artifact, manifest in zip(request.artifacts, manifests, strict=True)
            if artifact.plan_key
        }
        if not wanted:
            return transfers_pb2.AdoptMediaResponse()
        plan = await self._planned(request.project, request.options)
        found = await self._adoptions.give(workspace, project_id, author, plan.judged.plan, wanted)
        return transfers_pb2.AdoptMediaResponse(found=found)

    async def _keep(
        self,
        workspace: UUID,
        project_id: UUID,
        author: UUID,
        manifests: Sequence[artifact_pb2.Manifest],
        replacements: Sequence[timeline_pb2.Replacement],
        locks: Sequence[transfers_pb2.MediaLock],
    ) -> None:
        has_edits = bool(replacements or locks)
        board = await self._boards.of(workspace, project_id) if has_edits else None
        async with self._log.editing(workspace, project_id, author) as editing:
            await self._adoptions.keep(editing, manifests)
            if board is not None:
                await self._adoptions.require(editing, await restore(editing, board, replacements, locks))

    async def _project(self, name: str) -> UUID:
        project_id = convert.parse_name(name, "projects", "project")
        if await self._projects.get(current_workspace(), project_id) is None:
            raise not_found(name)
        return project_id

    async def _planned(self, project: str, options: jobs_pb2.RenderOptions) -> Any:
        request = jobs_pb2.PlanRenderRequest(project=project, options=options)
        return await self._submissions.plan(current_workspace(), request)

    async def _require_stored(self, workspace: UUID, manifests: Sequence[artifact_pb2.Manifest]) -> None:
        """Raises FailedPrecondition for an artifact with a file that was not uploaded."""
        turns = asyncio.Semaphore(STATS_AT_A_TIME_MAX)

        async def is_stored(part: artifact_pb2.ManifestPart) -> bool:
            async with turns:
                return await self._uploads.is_stored(workspace, part.sha256, part.size_bytes)

        parts = [part for manifest in manifests for part in manifest.parts]
        there = await asyncio.gather(*map(is_stored, parts))
        missing = next((part for part, stored in zip(parts, there, strict=True) if not stored), None)
        if missing is not None:
            raise FailedPrecondition("MEDIA_MISSING", f"The file {missing.sha256} was not uploaded.")

    async def _sign(self, workspace: UUID, artifact: transfers_pb2.MediaArtifact) -> None:
        for part in artifact.parts:
            part.url = await self._objects.presigned_get(
                blob_key(str(workspace), part.sha256),
                expires_seconds=URL_LIFE_SECONDS,
                filename=part.sha256,
                media_type=part.media_type,
            )
