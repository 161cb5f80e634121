"""The statements of the job service, by name."""

from __future__ import annotations

from studio_platform.database import Queries

_FILES = (
    "projects.sql",
    "edits.sql",
    "casting.sql",
    "jobs.sql",
    "runs.sql",
    "events.sql",
    "pools.sql",
    "plans.sql",
    "timeline.sql",
    "garbage.sql",
    "goodbye.sql",
    "transfers.sql",
)


def _all_statements() -> dict[str, str]:
    statements: dict[str, str] = {}
    for name in _FILES:
        queries = Queries.load(__name__, name)
        twice = statements.keys() & queries.keys()
        if twice:
            raise ValueError(f"statements named twice: {sorted(twice)}")
        statements.update(queries)
    return statements


SQL = _all_statements()
