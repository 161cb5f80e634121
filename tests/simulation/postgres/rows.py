"""Rows of the twin of Postgres: committed versions, the one that a transaction has pending, and locks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.postgres.transaction import Transaction

Row = dict[str, Any]
"""A row's columns; never changed once made."""

Key = tuple[Any, ...]


class Lock(IntEnum):
    """The four row locks of Postgres, the weakest first."""

    KEY_SHARE = 0
    SHARE = 1
    NO_KEY_UPDATE = 2
    UPDATE = 3


CONFLICTS = {
    Lock.KEY_SHARE: frozenset({Lock.UPDATE}),
    Lock.SHARE: frozenset({Lock.NO_KEY_UPDATE, Lock.UPDATE}),
    Lock.NO_KEY_UPDATE: frozenset({Lock.SHARE, Lock.NO_KEY_UPDATE, Lock.UPDATE}),
    Lock.UPDATE: frozenset(Lock),
}
"""From each lock, those that another transaction must not hold (table 13.3 of the manual)."""


@dataclass(slots=True, eq=False)
class Slot:
    """One row's place. `writer` is the open transaction whose `pending` version (None: deleted) it holds."""

    key: Key
    group: Any = None
    committed: Row | None = None
    pending: Row | None = None
    writer: Transaction | None = None
    holders: dict[Transaction, Lock] = field(default_factory=dict)

    def seen_by(self, transaction: Transaction) -> Row | None:
        """The version that a statement of this transaction reads."""
        return self.pending if self.writer is transaction else self.committed
