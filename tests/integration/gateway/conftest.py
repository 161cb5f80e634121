"""One gateway a module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import grpc
import pytest

from studio_platform.testing.servers import PostgresServer
from tests.integration.gateway.rig import MIGRATIONS, Gateway, registered, running_gateway, wait_until_serving


@pytest.fixture(scope="module")
def gateway(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all tests here but those that end it; each test registers its own account."""
    url = postgres_server.clone(MIGRATIONS, "gateway")
    with running_gateway(url, tmp_path_factory.mktemp("gateway") / "gateway.log") as running:
        yield running
    postgres_server.drop(url)


@pytest.fixture
async def channel(gateway: Gateway) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to the gateway, which is ready."""
    async with grpc.aio.insecure_channel(gateway.address) as opened:
        await wait_until_serving(opened)
        yield opened


@pytest.fixture
async def token(channel: grpc.aio.Channel) -> str:
    """A header that signs in, as bytes over a socket have it."""
    return f"Authorization: Bearer {(await registered(channel)).tokens.access_token}\r\n"


@pytest.fixture
async def edge(gateway: Gateway, channel: grpc.aio.Channel) -> str:
    """Where the gateway, which is ready, answers HTTP: host:port."""
    del channel
    return gateway.http_address
