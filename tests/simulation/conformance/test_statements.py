"""Every statement answers on the twin as on Postgres."""

from __future__ import annotations

from itertools import zip_longest

from studio_jobs.sql import SQL
from tests.simulation.conformance.backends import RealPostgres, TwinPostgres
from tests.simulation.conformance.scenario import whole_walk
from tests.simulation.postgres.twins import TWINS


def test_every_statement_has_a_twin_and_no_twin_is_left_over() -> None:
    assert set(TWINS) == set(SQL)


async def test_the_walk_uses_every_statement(twin: TwinPostgres) -> None:
    walk = await whole_walk(twin.database)

    assert walk.ran == set(SQL)


async def test_twin_and_postgres_answer_equally(real: RealPostgres, twin: TwinPostgres) -> None:
    at_postgres = await whole_walk(real.database)
    at_twin = await whole_walk(twin.database)

    differences = [
        (number, here, there)
        for number, (here, there) in enumerate(zip_longest(at_postgres.answers, at_twin.answers))
        if here != there
    ]
    assert differences == []
