"""Which tests a worker does in one go, and which begin first, so that at the end no worker is left alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # has no stubs
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no stubs

# Minutes each: they begin before all others.
LONGEST = (
    "tests/e2e/test_http_contract.py",
    "tests/e2e/test_every_handoff.py",
    "tests/integration/jobs/test_histories.py",
    "tests/integration/jobs/test_jobs_process.py",
    "tests/integration/jobs/test_sharing.py",
    "tests/simulation/test_seeds.py",
    "tests/e2e/",
    "tests/simulation/",
    "tests/integration/jobs/test_garbage_process.py",
    "tests/integration/standalone/",
    "tests/integration/filmstudio/",
    "tests/integration/",
)
# Each of their tests is a shift of its own: they share nothing that takes long to make.
APART = (
    "tests/integration/jobs/test_histories.py",
    "tests/integration/jobs/test_jobs_process.py",
    "tests/integration/jobs/test_sharing.py",
    "tests/simulation/test_mistakes.py",
)
# Each of their functions is a shift of its own, with all its parameters.
BY_FUNCTION = ("tests/e2e/test_every_handoff.py",)
# Long enough for a studio of their own; the rest of tests/e2e shares one.
OWN_STUDIO = (
    "tests/e2e/test_http_contract.py",
    "tests/e2e/test_imports.py",
    "tests/e2e/test_same_bytes.py",
    "tests/e2e/test_templates.py",
)


class Shifts(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Gives a worker a shift at a time: a file, or less or more than one."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        # The order of the collection is the one that is wanted.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return shift_of(nodeid)


def shift_of(nodeid: str) -> str:
    """The name of the shift that a test belongs to."""
    file = nodeid.split("::", 1)[0]
    if file in APART:
        return nodeid
    if file in BY_FUNCTION:
        return nodeid.split("[", 1)[0]
    if file.startswith("tests/e2e/") and file not in OWN_STUDIO:
        return "tests/e2e"
    return file


def rank_of(nodeid: str) -> int:
    """Its place among LONGEST; the lowest begins first."""
    ranks: Sequence[int] = [rank for rank, begin in enumerate(LONGEST) if nodeid.startswith(begin)]
    return min(ranks, default=len(LONGEST))
