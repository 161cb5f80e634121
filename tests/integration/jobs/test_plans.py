"""How Postgres runs the job service's statements on tables of 10,000 rows each."""

from __future__ import annotations

import asyncio

import pytest

from bench.plans.arguments import all_arguments
from bench.plans.explain import StatementPlan, explain_all
from bench.plans.filling import filled_at
from studio_jobs.sql import SQL
from studio_platform.testing.servers import PostgresServer

ROWS = 10_000
WRITE_ROWS_ONLY = {
    "insert_inputs",
    "insert_runs",
    "insert_tasks",
    "upsert_pool",
}


@pytest.fixture(scope="module")
def plans(postgres_server: PostgresServer) -> list[StatementPlan]:
    """How each statement runs on tables that are filled once, which takes most of the time here."""

    async def explained() -> list[StatementPlan]:
        async with filled_at(postgres_server, ROWS) as database:
            return await explain_all(database, SQL, all_arguments(ROWS))

    return asyncio.run(explained())


def test_no_statement_reads_a_big_table_from_end_to_end(plans: list[StatementPlan]) -> None:
    scans = {plan.name: plan.scanned for plan in plans if plan.scanned}

    assert scans == {}


def test_no_statement_reads_more_rows_than_its_limits_allow(plans: list[StatementPlan]) -> None:
    greedy = {plan.name: plan.rows_read for plan in plans if plan.rows_read > ROWS // 2}

    assert greedy == {}


def test_every_statement_that_reads_is_looked_at() -> None:
    assert SQL.keys() - all_arguments(ROWS).keys() == WRITE_ROWS_ONLY
