"""The studio of the client's tests, and clients of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from filmstudio.account import Account
from filmstudio.calls import Patience
from filmstudio.cli.places import Logins
from filmstudio.client import FilmStudio, connect
from filmstudio.servers import parse_server
from filmstudio.signing_in import sign_in
from tests.integration.filmstudio.film_process import Film
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, StudioRig, running_rig


@pytest.fixture
async def rig() -> AsyncIterator[StudioRig]:
    # What the servers log must not stand between what the tests read.
    with capture_logs():
        async with running_rig() as running:
            yield running


@pytest.fixture
async def studio(rig: StudioRig) -> AsyncIterator[FilmStudio]:
    """A client that waits for a studio that is away, but not long."""
    async with connect(rig.address, Account(EMAIL, PASSWORD), Patience(5.0, 5.0)) as connected:
        yield connected


@pytest.fixture
def stranger(tmp_path: Path) -> Film:
    """The command of somebody who is signed in nowhere."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FILM_")}
    own = {"FILM_CONFIG_DIR": str(tmp_path / "config"), "FILM_STUDIO_HOME": str(tmp_path / "home")}
    folder = tmp_path / "here"
    folder.mkdir()
    return Film(folder, inherited | own)


@pytest.fixture
async def film(rig: StudioRig, stranger: Film, tmp_path: Path) -> Film:
    """The command of somebody who is signed in at the rig's studio."""
    server, logins = parse_server(rig.address), Logins(tmp_path / "config")
    await sign_in(server, Account(EMAIL, PASSWORD), logins.session_file(server))
    logins.choose(server)
    return stranger
