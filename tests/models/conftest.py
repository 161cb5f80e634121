"""Tiny models, saved once for all tests that load one."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder needs the models' extras, and their libraries warn about themselves."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.models)
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a text-to-image pipeline."""
    from tests.models.tiny import save_sdxl

    return save_sdxl(tmp_path_factory.mktemp("models") / "tiny-sdxl")


@pytest.fixture(scope="session")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an IP-Adapter for it."""
    from tests.models.tiny import save_adapter

    return save_adapter(tmp_path_factory.mktemp("adapters") / "tiny-adapter")
