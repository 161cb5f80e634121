"""Recovery: how long work stands still after kill -9 of a generator, and of one of two job services."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench.studio import Studio, running_studio, until_pools
from bench.throughput.films import lone_seconds
from bench.throughput.pace import paced
from bench.throughput.sides import QUERIES
from studio_platform.embedded.ports import free_ports
from studio_standalone.home import Home
from studio_standalone.state import StudioState
from studio_standalone.studio import StudioPlan

LEASE_SECONDS = 2.0
POINT, POOL = "imagegen.still.running", "null-still"
LOAD_TASKS_PER_SECOND = 20.0
LOAD_SECONDS = 15.0
KILL_AFTER_SECONDS = 5.0
LOOK_AFTER_SECONDS = 6.0
READY_SECONDS_MAX = 30.0


@dataclass(frozen=True, slots=True)
class GeneratorKilled:
    """Seconds from the kill until the pool's next run ended, and until the killed run itself ended."""

    lease_seconds: float
    next_run_seconds: float
    killed_run_seconds: float


@dataclass(frozen=True, slots=True)
class JobsKilled:
    """The longest pause of one job when one of two replicas was killed, and the longest before, seconds."""

    pause_seconds: float
    usual_pause_seconds: float


async def generator_killed(shots: int) -> GeneratorKilled:
    """Kill the image generator in the middle of a still."""
    with tempfile.TemporaryDirectory(prefix="film-bench-fault-") as folder:
        once = Path(folder) / "struck"
        once.touch()
        settings = {"FILM_FAULTS": f"{POINT}=kill@{once}", "FILM_LEASE_SECONDS": str(LEASE_SECONDS)}
        with running_studio(**settings) as studio:
            async with studio.client() as client:
                await until_pools(client)
                await lone_seconds(client, shots)
                once.unlink()
                await lone_seconds(client, shots)
            killed_at = once.stat().st_mtime
            async with studio.database() as database:
                ends = [row["ended_at"] for row in await database.fetch(QUERIES["run_ends"], POOL)]
                again = [row["ended_at"] for row in await database.fetch(QUERIES["run_again"])]
    next_end = min(end for end in ends if end > killed_at)
    return GeneratorKilled(LEASE_SECONDS, next_end - killed_at, max(again) - killed_at)


async def jobs_killed(shots: int) -> JobsKilled:
    """Kill the second of two job services while films are made."""
    with running_studio() as studio, second_jobs(studio) as second:
        async with studio.client() as client:
            await until_pools(client)
            await lone_seconds(client, shots)
            work = asyncio.create_task(paced(client, shots, LOAD_TASKS_PER_SECOND, LOAD_SECONDS))
            await asyncio.sleep(KILL_AFTER_SECONDS)
            killed_at = time.time()
            second.kill()
            await work
        async with studio.database() as database:
            pauses = [
                await database.fetchval(QUERIES["longest_pause"], since, seconds)
                for since, seconds in (
                    (killed_at, LOOK_AFTER_SECONDS),
                    (killed_at - KILL_AFTER_SECONDS, KILL_AFTER_SECONDS - 1),
                )
            ]
    return JobsKilled(*pauses)


@contextmanager
def second_jobs(studio: Studio) -> Iterator[subprocess.Popen[bytes]]:
    """Another job service with the settings of the studio's own, on other ports."""
    state = StudioState(**studio.state)
    plan = StudioPlan(Home(studio.home), state, {}, studio.home)
    port, health = free_ports(2)
    own = {"FILM_LISTEN": f"127.0.0.1:{port}", "FILM_HEALTH_LISTEN": f"127.0.0.1:{health}"}
    environment = {**studio.environment, **plan.settings_of("jobs"), **own}
    command = [sys.executable, "-m", "studio_jobs"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_until_ready(health)
            yield process
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)


def _wait_until_ready(port: int) -> None:
    end = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the second job service does not come")
