"""A Python twin of every named statement (studio_jobs/sql/*.sql): rows out, or how many were changed."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.twins import (
    casting,
    edits,
    events,
    garbage,
    garbage_blobs,
    goodbye,
    jobs,
    plans,
    pools,
    projects,
    runs,
    tasks,
    timeline,
    transfers,
)

Twin = Callable[..., Awaitable[list[Row] | int]]


def _twins_of(module: ModuleType) -> dict[str, Twin]:
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.iscoroutinefunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    }


def _all_twins() -> dict[str, Any]:
    twins: dict[str, Twin] = {}
    for module in (
        projects,
        edits,
        casting,
        jobs,
        tasks,
        runs,
        events,
        pools,
        plans,
        timeline,
        transfers,
        garbage,
        garbage_blobs,
        goodbye,
    ):
        twins.update(_twins_of(module))
    return twins


TWINS: dict[str, Twin] = _all_twins()
