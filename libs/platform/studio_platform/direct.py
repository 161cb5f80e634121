"""The operators' way to an engine: one body a call, in the same lanes as the queue's orders."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2, message_pb2
from studio_platform.bodies import faults_of
from studio_platform.deadlines import remaining_seconds
from studio_platform.engine import EngineFailure, RunCancelled
from studio_platform.errors import (
    DeadlineExceeded,
    FieldViolation,
    Internal,
    InvalidInput,
    ResourceExhausted,
    StudioError,
    Unavailable,
)
from studio_platform.keys import content_key_of
from studio_platform.lanes import LanesBusy, LanesClosed
from studio_platform.logs import bound, get_logger
from studio_platform.manifests import ArtifactKey
from studio_platform.memory import resident_bytes
from studio_platform.pools import announcement, engine_ref, kind_of, kind_word
from studio_platform.runner import DeadlinePassed, RunHandle, Runner, Work

DIRECT_RUN_MAX_SECONDS = 4 * 3600.0
"""The longest that a call may last, whatever its own deadline: as long as the longest order of the queue."""

RETRY_AFTER_SECONDS = 5.0

Run = asyncio.Task[artifact_pb2.Manifest]

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DirectOrder:
    """What a call asks for: a body, the workspace (a UUID) that owns inputs and output, and a generation."""

    workspace_id: str
    body: message_pb2.RunBody
    generation: int = 0


class DirectRuns:
    """Runs bodies for callers.

    A run whose call ended is stopped at its engine's next step; it holds its lane until then.
    """

    def __init__(self, runners: Sequence[Runner]) -> None:
        self._runners = tuple(runners)
        self._running: set[Run] = set()

    def describe(self) -> list[message_pb2.PoolAnnouncement]:
        """What each pool announces, and what it came to so far."""
        return [_described(runner) for runner in self._runners]

    async def run(self, order: DirectOrder) -> artifact_pb2.Manifest:
        """The artifact of a body: the stored one of its content key, or one made now.

        Raises InvalidInput naming each wrong field, ResourceExhausted while every lane works, Unavailable
        while the process drains or the store is away, DeadlineExceeded, and Internal for an engine's fault.
        """
        workspace_id, body = str(UUID(order.workspace_id)), order.body
        runner = self._runner_of(workspace_id, body)
        key = ArtifactKey(workspace_id, body.spec.kind, content_key_of(body).hex(), order.generation)
        with bound(task=key.content_key[:12], workspace=workspace_id):
            found = await runner.find(key)
            if found is not None:
                return found
            left_seconds = remaining_seconds()
            work = Work(key, body, DIRECT_RUN_MAX_SECONDS if left_seconds is None else left_seconds)
            with runner.handle(lambda _, __: None) as handle, _refusals(runner, body):
                return await self._stoppable(_in_lane(runner, work, handle), handle)

    def _runner_of(self, workspace_id: str, body: message_pb2.RunBody) -> Runner:
        faults = faults_of(workspace_id, body, [runner.description for runner in self._runners])
        if faults:
            raise _invalid("INVALID_REQUEST", faults, "")
        return next(
            runner
            for runner in self._runners
            if (kind_of(runner.description), engine_ref(runner.description))
            == (body.spec.kind, body.spec.engine)
        )

    async def _stoppable(
        self, work: Coroutine[Any, Any, artifact_pb2.Manifest], handle: RunHandle
    ) -> artifact_pb2.Manifest:
        """Wait for work that is never cancelled itself, for its engine's thread can't be."""
        running = asyncio.create_task(work)
        self._running.add(running)
        running.add_done_callback(self._ended)
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            handle.stop()
            raise
        return running.result()

    def _ended(self, running: Run) -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()


def _described(runner: Runner) -> message_pb2.PoolAnnouncement:
    said = announcement(runner.description, runner.settings)
    said.capabilities.extend(runner.description.capabilities)
    said.expected_ms = runner.expected_ms
    said.memory_bytes = resident_bytes()
    said.weights_bytes = runner.description.weights_bytes
    return said


async def _in_lane(runner: Runner, work: Work, handle: RunHandle) -> artifact_pb2.Manifest:
    async with runner.lanes.working():
        made = await runner.run(work, handle)
    _log.info("made for a caller", pool=runner.settings.pool, run_ms=made.run_ms, upload_ms=made.upload_ms)
    return made.manifest


@contextmanager
def _refusals(runner: Runner, body: message_pb2.RunBody) -> Iterator[None]:
    """Whatever ends a run, as what its caller is told."""
    pool = runner.settings.pool
    try:
        yield
    except LanesBusy as busy:
        text = f"Every lane of {pool} is busy; try again shortly."
        raise ResourceExhausted("LANES_BUSY", text, retry_after_seconds=RETRY_AFTER_SECONDS) from busy
    except (LanesClosed, RunCancelled) as drained:
        text = "This generator is stopping; try another one, or try again shortly."
        raise Unavailable("DRAINING", text, retry_after_seconds=RETRY_AFTER_SECONDS) from drained
    except DeadlinePassed as late:
        raise DeadlineExceeded("DEADLINE_EXCEEDED", "The engine took longer than the call allows.") from late
    except EngineFailure as failure:
        raise _refused_by_engine(failure, body) from failure
    except StudioError:
        raise
    except Exception as fault:
        raise Internal("ENGINE_ERROR", "The engine failed on it.", repr(fault)) from fault


def _refused_by_engine(failure: EngineFailure, body: message_pb2.RunBody) -> StudioError:
    if not failure.permanent:
        return Unavailable(failure.reason, failure.user_text, failure.log_text)
    field = f"body.spec.{kind_word(body.spec.kind)}"
    faults = [FieldViolation(field, failure.user_text, failure.reason)]
    return _invalid(failure.reason, faults, failure.log_text)


def _invalid(reason: str, faults: Sequence[FieldViolation], log_text: str) -> InvalidInput:
    listed = "; ".join(f"{fault.field}: {fault.text}" for fault in faults)
    return InvalidInput(reason, f"The request is not valid: {listed}", log_text, violations=faults)
