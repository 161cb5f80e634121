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


@pytest.fixture(scope="session")
def ltx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an image-to-video pipeline that reads a prompt."""
    from tests.models.tiny_motion import save_ltx

    return save_ltx(tmp_path_factory.mktemp("models") / "tiny-ltx")


@pytest.fixture(scope="session")
def wan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another, whose networks see the picture too."""
    from tests.models.tiny_motion import save_wan

    return save_wan(tmp_path_factory.mktemp("models") / "tiny-wan")


@pytest.fixture(scope="session")
def svd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another, without a prompt."""
    from tests.models.tiny_motion import save_svd

    return save_svd(tmp_path_factory.mktemp("models") / "tiny-svd")


@pytest.fixture(scope="session")
def stable_audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a text-to-audio pipeline."""
    from tests.models.tiny_sound import save_stable_audio

    return save_stable_audio(tmp_path_factory.mktemp("models") / "tiny-stable-audio")
