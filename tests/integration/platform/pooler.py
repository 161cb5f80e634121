"""PgBouncer in transaction mode before a test's Postgres, with TLS: two sessions for all clients."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from studio_platform.embedded.accounts import unprivileged_account
from studio_platform.embedded.commands import Command
from studio_platform.embedded.ports import free_ports
from studio_platform.embedded.probes import Probe
from studio_platform.testing.certificates import certificate_for
from studio_platform.testing.servers import ServerProcess

SESSIONS = 2
PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/opt/homebrew/bin:/usr/local/bin")
CONFIG = """[databases]
* = host=127.0.0.1 port={postgres}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
client_tls_sslmode = allow
client_tls_key_file = {folder}/key.pem
client_tls_cert_file = {folder}/certificate.pem
"""


@dataclass(frozen=True, slots=True)
class Pooler:
    """Where a pooler listens, and the certificate that it shows, for localhost."""

    port: int
    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "certificate.pem"

    def url(self, direct: str, host: str = "localhost", query: str = "sslmode=disable") -> str:
        """The address of a database, given that of Postgres itself, by way of the pooler."""
        parts = urlsplit(direct)
        return f"postgresql://{parts.username}:{parts.password}@{host}:{self.port}{parts.path}?{query}"

    def verified(self, direct: str, host: str = "localhost", authority: Path | None = None) -> str:
        """The same, by TLS to a server that shows a certificate for its name."""
        return self.url(direct, host, f"sslmode=verify-full&sslrootcert={authority or self.authority}")


@contextmanager
def running_pooler(direct: str, folder: Path) -> Iterator[Pooler]:
    """A pooler for the role of this address of Postgres."""
    (port,) = free_ports(1)
    parts = urlsplit(direct)
    key, certificate = certificate_for("localhost")
    files = {
        "key.pem": key,
        "certificate.pem": certificate,
        "users": f'"{parts.username}" "{parts.password}"\n'.encode(),
        "pgbouncer.ini": CONFIG.format(
            postgres=parts.port, port=port, folder=folder, sessions=SESSIONS
        ).encode(),
    }
    folder.mkdir()
    account = unprivileged_account()
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    if account is not None:
        for path in (folder, *folder.iterdir()):
            account.take(path)
    command = Command((str(PROGRAM), "--quiet", str(folder / "pgbouncer.ini")), folder, {}, account)
    process = ServerProcess(command, _asks_for_tls(port), folder.with_suffix(".log"))
    process.start()
    try:
        yield Pooler(port, folder)
    finally:
        process.kill()


def _asks_for_tls(port: int) -> Probe:
    """Ready when it agrees to speak TLS."""
    request = 80_877_103
    return Probe(port, struct.pack("!ii", 8, request), b"S")
