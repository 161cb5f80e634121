"""Every statement of the job service on tables of 10,000 and of 1,000,000 rows: what it reads.

    python -m bench.plans [--rows 10000 1000000] [--all] [--show NAME]

Prints the statements that read a big table from end to end, or more rows than a call should need.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from bench.plans.arguments import all_arguments
from bench.plans.explain import StatementPlan, explain_all
from bench.plans.filling import filled_database
from studio_jobs.sql import SQL

ROWS_READ_MAX = 5_000


async def measure(rows: int) -> list[StatementPlan]:
    """Every statement's plan at a number of rows."""
    began = time.monotonic()
    async with filled_database(rows) as database:
        print(f"{rows} rows in each table, filled in {time.monotonic() - began:.0f} s")
        return await explain_all(database, SQL, all_arguments(rows))


def is_bad(plan: StatementPlan) -> bool:
    """Whether it reads a big table from end to end, or too many rows."""
    return bool(plan.scanned) or plan.rows_read > ROWS_READ_MAX


def table(plans: Sequence[StatementPlan]) -> str:
    """One line a statement, the slowest first."""
    by_time = sorted(plans, key=lambda plan: -plan.milliseconds)
    return "\n".join(
        f"  {plan.name:28} {plan.milliseconds:9.2f} ms {plan.rows_read:9} rows read  "
        f"{'scans ' + ', '.join(sorted(plan.scanned)) if plan.scanned else ''}".rstrip()
        for plan in by_time
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a statement is bad."""
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000], help="rows of a table")
    parser.add_argument("--all", action="store_true", help="print every statement")
    parser.add_argument("--show", default="", help="print the plan of this statement")
    options = parser.parse_args(arguments)
    found = 0
    for rows in options.rows:
        plans = asyncio.run(measure(rows))
        bad = [plan for plan in plans if is_bad(plan)]
        found += len(bad)
        print(table(plans if options.all else bad) or "  no statement scans a big table")
        print(*(plan.text for plan in plans if plan.name == options.show), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
