"""The studio of the client's tests, and clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from filmstudio.account import Account
from filmstudio.calls import Patience
from filmstudio.client import FilmStudio, connect
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, StudioRig, running_rig


@pytest.fixture
async def rig() -> AsyncIterator[StudioRig]:
    async with running_rig() as running:
        yield running


@pytest.fixture
async def studio(rig: StudioRig) -> AsyncIterator[FilmStudio]:
    """A client that waits for a studio that is away, but not long."""
    async with connect(rig.address, Account(EMAIL, PASSWORD), Patience(5.0, 5.0)) as connected:
        yield connected
