"""One long-running child: started, asked until ready, started again when it ends, stopped on request."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from studio_platform.embedded.commands import Command
from studio_platform.embedded.ports import port_is_free
from studio_platform.embedded.probes import Probe
from studio_standalone.logs import RotatingLog
from studio_standalone.nursery import Room
from studio_standalone.processes import ProcessLedger
from studio_standalone.settings import RESTART_PAUSE_MAX_SECONDS, START_TIMEOUT_SECONDS
from studio_standalone.spawning import Running, Spawn, spawn_program

PROBE_INTERVAL_SECONDS = 0.02
STEADY_SECONDS = 30.0
BACKOFF_FIRST_SECONDS = 0.1
START_FAILURES_MAX = 5
LOG_CHUNK_BYTES = 64 * 1024


class StartError(RuntimeError):
    """A child never got ready; the text names it."""

    def __init__(self, name: str, status: int | None) -> None:
        super().__init__(
            f"{name} did not start (it ended {START_FAILURES_MAX} times, the last time with {status})"
        )
        self.name = name


class PortLostError(RuntimeError):
    """Another program took a child's port between the look at it and the start; the text names both."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"{name} did not start: another program has taken port {port}")
        self.name = name


class Phase(StrEnum):
    """Where a child stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    BACKING_OFF = "backing off"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Service:
    """A program that is to run always: ready when `probe` succeeds, started when all of `after` are ready.

    `stop_grace_seconds` is how long it may take to end before it is killed. `listens` are its ports.
    `room` is where a nursery may fork it. The pause before it is started again grows to
    `restart_pause_max_seconds`. One that is not ready after `start_timeout_seconds` is killed.
    """

    name: str
    after: tuple[str, ...]
    command: Command
    probe: Probe
    stop_grace_seconds: float = 10.0
    listens: tuple[int, ...] = ()
    room: Room | None = None
    restart_pause_max_seconds: float = RESTART_PAUSE_MAX_SECONDS
    start_timeout_seconds: float = START_TIMEOUT_SECONDS


class Child:
    """The running side of a service."""

    def __init__(
        self,
        service: Service,
        log: RotatingLog,
        ledger: ProcessLedger,
        changed: Callable[[], None],
        spawn: Spawn = spawn_program,
    ) -> None:
        self.service = service
        self.phase = Phase.WAITING
        self.restarts = 0
        self.exit_status: int | None = None
        self.ready = asyncio.Event()
        self._log = log
        self._ledger = ledger
        self._changed = changed
        self._spawn_command = spawn
        self._process: Running | None = None
        self._stopping = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def tend(self) -> None:
        """Keep the program running until `stop`.

        Raises StartError if it keeps ending before it is ready, PortLostError if others have its port.
        """
        failures = 0
        self._require_ports()
        while not self._stopping.is_set():
            process = await self._spawn()
            began = time.monotonic()
            if await self._gets_ready(process):
                self.ready.set()
                self._enter(Phase.READY)
            await process.wait()
            await self._kill_group(process)
            if self._stopping.is_set():
                return
            steady = time.monotonic() - began > STEADY_SECONDS
            if not steady and not self.restarts:
                self._require_ports()
            failures = 0 if steady else failures + 1
            if not self.ready.is_set() and failures >= START_FAILURES_MAX:
                raise StartError(self.service.name, self.exit_status)
            await self._back_off(failures)

    async def stop(self) -> None:
        """Ask the program to end, kill it after the grace, and leave nothing of its group behind."""
        self._stopping.set()
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(self.service.command.stop_signal)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.service.stop_grace_seconds):
                    await process.wait()
            await self._kill_group(process)
        if self._pump is not None:
            await self._pump
        self._enter(Phase.STOPPED)
        self._log.close()

    async def _spawn(self) -> Running:
        self._enter(Phase.STARTING)
        process = await self._spawn_command(self.service.command)
        self._process = process
        self._ledger.add(self.service.name, process.pid)
        self._pump = asyncio.create_task(self._pump_output(process, self._pump))
        self._changed()
        return process

    async def _gets_ready(self, process: Running) -> bool:
        """Ask until it is ready (True) or has ended (False); one that takes too long is killed."""
        ended = asyncio.create_task(process.wait())
        end = time.monotonic() + self.service.start_timeout_seconds
        try:
            while not ended.done():
                if await self.service.probe.succeeds() and not ended.done():
                    return True
                if time.monotonic() > end:
                    # It may have ended by itself while it was asked.
                    with suppress(ProcessLookupError):
                        process.kill()
                await asyncio.wait({ended}, timeout=PROBE_INTERVAL_SECONDS)
            return False
        finally:
            ended.cancel()

    def _require_ports(self) -> None:
        """Nothing of the program lives: whoever listens is a stranger, who may pass for it."""
        for port in self.service.listens:
            if not port_is_free(port):
                raise PortLostError(self.service.name, port)

    async def _back_off(self, failures: int) -> None:
        self.restarts += 1
        self._enter(Phase.BACKING_OFF)
        delay = min(BACKOFF_FIRST_SECONDS * 2 ** max(failures - 1, 0), self.service.restart_pause_max_seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._stopping.wait()

    async def _kill_group(self, process: Running) -> None:
        """Whatever the program started and left running goes with it."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        self._reaped(process)

    def _reaped(self, process: Running) -> None:
        self.exit_status = process.returncode
        self._process = None
        self._ledger.remove(self.service.name)

    async def _pump_output(self, process: Running, previous: asyncio.Task[None] | None) -> None:
        if previous is not None:
            await previous
        output = process.stdout
        while output is not None and (data := await output.read(LOG_CHUNK_BYTES)):
            self._log.write(data)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._changed()
