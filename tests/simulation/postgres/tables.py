"""A table of the twin: slots by key, unique indexes, checks and references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.postgres.rows import Key, Row, Slot

Check = Callable[[Row | None, Row], str | None]
"""From a row's version before (None: inserted) and after, what is wrong with it, or None."""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index over `columns` of the rows for which `covers` holds."""

    name: str
    columns: tuple[str, ...]
    covers: Callable[[Row], bool] = lambda _row: True

    def key(self, row: Row | None) -> Key | None:
        """The row's entry; None when the index does not cover it."""
        if row is None or not self.covers(row):
            return None
        return tuple(row[column] for column in self.columns)


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `columns` hold the key of a row of `table`; `cascade` deletes with it."""

    table: str
    columns: tuple[str, ...]
    cascade: bool = True


@dataclass(slots=True)
class Table:
    """Rows by primary key. `group` is the column by which most statements look, kept as an index."""

    name: str
    key: tuple[str, ...]
    defaults: Mapping[str, Any]
    group: str
    uniques: Sequence[Unique] = ()
    checks: Sequence[Check] = ()
    references: Sequence[Reference] = ()
    slots: dict[Key, Slot] = field(default_factory=dict)
    groups: dict[Any, dict[Key, Slot]] = field(default_factory=dict)

    def key_of(self, row: Row) -> Key:
        """The primary key of a row."""
        return tuple(row[column] for column in self.key)

    def find(self, row: Row) -> Slot | None:
        """The place of a row that some snapshot held; None when it was deleted since."""
        return self.slots.get(self.key_of(row))

    def place(self, row: Row) -> Slot:
        """The place of a row, made when it is new."""
        key, group = self.key_of(row), row[self.group]
        slot = self.slots.get(key)
        if slot is None:
            slot = self.slots[key] = Slot(key, group)
            self.groups.setdefault(group, {})[key] = slot
        return slot

    def forget(self, slot: Slot) -> None:
        """Drop the place of a row that is no more."""
        del self.slots[slot.key]
        del self.groups[slot.group][slot.key]

    def candidates(self, group: Any) -> Iterable[Slot]:
        """The slots of a group."""
        return self.groups.get(group, {}).values()

    def committed(self) -> list[Row]:
        """Every committed row."""
        return [slot.committed for slot in self.slots.values() if slot.committed is not None]

    def committed_of(self, group: Any) -> list[Row]:
        """The committed rows of a group."""
        return [slot.committed for slot in self.candidates(group) if slot.committed is not None]

    def fault_of(self, before: Row | None, after: Row) -> str | None:
        """What the checks and triggers say against a version, or None."""
        return next((fault for check in self.checks if (fault := check(before, after))), None)
