"""The calls of films' timelines."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.calls import Caller
from filmstudio.timeline.v1 import timeline_pb2, timeline_pb2_grpc

MEDIA_TIMEOUT_SECONDS = 300.0


class Timelines:
    """Timelines of one account; each call raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._stub = timeline_pb2_grpc.TimelineServiceStub(channel)
        self._caller = caller

    async def of(self, project: str) -> timeline_pb2.Timeline:
        """The timeline of a project's film."""
        request = timeline_pb2.GetTimelineRequest(project=project)
        return await self._caller.unary(self._stub.GetTimeline, request)

    async def update_shot(
        self, shot: timeline_pb2.TimelineShot, fields: Iterable[str]
    ) -> timeline_pb2.TimelineShot:
        """Edit these fields of a shot, such as "edit.hold_ms"; an empty one is as the studio has it again."""
        mask = FieldMask(paths=list(fields))
        request = timeline_pb2.UpdateTimelineShotRequest(shot=shot, update_mask=mask)
        return await self._caller.unary(self._stub.UpdateTimelineShot, request)

    async def move(self, request: timeline_pb2.MoveTimelineShotRequest) -> timeline_pb2.TimelineShot:
        """Move a shot next to another, or back to where it was written."""
        return await self._caller.unary(self._stub.MoveTimelineShot, request)

    async def lock(self, name: str) -> timeline_pb2.TimelineShot:
        """Keep what the last render made of a shot."""
        request = timeline_pb2.LockTimelineShotRequest(name=name)
        return await self._caller.unary(self._stub.LockTimelineShot, request)

    async def unlock(self, name: str) -> timeline_pb2.TimelineShot:
        """Make a shot from the screenplay again."""
        request = timeline_pb2.UnlockTimelineShotRequest(name=name)
        return await self._caller.unary(self._stub.UnlockTimelineShot, request)

    async def replace_media(self, request: timeline_pb2.ReplaceMediaRequest) -> timeline_pb2.Replacement:
        """Put a file in place of what the studio makes; it may take a minute to look at."""
        return await self._caller.unary(self._stub.ReplaceMedia, request, MEDIA_TIMEOUT_SECONDS)

    async def restore_media(self, project: str, target: timeline_pb2.MediaTarget) -> None:
        """Take a file back."""
        request = timeline_pb2.RestoreMediaRequest(project=project, target=target)
        await self._caller.unary(self._stub.RestoreMedia, request)

    async def update_scene(
        self, scene: timeline_pb2.TimelineScene, fields: Iterable[str]
    ) -> timeline_pb2.TimelineScene:
        """Edit these fields of a scene: "edit.music", "edit.effects"."""
        mask = FieldMask(paths=list(fields))
        request = timeline_pb2.UpdateTimelineSceneRequest(scene=scene, update_mask=mask)
        return await self._caller.unary(self._stub.UpdateTimelineScene, request)

    async def update_titles(self, titles: timeline_pb2.Titles, fields: Iterable[str]) -> timeline_pb2.Titles:
        """Edit these texts of the cards; an empty one is as the screenplay has it again."""
        request = timeline_pb2.UpdateTitlesRequest(titles=titles, update_mask=FieldMask(paths=list(fields)))
        return await self._caller.unary(self._stub.UpdateTitles, request)
