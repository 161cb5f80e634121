"""ShotsService."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from filmstudio.shots.v1 import shots_pb2, shots_pb2_grpc
from studio_jobs import convert
from studio_jobs import shot_messages as messages
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.domain.states import TaskKind
from studio_jobs.downloads import SUFFIXES, URL_LIFE_SECONDS
from studio_jobs.edits.shots import TakeSettings
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_number_token, write_token
from studio_jobs.shot_lists import ListedShot, ShotLists
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.shot_edits import ChangeSettings, ShotEdits
from studio_jobs.take_artifacts import TakeArtifact, TakeArtifacts
from studio_platform.database import Database
from studio_platform.errors import FieldViolation, InvalidInput
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore

PAGE_DEFAULT = 200
PAGE_MAX = 1000

_POOL_KINDS = {"still_pool": TaskKind.STILL, "clip_pool": TaskKind.CLIP}


class ShotsServicer(shots_pb2_grpc.ShotsServiceServicer):
    """Shots and takes of the caller's projects."""

    def __init__(
        self, database: Database, breakdowns: Breakdowns, log: EditLog, objects: ObjectStore
    ) -> None:
        self._database = database
        self._objects = objects
        self._lists = ShotLists(database, breakdowns)
        self._edits = ShotEdits(log)
        self._artifacts = TakeArtifacts(database)

    async def ListShots(
        self, request: shots_pb2.ListShotsRequest, context: Any
    ) -> shots_pb2.ListShotsResponse:
        project_id = convert.parse_name(request.project, "projects", "project")
        size = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        start = read_number_token(request.page_token)
        listed = await self._lists.every(current_workspace(), project_id)
        more = start + size < len(listed)
        return shots_pb2.ListShotsResponse(
            shots=[messages.shot(project_id, shot) for shot in listed[start : start + size]],
            next_page_token=write_token(str(start + size)) if more else "",
        )

    async def GetShot(self, request: shots_pb2.GetShotRequest, context: Any) -> shots_pb2.Shot:
        project_id, shot_id = messages.parse_shot_name(request.name, "name")
        return messages.shot(project_id, await self._lists.one(current_workspace(), project_id, shot_id))

    async def UpdateShot(self, request: shots_pb2.UpdateShotRequest, context: Any) -> shots_pb2.Shot:
        project_id, shot_id = messages.parse_shot_name(request.shot.name, "shot.name")
        wanted = request.shot.settings
        fields = messages.asked_fields(wanted, request.update_mask, "settings.")
        await self._require_pools(wanted, fields, "shot.settings")
        listed = await self._lists.one(current_workspace(), project_id, shot_id)
        change = _change(wanted, fields)
        await self._edits.update(
            _owner(project_id), shot_id, f"shot {listed.label}", change, request.shot.etag
        )
        return await self._edited(project_id, listed)

    async def RetakeShot(self, request: shots_pb2.RetakeShotRequest, context: Any) -> shots_pb2.Shot:
        project_id, shot_id = messages.parse_shot_name(request.name, "name")
        fields = messages.asked_fields(request.settings, request.update_mask)
        await self._require_pools(request.settings, fields, "settings")
        listed = await self._lists.one(current_workspace(), project_id, shot_id)
        change = _change(request.settings, fields)
        await self._edits.retake(_owner(project_id), shot_id, f"shot {listed.label}", change, request.etag)
        return await self._edited(project_id, listed)

    async def ListTakes(
        self, request: shots_pb2.ListTakesRequest, context: Any
    ) -> shots_pb2.ListTakesResponse:
        project_id, shot_id = messages.parse_shot_name(request.shot, "shot")
        listed = await self._lists.one(current_workspace(), project_id, shot_id)
        takes = await self._takes(project_id, listed, listed.edit.numbers)
        return shots_pb2.ListTakesResponse(takes=takes)

    async def CompareTakes(
        self, request: shots_pb2.CompareTakesRequest, context: Any
    ) -> shots_pb2.CompareTakesResponse:
        project_id, shot_id = messages.parse_shot_name(request.shot, "shot")
        listed = await self._lists.one(current_workspace(), project_id, shot_id)
        for number in (request.first, request.second):
            if number not in listed.edit.numbers:
                raise not_found(messages.take_name(project_id, shot_id, number))
        (first,) = await self._takes(project_id, listed, [request.first])
        (second,) = await self._takes(project_id, listed, [request.second])
        found = messages.differences(listed.edit, request.first, request.second, (first.seed, second.seed))
        return shots_pb2.CompareTakesResponse(first=first, second=second, differences=found)

    async def ChooseTake(self, request: shots_pb2.ChooseTakeRequest, context: Any) -> shots_pb2.Shot:
        project_id, shot_id, number = messages.parse_take_name(request.name, "name")
        listed = await self._lists.one(current_workspace(), project_id, shot_id)
        await self._edits.choose(_owner(project_id), shot_id, f"shot {listed.label}", number, request.etag)
        return await self._edited(project_id, listed)

    async def _edited(self, project_id: UUID, before: ListedShot) -> shots_pb2.Shot:
        return messages.shot(project_id, await self._lists.edited(current_workspace(), project_id, before))

    async def _takes(
        self, project_id: UUID, listed: ListedShot, numbers: Collection[int]
    ) -> list[shots_pb2.Take]:
        edit, shot_id = listed.edit, listed.shot_id
        made = await self._artifacts.of(current_workspace(), project_id, shot_id, edit)
        row = await self._database.fetchrow(SQL["project"], current_workspace(), project_id)
        if row is None:
            raise not_found(f"projects/{project_id}")
        takes = [messages.take(rows.project(row), shot_id, edit, number, made) for number in numbers]
        for take, number in zip(takes, numbers, strict=True):
            of_take = [artifact for artifact in made if artifact.take == number]
            for said, artifact in zip(take.artifacts, of_take, strict=True):
                await self._sign(said, artifact, f"{shot_id}-take-{number}")
        return takes

    async def _sign(self, said: shots_pb2.TakeArtifact, artifact: TakeArtifact, stem: str) -> None:
        """Fill in where the artifact's first part can be had: it is what plays or shows."""
        part = artifact.manifest.parts[0]
        kind = artifact.kind.name.lower()
        said.media_type, said.sha256, said.size_bytes = part.media_type, part.sha256, part.size_bytes
        said.filename = f"{stem}-{kind}-{part.sha256[:8]}{SUFFIXES.get(part.media_type, '')}"
        said.url = await self._objects.presigned_get(
            blob_key(artifact.manifest.workspace_id, part.sha256),
            expires_seconds=URL_LIFE_SECONDS,
            filename=said.filename,
            media_type=part.media_type,
        )

    async def _require_pools(
        self, wanted: shots_pb2.TakeSettings, fields: Collection[str], path: str
    ) -> None:
        """Raise InvalidInput for a pool that is not known to make its kind."""
        named = [field for field in _POOL_KINDS if field in fields and getattr(wanted, field)]
        pools = await self._database.fetch(SQL["pools"]) if named else []
        faults = []
        for field in named:
            names = sorted(f"pools/{row['pool']}" for row in pools if row["kind"] == _POOL_KINDS[field])
            if getattr(wanted, field) not in names:
                choice = (
                    f"one of {', '.join(names)}" if names else "of a generator that is known; there is none"
                )
                faults.append(FieldViolation(f"{path}.{field}", f"must be {choice}"))
        if faults:
            text = "; ".join(f"{fault.field} {fault.text}" for fault in faults)
            raise InvalidInput("POOL_UNKNOWN", text, violations=tuple(faults))


def _owner(project_id: UUID) -> tuple[UUID, UUID, UUID]:
    return current_workspace(), project_id, current_author()


def _change(wanted: shots_pb2.TakeSettings, fields: Collection[str]) -> ChangeSettings:
    def change(settings: TakeSettings) -> TakeSettings:
        return messages.changed(settings, wanted, fields)

    return change
