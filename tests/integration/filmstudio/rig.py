"""A studio on loopback for the client's tests: a real server that can be stopped and started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import cast
from uuid import UUID

import grpc
from argon2 import profiles

from filmstudio.auth.v1 import auth_pb2_grpc, members_pb2_grpc
from filmstudio.casting.v1 import casting_pb2_grpc
from filmstudio.edits.v1 import edits_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2_grpc
from filmstudio.pools.v1 import pools_pb2_grpc
from filmstudio.projects.v1 import projects_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2_grpc
from filmstudio.scripthelp.v1 import scripthelp_pb2_grpc
from filmstudio.shots.v1 import shots_pb2_grpc
from filmstudio.timeline.v1 import timeline_pb2_grpc
from studio_gateway.__main__ import SERVICES, Parts, build_parts
from studio_gateway.accounts import Credentials
from studio_gateway.memberships import Memberships
from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.settings import GatewaySettings
from studio_jobs.moderation import LocalPolicy
from studio_jobs.scripthelp.rules import RulesHelp
from studio_jobs.servicers.script_help import ScriptHelpServicer
from studio_platform.channels import open_channel
from studio_platform.database import Database
from studio_platform.embedded.ports import free_ports
from studio_platform.passwords import open_passwords
from studio_platform.server import StudioServer, standard_layers
from studio_platform.telemetry import Metrics
from tests.integration.filmstudio.directed import ScriptedEdits, ScriptedMembers, ScriptedShots
from tests.integration.filmstudio.file_store import FileStore
from tests.integration.filmstudio.scripted import Script
from tests.integration.filmstudio.servicers import (
    CountingAuth,
    PickyVerifier,
    ScriptedCasting,
    ScriptedJobs,
    ScriptedPools,
    ScriptedProjects,
    ScriptedScreenplays,
    ScriptedTimeline,
)

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery"


class Alone:
    """Nobody is a member of anything but their own workspace."""

    async def role_in(self, _workspace_id: UUID, _user_id: UUID) -> None:
        """None: a stranger."""


class StudioRig:
    """The studio; `stop` and `start` it as you like, its port and what it knows stay."""

    def __init__(self, parts: Parts, certificate: tuple[bytes, bytes] | None = None) -> None:
        self.script = Script()
        self.files = FileStore(self.script)
        self.parts = parts
        (self.port,) = free_ports(1)
        self._certificate = certificate
        self._server: StudioServer | None = None

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    async def start(self) -> None:
        listen = "127.0.0.1:0" if self._certificate else f"127.0.0.1:{self.port}"
        settings = GatewaySettings(listen=listen, database_url="postgres://nowhere", drain_grace_seconds=1)  # type: ignore[arg-type]
        layers = standard_layers(self.parts.policies, PickyVerifier(self.script, self.parts), Metrics("rig"))
        server = StudioServer(settings, layers, SERVICES)
        auth_pb2_grpc.add_AuthServiceServicer_to_server(CountingAuth(self.script, self.parts), server.grpc)
        # The stubs call the classes abstract; at run time their other methods answer UNIMPLEMENTED.
        projects = ScriptedProjects(self.script)  # type: ignore[abstract]
        screenplays = ScriptedScreenplays(self.script)
        projects_pb2_grpc.add_ProjectsServiceServicer_to_server(projects, server.grpc)
        screenplay_pb2_grpc.add_ScreenplayServiceServicer_to_server(screenplays, server.grpc)
        script_help = ScriptHelpServicer(RulesHelp(), LocalPolicy())
        scripthelp_pb2_grpc.add_ScriptHelpServiceServicer_to_server(script_help, server.grpc)
        jobs = ScriptedJobs(self.script, server.draining)
        jobs_pb2_grpc.add_JobsServiceServicer_to_server(jobs, server.grpc)
        casting_pb2_grpc.add_CastingServiceServicer_to_server(ScriptedCasting(self.script), server.grpc)
        # As above.
        shots_pb2_grpc.add_ShotsServiceServicer_to_server(ScriptedShots(self.script), server.grpc)  # type: ignore[abstract]
        members = ScriptedMembers(self.script)  # type: ignore[abstract]
        members_pb2_grpc.add_MembersServiceServicer_to_server(members, server.grpc)
        edits_pb2_grpc.add_EditsServiceServicer_to_server(ScriptedEdits(self.script), server.grpc)
        timeline_pb2_grpc.add_TimelineServiceServicer_to_server(ScriptedTimeline(self.script), server.grpc)
        pools_pb2_grpc.add_PoolsServiceServicer_to_server(ScriptedPools(self.script), server.grpc)
        if self._certificate is not None:
            credentials = grpc.ssl_server_credentials([self._certificate])
            server.grpc.add_secure_port(f"127.0.0.1:{self.port}", credentials)
        await server.start()
        server.set_ready()
        self._server = server

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.drain()
            self._server = None


@asynccontextmanager
async def running_rig(certificate: tuple[bytes, bytes] | None = None) -> AsyncIterator[StudioRig]:
    """A studio in which EMAIL has an account, and a store of files beside it."""
    async with AsyncExitStack() as stack:
        passwords = await stack.enter_async_context(open_passwords(profiles.CHEAPEST))
        settings = GatewaySettings(database_url="postgres://nowhere")  # type: ignore[arg-type]
        nowhere = cast(Database, None)
        jobs = open_channel(settings.jobs_address)
        stack.push_async_callback(jobs.close)
        parts = await build_parts(settings, MemoryAccountStore(), passwords, nowhere, jobs)
        parts = replace(parts, memberships=Memberships(Alone()))
        rig = StudioRig(parts, certificate)
        await parts.accounts.register(Credentials(EMAIL, PASSWORD), "Ada")
        rig.script.files_address = stack.enter_context(rig.files).address
        await rig.start()
        stack.push_async_callback(rig.stop)
        yield rig
