"""What the studio of the client's tests knows, and what it does when it is asked."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from filmstudio.auth.v1 import members_pb2
from filmstudio.casting.v1 import casting_pb2
from filmstudio.edits.v1 import edits_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.pools.v1 import pools_pb2
from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.shots.v1 import shots_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_platform.errors import NotFound, StudioError, Unavailable
from studio_platform.ids import new_id


class ScriptedJob:
    """A job whose events the test appends; watchers get each as it comes."""

    def __init__(self, project: str, options: jobs_pb2.RenderOptions | None = None) -> None:
        self.message = jobs_pb2.Job(
            name=f"jobs/{new_id()}",
            project=project,
            options=options,
            state=jobs_pb2.JOB_STATE_PENDING,
        )
        self.message.create_time.GetCurrentTime()
        self.tasks: list[jobs_pb2.Task] = []
        self.updates: list[jobs_pb2.WatchJobResponse] = []
        self.oldest_kept = 1
        self.files: dict[int, bytes] = {}
        self.cut_paths: list[str] = []
        self.edl_refusal: StudioError | None = None
        self._changed = asyncio.Condition()

    @property
    def name(self) -> str:
        return self.message.name

    async def event(self, state: str, **fields: Any) -> None:
        """Append an event, such as event("QUEUED", stages=[...])."""
        number = jobs_pb2.JobState.Value(f"JOB_STATE_{state}")
        event = jobs_pb2.JobEvent(
            job=self.name,
            sequence=1 + sum(update.HasField("event") for update in self.updates),
            state=number,
            previous_state=self.message.state,
            **fields,
        )
        event.time.GetCurrentTime()
        self.message.state = number
        for part in ("stages", "failure"):
            if part in fields:
                self.message.ClearField(part)
        self.message.stages.extend(fields.get("stages", ()))
        if "failure" in fields:
            self.message.failure.CopyFrom(fields["failure"])
        await self._append(jobs_pb2.WatchJobResponse(event=event))

    async def progress(self, task: str, display_name: str, percent: int) -> None:
        message = jobs_pb2.TaskProgress(task=task, display_name=display_name, percent=percent)
        await self._append(jobs_pb2.WatchJobResponse(progress=message))

    async def _append(self, update: jobs_pb2.WatchJobResponse) -> None:
        async with self._changed:
            self.updates.append(update)
            self._changed.notify_all()

    async def since(self, sequence: int) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        """Every event after a number, and what comes live."""
        position = 0
        while True:
            async with self._changed:
                while position == len(self.updates):
                    await self._changed.wait()
            update = self.updates[position]
            position += 1
            if not update.HasField("event") or update.event.sequence > sequence:
                yield update


def _nothing(job: ScriptedJob) -> None:
    """A job that nothing happens to."""


@dataclass
class Script:
    """What the studio does when it is asked; `calls` counts by method, `requests` keeps what came.

    `faults[method]` are raised one by one before the method works; `lost_answers[method]` is how many
    answers get lost after it worked. `breaks`: after how many updates the next watches break, one by one.
    `hold[method]` is set when the method is called, which then never answers.
    `texts`: the revisions of each project, the oldest first.
    `refused_tokens`: how many of the next access tokens are refused, whatever they say.
    """

    calls: Counter[str] = field(default_factory=Counter)
    requests: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, deque[StudioError]] = field(default_factory=lambda: defaultdict(deque))
    lost_answers: Counter[str] = field(default_factory=Counter)
    breaks: deque[int] = field(default_factory=deque)
    projects: list[projects_pb2.Project] = field(default_factory=list)
    jobs: list[ScriptedJob] = field(default_factory=list)
    created: dict[str, ScriptedJob] = field(default_factory=dict)
    pools: list[pools_pb2.Pool] = field(default_factory=list)
    cast: list[casting_pb2.CastMember] = field(default_factory=list)
    locations: list[casting_pb2.Location] = field(default_factory=list)
    members: list[members_pb2.Member] = field(default_factory=list)
    shots: list[shots_pb2.Shot] = field(default_factory=list)
    takes: list[shots_pb2.Take] = field(default_factory=list)
    edits: list[edits_pb2.Edit] = field(default_factory=list)
    timeline: timeline_pb2.Timeline = field(default_factory=timeline_pb2.Timeline)
    diagnostics: list[screenplay_pb2.Diagnostic] = field(default_factory=list)
    texts: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    refused_tokens: int = 0
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    on_create: Callable[[ScriptedJob], None] = _nothing
    plays: list[asyncio.Future[None]] = field(default_factory=list)
    watch_ended: asyncio.Event = field(default_factory=asyncio.Event)
    files_address: str = ""

    def project(self, display_name: str) -> projects_pb2.Project:
        made = projects_pb2.Project(name=f"projects/{new_id()}", display_name=display_name)
        self.projects.insert(0, made)
        return made

    def job(self, project: str = "") -> ScriptedJob:
        made = ScriptedJob(project or self.project("a film").name)
        self.jobs.insert(0, made)
        return made

    def asked(self, method: str, request: Any) -> None:
        """Count a call, and raise the next fault of its method."""
        self.calls[method] += 1
        self.requests[method].append(request)
        if self.faults[method]:
            raise self.faults[method].popleft()

    def lose(self, method: str) -> None:
        """Raise instead of answering, if an answer is to get lost."""
        if self.lost_answers[method]:
            self.lost_answers[method] -= 1
            raise Unavailable("GONE", "The connection broke.")

    def find(self, name: str) -> ScriptedJob:
        for job in self.jobs:
            if job.name == name:
                return job
        raise NotFound("JOB_NOT_FOUND", f"There is no {name}.", resource_name=name)
