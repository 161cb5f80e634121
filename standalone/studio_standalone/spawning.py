"""Ways to spawn a child: as a program of its own, or, where that can be, by a fork of the nursery."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Protocol

from studio_platform.embedded.commands import Command, spawn_options
from studio_standalone.home import Home
from studio_standalone.logs import say
from studio_standalone.nursery import MESSAGE_BYTES_MAX, Birth, Room

BIRTH_TIMEOUT_SECONDS = 20.0
# What asyncio says, too, of a child whose status nobody can know any more.
STATUS_UNKNOWN = 255
NURSERY_GONE = "the nursery has ended"


class Running(Protocol):
    """A child as asyncio.subprocess.Process shows it."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None:
        """None while it runs; -N when signal N ended it."""

    @property
    def stdout(self) -> asyncio.StreamReader | None: ...

    async def wait(self) -> int: ...

    def send_signal(self, number: signal.Signals) -> None:
        """Raises ProcessLookupError if it has ended."""

    def kill(self) -> None:
        """Raises ProcessLookupError if it has ended."""


Spawn = Callable[[Command], Awaitable[Running]]


async def spawn_program(command: Command) -> Running:
    """Start a program of its own, both its outputs on one pipe. Raises OSError."""
    return await asyncio.create_subprocess_exec(
        *command.argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **spawn_options(command),
    )


class Forked:
    """A fork of the nursery: signalled by a handle that can't mean another process, its status told by it."""

    def __init__(self, pid: int, handle: int, stdout: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._handle = handle
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        await self._ended.wait()
        return STATUS_UNKNOWN if self.returncode is None else self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def end(self, status: int) -> None:
        """It has ended with this status; said a second time it changes nothing."""
        if self.returncode is None:
            self.returncode = status
            os.close(self._handle)
            self._ended.set()

    def end_without_nursery(self) -> None:
        """Watch for the end that nobody will tell: the nursery's own sends SIGTERM to its forks."""
        loop, handle = asyncio.get_running_loop(), self._handle

        def ended() -> None:
            loop.remove_reader(handle)
            self.end(STATUS_UNKNOWN)

        if self.returncode is None:
            loop.add_reader(handle, ended)


class _Door:
    """The way to one room: births are asked for one at a time, ends come by themselves."""

    def __init__(self, control: socket.socket) -> None:
        control.setblocking(False)
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._asking = asyncio.Lock()
        self._awaited: tuple[asyncio.Future[Forked], asyncio.StreamReader] | None = None
        self._forks: dict[int, Forked] = {}
        self.is_open = True
        self._loop.add_reader(control, self._hear)

    async def ask(self, birth: Birth) -> Forked:
        """A fork that becomes `birth`. Raises ConnectionError, TimeoutError, BlockingIOError."""
        async with self._asking:
            if not self.is_open:
                raise ConnectionError(NURSERY_GONE)
            reading, writing = os.pipe()
            transport, output = await _open_pipe(reading)
            born: asyncio.Future[Forked] = self._loop.create_future()
            self._awaited = born, output
            try:
                socket.send_fds(self._control, [birth.encode()], [writing])
                async with asyncio.timeout(BIRTH_TIMEOUT_SECONDS):
                    return await born
            except BaseException:
                transport.close()
                raise
            finally:
                os.close(writing)
                self._awaited = None

    def close(self) -> None:
        """The room's process ends, and what it forked and still runs with it."""
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._control)
            self._control.close()
            for fork in self._forks.values():
                fork.end_without_nursery()
            if self._awaited is not None and not self._awaited[0].done():
                self._awaited[0].set_exception(ConnectionError(NURSERY_GONE))

    def _hear(self) -> None:
        try:
            data, handles, _flags, _address = socket.recv_fds(self._control, MESSAGE_BYTES_MAX, 1)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        match json.loads(data) if data else None:
            case ["born", int(pid)] if self._awaited is not None:
                born, output = self._awaited
                self._forks[pid] = Forked(pid, handles[0], output)
                born.set_result(self._forks[pid])
            case ["ended", int(pid), int(status)]:
                self._forks.pop(pid).end(status)
            case _:
                self.close()


class Nursery:
    """Spawns services as forks of a process that is started at once, and again when it has ended.

    Where no fork is to be had, because it doesn't start, services are programs of their own.
    """

    def __init__(self, home: Home, environment: Mapping[str, str]) -> None:
        self._home = home
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._doors: dict[Room, _Door] = {}
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Start it, if it doesn't run; it is asked before it is ready, and answers then."""
        async with self._starting:
            if not all(door.is_open for door in self._doors.values()) or not self._doors:
                await self.close()
                await self._start()

    def spawner(self, room: Room) -> Spawn:
        """Spawns from one of its rooms; the commands must be `python -m MODULE`, with this Python."""

        async def spawn(command: Command) -> Running:
            try:
                await self.start()
                return await self._doors[room].ask(birth_of(command))
            except (ConnectionError, TimeoutError, BlockingIOError) as error:
                say({"event": "no fork to be had, starting a program", "error": str(error)})
                await self.close()
                return await spawn_program(command)

        return spawn

    async def close(self) -> None:
        """End the nursery, and with it what it forked and still runs."""
        for door in self._doors.values():
            door.close()
        self._doors = {}
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _start(self) -> None:
        pairs = {room: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for room in Room}
        theirs = tuple(pairs[room][1].fileno() for room in Room)
        argv = (sys.executable, "-m", "studio_standalone.nursery", *map(str, theirs))
        command = Command(argv, self._home.path, self._environment, inherited_fds=theirs)
        with self._home.log_file("nursery").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **spawn_options(command)
            )
        for room, (ours, given) in pairs.items():
            given.close()
            self._doors[room] = _Door(ours)


def nursery_works() -> bool:
    """Whether this kernel hands out what a nursery needs: a process's handle, and word of a parent's end."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def birth_of(command: Command) -> Birth:
    """What a fork must become to be what `command` starts. Raises ValueError for what a fork can't be."""
    match command:
        case Command(
            argv=(sys.executable, "-m", module),
            account=None,
            death_signal=signal.Signals() as death_signal,
            standard_input=b"",
            inherited_fds=(),
        ):
            return Birth(module, str(command.folder), dict(command.environment), int(death_signal))
    raise ValueError(f"no fork can be {command.argv}")


async def _open_pipe(reading: int) -> tuple[asyncio.ReadTransport, asyncio.StreamReader]:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb", 0)
    )
    return transport, reader
