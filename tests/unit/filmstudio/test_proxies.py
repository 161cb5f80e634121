"""The client behind a proxy: this machine's own studio is reached without it."""

from __future__ import annotations

import hashlib
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs

from filmstudio.channels import open_channel
from filmstudio.downloads import Signed, download
from filmstudio.servers import Server

CALL_SECONDS_MAX = 10
CONTENT = b"a film"


class Store(http.server.BaseHTTPRequestHandler):
    """Answers every question with the same bytes."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that sends everything through a proxy where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    for variable in ("grpc_proxy", "https_proxy", "http_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, address)
    for variable in ("no_grpc_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def store_port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Store) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


async def test_calls_to_this_machine_pass_by_the_proxy() -> None:
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with open_channel(Server("127.0.0.1", port)) as channel:
        check = health_pb2_grpc.HealthStub(channel).Check
        answer = await check(health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS_MAX)
    await server.stop(None)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_downloads_from_this_machine_pass_by_the_proxy(store_port: int, tmp_path: Path) -> None:
    async def sign() -> Signed:
        url = f"http://127.0.0.1:{store_port}/film.mp4"
        return Signed(url=url, size_bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())

    path = await download(sign, tmp_path / "film.mp4")
    assert path.read_bytes() == CONTENT


async def test_calls_to_another_machine_go_by_the_proxy() -> None:
    async with open_channel(Server("studio.example.org", 8484)) as channel:
        check = health_pb2_grpc.HealthStub(channel).Check
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await check(health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS_MAX)
    assert "Connection refused" in (refused.value.details() or "")
