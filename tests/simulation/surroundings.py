"""What a simulated life must not share with the machine: ids, folders, deadlines, logs, the collector."""

from __future__ import annotations

import contextlib
import gc
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from random import Random
from typing import Any
from unittest import mock

import structlog

from studio_jobs import dispatcher
from studio_jobs.domain.states import TaskKind
from studio_platform import ids
from studio_platform.logs import add_bound_ids
from tests.simulation.process import START

RUN_DEADLINE_SECONDS = 20

Hear = Callable[[MutableMapping[str, Any]], None]


@contextlib.contextmanager
def own_surroundings(seed: int, seconds: Callable[[], float], hear: Hear) -> Iterator[None]:
    """Within it ids follow from the seed and the life's time, and `hear` is told of every log line.

    Coroutines that a killed process never came to await are no fault: no warning tells of them.
    """
    folder = tempfile.mkdtemp(prefix="film-simulation-")
    clock = mock.Mock(time_ns=lambda: int((START.timestamp() + seconds()) * 1e9))
    secrets = mock.Mock(randbits=Random(seed).getrandbits)  # noqa: S311 - a simulation repeats itself
    deadlines = dict.fromkeys(TaskKind, RUN_DEADLINE_SECONDS)
    gc.disable()
    gc.freeze()
    with (
        warnings.catch_warnings(action="ignore", category=RuntimeWarning),
        mock.patch.object(ids, "time", clock),
        mock.patch.object(ids, "secrets", secrets),
        mock.patch.object(ids, "_sequence", ids.IdSequence()),
        mock.patch.object(tempfile, "tempdir", folder),
        mock.patch.dict(dispatcher.RUN_DEADLINE_SECONDS, deadlines),
        _logs_told_to(hear),
    ):
        yield
    gc.unfreeze()
    gc.enable()
    shutil.rmtree(folder)


@contextlib.contextmanager
def _logs_told_to(hear: Hear) -> Iterator[None]:
    def tell(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        hear(event)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[add_bound_ids, tell],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.configure(**before)
