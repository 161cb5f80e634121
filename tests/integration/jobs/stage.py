"""A job service on real Postgres that a test steps by hand, with workers that make tiny artifacts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.__main__ import build_loops
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.domain.states import TaskKind
from studio_jobs.feeds import Feeds
from studio_jobs.loops import Loops
from studio_jobs.meters import Meters
from studio_jobs.moderation import LocalPolicy
from studio_jobs.productions import Productions
from studio_jobs.render_plans import RenderPlans
from studio_jobs.serving import EDIT_KINDS
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.jobs import Jobs
from studio_jobs.store.projects import Projects
from studio_jobs.store.quotas import Limits, Quotas
from studio_jobs.submissions import Submissions
from studio_jobs.wake import Wakes
from studio_platform.broker import Broker, Delivery, OutMessage
from studio_platform.clock import Clock, SystemClock
from studio_platform.database import Database
from studio_platform.faults import Faults
from studio_platform.objects import ObjectStore
from studio_platform.topology import pool_consumer, result_subject

SETTLE_STEPS_MAX = 2_000
SPEECH_LENGTH_MS = 1500
# What a test counts are the screenplay's own lines.
UNNARRATED = jobs_pb2.RenderOptions(narrate=False)

VOICES = ("af_heart", "af_kore", "am_michael", "bass")

SCRIPT = b"""Title: Two Rooms

INT. KITCHEN - NIGHT

Rain on the window. MARA stands by the table.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits.
"""

Verdict = Callable[[message_pb2.RunOrder], message_pb2.RunResult]


@dataclass(slots=True)
class Stage:
    """The loops of one replica and what a test needs to drive them.

    `order_wait_seconds` is how long an order may be on its way: on a broker in memory it is there at once.
    """

    database: Database
    broker: Broker
    loops: Loops
    projects: Projects
    jobs: Jobs
    submissions: Submissions
    log: EditLog
    productions: Productions
    quotas: Quotas
    workspace: UUID = field(default_factory=uuid4)
    executed: list[str] = field(default_factory=list)
    order_wait_seconds: float = 0.0

    async def announce_pools(self) -> None:
        """One pool of null engines for each kind."""
        for kind in TaskKind:
            await self.loops.announcements.take(announcement(kind))

    async def submit(self, script: bytes = SCRIPT, project: UUID | None = None) -> rows.Job:
        """A job on a new project (or a given one) with this screenplay."""
        if project is None:
            project = (await self.projects.create(self.workspace, "Test", None)).project_id
        await self.projects.import_screenplay(self.workspace, project, script, 0)
        request = jobs_pb2.CreateJobRequest(
            project=f"projects/{project}", request_id=str(uuid4()), options=UNNARRATED
        )
        return await self.submissions.submit(self.workspace, request)

    async def job(self, job: rows.Job) -> rows.Job:
        """The job as it is now."""
        found = await self.jobs.get(job.workspace_id, job.job_id)
        assert found is not None
        return found

    async def settle(self) -> None:
        """Step everything that jobs do by themselves until nothing is due."""
        while await self.loops.planner.step():
            pass
        for _ in range(SETTLE_STEPS_MAX):
            moved = await self.loops.advancer.step()
            await self.loops.dispatcher.step()
            await self.loops.relay.step()
            if not moved and not await self.database.fetch(SQL["due_jobs"], 1, 1):
                return
        raise AssertionError("jobs do not settle")

    async def take_orders(self) -> list[tuple[message_pb2.RunOrder, Delivery]]:
        """Every order that waits at the broker, unacknowledged."""
        fetched = await asyncio.gather(
            *(
                self.broker.fetch(pool_consumer(pool_of(kind)), 100, self.order_wait_seconds)
                for kind in TaskKind
            )
        )
        return [(message_pb2.RunOrder.FromString(it.payload), it) for found in fetched for it in found]

    async def work(self, verdict: Verdict | None = None) -> int:
        """Let workers do all waiting orders once and record their results; how many."""
        orders = await self.take_orders()
        for order, delivery in orders:
            await self.report((verdict or self.success)(order))
            await delivery.ack()
        if orders:
            await self.loops.results.step()
        return len(orders)

    async def report(self, result: message_pb2.RunResult) -> None:
        """Publish a result as a worker does."""
        await self.broker.publish_batch(
            [OutMessage(result_subject("any"), result.SerializeToString(), str(uuid4()))]
        )

    async def run_to_end(self, job: rows.Job, verdict: Verdict | None = None) -> rows.Job:
        """Settle and work until the job is terminal."""
        for _ in range(100):
            await self.settle()
            now = await self.job(job)
            if now.is_terminal:
                return now
            await self.work(verdict)
        raise AssertionError(f"job does not end: {now.state}")

    def success(self, order: message_pb2.RunOrder) -> message_pb2.RunResult:
        """What a worker reports that made something; noted in `executed`."""
        self.executed.append(order.content_key)
        return success(order)

    async def events(self, job: rows.Job) -> list[jobs_pb2.JobEvent]:
        """All events of a job."""
        found = await self.database.fetch(SQL["events_after"], job.job_id, 0, 10_000)
        return [jobs_pb2.JobEvent.FromString(row["payload"]) for row in found]


def build_stage(
    database: Database,
    broker: Broker,
    objects: ObjectStore,
    faults: Faults | None = None,
    meters: Meters | None = None,
    clock: Clock | None = None,
) -> Stage:
    """A replica on these; its loops do not run by themselves."""
    wakes = Wakes(broker)
    clock = clock or SystemClock()
    feeds, armed = Feeds(broker), faults or Faults()
    quotas = Quotas(database, clock, Limits())
    productions = Productions(database, Breakdowns(database), LocalPolicy(), clock, quotas.shots_max)
    loops = build_loops(database, productions, broker, objects, wakes, feeds, clock, armed, meters)
    projects, jobs = Projects(database, clock), Jobs(database, clock, places=quotas)
    plans = RenderPlans(database, productions, "EUR")
    submissions = Submissions(database, projects, jobs, plans, wakes, clock, quotas.shots_max)
    log = EditLog(database, EDIT_KINDS, clock)
    return Stage(database, broker, loops, projects, jobs, submissions, log, productions, quotas)


def pool_of(kind: TaskKind) -> str:
    """The name of the null pool of a kind."""
    return f"null-{kind.name.lower()}"


def announcement(kind: TaskKind, revision: str = "1", slots: int = 64) -> message_pb2.PoolAnnouncement:
    """What a null worker says of its pool."""
    return message_pb2.PoolAnnouncement(
        pool=pool_of(kind),
        kind=task_pb2.TaskKind.ValueType(int(kind)),
        engine=task_pb2.EngineRef(engine="null", revision=revision),
        deterministic=True,
        replicas_max=1,
        slots=slots,
        worker="test",
        lease_ms=5000,
        voices=VOICES if kind is TaskKind.SPEECH else (),
    )


def success(order: message_pb2.RunOrder) -> message_pb2.RunResult:
    """A result whose artifact's digest follows from its key; levels are in steps, and come out the same."""
    spec = order.inline.spec
    content = "levels" if spec.kind == task_pb2.TASK_KIND_LEVELS else order.content_key
    digest = hashlib.sha256(content.encode()).hexdigest()
    manifest = artifact_pb2.Manifest(
        workspace_id=order.workspace_id,
        kind=spec.kind,
        content_key=order.content_key,
        parts=[artifact_pb2.ManifestPart(role="film", media_type="video/mp4", sha256=digest, size_bytes=1)],
        digest=digest,
        length_ms=SPEECH_LENGTH_MS,
        engine=spec.engine,
        deterministic=True,
    )
    return _result(order, success=manifest)


def failure(
    order: message_pb2.RunOrder, reason: str = "ENGINE_ERROR", permanent: bool = False
) -> message_pb2.RunResult:
    """A result of a worker that could not."""
    fault = message_pb2.RunFailure(
        reason=reason, user_text="the engine failed", log_text="secret detail", permanent=permanent
    )
    return _result(order, failure=fault)


def hand_back(order: message_pb2.RunOrder, reason: str = "DRAINING") -> message_pb2.RunResult:
    """A result of a worker that drains."""
    return _result(order, hand_back=message_pb2.HandBack(reason=reason))


def cancelled(order: message_pb2.RunOrder) -> message_pb2.RunResult:
    """A result of a worker that was told to stop."""
    return _result(order, cancelled=message_pb2.Cancelled())


def _result(order: message_pb2.RunOrder, **outcome: object) -> message_pb2.RunResult:
    return message_pb2.RunResult(
        run_id=order.run_id,
        workspace_id=order.workspace_id,
        dispatch=order.dispatch,
        content_key=order.content_key,
        worker="test",
        deliveries=1,
        **outcome,  # type: ignore[arg-type]  # one field of the oneof
    )
