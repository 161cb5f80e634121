"""A child learns of its parent's end by the end of a pipe."""

from __future__ import annotations

import asyncio
import os

import pytest

from studio_platform.parent import parent_gone


async def test_closed_pipe_means_that_the_parent_is_gone() -> None:
    reading, writing = os.pipe()
    watch = asyncio.create_task(parent_gone(reading))

    os.close(writing)
    async with asyncio.timeout(10):
        await watch

    os.close(reading)


async def test_written_bytes_mean_nothing() -> None:
    reading, writing = os.pipe()
    watch = asyncio.create_task(parent_gone(reading))
    os.write(writing, b"alive")

    done, _ = await asyncio.wait({watch}, timeout=0.05)
    watch.cancel()

    os.close(writing)
    os.close(reading)
    assert not done


async def test_pipe_that_is_not_open_is_an_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)

    with pytest.raises(OSError, match="Bad file descriptor"):
        await parent_gone(reading)
