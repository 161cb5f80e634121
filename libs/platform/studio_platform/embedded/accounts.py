"""The system account that a server runs as: Postgres refuses root, so root runs it as `nobody`."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """A system user without rights of its own."""

    uid: int
    gid: int

    def may_enter(self, path: Path) -> bool:
        """Whether this account can reach and read `path`: each parent's bits for others let it through."""
        steps = [path, *path.parents]
        return all(step.stat().st_mode & stat.S_IXOTH for step in steps if step.is_dir())

    def take(self, path: Path) -> None:
        """Make `path` (a file or an empty folder) this account's own."""
        os.chown(path, self.uid, self.gid)


def unprivileged_account() -> ServerAccount | None:
    """Who Postgres runs as when this process is root; None when it isn't."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return ServerAccount(entry.pw_uid, entry.pw_gid)
