"""A pool's model is brought before it starts: the container's own script, run by the real `film models`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio_models import inventory
from tests.chart.release import Release, Values, example, merged, render

FILM = Path(sys.executable).parent


def _container(folder: Path, **fetch: str) -> list[str]:
    """The command of the container that brings the model of a pool into a folder of the test's."""
    cache: Values = {"path": str(folder), "fetch": fetch}
    release = render(merged(example("one-gpu-node"), {"generators": {"camera": {"modelCache": cache}}}))
    (before,) = (found for found in release.containers() if found.spec["name"] == "fetch-model")
    return [*before.spec["command"], *before.spec["args"]]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{FILM}:{os.environ['PATH']}"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def listed(tmp_path: Path) -> inventory.Inventory:
    """A model that is there already, with its inventory."""
    folder = tmp_path / "image-to-video"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    taken = inventory.take(folder, "example/image-to-video")
    inventory.write(folder, taken)
    return taken


def test_a_model_that_is_there_whole_is_not_asked_for(tmp_path: Path, listed: inventory.Inventory) -> None:
    ran = _run(_container(tmp_path, sha256=listed.sha256, endpoint="http://127.0.0.1:1"))

    assert ran.returncode == 0, ran.stderr


def test_one_that_is_another_is_asked_for_and_without_it_no_pod_starts(
    tmp_path: Path, listed: inventory.Inventory
) -> None:
    (tmp_path / "image-to-video" / "model.safetensors").write_bytes(b"others!")

    ran = _run(_container(tmp_path, sha256=listed.sha256, endpoint="http://127.0.0.1:1"))

    assert ran.returncode != 0
    assert "model.safetensors" in ran.stderr


def test_whoever_only_looks_at_models_needs_no_accelerator(releases: dict[str, Release]) -> None:
    (before,) = (c for c in releases["one-gpu-node"].containers() if c.spec["name"] == "fetch-model")
    assert "nvidia.com/gpu" not in before.spec["resources"]["limits"]
