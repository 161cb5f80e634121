"""A stepped job service on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

import studio_jobs
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import SystemClock
from studio_platform.database import Database, open_database
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.plugin import DatabaseFactory
from tests.integration.jobs.stage import Stage, build_stage

MIGRATIONS = Path(studio_jobs.__file__).parent / "migrations"


@pytest.fixture
async def database(database_url: DatabaseFactory) -> AsyncIterator[Database]:
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)))
    async with open_database(settings, "jobs") as database:
        yield database


@pytest.fixture
async def stage(database: Database) -> Stage:
    broker = MemoryBroker(SystemClock())
    await broker.ensure()
    stage = build_stage(database, broker, MemoryObjectStore())
    await stage.announce_pools()
    return stage
