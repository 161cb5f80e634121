"""The twin of the Postgres server: its tables, its statements by their SQL, who watches its commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from studio_jobs.sql import SQL
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.schema import Tables
from tests.simulation.postgres.tables import Table
from tests.simulation.postgres.transaction import Transaction
from tests.simulation.postgres.twins import TWINS

Change = tuple[Table, Row | None, Row | None]
"""A table, and a row's committed version before (None: inserted) and after (None: deleted)."""

Watcher = Callable[[Sequence[Change]], None]

NAMES = {text: name for name, text in SQL.items()}
STATEMENT_TIMEOUT_SECONDS = 15.0
"""As the setting's default."""


class MemoryPostgres:
    """Tables in memory, and a transaction for whoever asks; `watcher` hears of every commit."""

    def __init__(self, statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS) -> None:
        self.tables = Tables()
        self.statement_timeout_seconds = statement_timeout_seconds
        self.deadlocks = 0
        self.watcher: Watcher | None = None

    def begin(self) -> Transaction:
        """A new READ COMMITTED transaction."""
        return Transaction(self)

    def notice(self, changes: Sequence[Change]) -> None:
        """Tell the watcher of a commit."""
        if changes and self.watcher is not None:
            self.watcher(changes)

    @staticmethod
    async def run(transaction: Transaction, sql: str, arguments: Sequence[Any]) -> list[Row] | int:
        """Run a statement's twin: its rows, or how many it changed when it returns none.

        Raises KeyError for SQL without a twin, and what Postgres raises.
        """
        return await TWINS[NAMES[sql]](transaction, *arguments)
