"""film pools --check: every pool makes something small, all at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format

from filmstudio.cli.exits import Exit
from filmstudio.cli.tables import Column, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import FilmStudioError, UnreachableError
from filmstudio.pools.v1 import pools_pb2

COLUMNS = (
    Column("POOL"),
    Column("CHECK"),
    Column("QUEUE", right=True),
    Column("ENGINE", right=True),
    Column("UPLOAD", right=True),
    Column("WORKER", yields=True),
)
AT_A_TIME_MAX = 4


@dataclass(frozen=True, slots=True)
class PoolCheck:
    """A pool's name and how its check went: exactly one of `times` and `fault`."""

    pool: str
    times: pools_pb2.CheckPoolResponse | None = None
    fault: str = ""


async def check_pools(studio: FilmStudio, *, as_json: bool) -> Exit:
    """Check every pool and print a line each. Raises FilmStudioError when the studio is away."""
    checks = await checked_pools(studio, [pool.name for pool in await studio.pools()])
    if as_json:
        for check in checks:
            print(json.dumps(_document(check)))
    else:
        print_table(COLUMNS, map(_row, checks))
        for fault in filter(None, (check.fault for check in checks)):
            print(f"\n{fault}")
    return Exit.FAILED if any(check.fault for check in checks) else Exit.OK


async def checked_pools(studio: FilmStudio, names: Sequence[str]) -> list[PoolCheck]:
    """Check these pools, a few at a time, in their order. Raises UnreachableError."""
    gate = asyncio.Semaphore(AT_A_TIME_MAX)

    async def check(name: str) -> PoolCheck:
        async with gate:
            try:
                return PoolCheck(name, await studio.check_pool(name))
            except UnreachableError:
                raise
            except FilmStudioError as error:
                return PoolCheck(name, fault=str(error))

    return list(await asyncio.gather(*map(check, names)))


def _document(check: PoolCheck) -> dict[str, Any]:
    times = {} if check.times is None else json_format.MessageToDict(check.times)
    return {"pool": check.pool, "works": check.times is not None, **times, "fault": check.fault}


def _row(check: PoolCheck) -> Sequence[str]:
    name, times = check.pool.removeprefix("pools/"), check.times
    if times is None:
        return (name, "FAILED", "", "", "", "")
    parts = (times.queue_ms, times.run_ms, times.upload_ms)
    return (name, "works", *(f"{part_ms} ms" for part_ms in parts), times.worker)
