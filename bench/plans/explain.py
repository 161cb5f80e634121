"""Runs each statement once, in a transaction that is taken back, and reads from its plan what it read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.plans.arguments import Arguments
from studio_platform.database import Database

SMALL_TABLES = frozenset({"pools", "job_transitions", "garbage_walks"})
"""A handful of rows whatever a studio does."""


@dataclass(frozen=True, slots=True)
class StatementPlan:
    """How a statement ran: the big tables that it read from end to end, rows read in all, milliseconds."""

    name: str
    scanned: frozenset[str]
    rows_read: int
    milliseconds: float
    text: str


async def explain_all(
    database: Database, statements: Mapping[str, str], arguments: Arguments
) -> list[StatementPlan]:
    """A plan of each statement that has arguments, in their order."""
    return [await _explain(database, name, statements[name], values) for name, values in arguments.items()]


async def _explain(
    database: Database, name: str, statement: str, values: tuple[object, ...]
) -> StatementPlan:
    async with database.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            found = await connection.fetchval(f"explain (analyze, format json) {statement}", *values)
        except asyncpg.PostgresError as error:
            error.add_note(name)
            raise
        finally:
            await transaction.rollback()
    (top,) = json.loads(found)
    nodes = list(_nodes(top["Plan"]))
    scanned = {_table(node) for node in nodes if node["Node Type"] == "Seq Scan"} - SMALL_TABLES
    rows_read = round(sum(map(_rows_read, nodes)))
    return StatementPlan(name, frozenset(scanned), rows_read, top["Execution Time"], found)


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _table(node: Mapping[str, Any]) -> str:
    return str(node["Relation Name"])


def _rows_read(node: Mapping[str, Any]) -> float:
    """Rows that a scan of a table or an index looked at, those that a filter dropped with them."""
    if (
        "Scan" not in node["Node Type"]
        or "Relation Name" not in node
        or node["Relation Name"] in SMALL_TABLES
    ):
        return 0.0
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float(node["Actual Rows"] + dropped) * float(node["Actual Loops"])
