"""The servers that tests and the standalone studio run on: they start from wheels and keep their promises."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import asyncpg
import nats
import pytest
import urllib3
from minio import Minio
from minio.error import S3Error

from studio_platform.embedded.objects import S3Identity
from studio_platform.testing.buckets import Bucket
from studio_platform.testing.servers import NatsServer, PostgresServer


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "studio_jobs" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20260101000000_tasks.sql").write_text(
        "-- migrate:up\nCREATE SCHEMA IF NOT EXISTS jobs;\nCREATE TABLE tasks (id int PRIMARY KEY);\n"
        "-- migrate:down\nDROP TABLE tasks;\n"
    )
    return folder


async def test_database_belongs_to_the_owner_of_the_migrations(
    database_url: Callable[..., str], migrations: Path
) -> None:
    url = database_url(migrations)

    connection = await asyncpg.connect(url)
    row = await connection.fetchrow(
        "SELECT current_user, current_schema, to_regclass('jobs.tasks')::text AS tasks"
    )
    await connection.close()

    assert row is not None
    assert tuple(row) == ("jobs", "jobs", "tasks")


async def test_each_database_is_fresh(database_url: Callable[..., str], migrations: Path) -> None:
    first, second = (
        await asyncpg.connect(database_url(migrations)),
        await asyncpg.connect(database_url(migrations)),
    )

    await first.execute("INSERT INTO tasks VALUES (1)")
    count = await second.fetchval("SELECT count(*) FROM tasks")
    await first.close()
    await second.close()

    assert count == 0


async def test_postgres_refuses_a_wrong_password(postgres_server: PostgresServer) -> None:
    url = postgres_server.instance.url("postgres", password="wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url)


async def test_nats_keeps_its_messages_through_a_kill(nats_broker: NatsServer, nats_url: str) -> None:
    client = await nats.connect(nats_url)
    await client.jetstream().add_stream(name="S", subjects=["s.>"])
    await client.jetstream().publish("s.1", b"kept")
    await client.close()

    nats_broker.process.kill()
    nats_broker.process.start()

    client = await nats.connect(nats_url)
    info = await client.jetstream().stream_info("S")
    await client.close()
    assert info.state.messages == 1


def test_nats_refuses_who_has_no_password(nats_broker: NatsServer) -> None:
    with socket.create_connection(("127.0.0.1", nats_broker.server.port), timeout=5) as connection:
        connection.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
        with connection.makefile("rb") as answers:
            said = answers.read()

    assert b"-ERR 'Authorization Violation'" in said


def client_of(bucket: Bucket, identity: S3Identity, pool: urllib3.PoolManager) -> Minio:
    return Minio(
        bucket.endpoint,
        access_key=identity.access_key,
        secret_key=identity.secret_key,
        secure=False,
        region="us-east-1",
        http_client=pool,
    )


def test_generator_writes_what_the_administrator_reads(s3_bucket: Bucket, tmp_path: Path) -> None:
    source = tmp_path / "still.png"
    source.write_bytes(b"pixels")
    with urllib3.PoolManager() as pool:
        client_of(s3_bucket, s3_bucket.generator, pool).fput_object(s3_bucket.name, "still.png", str(source))
        read = client_of(s3_bucket, s3_bucket.admin, pool).get_object(s3_bucket.name, "still.png")
        data = read.read()
        read.release_conn()

    assert data == b"pixels"


def test_generator_makes_no_bucket(s3_bucket: Bucket) -> None:
    with urllib3.PoolManager() as pool:
        client = client_of(s3_bucket, s3_bucket.generator, pool)
        with pytest.raises(S3Error, match="AccessDenied"):
            client.make_bucket(f"{s3_bucket.name}-other")


def test_wrong_secret_is_refused(s3_bucket: Bucket) -> None:
    stranger = S3Identity("stranger", s3_bucket.admin.access_key, "wrong", ())
    with urllib3.PoolManager() as pool:
        client = client_of(s3_bucket, stranger, pool)
        with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
            list(client.list_objects(s3_bucket.name))
