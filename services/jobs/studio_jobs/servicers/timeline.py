"""TimelineService."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from filmstudio.timeline.v1 import timeline_pb2, timeline_pb2_grpc
from studio_jobs import convert
from studio_jobs.edits.documents import NOTHING_EDITED, Document, Documents
from studio_jobs.kept_files import KeptFiles
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.store.boards import Boards
from studio_jobs.store.brought_files import BroughtFiles, replacement_key
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.edit_rows import documents_at
from studio_jobs.store.editing import Editing, stale_document
from studio_jobs.store.shot_renders import ShotRenders
from studio_jobs.timeline import messages
from studio_jobs.timeline.documents import (
    LOCK_KIND,
    MEDIA_KIND,
    SCENE_KIND,
    SHOT_KIND,
    TITLES_KIND,
    TITLES_SUBJECT,
    media_subject,
)
from studio_jobs.timeline.media_targets import require_consent, require_target, target_words
from studio_jobs.timeline.messages import Board
from studio_jobs.uploads.kinds import UPLOAD_KINDS
from studio_jobs.uploads.sources import Sources
from studio_platform.errors import FieldViolation, InvalidInput


class TimelineServicer(timeline_pb2_grpc.TimelineServiceServicer):
    """Timelines of the caller's projects."""

    def __init__(
        self,
        boards: Boards,
        renders: ShotRenders,
        files: BroughtFiles,
        kept: KeptFiles,
        sources: Sources,
        log: EditLog,
    ) -> None:
        self._boards = boards
        self._renders = renders
        self._files = files
        self._kept = kept
        self._sources = sources
        self._log = log

    async def GetTimeline(
        self, request: timeline_pb2.GetTimelineRequest, context: Any
    ) -> timeline_pb2.Timeline:
        project_id = convert.parse_name(request.project, "projects", "project")
        board = await self._boards.of(current_workspace(), project_id)
        told = messages.timeline(board)
        keys = [replacement_key(each) for each in told.replacements]
        words = [target_words(board, each.target) for each in told.replacements]
        signed = await self._kept.signed(current_workspace(), dict(zip(keys, words, strict=True)))
        told.replacement_files.extend(
            timeline_pb2.ReplacementFile(target=each.target, file=signed[key])
            for each, key in zip(told.replacements, keys, strict=True)
            if key in signed
        )
        return told

    async def UpdateTimelineShot(
        self, request: timeline_pb2.UpdateTimelineShotRequest, context: Any
    ) -> timeline_pb2.TimelineShot:
        wanted = request.shot
        project_id, shot_id = messages.parse_name(wanted.name, "shots", "shot.name")
        fields = messages.asked_fields(wanted.edit, request.update_mask, messages.SHOT_FIELDS, "edit.")
        board = await self._boards.of(current_workspace(), project_id)
        async with self._editing(project_id) as editing:
            before = await _read(editing, SHOT_KIND, shot_id, wanted.etag)
            old = timeline_pb2.ShotEdit.FromString(before.content)
            edit = messages.without_idle_levels(messages.edited(old, wanted.edit, fields))
            found = board.shot(shot_id)
            if found is not None:
                messages.require_sound(board, found[1], edit, fields)
            elif not before.content or messages.edited(edit, timeline_pb2.ShotEdit(), fields) != edit:
                raise not_found(wanted.name)
            await _write(editing, before, edit, f"shot {board.label(shot_id)}: {_words(fields)}")
        return await self._shot(board, shot_id)

    async def MoveTimelineShot(
        self, request: timeline_pb2.MoveTimelineShotRequest, context: Any
    ) -> timeline_pb2.TimelineShot:
        project_id, shot_id = messages.parse_name(request.name, "shots", "name")
        board = await self._boards.of(current_workspace(), project_id)
        field = request.WhichOneof("place")
        anchor_id = request.after or request.before
        if field:
            _require_places(board, request, shot_id, anchor_id, field)
        async with self._editing(project_id) as editing:
            before = await _read(editing, SHOT_KIND, shot_id, request.etag)
            if board.shot(shot_id) is None and not before.content:
                raise not_found(request.name)
            edit = timeline_pb2.ShotEdit.FromString(before.content)
            edit.ClearField("placement")
            if field:
                number = _last_place(await documents_at(editing.tx, current_workspace(), project_id)) + 1
                edit.placement.anchor, edit.placement.number = anchor_id, number
                edit.placement.before = field == "before"
            where = f"{field} {board.label(anchor_id)}" if field else "back to its place"
            await _write(editing, before, edit, f"shot {board.label(shot_id)}: moved {where}")
        return await self._shot(board, shot_id)

    async def LockTimelineShot(
        self, request: timeline_pb2.LockTimelineShotRequest, context: Any
    ) -> timeline_pb2.TimelineShot:
        project_id, shot_id = messages.parse_name(request.name, "shots", "name")
        board = await self._boards.of(current_workspace(), project_id)
        if board.shot(shot_id) is None:
            raise not_found(request.name)
        if not board.documents.get(LOCK_KIND, shot_id).content:
            render = await self._renders.of(current_workspace(), project_id, shot_id)
            async with self._editing(project_id) as editing:
                before = await editing.read(LOCK_KIND, shot_id)
                await self._renders.hold(editing, render)
                await _write(editing, before, render.lock, f"shot {board.label(shot_id)}: locked")
        return await self._shot(await self._boards.renewed(current_workspace(), board), shot_id)

    async def UnlockTimelineShot(
        self, request: timeline_pb2.UnlockTimelineShotRequest, context: Any
    ) -> timeline_pb2.TimelineShot:
        project_id, shot_id = messages.parse_name(request.name, "shots", "name")
        board = await self._boards.of(current_workspace(), project_id)
        async with self._editing(project_id) as editing:
            before = await editing.read(LOCK_KIND, shot_id)
            if board.shot(shot_id) is None and not before.content:
                raise not_found(request.name)
            words = f"shot {board.label(shot_id)}: unlocked"
            await editing.write(LOCK_KIND, shot_id, NOTHING_EDITED, words)
        return await self._shot(await self._boards.renewed(current_workspace(), board), shot_id)

    async def UpdateTimelineScene(
        self, request: timeline_pb2.UpdateTimelineSceneRequest, context: Any
    ) -> timeline_pb2.TimelineScene:
        wanted = request.scene
        project_id, scene_id = messages.parse_name(wanted.name, "scenes", "scene.name")
        fields = messages.asked_fields(wanted.edit, request.update_mask, messages.SCENE_FIELDS, "edit.")
        board = await self._boards.of(current_workspace(), project_id)
        scene = next((one for one in board.breakdown.scenes if one.scene_id == scene_id), None)
        async with self._editing(project_id) as editing:
            before = await _read(editing, SCENE_KIND, scene_id, wanted.etag)
            edit = messages.edited(timeline_pb2.SceneEdit.FromString(before.content), wanted.edit, fields)
            if scene is None and (not before.content or edit.ListFields()):
                raise not_found(wanted.name)
            label = f"scene {scene.number}" if scene else scene_id
            await _write(editing, before, edit, f"{label}: {_words(fields)}")
        document = await self._log.document(current_workspace(), project_id, SCENE_KIND, scene_id)
        return messages.scene_message(project_id, scene, document)

    async def UpdateTitles(
        self, request: timeline_pb2.UpdateTitlesRequest, context: Any
    ) -> timeline_pb2.Titles:
        wanted = request.titles
        project_id = messages.parse_titles_name(wanted.name)
        fields = messages.asked_fields(wanted, request.update_mask, messages.TITLE_FIELDS, "")
        async with self._editing(project_id) as editing:
            before = await _read(editing, TITLES_KIND, TITLES_SUBJECT, wanted.etag)
            old = timeline_pb2.Titles.FromString(before.content)
            await _write(editing, before, messages.edited(old, wanted, fields), f"cards: {_words(fields)}")
        document = await self._log.document(current_workspace(), project_id, TITLES_KIND, TITLES_SUBJECT)
        return messages.titles(project_id, document)

    async def ReplaceMedia(
        self, request: timeline_pb2.ReplaceMediaRequest, context: Any
    ) -> timeline_pb2.Replacement:
        project_id = convert.parse_name(request.project, "projects", "project")
        board = await self._boards.of(current_workspace(), project_id)
        kind = require_target(board, request.target)
        require_consent(kind, request)
        async with self._sources.open(current_workspace(), request, UPLOAD_KINDS[kind]) as content:
            manifest, size = await self._files.take(current_workspace(), kind, content)
        async with self._editing(project_id) as editing:
            replacement = timeline_pb2.Replacement(
                target=request.target,
                credit=request.credit,
                artifact=await self._files.hold(editing, manifest),
                size=size if size.width_px else None,
            )
            before = await editing.read(MEDIA_KIND, media_subject(request.target))
            await _write(editing, before, replacement, f"{target_words(board, request.target)}: replaced")
        return replacement

    async def RestoreMedia(
        self, request: timeline_pb2.RestoreMediaRequest, context: Any
    ) -> timeline_pb2.RestoreMediaResponse:
        project_id = convert.parse_name(request.project, "projects", "project")
        board = await self._boards.of(current_workspace(), project_id)
        async with self._editing(project_id) as editing:
            words = f"{target_words(board, request.target)}: the studio's own"
            await editing.write(MEDIA_KIND, media_subject(request.target), NOTHING_EDITED, words)
        return timeline_pb2.RestoreMediaResponse()

    def _editing(self, project_id: UUID) -> Any:
        return self._log.editing(current_workspace(), project_id, current_author())

    async def _shot(self, board: Board, shot_id: str) -> timeline_pb2.TimelineShot:
        document = await self._log.document(current_workspace(), board.project_id, SHOT_KIND, shot_id)
        found = board.shot(shot_id)
        if found is None:
            return messages.bare_shot(board.project_id, document)
        return messages.shot_message(board, *found, document)


async def _read(editing: Editing, kind: str, subject: str, etag: str) -> Document:
    """A document that is as its etag says. Raises Aborted for another; an empty etag says nothing."""
    document = await editing.read(kind, subject)
    if etag and etag != str(document.sequence):
        raise stale_document()
    return document


async def _write(editing: Editing, before: Document, message: Any, summary: str) -> None:
    content = message.SerializeToString(deterministic=True)
    await editing.write(before.kind, before.subject, content, summary)


def _require_places(
    board: Board, request: timeline_pb2.MoveTimelineShotRequest, shot_id: str, anchor_id: str, field: str
) -> None:
    """Raises NotFound for a shot that is gone, InvalidInput for an anchor that is none."""
    if board.shot(shot_id) is None:
        raise not_found(request.name)
    text = "must be another shot" if anchor_id == shot_id else "must be the id of a shot of the film"
    if anchor_id == shot_id or board.shot(anchor_id) is None:
        raise InvalidInput("SHOT_UNKNOWN", f"{field} {text}", violations=(FieldViolation(field, text),))


def _last_place(documents: Documents) -> int:
    edits = (
        timeline_pb2.ShotEdit.FromString(document.content)
        for document in documents.of_kind(SHOT_KIND).values()
    )
    return max((edit.placement.number for edit in edits), default=0)


def _words(fields: frozenset[str]) -> str:
    return ", ".join(sorted(field.removesuffix("_ms").replace("_", " ") for field in fields)) or "nothing"
