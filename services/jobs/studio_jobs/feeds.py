"""What happens to jobs, live: one broker subscription of this process, fanned out to its watchers."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from uuid import UUID

import structlog
from google.protobuf.message import DecodeError

from filmstudio.events.v1 import events_pb2
from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.broker import Broker
from studio_platform.topology import event_subject, progress_subject

_log = structlog.get_logger(__name__)

FEED_MAX_MESSAGES = 256
"""A watcher that falls further behind loses live messages and reads the events from Postgres."""

PREVIEWS_KEPT_MAX = 256
PREVIEW_BYTES_MAX = 32 * 1024
"""As the contract says. A larger one is left out."""

Heard = jobs_pb2.JobEvent | message_pb2.RunProgress


class Feeds:
    """Live messages by job (events) and by workspace (progress); losing one costs a watcher a read.

    The last preview of each run is kept in memory, for who begins to watch; the longest unchanged go first.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._previews: OrderedDict[tuple[str, str], message_pb2.RunProgress] = OrderedDict()
        self._by_job: dict[str, set[asyncio.Queue[Heard]]] = defaultdict(set)
        self._by_workspace: dict[str, set[asyncio.Queue[Heard]]] = defaultdict(set)

    @contextlib.contextmanager
    def subscribe(self, workspace_id: UUID, job_id: UUID) -> Iterator[asyncio.Queue[Heard]]:
        """A bounded queue of what is heard of a job, and of the progress of its workspace's runs."""
        queue: asyncio.Queue[Heard] = asyncio.Queue(FEED_MAX_MESSAGES)
        shelves = ((self._by_job, f"jobs/{job_id}"), (self._by_workspace, str(workspace_id)))
        for shelf, key in shelves:
            shelf[key].add(queue)
        for (workspace, _), preview in self._previews.items():
            if workspace == str(workspace_id):
                self._offer({queue}, preview)
        try:
            yield queue
        finally:
            for shelf, key in shelves:
                shelf[key].discard(queue)
                if not shelf[key]:
                    del shelf[key]

    async def listen_events(self) -> None:
        """Hear events for ever."""
        async for message in self._broker.listen(event_subject("*", "*")):
            with _unreadable_logged(message.subject):
                event = events_pb2.JobEventEnvelope.FromString(message.payload).event
                self._offer(self._by_job.get(event.job, ()), event)

    async def listen_progress(self) -> None:
        """Hear progress for ever."""
        async for message in self._broker.listen(progress_subject("*", "*")):
            with _unreadable_logged(message.subject):
                workspace = message.subject.split(".")[2]
                progress = message_pb2.RunProgress.FromString(message.payload)
                self._keep(workspace, progress)
                self._offer(self._by_workspace.get(workspace, ()), progress)

    def _keep(self, workspace: str, progress: message_pb2.RunProgress) -> None:
        """Keep a preview, of a run's latest dispatch alone; a new dispatch begins without one."""
        if len(progress.preview_jpeg) > PREVIEW_BYTES_MAX:
            progress.ClearField("preview_jpeg")
        kept = self._previews.get(key := (workspace, progress.run_id))
        if progress.preview_jpeg and (kept is None or progress.dispatch >= kept.dispatch):
            self._previews[key] = progress
            self._previews.move_to_end(key)
            if len(self._previews) > PREVIEWS_KEPT_MAX:
                self._previews.popitem(last=False)
        elif kept is not None and progress.dispatch > kept.dispatch:
            del self._previews[key]

    @staticmethod
    def _offer(queues: set[asyncio.Queue[Heard]] | tuple[()], heard: Heard) -> None:
        for queue in queues:
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(heard)


@contextlib.contextmanager
def _unreadable_logged(subject: str) -> Iterator[None]:
    try:
        yield
    except DecodeError:
        _log.warning("live message cannot be read", subject=subject)
