"""What the supervisor says of itself and its children, kept in a file for whoever asks."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio_standalone.private_file import write_private
from studio_standalone.processes import ProcessIdentity, identify

if TYPE_CHECKING:
    from studio_standalone.child import Child


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One child: its phase, pid (None while it doesn't run), restarts since the start, and port."""

    name: str
    phase: str
    pid: int | None
    restarts: int
    port: int


@dataclass(frozen=True, slots=True)
class StudioStatus:
    """`phase` is "starting", "ready" or "stopping"; the addresses are the gateway's, host:port."""

    phase: str
    address: str
    http_address: str
    supervisor: ProcessIdentity
    services: tuple[ServiceStatus, ...]


def status_of_children(
    phase: str, address: str, http_address: str, children: list[tuple[Child, int]]
) -> StudioStatus:
    """The status of this supervisor and its children, each with its port."""
    services = tuple(
        ServiceStatus(child.service.name, str(child.phase), child.pid, child.restarts, port)
        for child, port in children
    )
    return StudioStatus(phase, address, http_address, identify(os.getpid()), services)


def write_status(status: StudioStatus, path: Path) -> None:
    """Replace the status file."""
    write_private(path, json.dumps(asdict(status)) + "\n")


def read_status(path: Path) -> StudioStatus | None:
    """The status of the studio if its supervisor lives; None if it doesn't."""
    try:
        fields = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    supervisor = ProcessIdentity(**fields.pop("supervisor"))
    services = tuple(ServiceStatus(**service) for service in fields.pop("services"))
    status = StudioStatus(supervisor=supervisor, services=services, **fields)
    return status if supervisor.is_alive else None


def status_text(status: StudioStatus, home: Path) -> str:
    """The status as a table for people."""
    head = ("service", "state", "pid", "port", "restarts")
    rows = [
        (service.name, service.phase, str(service.pid or "-"), str(service.port), str(service.restarts))
        for service in status.services
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (head, *rows)
    ]
    opening = {"ready": "runs at", "starting": "is starting at", "stopping": "is stopping at"}[status.phase]
    return "\n".join(
        [
            f"The studio {opening} {status.address}.",
            f"HTTP: http://{status.http_address}/docs",
            f"Folder {home}, supervisor {status.supervisor.pid}.",
            "",
            *(f"  {line}".rstrip() for line in lines),
        ]
    )
