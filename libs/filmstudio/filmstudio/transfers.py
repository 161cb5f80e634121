"""The calls by which a project is taken from one studio to another."""

from __future__ import annotations

from uuid import uuid4

import grpc

from filmstudio.calls import Caller
from filmstudio.channels import MESSAGE_MAX_BYTES
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc

REQUEST_MAX_BYTES = MESSAGE_MAX_BYTES - 64 * 1024
"""What is left of a message beside its headers."""


class Transfers:
    """Calls of one account; each raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
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
