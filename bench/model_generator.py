"""The image generator as a pod runs it: what its start took, and how its probes answer."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs

from bench.edge.latencies import percentile_ms
from bench.processes import cpu_seconds_of_trees
from studio_platform.embedded.ports import free_ports
from studio_platform.testing.buckets import Bucket

START_SECONDS_MAX = 600
PROBE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Taken:
    """What something took: by the clock, and of processors."""

    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        """For people."""
        return f"{self.seconds:.1f} s ({self.cpu_seconds:.1f} s of a processor)"


@dataclass(slots=True)
class Generator:
    """A running image generator, what it took until it was ready, and what its probes took, s."""

    pid: int
    address: str
    health: str
    start: Taken
    probes: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)

    @property
    def cpu_seconds(self) -> float:
        """What it has taken of processors so far."""
        return cpu_seconds_of_trees({"generator": self.pid})["generator"]

    async def watched(self, done: asyncio.Event) -> None:
        """Ask its probes until `done`."""
        async with grpc.aio.insecure_channel(self.address) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            while not done.is_set():
                began = time.perf_counter()
                await asyncio.to_thread(_readable, self.health)
                self.probes.append(time.perf_counter() - began)
                began = time.perf_counter()
                await stub.Check(health_pb2.HealthCheckRequest())
                self.calls.append(time.perf_counter() - began)
                await asyncio.sleep(PROBE_SECONDS)

    def print_probes(self, what: str) -> None:
        """Say how quickly it answered."""
        for name, taken in (("/readyz", self.probes), ("grpc health", self.calls)):
            print(
                f"{name} {what}, ms: p50 {percentile_ms(taken, 50):.1f},"
                f" p99 {percentile_ms(taken, 99):.1f} of {len(taken)}"
            )


@contextmanager
def running_generator(
    settings: Mapping[str, str], nats_url: str, bucket: Bucket, log: Path
) -> Iterator[Generator]:
    """The generator with these settings, once it is ready."""
    port, health_port, gateway_port = free_ports(3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FILM_")},
        "FILM_LISTEN": f"127.0.0.1:{port}",
        "FILM_HEALTH_LISTEN": f"127.0.0.1:{health_port}",
        "FILM_GATEWAY_ADDRESS": f"127.0.0.1:{gateway_port}",
        "FILM_NATS_URL": nats_url,
        "FILM_S3_ENDPOINT": bucket.endpoint,
        "FILM_S3_ACCESS_KEY": bucket.generator.access_key,
        "FILM_S3_SECRET_KEY": bucket.generator.secret_key,
        "FILM_S3_BUCKET": bucket.name,
        **settings,
    }
    health = f"http://127.0.0.1:{health_port}/readyz"
    began = time.monotonic()
    with log.open("wb") as told:
        process = subprocess.Popen([sys.executable, "-m", "studio_imagegen"], env=environment, stderr=told)
    try:
        while not _readable(health):
            if process.poll() is not None or time.monotonic() > began + START_SECONDS_MAX:
                raise RuntimeError(log.read_text()[-2000:])
            time.sleep(0.02)
        start = Taken(time.monotonic() - began, cpu_seconds_of_trees({"generator": process.pid})["generator"])
        yield Generator(process.pid, f"127.0.0.1:{port}", health, start)
    finally:
        process.terminate()
        process.wait()


def _readable(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an address of our own
            return bool(answer.status == 200)
    except OSError:
        return False
