"""Fault hooks: named points in the code where a test makes the process die or fail, once."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

SERVICES = ("gateway", "jobs", "imagegen", "videogen", "audiogen", "composer")
"""The first words of points: whose they are."""


class FaultAction(Enum):
    """What happens at a point: the process is killed with SIGKILL, or the call raises FaultInjected.

    After `fail` trying again may help, after `refuse` it would not.
    """

    KILL = "kill"
    FAIL = "fail"
    REFUSE = "refuse"


class FaultInjected(Exception):
    """Raised at a point whose action is `fail` or, `permanent`, `refuse`."""

    def __init__(self, point: str, *, permanent: bool) -> None:
        super().__init__(f"fault injected at {point}")
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Fault:
    """One armed point; with `once_file` the fault happens only for whoever creates that file."""

    action: FaultAction
    once_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """The armed points of one process; without any, `hit` does nothing.

    Passed by `__main__` to what has points; safe to call from any thread.
    """

    armed: Mapping[str, Fault] = field(default_factory=dict)

    @classmethod
    def parse(cls, entries: Sequence[str], points: Collection[str]) -> Faults:
        """The entries `point=action` or `point=action@/path/of/once-file` that are for this process.

        All services of a studio are given the same entries; `points` are this one's, such as
        "jobs.relay.after_publish". Raises ValueError that names the entry at fault and the known points.
        """
        armed = dict(_parse_entry(entry) for entry in entries)
        own = {point.partition(".")[0] for point in points}
        for point in armed:
            service = point.partition(".")[0]
            if service not in SERVICES:
                raise ValueError(f"fault {point!r}: it begins with one of {', '.join(SERVICES)}")
            if service in own and point not in points:
                raise ValueError(f"fault {point!r}: {service} has {', '.join(sorted(points))}")
        return cls({point: fault for point, fault in armed.items() if point in points})

    def hit(self, point: str) -> None:
        """Passes the point: nothing, or death, or FaultInjected."""
        fault = self.armed.get(point)
        if fault is None or not _claim(fault.once_file):
            return
        if fault.action is FaultAction.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        raise FaultInjected(point, permanent=fault.action is FaultAction.REFUSE)


NO_FAULTS = Faults()


def _parse_entry(entry: str) -> tuple[str, Fault]:
    point, separator, rest = entry.partition("=")
    action, _, once_file = rest.partition("@")
    try:
        fault = Fault(FaultAction(action), Path(once_file) if once_file else None)
    except ValueError:
        raise ValueError(f"fault {entry!r}: the action is one of kill, fail, refuse") from None
    if not point or not separator:
        raise ValueError(f"fault {entry!r}: write point=action or point=action@once-file")
    return point, fault


def _claim(once_file: Path | None) -> bool:
    """True if the fault is still due; creating the file is atomic, so it is due only once."""
    if once_file is None:
        return True
    try:
        once_file.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
