"""The nursery: a process that has imported what services share, and forks itself into each of them.

Six Pythons that each import gRPC, pydantic and protovalidate are most of a studio's start, and each holds
those in pages of its own. Started by `studio_standalone.spawning`, whose ends of two sockets are the only
way in; it ends when they close. Services are its children: the kernel tells them of its end.

It has two rooms, each a process: what every service works with, and that and the clients of broker and store.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from setproctitle import setproctitle

from studio_platform.embedded.commands import death_pact

MESSAGE_BYTES_MAX = 128 * 1024


class Room(StrEnum):
    """Which modules a service finds there already."""

    SERVERS = "servers"
    STORES = "stores"


MODULES = {
    Room.SERVERS: (
        "studio_platform.channels",
        "studio_platform.jwks",
        "studio_platform.lifecycle",
        "studio_platform.policies",
        "studio_platform.server",
    ),
    Room.STORES: ("studio_platform.generator",),
}


@dataclass(frozen=True, slots=True)
class Birth:
    """What a fork is to become: a module to run as a program, in a folder, with an environment."""

    module: str
    folder: str
    environment: dict[str, str]
    death_signal: int

    def encode(self) -> bytes:
        """As a message for `nursery.main`."""
        return json.dumps([self.module, self.folder, self.environment, self.death_signal]).encode()


class _Nursery:
    """Forks on request and tells of ends, until the control socket closes or it is in a fork of its own."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, 0)

    def wait_for_birth(self) -> tuple[Birth, int] | None:
        """In a fork: what to become, and the descriptor for its output. In the nursery: None, at its end."""
        while True:
            for key, _ in self._selector.select():
                if key.data:
                    self._tell_of_end(key.fd, key.data)
                    continue
                message, fds, _flags, _address = socket.recv_fds(self._control, MESSAGE_BYTES_MAX, 1)
                if not message:
                    return None
                birth = Birth(*json.loads(message))
                if self._fork(birth.death_signal, fds[0]):
                    self._leave()
                    return birth, fds[0]

    def _fork(self, death_signal: int, output_fd: int) -> bool:
        """Whether this is the fork."""
        pid = _fork_with_pact(signal.Signals(death_signal))
        if pid == 0:
            return True
        os.close(output_fd)
        handle = os.pidfd_open(pid)
        socket.send_fds(self._control, [json.dumps(["born", pid]).encode()], [handle])
        self._selector.register(handle, selectors.EVENT_READ, pid)
        return False

    def _tell_of_end(self, handle: int, pid: int) -> None:
        self._selector.unregister(handle)
        os.close(handle)
        _, status = os.waitpid(pid, 0)
        # With nobody there to be told, the next look at the socket finds its end.
        with suppress(BrokenPipeError):
            self._control.send(json.dumps(["ended", pid, os.waitstatus_to_exitcode(status)]).encode())

    def _leave(self) -> None:
        """Close what only the nursery may hold: its control socket's end tells the supervisor of its own."""
        for key in list(self._selector.get_map().values()):
            os.close(key.fd)
        self._control.detach()
        self._selector.close()


def main() -> None:
    """Keep both rooms; `argv` names their control sockets' descriptors, in the order of Room."""
    # Before the environment is touched: the title takes the place of the command line and what follows it.
    setproctitle(" ".join(sys.orig_argv))
    servers, stores = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:3])
    _furnish(Room.SERVERS)
    if _fork_with_pact(signal.SIGTERM) == 0:
        servers.close()
        _furnish(Room.STORES)
        _keep(stores)
    stores.close()
    _keep(servers)


def _furnish(room: Room) -> None:
    for module in MODULES[room]:
        importlib.import_module(module)
    print(json.dumps({"event": "furnished", "room": room, "pid": os.getpid()}), file=sys.stderr, flush=True)


def _keep(control: socket.socket) -> NoReturn:
    """Serve births; in a fork, become what is born."""
    # What lives now lives for good: no collection shall touch, and so copy, its pages.
    gc.collect()
    gc.freeze()
    birth = _Nursery(control).wait_for_birth()
    if birth is not None:
        _become(*birth)
    sys.exit()


def _become(birth: Birth, output_fd: int) -> None:
    """Run the module as `python -m` would, with nothing left of the nursery but what it has imported."""
    os.setsid()
    os.chdir(birth.folder)
    for standard in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(output_fd, standard)
    os.close(output_fd)
    os.environ.clear()
    os.environ.update(birth.environment)
    sys.argv = [birth.module]
    setproctitle(f"{sys.executable} -m {birth.module}")
    runpy.run_module(birth.module, run_name="__main__", alter_sys=True)


def _fork_with_pact(death_signal: signal.Signals) -> int:
    """As os.fork; the kernel sends the fork this signal when its parent ends."""
    make_pact = death_pact(death_signal)
    pid = os.fork()
    if pid == 0 and make_pact is not None:
        make_pact()
    return pid


if __name__ == "__main__":
    main()
