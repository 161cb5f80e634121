"""Fixtures that every test may use: real servers, started from wheels; and how tests are dealt to workers."""

from __future__ import annotations

import os

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # has no stubs

from tests.shifts import Shifts, rank_of

# Tests start programs while gRPC's threads run; its handlers of forks then abort a child now and then.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

pytest_plugins = ["studio_platform.testing.plugin"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank_of(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shifts | None:
    return Shifts(config, log) if config.getvalue("dist") == "loadfile" else None
