"""A server's or service's command: what to run, as whom, how to stop it, and its pact with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio_platform.embedded.accounts import ServerAccount

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start. `stop_signal` asks it to end well; `death_signal` reaches it if its parent dies."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: ServerAccount | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM


def death_pact(death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a new child runs before its program so as to end with its parent; None where no kernel helps.

    The kernel watches the thread that spawned the child, so spawn from the main thread. The parent may be
    gone before the pact is made: then the child ends at once.
    """
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def make_pact() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return make_pact


def spawn_options(command: Command) -> dict[str, Any]:
    """Keyword arguments of a spawn, by subprocess or asyncio: a session of its own, the account, the pact."""
    options: dict[str, Any] = {
        "cwd": command.folder,
        "env": dict(command.environment),
        "start_new_session": True,
        "preexec_fn": death_pact(command.death_signal),
    }
    if command.account is not None:
        options |= {"user": command.account.uid, "group": command.account.gid, "extra_groups": []}
    return options
