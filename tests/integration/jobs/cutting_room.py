"""One project whose shots, cast and history a test edits as a director does, and renders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.casting.v1 import casting_pb2
from filmstudio.edits.v1 import edits_pb2
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.shots.v1 import shots_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.cutlists.lists import CutLists
from studio_jobs.domain.states import JobState
from studio_jobs.downloads import Downloads
from studio_jobs.kept_files import KeptFiles
from studio_jobs.library.entries import Entries
from studio_jobs.media.ingest import Ingest
from studio_jobs.moderation import LocalPolicy
from studio_jobs.render_plans import RenderPlan
from studio_jobs.servicers.casting import CastingServicer
from studio_jobs.servicers.edits import EditsServicer
from studio_jobs.servicers.library import LibraryServicer
from studio_jobs.servicers.shots import ShotsServicer
from studio_jobs.servicers.timeline import TimelineServicer
from studio_jobs.store import rows
from studio_jobs.store.boards import Boards
from studio_jobs.store.brought_files import BroughtFiles
from studio_jobs.store.shot_renders import ShotRenders
from studio_jobs.uploads.records import Uploads
from studio_jobs.uploads.sources import Sources
from studio_media.sound import encode_flac
from studio_platform.clock import SystemClock
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects import ObjectStore
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.stage import Stage


@dataclass(slots=True)
class CuttingRoom:
    """Calls of the project's owner, `user`."""

    stage: Stage
    shots: ShotsServicer
    edits: EditsServicer
    casting: CastingServicer
    timeline: TimelineServicer
    library: LibraryServicer
    user: UUID
    project: UUID = field(default_factory=uuid4)

    @property
    def name(self) -> str:
        return f"projects/{self.project}"

    async def bring(self, script: bytes) -> None:
        """Import a text as the newest revision."""
        await self.stage.projects.import_screenplay(self.stage.workspace, self.project, script, 0)

    async def listed(self) -> list[shots_pb2.Shot]:
        response = await self.shots.ListShots(shots_pb2.ListShotsRequest(project=self.name), None)
        return list(response.shots)

    async def shot(self, words: str) -> shots_pb2.Shot:
        """The shot whose action holds these words, or whose speaker has this name in capitals."""
        found = [
            shot
            for shot in await self.listed()
            if (words == shot.speaker if words.isupper() else words in shot.action)
        ]
        assert len(found) == 1, [(shot.action, shot.speaker) for shot in await self.listed()]
        return found[0]

    async def update(
        self, shot: shots_pb2.Shot, *mask: str, etag: str = "", **settings: Any
    ) -> shots_pb2.Shot:
        wanted = shots_pb2.Shot(name=shot.name, etag=etag, settings=shots_pb2.TakeSettings(**settings))
        request = shots_pb2.UpdateShotRequest(shot=wanted, update_mask=FieldMask(paths=mask))
        return await self.shots.UpdateShot(request, None)

    async def retake(self, shot: shots_pb2.Shot, **settings: Any) -> shots_pb2.Shot:
        request = shots_pb2.RetakeShotRequest(name=shot.name, settings=shots_pb2.TakeSettings(**settings))
        return await self.shots.RetakeShot(request, None)

    async def choose(self, shot: shots_pb2.Shot, number: int) -> shots_pb2.Shot:
        request = shots_pb2.ChooseTakeRequest(name=f"{shot.name}/takes/{number}")
        return await self.shots.ChooseTake(request, None)

    async def takes(self, shot: shots_pb2.Shot) -> list[shots_pb2.Take]:
        response = await self.shots.ListTakes(shots_pb2.ListTakesRequest(shot=shot.name), None)
        return list(response.takes)

    async def lock(self, shot: shots_pb2.Shot) -> None:
        """Keep what the last render made of a shot."""
        name = shot.name.replace("/shots/", "/timeline/shots/")
        await self.timeline.LockTimelineShot(timeline_pb2.LockTimelineShotRequest(name=name), None)

    async def undo(self) -> edits_pb2.Edit:
        return await self.edits.UndoEdit(edits_pb2.UndoEditRequest(project=self.name), None)

    async def redo(self) -> edits_pb2.Edit:
        return await self.edits.RedoEdit(edits_pb2.RedoEditRequest(project=self.name), None)

    async def recast(self, character: str, **fields: Any) -> None:
        """Edit a member of the cast."""
        cast = await self.casting.ListCastMembers(casting_pb2.ListCastMembersRequest(project=self.name), None)
        (member,) = [member for member in cast.cast_members if member.character == character]
        wanted = casting_pb2.CastMember(name=member.name, **fields)
        await self.casting.UpdateCastMember(casting_pb2.UpdateCastMemberRequest(cast_member=wanted), None)

    async def use(
        self, name: str, content: library_pb2.LibraryContent, of: str = ""
    ) -> library_pb2.LibraryUse:
        """Keep a content in the library and let the film, or "/moods/{mood}" of it, be so."""
        entry = library_pb2.LibraryEntry(display_name=name, content=content)
        made = await self.library.CreateLibraryEntry(library_pb2.CreateLibraryEntryRequest(entry=entry), None)
        return await self.use_version(made.latest_version, of)

    async def use_version(self, version: str, of: str = "") -> library_pb2.LibraryUse:
        """Let the film, or "/moods/{mood}" of it, be as a version says."""
        request = library_pb2.UseLibraryVersionRequest(
            project=self.name, version=version, subject=f"{self.name}{of}"
        )
        return await self.library.UseLibraryVersion(request, None)

    async def bring_file(
        self,
        kind: library_pb2.LibraryFileKind.ValueType,
        content: bytes,
        licence: str = "CC-BY-4.0",
    ) -> library_pb2.LibraryFile:
        """A file that a version can hold."""
        credit = timeline_pb2.Credit(creator="J. Doe", source="own", licence=licence)
        request = library_pb2.BringLibraryFileRequest(kind=kind, content=content, credit=credit)
        return await self.library.BringLibraryFile(request, None)

    async def piece(self) -> library_pb2.LibraryMusic:
        """A second of music."""
        at = np.arange(48_000)
        sound = encode_flac((0.2 * np.sin(at / 20)).astype(np.float32)[:, None])
        return library_pb2.LibraryMusic(
            file=await self.bring_file(library_pb2.LIBRARY_FILE_KIND_MUSIC, sound)
        )

    async def plan(self, **options: Any) -> RenderPlan:
        request = jobs_pb2.PlanRenderRequest(
            project=self.name, options=jobs_pb2.RenderOptions(**{"narrate": False, **options})
        )
        return await self.stage.submissions.plan(self.stage.workspace, request)

    async def submit(self, **options: Any) -> rows.Job:
        request = jobs_pb2.CreateJobRequest(
            project=self.name,
            request_id=str(uuid4()),
            options=jobs_pb2.RenderOptions(**{"narrate": False, **options}),
        )
        return await self.stage.submissions.submit(self.stage.workspace, request)

    async def render(self, **options: Any) -> rows.Job:
        job = await self.stage.run_to_end(await self.submit(**options))
        assert job.state is JobState.COMPLETED, job.failure
        return job

    async def specs(self, job: rows.Job, shot: shots_pb2.Shot) -> dict[str, task_pb2.TaskSpec]:
        """The still and the clip that a planned job makes of a shot."""
        tasks = await self.stage.jobs.tasks_page(self.stage.workspace, job.job_id, 0, 10_000)
        found = [
            task_pb2.TaskSpec.FromString(row["spec"])
            for row in tasks
            if shot.name.endswith(f"/{row['shot_id']}")
        ]
        return {name: spec for spec in found if (name := spec.WhichOneof("work")) in ("still", "clip")}


def sources_of(stage: Stage, objects: ObjectStore | None = None) -> Sources:
    """Where the files of a stage's calls come from."""
    return Sources(Uploads(stage.database, SystemClock()), objects or MemoryObjectStore())


def timeline_servicer(stage: Stage, objects: ObjectStore | None = None) -> TimelineServicer:
    """The timelines of a stage's projects; `objects` is where brought files are kept."""
    objects = objects or MemoryObjectStore()
    files, sources = BroughtFiles(objects, Ingest(LocalPolicy())), sources_of(stage, objects)
    boards = Boards(stage.database, Breakdowns(stage.database))
    kept = KeptFiles(stage.database, objects)
    return TimelineServicer(boards, ShotRenders(stage.database), files, kept, sources, stage.log)


def library_servicer(
    stage: Stage,
    objects: ObjectStore | None = None,
    sources: Sources | None = None,
    files: BroughtFiles | None = None,
) -> LibraryServicer:
    """The library of a stage's workspace; `objects` is where brought files are kept."""
    objects = objects or MemoryObjectStore()
    files = files or BroughtFiles(objects, Ingest(LocalPolicy()))
    sources = sources or sources_of(stage, objects)
    entries = Entries(stage.database, SystemClock())
    kept = KeptFiles(stage.database, objects)
    return LibraryServicer(stage.database, stage.projects, stage.log, entries, files, kept, sources)


async def open_cutting_room(stage: Stage, script: bytes) -> CuttingRoom:
    """A new project with a screenplay, and who edits it signed in."""
    user = uuid4()
    set_current_identity(Identity(user_id=str(user), workspace_id=str(stage.workspace)))
    room = CuttingRoom(
        stage,
        ShotsServicer(stage.database, Breakdowns(stage.database), stage.log, MemoryObjectStore()),
        EditsServicer(stage.projects, stage.log),
        CastingServicer(stage.database, stage.projects, stage.log),
        timeline_servicer(stage),
        library_servicer(stage),
        user,
        (await stage.projects.create(stage.workspace, "Two Rooms", None)).project_id,
    )
    await room.bring(script)
    return room


def cut_lists(stage: Stage) -> CutLists:
    """The cut lists of a stage's films."""
    downloads = Downloads(stage.jobs, stage.projects, MemoryObjectStore(), SystemClock())
    return CutLists(stage.database, stage.jobs, downloads)
