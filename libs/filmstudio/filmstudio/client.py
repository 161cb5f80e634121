"""The Python client: one object for a studio, its methods named by what they do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.account import Account
from filmstudio.admin import Admin
from filmstudio.api_keys import ApiKeys
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.calls import Caller, OnAway, Patience
from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from filmstudio.channels import open_channel
from filmstudio.directing import Directing
from filmstudio.job_calls import Jobs
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.library_calls import Library
from filmstudio.members import Members
from filmstudio.pools.v1 import pools_pb2, pools_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.quota_calls import Quotas
from filmstudio.reviewing import Reviews
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.scripthelp.v1 import scripthelp_pb2, scripthelp_pb2_grpc
from filmstudio.servers import Server, parse_server
from filmstudio.session import AccountTokens, Session, TokenSource
from filmstudio.share_calls import Shares
from filmstudio.timelines import Timelines
from filmstudio.transfer_calls import Transfers
from filmstudio.translation_calls import Translations
from filmstudio.upload_calls import Uploads
from filmstudio.webhook_calls import Webhooks

PROJECTS_PAGE_MAX = 200
TASKS_PAGE_MAX = 1000
REVISIONS_PAGE_MAX = 200
CASTING_PAGE_MAX = 1000
POOL_CHECK_SECONDS = 60.0
SCRIPT_HELP_SECONDS = 60.0

M = TypeVar("M")


@asynccontextmanager
async def connect(
    server: Server | str,
    who: Account | TokenSource,
    patience: Patience | None = None,
    ca_file: Path | None = None,
    workspace: str = "",
) -> AsyncIterator[FilmStudio]:
    """A client of the studio at `server`, signed in on first use; without a workspace in the account's own.

    `who` is an account, a session.ApiKey, or another source of tokens.
    Raises servers.BadAddressError. Every method raises errors.FilmStudioError.
    """
    place = parse_server(server) if isinstance(server, str) else server
    source = AccountTokens(who) if isinstance(who, Account) else who
    async with open_channel(place, ca_file) as channel:
        session = Session(auth_pb2_grpc.AuthServiceStub(channel), source, workspace=workspace)
        yield FilmStudio(channel, session, Caller(str(place), session, patience or Patience()), ca_file)


class FilmStudio:
    """Calls of one account. A studio that is away is asked again for a while; other errors come at once.

    `session` signs calls of other stubs, too; `jobs` lists and watches jobs; `timelines` has the calls of
    timelines, `directing` edits shots and walks the history, `transfers` exports and imports, `uploads`
    brings large files, `translations` has the calls of films in other languages, `library` those of the
    library, `members` those of workspaces, `api_keys` those of keys, `webhooks` those of webhooks, `quotas`
    those of quotas, `admin` those of administrators.
    """

    def __init__(
        self, channel: grpc.aio.Channel, session: Session, caller: Caller, ca_file: Path | None = None
    ) -> None:
        self.session = session
        self.jobs = Jobs(channel, caller)
        self.timelines = Timelines(channel, caller)
        self.transfers = Transfers(channel, caller, ca_file)
        self.translations = Translations(channel, caller)
        self.library = Library(channel, caller)
        self.uploads = Uploads(channel, caller, ca_file)
        self.webhooks = Webhooks(channel, caller)
        self.shares = Shares(channel, caller)
        self.quotas = Quotas(channel, caller)
        self.members = Members(channel, caller)
        self.api_keys = ApiKeys(channel, caller)
        self.admin = Admin(channel, caller, session)
        self.reviews = Reviews(channel, caller)
        self._caller = caller
        self._ca_file = ca_file
        self._auth = auth_pb2_grpc.AuthServiceStub(channel)
        self._projects = projects_pb2_grpc.ProjectsServiceStub(channel)
        self._screenplays = screenplay_pb2_grpc.ScreenplayServiceStub(channel)
        self._script_help = scripthelp_pb2_grpc.ScriptHelpServiceStub(channel)
        self._jobs = jobs_pb2_grpc.JobsServiceStub(channel)
        self._casting = casting_pb2_grpc.CastingServiceStub(channel)
        self._pools = pools_pb2_grpc.PoolsServiceStub(channel)
        self.directing = Directing(channel, caller, ca_file)

    async def me(self) -> auth_pb2.User:
        """Who is signed in."""
        return await self._caller.unary(self._auth.GetMe, auth_pb2.GetMeRequest())

    async def change_password(self, current: str, new: str) -> None:
        """Another password, of 10 to 256 characters; all sessions end but this one."""
        request = auth_pb2.ChangePasswordRequest(current_password=current, new_password=new)
        await self._caller.unary(self._auth.ChangePassword, request)

    async def leave_everywhere(self) -> None:
        """End all sessions of the account, this one too."""
        await self._caller.unary(self._auth.LogoutEverywhere, auth_pb2.LogoutEverywhereRequest())

    async def remove_account(self, password: str) -> None:
        """Sign out for good: the account goes, with the workspaces of which nobody else is a member."""
        await self._caller.unary(self._auth.DeleteAccount, auth_pb2.DeleteAccountRequest(password=password))

    async def project(self, name: str) -> projects_pb2.Project:
        """One project."""
        request = projects_pb2.GetProjectRequest(name=name)
        return await self._caller.unary(self._projects.GetProject, request)

    async def projects(self) -> AsyncGenerator[projects_pb2.Project, None]:
        """All projects, the newest first."""
        request = projects_pb2.ListProjectsRequest(page_size=PROJECTS_PAGE_MAX)
        async for page in self._pages(self._projects.ListProjects, request):
            for project in page.projects:
                yield project

    async def find_project(self, display_name: str) -> projects_pb2.Project | None:
        """The newest project of this name, or None."""
        async with aclosing(self.projects()) as projects:
            async for project in projects:
                if project.display_name == display_name:
                    return project
        return None

    async def project_called(self, display_name: str) -> projects_pb2.Project:
        """The newest project of this name, made when there is none."""
        found = await self.find_project(display_name)
        if found is not None:
            return found
        create = projects_pb2.CreateProjectRequest(
            project=projects_pb2.Project(display_name=display_name), request_id=str(uuid4())
        )
        return await self._caller.unary(self._projects.CreateProject, create)

    async def import_screenplay(self, project: str, content: bytes) -> screenplay_pb2.ScreenplayRevision:
        """Keep a text as the project's next revision; the same text again is the revision that holds it."""
        request = screenplay_pb2.ImportScreenplayRequest(project=project, content=content)
        return await self._caller.unary(self._screenplays.ImportScreenplay, request)

    async def parse_screenplay(
        self, content: bytes, language: str = ""
    ) -> screenplay_pb2.ParseScreenplayResponse:
        """What the studio's reader finds in a text, its scenes and shots; nothing is kept."""
        request = screenplay_pb2.ParseScreenplayRequest(content=content, language=language)
        return await self._caller.unary(self._screenplays.ParseScreenplay, request)

    async def convert_screenplay(
        self, content: bytes, target: screenplay_pb2.ScreenplayFormat.ValueType
    ) -> screenplay_pb2.ExportScreenplayResponse:
        """A text in another format; nothing is kept."""
        request = screenplay_pb2.ConvertScreenplayRequest(content=content, target_format=target)
        return await self._caller.unary(self._screenplays.ConvertScreenplay, request)

    async def revision(self, name: str) -> screenplay_pb2.ScreenplayRevision:
        """One revision with its text."""
        request = screenplay_pb2.GetScreenplayRevisionRequest(name=name)
        return await self._caller.unary(self._screenplays.GetScreenplayRevision, request)

    async def revisions(self, project: str) -> AsyncGenerator[screenplay_pb2.ScreenplayRevision, None]:
        """All revisions of a project without their texts, the newest first."""
        request = screenplay_pb2.ListScreenplayRevisionsRequest(project=project, page_size=REVISIONS_PAGE_MAX)
        async for page in self._pages(self._screenplays.ListScreenplayRevisions, request):
            for revision in page.revisions:
                yield revision

    async def export_screenplay(
        self,
        name: str,
        form: screenplay_pb2.ScreenplayFormat.ValueType = screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED,
    ) -> screenplay_pb2.ExportScreenplayResponse:
        """A revision as a file; without a format the bytes that were imported."""
        request = screenplay_pb2.ExportScreenplayRequest(name=name, format=form)
        return await self._caller.unary(self._screenplays.ExportScreenplay, request)

    async def revision_difference(
        self, base: str, target: str
    ) -> screenplay_pb2.DiffScreenplayRevisionsResponse:
        """What became of each scene between two revisions of one project."""
        request = screenplay_pb2.DiffScreenplayRevisionsRequest(base=base, target=target)
        return await self._caller.unary(self._screenplays.DiffScreenplayRevisions, request)

    async def write_screenplay(
        self, topic: str, minutes: int = 0, language: str = ""
    ) -> scripthelp_pb2.WriteScreenplayResponse:
        """A first draft about a topic, by the studio's model or else by its rules; nothing is kept."""
        request = scripthelp_pb2.WriteScreenplayRequest(topic=topic, minutes=minutes, language=language)
        return await self._caller.unary(self._script_help.WriteScreenplay, request, SCRIPT_HELP_SECONDS)

    async def suggest_shot_prompts(
        self, content: bytes, shot_ids: Sequence[str] = ()
    ) -> scripthelp_pb2.SuggestShotPromptsResponse:
        """Richer prompts for shots of a text, of all when none is named; nothing is kept."""
        request = scripthelp_pb2.SuggestShotPromptsRequest(content=content, shot_ids=shot_ids)
        return await self._caller.unary(self._script_help.SuggestShotPrompts, request, SCRIPT_HELP_SECONDS)

    async def describe_cast(self, content: bytes) -> scripthelp_pb2.DescribeCastResponse:
        """What the characters of a text look like; nothing is kept."""
        request = scripthelp_pb2.DescribeCastRequest(content=content)
        return await self._caller.unary(self._script_help.DescribeCast, request, SCRIPT_HELP_SECONDS)

    async def templates(self) -> list[scripthelp_pb2.Template]:
        """Screenplays to start from, without their texts."""
        request = scripthelp_pb2.ListTemplatesRequest()
        return list((await self._caller.unary(self._script_help.ListTemplates, request)).templates)

    async def template(self, name: str) -> scripthelp_pb2.Template:
        """One template ("templates/{template}") with its screenplay. Raises NotFoundError."""
        request = scripthelp_pb2.GetTemplateRequest(name=name)
        return await self._caller.unary(self._script_help.GetTemplate, request)

    async def create_job(
        self,
        project: str,
        revision: str,
        options: jobs_pb2.RenderOptions | None = None,
        budget_micros: int = 0,
    ) -> jobs_pb2.Job:
        """Start a render; sent twice by a lost answer, it is still one job.

        `budget_micros` are millionths of the studio's currency, 0 without a limit. Raises RefusedError when
        the render is expected to cost more.
        """
        request = jobs_pb2.CreateJobRequest(
            project=project,
            revision=revision,
            options=options,
            request_id=str(uuid4()),
            budget_micros=budget_micros,
        )
        return await self._caller.unary(self._jobs.CreateJob, request)

    async def plan_render(
        self, project: str, options: jobs_pb2.RenderOptions | None = None, content: bytes = b""
    ) -> jobs_pb2.RenderPlan:
        """What a render of a project's newest revision would do, or of a text as if it were imported now.

        With a text, the project may be empty. Nothing is made or kept.
        """
        request = jobs_pb2.PlanRenderRequest(project=project, options=options, content=content)
        return await self._caller.unary(self._jobs.PlanRender, request)

    async def job(self, name: str) -> jobs_pb2.Job:
        """One job."""
        return await self._caller.unary(self._jobs.GetJob, jobs_pb2.GetJobRequest(name=name))

    async def tasks(self, job: str) -> list[jobs_pb2.Task]:
        """All tasks of a job in the plan's order."""
        request = jobs_pb2.ListTasksRequest(job=job, page_size=TASKS_PAGE_MAX)
        return [task async for page in self._pages(self._jobs.ListTasks, request) for task in page.tasks]

    async def cancel(self, name: str) -> jobs_pb2.Job:
        """Ask a job to stop."""
        return await self._caller.unary(self._jobs.CancelJob, jobs_pb2.CancelJobRequest(name=name))

    async def retry(self, name: str) -> jobs_pb2.Job:
        """A new job on the pinned inputs of one that failed or was cancelled."""
        request = jobs_pb2.RetryJobRequest(name=name, request_id=str(uuid4()))
        return await self._caller.unary(self._jobs.RetryJob, request)

    async def pools(self) -> list[pools_pb2.Pool]:
        """The studio's pools."""
        return list((await self._caller.unary(self._pools.ListPools, pools_pb2.ListPoolsRequest())).pools)

    async def check_pool(
        self, name: str, timeout_seconds: float = POOL_CHECK_SECONDS
    ) -> pools_pb2.CheckPoolResponse:
        """Let a pool ("pools/{pool}") make the smallest thing it can; how long that took.

        Raises RefusedError for a pool whose workers are silent or fail, NotFoundError, StudioFaultError when
        it takes longer than the timeout.
        """
        request = pools_pb2.CheckPoolRequest(name=name)
        return await self._caller.unary(self._pools.CheckPool, request, timeout_seconds)

    async def cast_members(self, project: str) -> list[casting_pb2.CastMember]:
        """The cast of a project."""
        request = casting_pb2.ListCastMembersRequest(project=project, page_size=CASTING_PAGE_MAX)
        pages = self._pages(self._casting.ListCastMembers, request)
        return [member async for page in pages for member in page.cast_members]

    async def update_cast_member(
        self, member: casting_pb2.CastMember, fields: Iterable[str]
    ) -> casting_pb2.CastMember:
        """Edit these fields of a cast member; an empty one is the studio's choice again."""
        request = casting_pb2.UpdateCastMemberRequest(
            cast_member=member, update_mask=FieldMask(paths=list(fields))
        )
        return await self._caller.unary(self._casting.UpdateCastMember, request)

    async def locations(self, project: str) -> list[casting_pb2.Location]:
        """The places of a project."""
        request = casting_pb2.ListLocationsRequest(project=project, page_size=CASTING_PAGE_MAX)
        pages = self._pages(self._casting.ListLocations, request)
        return [place async for page in pages for place in page.locations]

    async def update_location(
        self, location: casting_pb2.Location, fields: Iterable[str]
    ) -> casting_pb2.Location:
        """Edit these fields of a place; an empty one is as its scenes say again."""
        request = casting_pb2.UpdateLocationRequest(
            location=location, update_mask=FieldMask(paths=list(fields))
        )
        return await self._caller.unary(self._casting.UpdateLocation, request)

    async def watch(
        self, name: str, since_sequence: int = 0, on_away: OnAway | None = None
    ) -> AsyncGenerator[jobs_pb2.WatchJobResponse, None]:
        """Every event after a number, then live, until the job is terminal; survives lost connections.

        Events that are not kept any more are left out when all are asked for (0).
        """
        async with aclosing(self.jobs.updates(name, since_sequence, on_away)) as updates:
            async for update in updates:
                yield update

    async def download_url(
        self,
        job: str,
        asset: jobs_pb2.Asset.ValueType = jobs_pb2.ASSET_UNSPECIFIED,
        output: str = "",
        task: int = 0,
    ) -> jobs_pb2.GetDownloadUrlResponse:
        """A signed address of one file; without an asset of what the job's target is about.

        `output` names a further output of the job; without one it is of the film. `task` is the number of a
        task whose file is meant: a stem of a scene's cut, or without an asset what it is about.
        """
        request = jobs_pb2.GetDownloadUrlRequest(name=job, asset=asset, output=output, task=task)
        return await self._caller.unary(self._jobs.GetDownloadUrl, request)

    async def cut_list(
        self, job: str, wanted: jobs_pb2.CutListFormat.ValueType = jobs_pb2.CUT_LIST_FORMAT_OTIO
    ) -> jobs_pb2.CutList:
        """The cut of a finished film for editing programs, and the files that it names."""
        request = jobs_pb2.GetCutListRequest(name=job, format=wanted)
        return await self._caller.unary(self._jobs.GetCutList, request)

    async def download(
        self,
        job: str,
        path: Path,
        asset: jobs_pb2.Asset.ValueType = jobs_pb2.ASSET_UNSPECIFIED,
        progress: Callable[[int, int], None] | None = None,
        output: str = "",
        task: int = 0,
    ) -> Path:
        """Write a file of a job, whole or not at all; `progress` is told bytes there and bytes in all.

        Raises OSError when the disk refuses.
        """
        # Its imports are heavy, and most calls download nothing.
        from filmstudio.downloads import download

        return await download(
            lambda: self.download_url(job, asset, output, task), path, progress, self._ca_file
        )

    async def _pages(self, method: Callable[..., Awaitable[M]], request: Any) -> AsyncIterator[M]:
        """The pages of a list, one call each."""
        while True:
            page: Any = await self._caller.unary(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token
