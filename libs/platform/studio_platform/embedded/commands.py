"""A server's or service's command: what to run, as whom, how to stop it, and its pact with its parent."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio_platform.embedded.accounts import ServerAccount

PR_SET_PDEATHSIG = 1
RUN_TIMEOUT_SECONDS = 120.0


class CommandError(RuntimeError):
    """A program ended with a fault; the text names it and holds what it said."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start. `stop_signal` asks it to end well; `death_signal` reaches it if its parent dies."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: ServerAccount | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals | None = signal.SIGTERM
    standard_input: bytes = b""
    inherited_fds: tuple[int, ...] = ()


def death_pact(death_signal: signal.Signals | None) -> Callable[[], None] | None:
    """What a new child runs before its program so as to end with its parent; None where no kernel helps.

    The kernel watches the thread that spawned the child, so spawn from the main thread. The parent may be
    gone before the pact is made: then the child ends at once.
    """
    if death_signal is None or sys.platform != "linux":
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
        "pass_fds": command.inherited_fds,
        "preexec_fn": death_pact(command.death_signal),
    }
    if command.account is not None:
        options |= {"user": command.account.uid, "group": command.account.gid, "extra_groups": []}
    return options


async def run_to_end(command: Command, timeout_seconds: float = RUN_TIMEOUT_SECONDS) -> None:
    """Run a program that ends by itself. Raises CommandError if it fails, TimeoutError if it is late."""
    process = await asyncio.create_subprocess_exec(
        *command.argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **spawn_options(command),
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            said, _ = await process.communicate(command.standard_input)
    except BaseException:
        if process.returncode is None:
            process.kill()
        await process.wait()
        raise
    _check(command, process.returncode, said)


def run_to_end_blocking(command: Command, timeout_seconds: float = RUN_TIMEOUT_SECONDS) -> None:
    """As `run_to_end`, for callers without an event loop. Raises CommandError, subprocess.TimeoutExpired."""
    done = subprocess.run(
        command.argv,
        input=command.standard_input,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout_seconds,
        check=False,
        **spawn_options(command),
    )
    _check(command, done.returncode, done.stdout)


def _check(command: Command, status: int | None, said: bytes) -> None:
    if status != 0:
        program = os.path.basename(command.argv[0])
        raise CommandError(f"{program} ended with {status}: {said.decode(errors='replace').strip()}")
