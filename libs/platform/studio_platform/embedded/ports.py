"""Free ports of this machine, for servers that also take the port 10000 above their own."""

from __future__ import annotations

import contextlib
import random
import socket

FIRST_PORT = 20_000
LAST_PORT = 28_999
PEER_OFFSET = 10_000


class NoFreePortError(RuntimeError):
    """No port of the range is free."""


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `host`:`port` now."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different ports of 20000 to 28999, each free together with the port 10000 above it.

    They are drawn at random, so that two studios that start together rarely meet. Raises NoFreePortError.
    """
    candidates = random.sample(range(FIRST_PORT, LAST_PORT + 1), LAST_PORT + 1 - FIRST_PORT)
    found: list[int] = []
    for port in candidates:
        if len(found) == count:
            break
        if port_is_free(port) and port_is_free(port + PEER_OFFSET):
            found.append(port)
    if len(found) < count:
        raise NoFreePortError(f"fewer than {count} free ports from {FIRST_PORT} to {LAST_PORT}")
    return tuple(found)
