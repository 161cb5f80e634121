"""What must hold whatever happens: watched at every commit, publish, acknowledgement and engine start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from filmstudio.generation.v1 import message_pb2
from studio_jobs.domain.fairness import window_runs
from studio_platform.broker import Delivery, Outcome, OutMessage
from studio_platform.manifests import blob_key
from studio_platform.topology import RESULTS_STREAM, TASKS_STREAM
from tests.simulation.chaos import Chaos
from tests.simulation.job_laws import JobLaws
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.schema import LIVE_RUN, LIVE_TASK
from tests.simulation.postgres.server import Change
from tests.simulation.process import Process
from tests.simulation.servers import Stores

_TASKS = "studio.tasks."


@dataclass(slots=True)
class Execution:
    """An engine at work on a run; `faults_before` is how many faults had happened when its order came."""

    process: Process
    run_id: str
    faults_before: int
    is_over: bool = False


@dataclass(slots=True)
class Laws:
    """Notes the first law that is broken, by its name."""

    servers: Stores
    chaos: Chaos
    broken: list[str] = field(default_factory=list)
    incidents: int = 0
    met: Counter[str] = field(default_factory=Counter)
    executions: dict[str, list[Execution]] = field(default_factory=dict)
    deleted_jobs: set[UUID] = field(default_factory=set)
    _at_broker: set[str] = field(default_factory=set)
    _reported: set[tuple[str, int]] = field(default_factory=set)
    _faults_at_fetch: dict[tuple[Process, str], int] = field(default_factory=dict)
    _found_finished: set[tuple[Process, str]] = field(default_factory=set)
    _jobs: JobLaws = field(init=False)

    def __post_init__(self) -> None:
        self._jobs = JobLaws(self.servers, self.breach)

    @property
    def faults(self) -> int:
        """How many faults there were until now."""
        return self.incidents + len(self.chaos.happened)

    def breach(self, law: str, detail: str) -> None:
        """A law is broken."""
        self.broken.append(f"{law}: {detail}")

    # Commits.

    def committed(self, changes: Sequence[Change]) -> None:
        """Look at what a transaction made visible."""
        for table, before, after in changes:
            if table.name == "runs" and after is not None:
                self._run_changed(before, after)
            if table.name == "outbox" and before is not None and after is None:
                self._message_forgotten(before)
            if table.name == "artifacts" and before is not None and after is None:
                self._artifact_gone(before)
            if table.name == "jobs" and after is not None and after["deleted_at"] is not None:
                self.deleted_jobs.add(after["job_id"])
        self._jobs.committed(changes)

    def _message_forgotten(self, row: Row) -> None:
        if str(row["id"]) not in self._at_broker:
            self.breach("the outbox forgets only what the broker has", row["subject"])

    def _artifact_gone(self, row: Row) -> None:
        self.met["an artifact is collected"] += 1
        key = (row["workspace_id"], row["content_key"])
        for task in self.servers.postgres.tables.tasks.committed():
            if (task["workspace_id"], task["content_key"]) == key and self._is_needed(task):
                self.breach("what a kept job needs is never collected", task["display_name"])

    def _is_needed(self, task: Row) -> bool:
        """Whether a task is done and its job is kept."""
        return task["state"] == "DONE" and task["job_id"] not in self.deleted_jobs

    def _run_changed(self, before: Row | None, after: Row) -> None:
        was = before["state"] if before else None
        if before is not None and after["generation"] != before["generation"]:
            self.met["a success is refused, for something of it is gone"] += 1
            self.incidents += 1
        if after["state"] != was:
            self.met[f"a run {was or 'made'} -> {after['state']}"] += 1
        if after["state"] == "DISPATCHED" and was != "DISPATCHED":
            self._dispatched(before, after)
        if was == "DISPATCHED" and after["state"] in ("WAITING", "FAILED", "REKEYED"):
            self._given_up(after)
        is_unasked = after["cancel_requested_at"] is None
        if after["state"] == "CANCELLED" and was == "WAITING" and is_unasked and self._is_wanted(after):
            self.breach("a waiting run is cancelled only with its last live task", str(after["run_id"]))

    def _dispatched(self, before: Row | None, after: Row) -> None:
        number = before["dispatch"] if before else 0
        if after["dispatch"] != number + 1:
            self.breach("dispatches are numbered without a gap", f"{number} -> {after['dispatch']}")
        if not self._waiting_jobs(after["run_id"]) or after["cancel_requested_at"] is not None:
            self.breach("cancelled work is never dispatched", str(after["run_id"]))
        tables = self.servers.postgres.tables
        flying = [row for row in tables.runs.committed_of(after["pool"]) if row["state"] == "DISPATCHED"]
        (pool,) = [row for row in tables.pools.committed() if row["pool"] == after["pool"]]
        if len(flying) > window_runs(pool["replicas_max"], pool["slots"]):
            self.breach("a pool's window is never exceeded", f"{after['pool']}: {len(flying)} dispatched")

    def _given_up(self, run: Row) -> None:
        if (str(run["run_id"]), run["dispatch"]) not in self._reported:
            self.breach("a dispatch is given up only by its own report", f"{run['run_id']} {run['dispatch']}")

    def _is_wanted(self, run: Row) -> bool:
        """Whether a job that nobody cancelled waits for a run."""
        return any(not job["cancel_requested"] for job in self._waiting_jobs(run["run_id"]))

    def _waiting_jobs(self, run_id: UUID) -> list[Row]:
        """The jobs, not at their end, of the live tasks of a run."""
        tables = self.servers.postgres.tables
        tasks = (task for task in tables.tasks.committed() if task["run_id"] == run_id)
        jobs = (tables.jobs.slots[task["job_id"],].committed for task in tasks if task["state"] in LIVE_TASK)
        return [job for job in jobs if job is not None and job["ended_at"] is None]

    # The broker.

    def published(
        self, process: Process, messages: Sequence[OutMessage], outcomes: Sequence[Outcome]
    ) -> None:
        """Look at what the broker stored."""
        for message, outcome in zip(messages, outcomes, strict=True):
            if outcome in (Outcome.STORED, Outcome.DUPLICATE, Outcome.QUEUED_ALREADY):
                self._at_broker.add(message.message_id)
            if message.subject.startswith("studio.results."):
                result = message_pb2.RunResult.FromString(message.payload)
                if outcome in (Outcome.STORED, Outcome.DUPLICATE):
                    self._reported.add((result.run_id, result.dispatch))
            elif message.subject.startswith(_TASKS) and outcome is Outcome.STORED:
                self._order_stored(process, message.subject)

    def _order_stored(self, process: Process, subject: str) -> None:
        run_id, dispatch = _run_of(subject)
        for other, _ in self.servers.broker.stored(TASKS_STREAM):
            there, number = _run_of(other)
            if there == run_id and number != dispatch and (run_id, number) not in self._reported:
                self.breach(
                    "a run is ordered again only after its last order was answered",
                    f"{process} published {run_id} {dispatch} beside {number}",
                )

    def fetched(self, process: Process, deliveries: Sequence[Delivery], faults_before: int) -> None:
        """Remember which orders were for something that was finished when they came.

        `faults_before` is how many faults had happened when the broker gave them out: who is frozen with
        an order on its way to him sees it long after.
        """
        for delivery in deliveries:
            if delivery.subject.startswith(_TASKS):
                self.met["an order is delivered again"] += delivery.deliveries > 1
                order = message_pb2.RunOrder.FromString(delivery.payload)
                self._faults_at_fetch.setdefault((process, order.run_id), faults_before)
                kind = delivery.subject.split(".")[2]
                key = f"artifacts/{order.workspace_id}/{kind}/{order.content_key}.{order.generation}"
                if key in self.servers.objects.objects:
                    self._found_finished.add((process, order.run_id))
                else:
                    # Something of what was finished is gone: this order is of the next generation.
                    self._found_finished.discard((process, order.run_id))

    def acknowledged(self, process: Process, delivery: Delivery) -> None:
        """Look at what leaves the broker."""
        if delivery.subject.startswith(_TASKS):
            if _run_of(delivery.subject) not in self._reported:
                self.breach("an order is acknowledged only after its result is stored", delivery.subject)
            return
        if delivery.subject.startswith("studio.results."):
            self._result_gone(process, message_pb2.RunResult.FromString(delivery.payload))

    def _result_gone(self, process: Process, result: message_pb2.RunResult) -> None:
        law = "a result is acknowledged only after its effect is committed"
        tables = self.servers.postgres.tables
        slot = tables.runs.slots.get((UUID(result.run_id),))
        run = slot.committed if slot else None
        if result.HasField("success"):
            key = (UUID(result.success.workspace_id), bytes.fromhex(result.success.content_key))
            kept = tables.artifacts.slots.get(key)
            is_buried = self._is_buried(result)
            if (kept is None or kept.committed is None) and not is_buried:
                self.breach("a success is never discarded", f"{process}: {result.run_id}")
            self.met["a success of an earlier dispatch"] += (
                run is not None and run["dispatch"] != result.dispatch
            )
            if run is not None and run["state"] in LIVE_RUN and not is_buried:
                self.breach(law, f"{process}: success of {result.run_id}, which is {run['state']}")
        elif run is not None:
            if (run["state"], run["dispatch"]) == ("DISPATCHED", result.dispatch):
                self.breach(law, f"{process}: {result.WhichOneof('outcome')} of {result.run_id}")
            self.met[f"a {result.WhichOneof('outcome')} of an earlier dispatch"] += (
                run["state"] == "DISPATCHED" and result.dispatch < run["dispatch"]
            )

    def _is_buried(self, result: message_pb2.RunResult) -> bool:
        """Whether an artifact of this generation was collected, or something of it was."""
        tables, made = self.servers.postgres.tables, result.success
        workspace, key = UUID(made.workspace_id), bytes.fromhex(made.content_key)
        graves = tables.garbage_artifacts.committed_of(workspace)
        run = tables.runs.slots.get((UUID(result.run_id),))
        is_regenerated = run is not None and (run.committed or {}).get("generation", 0) > made.generation
        gone = {row["sha256"].hex() for row in tables.garbage_blobs.committed_of(workspace)}
        return (
            is_regenerated
            or any(row["content_key"] == key and row["generation"] >= made.generation for row in graves)
            or any(part.sha256 in gone for part in made.parts)
        )

    # Engines.

    def engine_started(self, process: Process, run_id: str) -> Execution:
        """Look at what is being made, and whether it is made already or being made elsewhere."""
        if (process, run_id) in self._found_finished:
            self.breach("a finished run is never executed again", f"{process}: {run_id}")
        execution = Execution(process, run_id, self._faults_at_fetch.get((process, run_id), self.faults))
        earlier = self.executions.setdefault(run_id, [])
        for other in earlier:
            since = min(other.faults_before, execution.faults_before)
            if not other.is_over and other.process.is_alive and since == self.faults:
                self.breach("one run is at work once where nothing failed", f"{process}, {other.process}")
        if earlier and self.faults == 0:
            self.breach("a run is executed once where nothing failed", run_id)
        earlier.append(execution)
        return execution

    def at_work(self) -> list[Process]:
        """The processes whose engines run now, each once."""
        running = (each for tries in self.executions.values() for each in tries if not each.is_over)
        return list(dict.fromkeys(each.process for each in running if each.process.is_alive))

    # The end.

    def settled(self) -> str | None:
        """What is still on its way, or None."""
        tables = self.servers.postgres.tables
        unfinished = [str(row["state"]) for row in tables.jobs.committed() if row["ended_at"] is None]
        if unfinished:
            return f"jobs in {sorted(unfinished)}"
        live = [row["state"] for row in tables.runs.committed() if row["state"] in LIVE_RUN]
        if live:
            return f"runs in {sorted(live)}"
        for table in (tables.outbox, tables.due_jobs):
            if table.slots:
                return f"{len(table.slots)} rows in {table.name}"
        held = len(self.servers.broker.stored(RESULTS_STREAM)) + len(self.servers.broker.stored(TASKS_STREAM))
        return f"{held} messages at the broker" if held else None

    def check_films(self) -> None:
        """What kept jobs have done is in the store, all of it, as the database says."""
        for task in self.servers.postgres.tables.tasks.committed():
            if self._is_needed(task):
                self._check_artifact(task)

    def _check_artifact(self, task: Row) -> None:
        from filmstudio.generation.v1 import artifact_pb2

        slot = self.servers.postgres.tables.artifacts.slots.get((task["workspace_id"], task["content_key"]))
        row = slot.committed if slot else None
        if row is None:
            self.breach("a kept job has all its artifacts", f"{task['display_name']} has none")
            return
        manifest = artifact_pb2.Manifest.FromString(row["manifest"])
        for part in manifest.parts:
            if blob_key(manifest.workspace_id, part.sha256) not in self.servers.objects.objects:
                self.breach("a kept job has all its artifacts", f"{task['display_name']}: {part.role}")


def _run_of(subject: str) -> tuple[str, int]:
    *_, run_id, dispatch = subject.split(".")
    return run_id, int(dispatch)
