"""The processes of a measurement, each on its core: Postgres, gateway, bare server, FastAPI route."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import grpc

import studio_gateway
from bench.edge.cores import pin
from bench.edge.environment import ROOT, python_of_peer
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from studio_platform.embedded.ports import free_ports
from studio_platform.jwks import fetch_keys
from studio_platform.testing.servers import PostgresServer

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"
PASSWORD = "correct horse battery"  # noqa: S105 - of an account that lives as long as the measurement
CALLS_A_MINUTE_MAX = "1000000"
"""Calls are counted, and all of them let in."""

LIMITED = ("READ", "WRITE", "SUBMIT", "STREAM", "AUTH", "ADDRESS")
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Served:
    """A process that listens."""

    process_id: int
    address: str
    http_address: str = ""


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A server with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="film-bench-") as folder:
        # Postgres runs as another account when root starts it.
        Path(folder).chmod(0o711)
        server = PostgresServer.make(Path(folder))
        server.process.start()
        try:
            yield server
        finally:
            server.process.kill()


@contextmanager
def gateway(server: PostgresServer, jobs_address: str, core: int | None, **settings: str) -> Iterator[Served]:
    """The gateway as it is shipped, in front of `jobs_address`; on every core where none is named."""
    port, http_port, health_port = free_ports(3)
    url = server.clone(MIGRATIONS, "gateway")
    environment = {
        **_without_settings(),
        "FILM_DATABASE_URL": url,
        "FILM_LISTEN": f"127.0.0.1:{port}",
        "FILM_HTTP_LISTEN": f"127.0.0.1:{http_port}",
        "FILM_HEALTH_LISTEN": f"127.0.0.1:{health_port}",
        "FILM_JOBS_ADDRESS": jobs_address,
        **{f"FILM_LIMIT_{kind}_PER_MINUTE": CALLS_A_MINUTE_MAX for kind in LIMITED},
        **settings,
    }
    with _running([sys.executable, "-m", "studio_gateway"], environment, core) as process_id:
        yield Served(process_id, f"127.0.0.1:{port}", f"127.0.0.1:{http_port}")


@contextmanager
def bare(core: int | None) -> Iterator[Served]:
    """A bare grpc.aio server that answers GetJob."""
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    with _running([sys.executable, "-m", "bench.edge.inner", address], dict(os.environ), core) as process_id:
        yield Served(process_id, address)


@contextmanager
def fastapi(
    jobs_address: str, keys: Mapping[str, bytes], core: int, form: str, tokens: str
) -> Iterator[Served]:
    """The route that is written by hand, on uvicorn with httptools and uvloop, as the gateway is."""
    (port,) = free_ports(1)
    environment = {
        **_without_settings(),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'libs' / 'filmstudio'}",
        "BENCH_INNER": jobs_address,
        "BENCH_JWKS": json.dumps({kid: raw.hex() for kid, raw in keys.items()}),
        "BENCH_FORM": form,
        "BENCH_TOKENS": tokens,
    }
    command = [python_of_peer(), "-m", "uvicorn", "bench.edge_peer.app:app", "--port", str(port)]
    command += [
        "--timeout-keep-alive",
        "60",
        "--http",
        "httptools",
        "--loop",
        "uvloop",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    with _running(command, environment, core) as process_id:
        _wait_for(port)
        yield Served(process_id, "", f"127.0.0.1:{port}")


async def signed_in(address: str) -> tuple[str, Mapping[str, bytes]]:
    """A new account's access token, and the keys that tokens are checked with."""
    async with grpc.aio.insecure_channel(address) as channel:
        request = auth_pb2.RegisterRequest(email="ada@example.org", password=PASSWORD)
        answer = await auth_pb2_grpc.AuthServiceStub(channel).Register(
            request, wait_for_ready=True, timeout=READY_SECONDS_MAX
        )
        return answer.tokens.access_token, await fetch_keys(channel)


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], core: int | None) -> Iterator[int]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=log, stderr=log)
        try:
            if core is not None:
                pin(process.pid, core)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"nobody listens on {port}")


def _without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FILM_")}
