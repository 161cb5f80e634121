"""The jobs of a watch that may run yet: each is cancelled as soon as a newer text needs nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.jobs.v1 import jobs_pb2

CANCEL_MAX_SECONDS = 15.0


class OpenJobs:
    """Knows each job that the studio makes, even if nobody waits for its answer any more."""

    def __init__(self, studio: FilmStudio) -> None:
        self._studio = studio
        self._names: list[str] = []
        self._making: asyncio.Task[jobs_pb2.Job] | None = None

    async def make(self, create: Callable[[], Awaitable[jobs_pb2.Job]]) -> jobs_pb2.Job:
        """Create a job. Raises what the creation raises."""

        async def make() -> jobs_pb2.Job:
            job = await create()
            self._names.append(job.name)
            return job

        await self._made()
        self._making = asyncio.create_task(make(), name="create job")
        return await asyncio.shield(self._making)

    def ended(self, name: str) -> None:
        """A job is terminal."""
        self._names.remove(name)

    async def cancel(self, kept: str = "") -> list[str]:
        """Cancel all but the one that is kept; their names. Raises FilmStudioError, TimeoutError."""
        await self._made()
        cancelled = []
        async with asyncio.timeout(CANCEL_MAX_SECONDS):
            for name in [name for name in self._names if name != kept]:
                if await self._cancelled(name):
                    cancelled.append(name)
                self._names.remove(name)
        return cancelled

    async def _cancelled(self, name: str) -> bool:
        try:
            await self._studio.cancel(name)
        except RefusedError:
            # It ended meanwhile.
            return False
        return True

    async def _made(self) -> None:
        making, self._making = self._making, None
        if making is not None:
            await asyncio.wait({making})
            # A failure was told to who asked, or concerns nobody any more.
            _ = making.cancelled() or making.exception()
