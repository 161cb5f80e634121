"""A READ COMMITTED transaction of the twin: snapshots, row locks, waits, uniqueness, deadlocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import asyncpg

from tests.simulation.postgres.rows import CONFLICTS, Lock, Row, Slot
from tests.simulation.postgres.schema import Tables
from tests.simulation.postgres.tables import Table, Unique

if TYPE_CHECKING:
    from tests.simulation.postgres.server import MemoryPostgres

Where = Callable[[Row], bool]
Merge = Callable[[Row, Row], Row | None]
"""ON CONFLICT DO UPDATE: from the row that is there and the one refused, the changes; None: no update."""


def _all(_row: Row) -> bool:
    return True


class Transaction:
    """The verbs that the twins of statements are made of.

    A statement reads its snapshot before its first wait. Locking or changing a row waits for whoever
    holds it and then looks at the newest committed version again, as Postgres does (EvalPlanQual).
    """

    def __init__(self, server: MemoryPostgres) -> None:
        self.tables: Tables = server.tables
        self.is_over = False
        self.waits_for: frozenset[Transaction] = frozenset()
        self._server = server
        self._touched: dict[Slot, Table] = {}
        self._awaited_by: list[asyncio.Future[None]] = []

    def rows(self, table: Table, where: Where = _all, group: Any = None) -> list[Row]:
        """The rows of the snapshot for which `where` holds, of one group or of all."""
        slots = table.slots.values() if group is None else table.candidates(group)
        seen = [slot.pending if slot.writer is self else slot.committed for slot in slots]
        return [row for row in seen if row is not None and where(row)]

    def by_key(self, table: Table, *key: Any) -> Row | None:
        """The row of a primary key in the snapshot."""
        slot = table.slots.get(key)
        return None if slot is None else slot.seen_by(self)

    async def lock(
        self,
        table: Table,
        rows: Iterable[Row],
        mode: Lock,
        where: Where = _all,
        *,
        skip_locked: bool = False,
        limit: int | None = None,
    ) -> list[Row]:
        """Lock rows one by one in their order; their newest versions for which `where` still holds."""
        locked: list[Row] = []
        for row in rows:
            if limit is not None and len(locked) >= limit:
                break
            newest = await self._take(table, table.find(row), mode, skip_locked=skip_locked)
            if newest is not None and where(newest):
                locked.append(newest)
        return locked

    async def update(
        self, table: Table, rows: Iterable[Row], change: Callable[[Row], Row], where: Where = _all
    ) -> list[Row]:
        """Change rows; the new versions of those that were still there and for which `where` held."""
        changed: list[Row] = []
        for row in rows:
            slot = table.find(row)
            newest = await self._take(table, slot, Lock.NO_KEY_UPDATE)
            if slot is not None and newest is not None and where(newest):
                changed.append(await self._replace(table, slot, newest, {**newest, **change(newest)}))
        return changed

    async def delete(self, table: Table, rows: Iterable[Row], where: Where = _all) -> list[Row]:
        """Delete rows, and what references them with cascade."""
        deleted: list[Row] = []
        for row in rows:
            slot = table.find(row)
            newest = await self._take(table, slot, Lock.UPDATE)
            if slot is not None and newest is not None and where(newest):
                self._write(table, slot, None)
                await self._cascade(table, slot)
                deleted.append(newest)
        return deleted

    async def insert(
        self,
        table: Table,
        rows: Sequence[Row],
        *,
        conflict: str = "",
        merge: Merge | None = None,
    ) -> list[Row]:
        """Insert rows in order; those that were inserted or merged.

        `conflict` names the unique index ("key": the primary key, "any": each) whose conflicts are
        merged or, without `merge`, passed over; any other conflict raises UniqueViolationError.
        """
        made: list[Row] = []
        for given in rows:
            row = {**table.defaults, **given}
            clash = await self._clash(table, row)
            if clash is None:
                made.append(await self._insert(table, row))
                continue
            index, slot = clash
            if conflict not in ("any", index):
                raise asyncpg.UniqueViolationError(f"{table.name}: {index}")
            merged = await self._merge(table, slot, row, merge) if merge else None
            if merged is not None:
                made.append(merged)
        return made

    async def _insert(self, table: Table, row: Row) -> Row:
        slot = table.place(row)
        slot.holders[self] = Lock.UPDATE
        self._refuse_fault(table, None, row)
        self._write(table, slot, row)
        # After the write, as Postgres does: its wait for a parent must not open a gap in the unique indexes.
        await self._require_references(table, row)
        return row

    async def _merge(self, table: Table, slot: Slot, refused: Row, merge: Merge) -> Row | None:
        newest = await self._take(table, slot, Lock.NO_KEY_UPDATE)
        if newest is None:
            return (await self.insert(table, [refused]))[0]
        changes = merge(newest, refused)
        return None if changes is None else await self._replace(table, slot, newest, {**newest, **changes})

    async def _replace(self, table: Table, slot: Slot, before: Row, after: Row) -> Row:
        for unique in table.uniques:
            entry = unique.key(after)
            if entry is not None and entry != unique.key(before) and await self._taken(table, unique, entry):
                raise asyncpg.UniqueViolationError(f"{table.name}: {unique.name}")
        self._refuse_fault(table, before, after)
        self._write(table, slot, after)
        return after

    def _write(self, table: Table, slot: Slot, row: Row | None) -> None:
        slot.writer, slot.pending = self, row
        self._touched[slot] = table

    @staticmethod
    def _refuse_fault(table: Table, before: Row | None, after: Row) -> None:
        fault = table.fault_of(before, after)
        if fault:
            raise asyncpg.CheckViolationError(f"{table.name}: {fault}")

    async def _take(
        self, table: Table, slot: Slot | None, mode: Lock, *, skip_locked: bool = False
    ) -> Row | None:
        if slot is None:
            return None
        while blockers := [
            other for other, held in slot.holders.items() if other is not self and held in CONFLICTS[mode]
        ]:
            if skip_locked:
                return None
            await self._wait(blockers)
        row = slot.seen_by(self)
        if row is not None:
            slot.holders[self] = max(mode, slot.holders.get(self, mode))
            self._touched[slot] = table
        return row

    async def _clash(self, table: Table, row: Row) -> tuple[str, Slot] | None:
        """The index and the row that stand against an insert, once nobody's open work decides it."""
        primary = Unique("key", table.key)
        for unique in (primary, *table.uniques):
            entry = unique.key(row)
            slot = None if entry is None else await self._taken(table, unique, entry)
            if slot is not None:
                return unique.name, slot
        return None

    async def _taken(self, table: Table, unique: Unique, entry: tuple[Any, ...]) -> Slot | None:
        while True:
            slot = _holder(table, unique, entry)
            if slot is None:
                return None
            if slot.writer is None or slot.writer is self:
                if unique.key(slot.seen_by(self)) == entry:
                    return slot
                return None
            await self._wait([slot.writer])

    async def _require_references(self, table: Table, row: Row) -> None:
        for reference in table.references:
            parents = self.tables.named(reference.table)
            slot = parents.slots.get(tuple(row[column] for column in reference.columns))
            if slot is None or await self._take(parents, slot, Lock.KEY_SHARE) is None:
                raise asyncpg.ForeignKeyViolationError(f"{table.name}: no such {reference.table}")

    async def _cascade(self, table: Table, parent: Slot) -> None:
        for child in self.tables.all():
            for reference in child.references:
                if reference.table == table.name:
                    found = [
                        row
                        for row in self.rows(child)
                        if tuple(row[column] for column in reference.columns) == parent.key
                    ]
                    if found and not reference.cascade:
                        raise asyncpg.ForeignKeyViolationError(f"{table.name} is referenced")
                    await self.delete(child, found)

    async def _wait(self, blockers: Sequence[Transaction]) -> None:
        self.waits_for = frozenset(blockers)
        if self._in_deadlock():
            self.waits_for = frozenset()
            self._server.deadlocks += 1
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for blocker in blockers:
            blocker._awaited_by.append(ended)
        try:
            async with asyncio.timeout(self._server.statement_timeout_seconds):
                await ended
        except TimeoutError:
            raise asyncpg.QueryCanceledError("canceling statement due to statement timeout") from None
        finally:
            self.waits_for = frozenset()

    def _in_deadlock(self) -> bool:
        seen: set[Transaction] = set()
        ahead = list(self.waits_for)
        while ahead:
            other = ahead.pop()
            if other is self:
                return True
            if other not in seen:
                seen.add(other)
                ahead.extend(other.waits_for)
        return False

    def commit(self) -> None:
        """Make every change visible at once, and let waiters go on."""
        changes = []
        for slot, table in self._touched.items():
            if slot.writer is self:
                if slot.committed is not None or slot.pending is not None:
                    changes.append((table, slot.committed, slot.pending))
                self._settle(table, slot, slot.pending)
        self._end()
        self._server.notice(changes)

    def roll_back(self) -> None:
        """Undo every change, and let waiters go on."""
        for slot, table in self._touched.items():
            if slot.writer is self:
                self._settle(table, slot, slot.committed)
        self._end()

    @staticmethod
    def _settle(table: Table, slot: Slot, kept: Row | None) -> None:
        slot.committed, slot.pending, slot.writer = kept, None, None
        if kept is None:
            table.forget(slot)

    def _end(self) -> None:
        self.is_over = True
        self.waits_for = frozenset()
        for slot in self._touched:
            slot.holders.pop(self, None)
        self._touched.clear()
        waiters, self._awaited_by = self._awaited_by, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


def _holder(table: Table, unique: Unique, entry: tuple[Any, ...]) -> Slot | None:
    """The slot with a committed or pending version under this entry of an index."""
    if unique.name == "key":
        return table.slots.get(entry)
    for slot in table.slots.values():
        if unique.key(slot.committed) == entry or (
            slot.writer is not None and unique.key(slot.pending) == entry
        ):
            return slot
    return None
