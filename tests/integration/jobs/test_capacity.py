"""A pool with no worker: what its lag shows at the broker, and what the API says of the jobs that wait."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.cutlists.lists import CutLists
from studio_jobs.domain.fairness import window_runs
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.downloads import Downloads
from studio_jobs.feeds import Feeds
from studio_jobs.servicers.jobs import JobsServicer
from studio_jobs.spending import Spending
from studio_jobs.store import rows
from studio_jobs.wake import Wakes
from studio_jobs.watch import Watches
from studio_platform.clock import SystemClock
from studio_platform.database import Database
from studio_platform.embedded.ports import free_ports
from studio_platform.identity import Identity, set_current_identity
from studio_platform.jetstream import open_broker
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.settings import BrokerSettings
from studio_platform.testing.servers import NatsServer
from studio_platform.topology import pool_consumer
from tests.integration.jobs.stage import Stage, announcement, build_stage, pool_of

STILLS = pool_of(TaskKind.STILL)


@dataclass(frozen=True, slots=True)
class Monitored:
    """A NATS server with its monitoring port, as a cluster's scaler reads it."""

    url: str
    monitoring_port: int

    def pending(self, consumer: str) -> int:
        """Messages that no worker has taken yet, of a consumer."""
        address = f"http://127.0.0.1:{self.monitoring_port}/jsz?consumers=1&accounts=1"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return _pending(json.load(answer))[consumer]


def _pending(answer: Any) -> dict[str, int]:
    return {
        consumer["name"]: consumer["num_pending"]
        for account in answer["account_details"]
        for stream in account["stream_detail"]
        for consumer in stream.get("consumer_detail") or ()
    }


@pytest.fixture
def monitored(tmp_path: Path) -> Iterator[Monitored]:
    server = NatsServer.make(tmp_path / "nats")
    (port,) = free_ports(1)
    config = tmp_path / "nats" / "server.conf"
    config.write_text(f'{config.read_text()}http: "127.0.0.1:{port}"\n')
    server.process.start()
    yield Monitored(server.url, port)
    server.process.stop()


@pytest.fixture
async def scaled(database: Database, monitored: Monitored) -> AsyncIterator[Stage]:
    """A job service on a real broker."""
    async with open_broker(BrokerSettings(nats_url=monitored.url), "jobs") as broker:
        await broker.ensure()
        stage = build_stage(database, broker, MemoryObjectStore())
        stage.order_wait_seconds = 0.05
        await stage.announce_pools()
        yield stage


async def test_the_lag_of_a_pool_at_zero_shows_at_the_brokers_monitoring_port(
    scaled: Stage, monitored: Monitored
) -> None:
    await scaled.loops.announcements.take(announcement(TaskKind.STILL, slots=1))
    before = monitored.pending(f"pool-{STILLS}")

    await scaled.submit(script=b"INT. A - DAY\n\nOne.\n\nINT. B - DAY\n\nTwo.\n\nINT. C - DAY\n\nThree.\n")
    await scaled.settle()

    assert before == 0
    assert monitored.pending(f"pool-{STILLS}") == window_runs(1, 1)


async def test_the_lag_falls_when_a_worker_comes_and_the_job_completes(
    scaled: Stage, monitored: Monitored
) -> None:
    job = await scaled.submit()
    await scaled.settle()
    lag = monitored.pending(f"pool-{STILLS}")

    orders = await scaled.broker.fetch(pool_consumer(STILLS), 10, 1)
    taken = monitored.pending(f"pool-{STILLS}")
    for order in orders:
        await order.ack()
        await scaled.report(scaled.success(message_pb2.RunOrder.FromString(order.payload)))
    await scaled.loops.results.step()
    done = await scaled.run_to_end(job)

    assert (lag, taken) == (len(orders), 0)
    assert lag > 0
    assert done.state is JobState.COMPLETED


def api(stage: Stage) -> JobsServicer:
    """The RPCs of jobs, for the stage's workspace."""
    clock = SystemClock()
    watches = Watches(stage.database, Feeds(stage.broker), clock)
    downloads = Downloads(stage.jobs, stage.projects, MemoryObjectStore(), clock)
    set_current_identity(Identity("user", str(stage.workspace)))
    return JobsServicer(
        stage.jobs,
        stage.submissions,
        downloads,
        CutLists(stage.database, stage.jobs, downloads),
        watches,
        Spending(stage.database, "EUR"),
        Wakes(stage.broker),
        asyncio.Event(),
    )


async def seen(stage: Stage, job: rows.Job) -> jobs_pb2.Job:
    """The job as GetJob answers."""
    return await api(stage).GetJob(jobs_pb2.GetJobRequest(name=convert.job_name(job.job_id)), None)


async def silence(stage: Stage, pool: str) -> None:
    """Let the pool's last worker have gone an hour ago."""
    await stage.database.execute(
        "update pools set last_seen_at = last_seen_at - interval '1 hour' where pool = $1",
        pool,
    )


async def test_a_job_that_waits_for_a_silent_pool_says_which_and_since_when(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    await silence(stage, STILLS)
    since = await stage.database.fetchval("select last_seen_at from pools where pool = $1", STILLS)

    waits = (await seen(stage, job)).waiting_for_capacity

    assert [(wait.pool, wait.since_time.ToSeconds()) for wait in waits] == [
        (f"pools/{STILLS}", int(since.timestamp()))
    ]


async def test_a_job_whose_pools_live_or_are_not_needed_waits_for_none(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    await silence(stage, pool_of(TaskKind.FILM))

    assert not (await seen(stage, job)).waiting_for_capacity


async def test_a_pool_that_comes_back_is_not_waited_for(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    await silence(stage, STILLS)
    await stage.loops.announcements.take(announcement(TaskKind.STILL))

    assert not (await seen(stage, job)).waiting_for_capacity
