"""Pytest fixtures that start real servers: a database, broker or bucket for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from studio_platform.testing.servers import NatsServer, PostgresServer, S3Server, ServerProcess

if TYPE_CHECKING:
    from studio_platform.testing.buckets import Bucket

T = TypeVar("T")
DatabaseFactory = Callable[..., str]


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder that other accounts may enter, unlike pytest's: for root, Postgres runs as `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="film-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(servers_folder: Path) -> Iterator[PostgresServer]:
    """A Postgres for the session. Tests take a database of their own with `database_url`."""
    server = PostgresServer.make(servers_folder / "pg")
    yield from _while_running(server, server.process)


@pytest.fixture(scope="session")
def nats_server(servers_folder: Path) -> Iterator[NatsServer]:
    """A NATS server for the session, for tests whose subjects are their own."""
    server = NatsServer.make(servers_folder / "nats")
    yield from _while_running(server, server.process)


@pytest.fixture(scope="session")
def s3_server(servers_folder: Path) -> Iterator[S3Server]:
    """An S3 server for the session. Tests take a bucket of their own with `s3_bucket`."""
    server = S3Server.make(servers_folder / "s3")
    server.process.start()
    yield server
    # It would take 2 s to end in good order, and nobody reads its data again.
    server.process.kill()


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[DatabaseFactory]:
    """`database_url(migrations, owner="jobs")`: the address of a fresh database with those migrations.

    Without `owner` it is taken from the folder's package: studio_jobs/migrations belongs to `jobs`, whose
    role signs in with `jobs` as its search path. The databases are dropped when the test ends.
    """
    made: list[str] = []

    def make(migrations: Path, owner: str | None = None) -> str:
        url = postgres_server.clone(migrations, owner or migrations.parent.name.removeprefix("studio_"))
        made.append(url)
        return url

    yield make
    for url in made:
        postgres_server.drop(url)


@pytest.fixture
def nats_broker(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server of the test's own, started in 10 ms; `nats_broker.process` can be killed and started."""
    server = NatsServer.make(tmp_path / "nats")
    yield from _while_running(server, server.process)


@pytest.fixture
def nats_url(nats_broker: NatsServer) -> str:
    """The address of the test's own NATS server, name and password included."""
    return nats_broker.url


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> Iterator[Bucket]:
    """An empty bucket on the session's S3 server."""
    # The S3 SDK is heavy, and most tests need no bucket.
    from studio_platform.testing.buckets import fresh_bucket

    with fresh_bucket(s3_server) as bucket:
        yield bucket


def _while_running(server: T, process: ServerProcess) -> Iterator[T]:
    process.start()
    yield server
    process.stop()
