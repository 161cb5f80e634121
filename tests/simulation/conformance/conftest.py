"""The twin and the real Postgres, for scenarios that must see no difference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

import studio_jobs
from studio_platform.database import open_database
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.plugin import DatabaseFactory
from tests.simulation.conformance.backends import Backend, RealPostgres, TwinPostgres

MIGRATIONS = Path(studio_jobs.__file__).parent / "migrations"


@pytest.fixture
async def real(database_url: DatabaseFactory) -> AsyncIterator[RealPostgres]:
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)))
    async with open_database(settings, "jobs") as database:
        yield RealPostgres(database)


@pytest.fixture
def twin() -> TwinPostgres:
    return TwinPostgres()


@pytest.fixture(params=["postgres", "twin"])
def backend(request: pytest.FixtureRequest) -> Backend:
    found: Backend = request.getfixturevalue("real" if request.param == "postgres" else "twin")
    return found
