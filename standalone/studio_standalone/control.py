"""The command's side of a studio: start or join it, stop it, ask for its status and logs."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio_standalone.home import Home
from studio_standalone.processes import ProcessIdentity
from studio_standalone.settings import START_TIMEOUT_SECONDS
from studio_standalone.status import StudioStatus, read_status

STARTS_AFTER_ANOTHER = 3
"""A server, a service that needs it, and one that needs that: each has its own time to get ready."""

STOP_TIMEOUT_SECONDS = 40.0
POLL_SECONDS = 0.05
FOLLOW_SECONDS = 0.3
WATCH_SECONDS = 0.2

Watch = Callable[[StudioStatus | None], None]
"""Told what the studio says of itself, again and again while it starts."""


class StudioFaultError(RuntimeError):
    """The studio didn't start or stop; `log` is the end of `service`'s log, which tells why, or empty."""

    def __init__(self, message: str, log: str = "", service: str = "") -> None:
        super().__init__(message)
        self.log = log
        self.service = service


@dataclass(frozen=True, slots=True)
class Started:
    """Where the studio runs; `joined` if it did before; `seconds` from start to ready, 0 if joined."""

    address: str
    http_address: str
    joined: bool
    seconds: float


def up(
    home: Home,
    gateway_port: int | None = None,
    watch: Watch = lambda _: None,
    start_timeout_seconds: float = START_TIMEOUT_SECONDS,
) -> Started:
    """Start the studio in the background, or join the one that runs or starts. Blocks until it is ready.

    Each of its parts has `start_timeout_seconds`. One that is stopping is waited for and started again.
    Raises StudioFaultError, also for a folder that can't be made.
    """
    try:
        home.make()
    except OSError as error:
        raise StudioFaultError(f"{error.filename or home.path}: {error.strerror}") from error
    timeout_seconds = STARTS_AFTER_ANOTHER * start_timeout_seconds
    end = time.monotonic() + timeout_seconds
    while time.monotonic() < end:
        status = read_status(home.status_file)
        if status is not None and status.phase == "ready":
            return Started(status.address, status.http_address, joined=True, seconds=0.0)
        if status is None and (started := _launch(home, gateway_port, watch, timeout_seconds)) is not None:
            return started
        watch(status)
        time.sleep(POLL_SECONDS)
    raise StudioFaultError(f"the studio in {home.path} is not ready after {timeout_seconds:.0f} s")


def down(home: Home) -> bool:
    """Stop the studio in order; False if none runs. Blocks until nothing is left. Raises StudioFaultError."""
    status = read_status(home.status_file)
    if status is None:
        return False
    _end(status.supervisor)
    return True


def log_lines(
    home: Home, service: str | None, follow: bool, lines_max: int | None = None
) -> Iterator[tuple[str, str]]:
    """The lines of a service's log, or of all logs, each with the service's name; the last ones if limited.

    With `follow` it goes on until interrupted. Raises StudioFaultError for a service without a log.
    """
    paths = sorted(home.logs.glob("*.log")) if service is None else [home.log_file(service)]
    if service is not None and not paths[0].exists():
        known = ", ".join(path.stem for path in sorted(home.logs.glob("*.log"))) or "none yet"
        raise StudioFaultError(f"no log of {service!r}; logs: {known}")
    positions = dict.fromkeys(paths, 0)
    while True:
        for path in paths:
            news = _news(path, positions)
            yield from ((path.stem, line) for line in (news if lines_max is None else news[-lines_max:]))
        if not follow:
            return
        lines_max = None
        time.sleep(FOLLOW_SECONDS)


def _news(path: Path, positions: dict[Path, int]) -> list[str]:
    """Whole lines written since the last look; a file that became shorter was rotated and is read anew."""
    size = path.stat().st_size
    start = positions[path] if size >= positions[path] else 0
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(size - start)
    whole = data[: data.rfind(b"\n") + 1]
    positions[path] = start + len(whole)
    return whole.decode(errors="replace").splitlines()


def _launch(home: Home, gateway_port: int | None, watch: Watch, timeout_seconds: float) -> Started | None:
    """Start a supervisor and wait for its word; None if another one came first."""
    reading, writing = os.pipe()
    argv = [sys.executable, "-m", "studio_standalone", "supervise", "--home", str(home.path)]
    argv += ["--report-fd", str(writing)]
    argv += [] if gateway_port is None else ["--port", str(gateway_port)]
    with home.log_file("supervisor").open("ab") as log:
        process = subprocess.Popen(
            argv,
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(writing,),
            start_new_session=True,
        )
    os.close(writing)
    with os.fdopen(reading, "rb") as reports:
        message = _first_report(
            reports.fileno(), lambda: watch(read_status(home.status_file)), timeout_seconds
        )
    if "address" not in message:
        process.wait(STOP_TIMEOUT_SECONDS)
        if message.get("running"):
            return None
        texts = (str(message.get(name, "")) for name in ("error", "log", "service"))
        raise StudioFaultError(*texts)
    # It lives on by itself from here: nobody waits for it, and this object must not complain of that.
    process.returncode = 0
    address, http_address = str(message["address"]), str(message["http_address"])
    return Started(address, http_address, joined=False, seconds=float(str(message["seconds"])))


def _first_report(
    descriptor: int, while_waiting: Callable[[], None], timeout_seconds: float
) -> dict[str, object]:
    end = time.monotonic() + timeout_seconds
    received = b""
    while not received.endswith(b"\n"):
        while_waiting()
        if not select.select([descriptor], [], [], WATCH_SECONDS)[0]:
            if time.monotonic() > end:
                return {"error": f"not ready after {timeout_seconds:.0f} s"}
            continue
        chunk = os.read(descriptor, 64 * 1024)
        if not chunk:
            return {"error": "the supervisor ended without a word; see logs/supervisor.log"}
        received += chunk
    message: dict[str, object] = json.loads(received)
    return message


def _end(supervisor: ProcessIdentity) -> None:
    supervisor.signal(signal.SIGTERM)
    end = time.monotonic() + STOP_TIMEOUT_SECONDS
    while supervisor.is_alive:
        if time.monotonic() > end:
            # Seldom needed, and every film command waits for this module.
            import asyncio

            from studio_standalone.ending import end_processes

            asyncio.run(end_processes({"supervisor": supervisor}, 0.0))
            raise StudioFaultError(f"the studio did not stop in {STOP_TIMEOUT_SECONDS:.0f} s and was killed")
        time.sleep(POLL_SECONDS)


def running(home: Home) -> StudioStatus | None:
    """The status of the studio in `home`, or None if none runs."""
    return read_status(home.status_file)
