"""What real transactions committed, in their order, told to the laws of the simulation."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from studio_platform.database import Database
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.schema import Tables
from tests.simulation.postgres.server import Change, Watcher

_INSTALL = Path(__file__).with_name("journal.sql").read_text("utf-8")
_COLUMNS = (
    "select table_name, column_name, data_type from information_schema.columns where table_schema = 'jobs'"
)
_NEWS = "select number, transaction, name, before, after from journal where number > $1 order by number"
_EMPTY = """
truncate projects, screenplay_revisions, cast_members, locations, jobs, job_castings, pools, runs, artifacts,
         resolutions, tasks, task_inputs, job_events, due_jobs, outbox, journal, artifact_blobs,
         garbage_artifacts, garbage_blobs, garbage_walks
cascade
"""
_READ: Mapping[str, Callable[[str], Any]] = {
    "uuid": UUID,
    "bytea": lambda text: bytes.fromhex(text.removeprefix("\\x")),
    "timestamp with time zone": datetime.fromisoformat,
}
"""How JSON's text of a column's type is read; the others are in JSON what they are in Python."""


@dataclass(slots=True)
class Journal:
    """Follows a real database: `tables` are brought up to each commit in turn, then `watcher` hears of it."""

    tables: Tables
    watcher: Watcher
    _database: Database
    _readers: Mapping[tuple[str, str], Callable[[str], Any]]
    _seen: int = 0
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @staticmethod
    async def install(database: Database) -> None:
        """Let a database keep its journal."""
        await database.execute(_INSTALL)

    @classmethod
    async def begun(cls, database: Database, tables: Tables, watcher: Watcher) -> Journal:
        """A journal of a database that is emptied now."""
        await database.execute(_EMPTY)
        columns = await database.fetch(_COLUMNS)
        readers = {
            (row["table_name"], row["column_name"]): _READ[row["data_type"]]
            for row in columns
            if row["data_type"] in _READ
        }
        seen = await database.fetchval("select last_value from journal_number_seq")
        return cls(tables, watcher, database, readers, seen)

    async def catch_up(self) -> None:
        """Tell of every commit since the last time."""
        async with self._reading:
            news = await self._database.fetch(_NEWS, self._seen)
            for _, changed in itertools.groupby(news, key=lambda row: row["transaction"]):
                self._commit(list(changed))
            self._seen = news[-1]["number"] if news else self._seen

    async def require_complete(self) -> None:
        """Raise AssertionError unless the copies of jobs and runs are as the tables are."""
        for name in ("jobs", "runs"):
            found = await self._database.fetch(f"select * from {name}")  # noqa: S608 - one of two names
            table = self.tables.named(name)
            real, copied = map(dict, found), table.committed()
            assert {table.key_of(row): row for row in real} == {table.key_of(row): row for row in copied}

    def _commit(self, changed: Sequence[Any]) -> None:
        ends: dict[tuple[Any, ...], tuple[Row | None, Row | None]] = {}
        for entry in changed:
            before, after = (self._row(entry["name"], entry[side]) for side in ("before", "after"))
            key = (entry["name"], *self.tables.named(entry["name"]).key_of(after or before or {}))
            ends[key] = (ends[key][0] if key in ends else before, after)
        changes = [(self.tables.named(name), *sides) for (name, *_), sides in ends.items() if any(sides)]
        for change in changes:
            _apply(change)
        self.watcher(changes)

    def _row(self, name: str, text: str | None) -> Row | None:
        if text is None:
            return None
        return {column: self._value(name, column, value) for column, value in json.loads(text).items()}

    def _value(self, name: str, column: str, value: Any) -> Any:
        read = self._readers.get((name, column))
        return value if read is None or value is None else read(value)


def _apply(change: Change) -> None:
    table, before, after = change
    if after is not None:
        table.place(after).committed = after
    elif before is not None:
        table.forget(table.slots[table.key_of(before)])
