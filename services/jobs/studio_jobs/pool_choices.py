"""Which pool makes which kind for a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.production import PoolChoice
from studio_jobs.shot_specs import STILL_SCALE_PERMILLE
from studio_jobs.store.rows import Record
from studio_jobs.targets import KINDS_OF_TARGET
from studio_platform.errors import FailedPrecondition


def choose_pools(
    options: jobs_pb2.RenderOptions, pools: Sequence[Record], silent_since: datetime, language: str = ""
) -> dict[TaskKind, PoolChoice]:
    """The pool that the options name for each kind of their target, or the first that can make the size.

    Pools that speak the film's language come first, then those with a worker seen after `silent_since`, then
    the order of their names.

    Raises FailedPrecondition that names kind and pool when there is none.
    """
    named = {TaskKind(choice.kind): choice.pool.removeprefix("pools/") for choice in options.pools}
    ordered = sorted(
        pools,
        key=lambda row: (
            not _choice(row).speaks(language),
            row["last_seen_at"] < silent_since,
            row["pool"],
        ),
    )
    kinds = sorted(KINDS_OF_TARGET[options.target])
    return {kind: _choose(kind, named.get(kind, ""), options, ordered) for kind in kinds}


def named_pools(
    options: jobs_pb2.RenderOptions, pools: Sequence[Record]
) -> dict[tuple[TaskKind, str], PoolChoice]:
    """All pools that can make the size, by kind and name."""
    fitting = [row for row in pools if _fits(TaskKind(row["kind"]), options, row)]
    return {(TaskKind(row["kind"]), row["pool"]): _choice(row) for row in fitting}


def _choose(
    kind: TaskKind, name: str, options: jobs_pb2.RenderOptions, pools: Sequence[Record]
) -> PoolChoice:
    making = [row for row in pools if row["kind"] == kind and name in ("", row["pool"])]
    fitting = [row for row in making if _fits(kind, options, row)]
    if making and not fitting:
        raise _too_large(kind, options, making)
    if not fitting:
        raise _no_pool(kind, name, options)
    return _choice(fitting[0])


def _choice(row: Record) -> PoolChoice:
    return PoolChoice(
        row["pool"],
        task_pb2.EngineRef.FromString(row["engine"]),
        tuple(row["voices"]),
        tuple(row["languages"]),
    )


def _fits(kind: TaskKind, options: jobs_pb2.RenderOptions, row: Record) -> bool:
    if not row["width_max_px"]:
        return True
    width_px, height_px = _needed_px(kind, options)
    return bool(width_px <= row["width_max_px"] and height_px <= row["height_max_px"])


def _needed_px(kind: TaskKind, options: jobs_pb2.RenderOptions) -> tuple[int, int]:
    """The sides of what a pool has to make; stills are larger than the film, for moves need room."""
    scale = STILL_SCALE_PERMILLE if kind is TaskKind.STILL else 1000
    return -(-options.size.width_px * scale // 1000), -(-options.size.height_px * scale // 1000)


def _too_large(
    kind: TaskKind, options: jobs_pb2.RenderOptions, pools: Sequence[Record]
) -> FailedPrecondition:
    limits = ", ".join(f"{row['pool']} {row['width_max_px']} x {row['height_max_px']}" for row in pools)
    width_px, height_px = _needed_px(kind, options)
    size = f"{options.size.width_px} x {options.size.height_px}"
    return FailedPrecondition(
        "POOL_TOO_SMALL",
        f"A film of {size} needs {kind.name} pictures of {width_px} x {height_px}, which is more than can be "
        f"made here (at most {limits}). Choose a smaller size.",
        metadata={"kind": kind.name, "size": size},
    )


def _no_pool(kind: TaskKind, name: str, options: jobs_pb2.RenderOptions) -> FailedPrecondition:
    what = f"the pool {name!r}" if name else "any pool"
    size = f"{options.size.width_px} x {options.size.height_px}"
    return FailedPrecondition(
        "POOL_MISSING",
        f"Nothing here makes {kind.name} for a film of {size}: {what} of that kind is not known. "
        "Start a generator of that kind, or name another pool in options.pools.",
        metadata={"kind": kind.name, "pool": name, "size": size},
    )
