"""A child's watch over its parent: a pipe that closes when the parent is gone, however it ended."""

from __future__ import annotations

import asyncio
import os

READ_BYTES_MAX = 4096


async def parent_gone(pipe_fd: int) -> None:
    """Wait until the other end of the pipe `pipe_fd` is closed; what is written to it is ignored.

    The parent keeps the writing end and gives nobody a copy of it. Cancelling the wait is safe.
    Raises OSError if `pipe_fd` is not open.
    """
    os.set_blocking(pipe_fd, False)
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()

    def look() -> None:
        try:
            if not os.read(pipe_fd, READ_BYTES_MAX):
                gone.set()
        except BlockingIOError:
            return
        except OSError:
            # A pipe that can't be read any more tells as little of the parent as a closed one.
            gone.set()
        if gone.is_set():
            loop.remove_reader(pipe_fd)

    loop.add_reader(pipe_fd, look)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(pipe_fd)
