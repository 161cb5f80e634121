"""What people see while the studio starts: one line, and in a terminal what is still awaited."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio_standalone.control import Watch
from studio_standalone.status import StudioStatus

if TYPE_CHECKING:
    from rich.status import Status

BEGINNING = "Starting the studio ..."
NAMES_MAX = 3


@contextmanager
def start_shown(home: Path) -> Iterator[Watch]:
    """A watch for `control.up` that says on standard error that the studio starts; nothing if it runs."""
    with ExitStack() as stack:
        shown: list[Status | None] = []

        def watch(status: StudioStatus | None) -> None:
            if not shown:
                shown.append(_begin(home, stack))
            if (line := shown[0]) is not None:
                line.update(_awaited(status))

        yield watch


def _begin(home: Path, stack: ExitStack) -> Status | None:
    if not sys.stderr.isatty():
        print(f"Starting the studio in {home} ...", file=sys.stderr, flush=True)
        return None
    # Loaded only where somebody looks.
    from rich.console import Console

    return stack.enter_context(Console(stderr=True).status(BEGINNING))


def _awaited(status: StudioStatus | None) -> str:
    services = status.services if status is not None else ()
    awaited = [service.name for service in services if service.phase != "ready"]
    if not awaited:
        return BEGINNING
    if len(awaited) <= NAMES_MAX:
        return f"{BEGINNING} waiting for {', '.join(awaited)}"
    return f"{BEGINNING} {len(services) - len(awaited)} of {len(services)} parts ready"
