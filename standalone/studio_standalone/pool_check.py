"""Whether the studio's pools live and work, asked as a client asks: signed in, through the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from filmstudio.account import Account
from filmstudio.calls import Patience
from filmstudio.cli.checks import PoolCheck, checked_pools
from filmstudio.client import connect
from filmstudio.errors import FilmStudioError
from filmstudio.generation.v1 import task_pb2
from filmstudio.pools.v1 import pools_pb2
from studio_preflight.finding import Finding
from studio_standalone.state import StudioState

ANSWER_SECONDS = 5.0
KINDS = tuple(number for number in task_pb2.TaskKind.values() if number)
SERVICE_OF_KIND = {
    task_pb2.TASK_KIND_STILL: "imagegen",
    task_pb2.TASK_KIND_CLIP: "videogen",
    task_pb2.TASK_KIND_SPEECH: "audiogen",
    task_pb2.TASK_KIND_MUSIC: "audiogen",
    task_pb2.TASK_KIND_EFFECTS: "audiogen",
    task_pb2.TASK_KIND_SEGMENT: "composer",
    task_pb2.TASK_KIND_FILM: "composer",
}


def look_at_pools(state: StudioState) -> tuple[Finding, ...]:
    """Ask the studio that runs for its pools; what is found."""
    try:
        pools, checks = asyncio.run(_pools(state))
    except (FilmStudioError, TimeoutError) as error:
        return (Finding("api", False, str(error) or "does not answer in time", "film logs gateway"),)
    return (Finding("api", True, f"answers at {state.gateway_address}"), *findings_of(pools, checks))


def findings_of(pools: Sequence[pools_pb2.Pool], checks: Mapping[str, PoolCheck]) -> Iterator[Finding]:
    """One finding a pool, and one for each kind of work that no live pool makes.

    `checks` tells of live pools what came of the small thing that they were let to make.
    """
    for pool in pools:
        kind = task_pb2.TaskKind.Name(pool.kind).removeprefix("TASK_KIND_").lower()
        load = f"{pool.running_runs} running, {pool.waiting_runs} waiting"
        check = checks.get(pool.name)
        well = pool.live and not (check and check.fault)
        state = f"makes {kind}, {load}" if pool.live else "no worker was heard lately"
        cure = f"film logs {SERVICE_OF_KIND.get(pool.kind, 'jobs')}"
        yield Finding(pool.name, well, state + _words(check), "" if well else cure)
    live = {pool.kind for pool in pools if pool.live}
    for number in KINDS:
        if number not in live:
            name = task_pb2.TaskKind.Name(number).removeprefix("TASK_KIND_").lower()
            yield Finding(
                f"work {name}", False, "no live pool makes it", f"film logs {SERVICE_OF_KIND[number]}"
            )


def _words(check: PoolCheck | None) -> str:
    if check is None:
        return ""
    if check.times is None:
        return f"; {check.fault}"
    times = check.times
    return f"; checked: queue {times.queue_ms} ms, engine {times.run_ms} ms, upload {times.upload_ms} ms"


async def _pools(state: StudioState) -> tuple[list[pools_pb2.Pool], dict[str, PoolCheck]]:
    """The pools, and a check of each that lives."""
    account = Account(state.account_email, state.secrets["account"])
    async with connect(state.gateway_address, account, Patience(0.0, 0.0)) as studio:
        async with asyncio.timeout(ANSWER_SECONDS):
            pools = await studio.pools()
        checks = await checked_pools(studio, [pool.name for pool in pools if pool.live])
        return pools, {check.pool: check for check in checks}
