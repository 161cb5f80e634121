"""The studio's folder: where each thing that is kept lies."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.accounts import unprivileged_account

SYSTEM_FOLDER = Path("/var/lib/film-studio")
CHECKOUT_ASSETS = Path(__file__).resolve().parents[2] / ".assets"


@dataclass(frozen=True, slots=True)
class Home:
    """One studio's folder, private to its user."""

    path: Path

    @property
    def state_file(self) -> Path:
        """Ports and generated secrets (mode 0600)."""
        return self.path / "state.json"

    @property
    def status_file(self) -> Path:
        """What the supervisor last said of itself and its children."""
        return self.path / "status.json"

    @property
    def processes_file(self) -> Path:
        """Which processes the supervisor started and hasn't seen end."""
        return self.path / "processes.json"

    @property
    def lock_file(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.path / "supervisor.lock"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def nats(self) -> Path:
        return self.path / "nats"

    @property
    def objects(self) -> Path:
        return self.path / "s3"

    @property
    def assets(self) -> Path:
        """Where the voices are unless the settings say otherwise: in the checkout, or else in this folder."""
        return CHECKOUT_ASSETS if CHECKOUT_ASSETS.is_dir() else self.path / "assets"

    def log_file(self, service: str) -> Path:
        return self.logs / f"{service}.log"

    def postgres(self) -> Path:
        """Where Postgres' data are: below this folder, or in the system's if `nobody` can't enter this one.

        Root's Postgres runs as `nobody`, who may not enter /root, for instance.
        """
        account = unprivileged_account()
        if account is None or account.may_enter(self.path):
            return self.path / "pg"
        return SYSTEM_FOLDER / hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16] / "pg"

    def make(self) -> None:
        """Create the folders; for root the home may be entered, not read, by others, for Postgres' sake."""
        if not self.path.exists():
            self.path.mkdir(parents=True)
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (self.logs, self.nats, self.objects):
            folder.mkdir(mode=0o700, exist_ok=True)
