"""What a studio remembers from start to start: its ports and the secrets that it generated."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from studio_platform.embedded.ports import PEER_OFFSET, free_ports, port_can_be_taken, port_is_free
from studio_standalone.private_file import write_private

PREFERRED_GATEWAY_PORT = 8484
PREFERRED_HTTP_PORT = 8485
HTTP = "gateway-http"
GATEWAY_PORTS_TRIED = 100
ACCOUNT_EMAIL = "studio@film.localhost"

INNER_SERVICES = ("jobs", "imagegen", "videogen", "audiogen", "composer")
SERVICES = ("gateway", *INNER_SERVICES)
SERVER_PORTS = ("postgres", "nats", "s3", "s3-master", "s3-volume", "s3-filer", "s3-admin")
INNER_PORTS = (*SERVER_PORTS, *INNER_SERVICES, *(f"{name}-health" for name in SERVICES))
SECRETS = (
    "postgres-admin",
    *(f"postgres-{owner}" for owner in ("gateway", "jobs")),
    *(f"nats-{user}" for user in ("admin", *SERVICES)),
    *(f"s3-{identity}-{part}" for identity in ("jobs", "generator") for part in ("access", "secret")),
    "account",
)


def ports_of(name: str, port: int) -> tuple[int, ...]:
    """All ports that who has `name`'s port listens on: the S3 server's come in pairs."""
    return (port, port + PEER_OFFSET) if name.startswith("s3") else (port,)


class PortTakenError(RuntimeError):
    """No port is left for the gateway; the text says which were tried."""


@dataclass(frozen=True, slots=True)
class StudioState:
    """`ports` and `secrets` by name; the studio's own account signs in with `account_email` and "account"."""

    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    account_email: str = ACCOUNT_EMAIL

    @property
    def gateway_address(self) -> str:
        """host:port of the way in over gRPC."""
        return f"127.0.0.1:{self.ports['gateway']}"

    @property
    def http_address(self) -> str:
        """host:port of the way in over HTTP."""
        return f"127.0.0.1:{self.ports[HTTP]}"


def load_state(path: Path) -> StudioState | None:
    """The state kept in `path`, or None if there is none yet."""
    try:
        return StudioState(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None


def save_state(state: StudioState, path: Path) -> None:
    """Write the state, readable by this account alone, whole or not at all."""
    write_private(path, json.dumps(asdict(state), indent=2) + "\n")


def settle_state(
    known: StudioState | None,
    gateway_port: int | None = None,
    is_free: Callable[[int], bool] = port_can_be_taken,
) -> StudioState:
    """The state for a start: what is known, with whatever is missing or taken by others chosen anew.

    `gateway_port` binds the gateway's gRPC to that port; otherwise it keeps its port, or takes the next free
    one, from 8484 at first. Its HTTP does so from 8485. Raises PortTakenError if that fails.
    """
    old = known or StudioState({}, {})
    kept = {
        name: port
        for name, port in old.ports.items()
        if name in INNER_PORTS and all(map(is_free, ports_of(name, port)))
    }
    missing = [name for name in INNER_PORTS if name not in kept]
    ports = kept | dict(zip(missing, free_ports(len(missing)), strict=True))
    ports["gateway"] = _gateway_port(gateway_port, old.ports.get("gateway", PREFERRED_GATEWAY_PORT), is_free)
    ports[HTTP] = _next_free(
        old.ports.get(HTTP, PREFERRED_HTTP_PORT), lambda port: port != ports["gateway"] and is_free(port)
    )
    generated = {name: old.secrets.get(name) or secrets.token_hex(16) for name in SECRETS}
    return replace(old, ports=ports, secrets=generated)


def lost_ports(
    state: StudioState,
    is_free: Callable[[int], bool] = port_is_free,
    needed: Collection[int] | None = None,
) -> dict[str, int]:
    """The ports, by name, that others listen on while nothing of this studio runs.

    Of those in `needed` only, if it is given.
    """
    ports = state.ports.items() if needed is None else [it for it in state.ports.items() if it[1] in needed]
    return {name: port for name, port in ports if not all(map(is_free, ports_of(name, port)))}


def _gateway_port(wanted: int | None, remembered: int, is_free: Callable[[int], bool]) -> int:
    if wanted is not None:
        if not is_free(wanted):
            raise PortTakenError(f"port {wanted} is taken by another program")
        return wanted
    return _next_free(remembered, is_free)


def _next_free(first: int, is_free: Callable[[int], bool]) -> int:
    for port in range(first, first + GATEWAY_PORTS_TRIED):
        if is_free(port):
            return port
    raise PortTakenError(f"no free port from {first} to {first + GATEWAY_PORTS_TRIED - 1}")
