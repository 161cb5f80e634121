"""Errands of the services on real servers: what an orchestrator runs before it lets them serve."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

import studio_gateway
from studio_jobs.__main__ import set_up
from studio_jobs.settings import JobsSettings
from studio_platform.bucket import ensure_bucket
from studio_platform.errors import Unavailable
from studio_platform.jetstream import open_broker
from studio_platform.migrating import migrate, wait_until_migrated
from studio_platform.settings import BrokerSettings, DatabaseSettings, ObjectSettings
from studio_platform.testing.buckets import Bucket
from studio_platform.topology import STREAMS

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"


@pytest.fixture
def empty(database_url: Callable[..., str], tmp_path: Path) -> DatabaseSettings:
    """A database whose schema `gateway` has one migration, of the test's own."""
    (tmp_path / "20200101000000_first.sql").write_text(
        "-- migrate:up\ncreate table first (id int);\n\n-- migrate:down\n"
    )
    return DatabaseSettings(database_url=SecretStr(database_url(tmp_path, "gateway")))


async def test_migrating_again_changes_nothing_and_whoever_waits_goes_on(empty: DatabaseSettings) -> None:
    await migrate(empty, "gateway", MIGRATIONS)
    await migrate(empty, "gateway", MIGRATIONS)

    await wait_until_migrated(empty, "gateway", MIGRATIONS, wait_seconds=0)

    connection = await asyncpg.connect(empty.database_url.get_secret_value())
    assert await connection.fetchval("select count(*) from users") == 0
    await connection.close()


async def test_whoever_waits_in_vain_says_which_migration_is_missing(empty: DatabaseSettings) -> None:
    with pytest.raises(Unavailable, match="lacks migration 20261123000001"):
        await wait_until_migrated(empty, "gateway", MIGRATIONS, wait_seconds=0)


async def test_a_release_waits_for_none_but_its_own_migrations(
    empty: DatabaseSettings, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    older.mkdir()

    await wait_until_migrated(empty, "gateway", older, wait_seconds=0)


async def test_set_up_makes_streams_and_bucket_and_may_run_again(nats_url: str, s3_bucket: Bucket) -> None:
    made = s3_bucket.settings().model_dump() | {"s3_bucket": f"{s3_bucket.name}-other"}
    settings = JobsSettings(
        database_url=SecretStr("postgresql://nobody@nowhere/none"), nats_url=nats_url, **made
    )

    await set_up(settings)
    await set_up(settings)

    async with open_broker(BrokerSettings(nats_url=nats_url), "test") as broker:
        assert {(await broker._js.stream_info(stream.name)).config.name for stream in STREAMS} == {
            stream.name for stream in STREAMS
        }


async def test_an_identity_that_may_not_make_the_bucket_is_told(s3_bucket: Bucket) -> None:
    settings = ObjectSettings(
        s3_endpoint=s3_bucket.endpoint,
        s3_access_key=s3_bucket.generator.access_key,
        s3_secret_key=SecretStr("wrong"),
        s3_bucket=s3_bucket.name,
    )
    with pytest.raises(Unavailable):
        await ensure_bucket(settings)


@pytest.mark.parametrize(("word", "said"), [("migrat", "wait-for-migrations"), ("migrate", "failed")])
def test_an_errand_that_is_unknown_or_fails_ends_with_what_is_wrong(
    word: str, said: str, tmp_path: Path
) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://film:hunter2@127.0.0.1:1/film?sslmode=disable\n")
    environment = os.environ | {"FILM_DATABASE_URL_FILE": str(secret), "FILM_DATABASE_WAIT_SECONDS": "0"}

    ended = subprocess.run(
        (sys.executable, "-m", "studio_gateway", word),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode != 0
    assert said in ended.stdout + ended.stderr
    assert "hunter2" not in ended.stdout + ended.stderr
