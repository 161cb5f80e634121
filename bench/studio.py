"""A studio of a benchmark's own: real processes in a folder that is gone afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench.processes import cpu_seconds_of_trees
from filmstudio.account import Account
from filmstudio.client import FilmStudio, connect
from studio_platform.database import Database, open_database
from studio_platform.embedded.ports import free_ports
from studio_platform.settings import DatabaseSettings

FILM = Path(sys.executable).with_name("film")
NULL_ENGINES = {
    **{
        f"FILM_LIMIT_{rate}_PER_MINUTE": "1000000"
        for rate in ("READ", "WRITE", "SUBMIT", "STREAM", "AUTH", "ADDRESS")
    },
    "FILM_IMAGEGEN_ENGINE": "null",
    "FILM_VIDEOGEN_ENGINE": "null",
    "FILM_AUDIOGEN_ENGINES": "null-speech,null-music,null-effects",
    "FILM_COMPOSER_ENGINES": "null-segment,null-levels,null-master,null-film,null-reading,null-sheet",
}


@dataclass(frozen=True, slots=True)
class Studio:
    """A running studio."""

    home: Path
    environment: dict[str, str]

    def film(self, *arguments: str) -> None:
        """Run the film command. Raises CalledProcessError."""
        subprocess.run([FILM, *arguments], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    @property
    def pids(self) -> dict[str, int]:
        """The processes by name, as they are now."""
        status = self._read("status.json")
        pids = {service["name"]: int(service["pid"]) for service in status["services"]}
        return {**pids, "supervisor": int(status["supervisor"]["pid"])}

    @property
    def state(self) -> dict[str, Any]:
        """Ports and secrets, by name."""
        return self._read("state.json")

    def cpu_seconds(self) -> dict[str, float]:
        """CPU seconds of each process with all that it started."""
        return cpu_seconds_of_trees(self.pids)

    def client(self) -> Any:
        """A client through the gateway, as the studio's own account; an async context."""
        state = self.state
        account = Account(state["account_email"], state["secrets"]["account"])
        return connect(f"127.0.0.1:{state['ports']['gateway']}", account)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The job service's schema."""
        state = self.state
        address = f"127.0.0.1:{state['ports']['postgres']}/film?sslmode=disable"
        url = f"postgres://jobs:{state['secrets']['postgres-jobs']}@{address}"
        async with open_database(DatabaseSettings(database_url=SecretStr(url)), "jobs") as database:
            yield database

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / name).read_text())
        return content


@contextmanager
def studio_of(settings: Mapping[str, str], *up_arguments: str) -> Iterator[Studio]:
    """A studio with this environment, ended and removed afterwards. Raises CalledProcessError."""
    home = Path(tempfile.mkdtemp(prefix="film-bench-"))
    # Postgres runs as another account when root starts it.
    home.chmod(0o711)
    studio = Studio(home, {**settings, "FILM_STUDIO_HOME": str(home)})
    try:
        studio.film("up", *up_arguments)
        yield studio
    finally:
        studio.film("down")
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_studio(**settings: str) -> Iterator[Studio]:
    """A studio with null engines and these settings, at any free port."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    environment = {**inherited, **NULL_ENGINES, **settings}
    with studio_of(environment, "--port", str(free_ports(1)[0])) as studio:
        yield studio


async def until_pools(client: FilmStudio, pools: int = 11) -> None:
    """Return when every pool has announced itself."""
    while len(await client.pools()) < pools:
        pass
