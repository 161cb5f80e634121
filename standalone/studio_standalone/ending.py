"""Processes that aren't our children, asked to end and then killed."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from studio_standalone.processes import ProcessIdentity

POLL_SECONDS = 0.02


async def end_processes(processes: dict[str, ProcessIdentity], grace_seconds: float) -> None:
    """Ask each to end, kill those that haven't after `grace_seconds`, and return when none is left."""
    for process in processes.values():
        process.signal(signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace_seconds):
            await _until_gone(processes)
    for process in processes.values():
        process.signal(signal.SIGKILL)
    await _until_gone(processes)


async def _until_gone(processes: dict[str, ProcessIdentity]) -> None:
    """No kernel tells of the end of a process that isn't one's child everywhere, so ask again and again."""
    while any(process.is_alive for process in processes.values()):  # noqa: ASYNC110 -- nobody sets an event
        await asyncio.sleep(POLL_SECONDS)
