"""Where passwords are hashed: on one core, so that calls go on by the others."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from studio_platform.passwords import _keep_to_one_core


@pytest.mark.skipif(sys.platform != "linux", reason="other systems give threads no cores of their own")
async def test_the_thread_that_hashes_keeps_to_one_core_and_the_others_keep_theirs() -> None:
    before = os.sched_getaffinity(0)

    with ThreadPoolExecutor(1, initializer=_keep_to_one_core) as executor:
        cores = await asyncio.get_running_loop().run_in_executor(executor, os.sched_getaffinity, 0)

    assert len(cores) == 1
    assert cores <= before
    assert os.sched_getaffinity(0) == before
