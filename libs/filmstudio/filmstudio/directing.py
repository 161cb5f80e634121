"""Calls that direct: shots, their takes, and the history of a project's edits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.calls import Caller
from filmstudio.edits.v1 import edits_pb2, edits_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.shots.v1 import shots_pb2, shots_pb2_grpc

SHOTS_PAGE_MAX = 1000
EDITS_PAGE_MAX = 200


class Directing:
    """Each method raises errors.FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller, ca_file: Path | None = None) -> None:
        self._caller = caller
        self._ca_file = ca_file
        self._shots = shots_pb2_grpc.ShotsServiceStub(channel)
        self._edits = edits_pb2_grpc.EditsServiceStub(channel)

    async def shots(self, project: str) -> list[shots_pb2.Shot]:
        """The shots of a project in the film's order, then those that were edited and are gone."""
        request = shots_pb2.ListShotsRequest(project=project, page_size=SHOTS_PAGE_MAX)
        found: list[shots_pb2.Shot] = []
        while True:
            page = await self._caller.unary(self._shots.ListShots, request)
            found += page.shots
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def shot(self, name: str) -> shots_pb2.Shot:
        """One shot."""
        return await self._caller.unary(self._shots.GetShot, shots_pb2.GetShotRequest(name=name))

    async def update_shot(
        self, name: str, settings: shots_pb2.TakeSettings, fields: Iterable[str], etag: str = ""
    ) -> shots_pb2.Shot:
        """Edit these settings of a shot's chosen take; an empty one is the studio's choice again."""
        mask = FieldMask(paths=[f"settings.{field}" for field in fields])
        shot = shots_pb2.Shot(name=name, settings=settings, etag=etag)
        request = shots_pb2.UpdateShotRequest(shot=shot, update_mask=mask)
        return await self._caller.unary(self._shots.UpdateShot, request)

    async def retake_shot(
        self, name: str, settings: shots_pb2.TakeSettings, fields: Iterable[str], etag: str
    ) -> shots_pb2.Shot:
        """Add a take that differs in these settings, and choose it.

        The etag is asked for, so that a call whose answer was lost adds no second one.
        """
        mask = FieldMask(paths=list(fields))
        request = shots_pb2.RetakeShotRequest(name=name, settings=settings, update_mask=mask, etag=etag)
        return await self._caller.unary(self._shots.RetakeShot, request)

    async def takes(self, shot: str) -> list[shots_pb2.Take]:
        """The takes of a shot with what jobs made of them."""
        request = shots_pb2.ListTakesRequest(shot=shot)
        return list((await self._caller.unary(self._shots.ListTakes, request)).takes)

    async def compare_takes(self, shot: str, first: int, second: int) -> shots_pb2.CompareTakesResponse:
        """Two takes and what differs between their settings."""
        request = shots_pb2.CompareTakesRequest(shot=shot, first=first, second=second)
        return await self._caller.unary(self._shots.CompareTakes, request)

    async def choose_take(self, name: str, etag: str = "") -> shots_pb2.Shot:
        """Make a take the one that the film has."""
        request = shots_pb2.ChooseTakeRequest(name=name, etag=etag)
        return await self._caller.unary(self._shots.ChooseTake, request)

    async def save_artifact(self, artifact: shots_pb2.TakeArtifact, path: Path) -> Path:
        """Write what was made for a take, whole or not at all. Raises OSError when the disk refuses."""
        # Its imports are heavy, and most calls download nothing.
        from filmstudio.downloads import download

        signed = jobs_pb2.GetDownloadUrlResponse(
            url=artifact.url,
            filename=artifact.filename,
            size_bytes=artifact.size_bytes,
            sha256=artifact.sha256,
            media_type=artifact.media_type,
        )

        async def sign() -> jobs_pb2.GetDownloadUrlResponse:
            return signed

        return await download(sign, path, None, self._ca_file)

    async def edit_pages(
        self, project: str, page_size: int = EDITS_PAGE_MAX
    ) -> AsyncGenerator[edits_pb2.ListEditsResponse, None]:
        """The history of a project page by page, the newest edit first."""
        request = edits_pb2.ListEditsRequest(project=project, page_size=min(page_size, EDITS_PAGE_MAX))
        while True:
            page = await self._caller.unary(self._edits.ListEdits, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def undo(self, project: str, newest_edit: str) -> edits_pb2.Edit:
        """Take back the newest edit that is not undone; refused when a newer one than this came."""
        request = edits_pb2.UndoEditRequest(project=project, newest_edit=newest_edit)
        return await self._caller.unary(self._edits.UndoEdit, request)

    async def redo(self, project: str, newest_edit: str) -> edits_pb2.Edit:
        """Do again what the newest undo took back; refused when a newer edit than this came."""
        request = edits_pb2.RedoEditRequest(project=project, newest_edit=newest_edit)
        return await self._caller.unary(self._edits.RedoEdit, request)

    async def restore(self, project: str, edit: str, newest_edit: str) -> edits_pb2.Edit:
        """Bring all to how it was after an edit ("": before the first), as a new edit."""
        request = edits_pb2.RestoreEditsRequest(project=project, edit=edit, newest_edit=newest_edit)
        return await self._caller.unary(self._edits.RestoreEdits, request)
