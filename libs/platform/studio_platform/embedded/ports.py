"""Free ports of this machine, for servers that also take the port 10000 above their own."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator

FIRST_PORT = 20_000
LAST_PORT = 28_999
PEER_OFFSET = 10_000


class NoFreePortError(RuntimeError):
    """No port of the range is free."""


class PortClaimedError(RuntimeError):
    """Another process has claimed the port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is claimed by another process")
        self.port = port


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `host`:`port` now."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def port_can_be_taken(port: int) -> bool:
    """Whether the port is free, and nobody has claimed it for a server that is away for a moment."""
    try:
        with claimed(port):
            return port_is_free(port)
    except PortClaimedError:
        return False


@contextlib.contextmanager
def claimed(*ports: int) -> Iterator[None]:
    """Keeps ports for servers that are started again: `port_can_be_taken` is false for everybody meanwhile.

    A claim is the UDP port of the same number, so it ends with this process, however it ends. Raises
    PortClaimedError, which names the port, where another process holds one.
    """
    with contextlib.ExitStack() as stack:
        for port in ports:
            claim = stack.enter_context(contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
            try:
                claim.bind(("127.0.0.1", port))
            except OSError:
                raise PortClaimedError(port) from None
        yield


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different ports of 20000 to 28999, each free together with the port 10000 above it.

    They are drawn at random, so that two studios that start together rarely meet. Raises NoFreePortError.
    """
    candidates = random.sample(range(FIRST_PORT, LAST_PORT + 1), LAST_PORT + 1 - FIRST_PORT)
    found: list[int] = []
    for port in candidates:
        if len(found) == count:
            break
        if port_can_be_taken(port) and port_can_be_taken(port + PEER_OFFSET):
            found.append(port)
    if len(found) < count:
        raise NoFreePortError(f"fewer than {count} free ports from {FIRST_PORT} to {LAST_PORT}")
    return tuple(found)
