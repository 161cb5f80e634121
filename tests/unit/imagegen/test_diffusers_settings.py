"""What is wrong about a model is said before anything heavy is loaded."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pydantic import ValidationError

from studio_imagegen.engines.catalogue import engines
from studio_imagegen.settings import ImagegenSettings
from studio_models.loading import ModelError

GIVEN: dict[str, object] = {
    "imagegen_engine": "diffusers",
    "imagegen_model": "some/model",
    "s3_access_key": "a",
    "s3_secret_key": "s",
}


def settings(**given: object) -> ImagegenSettings:
    return ImagegenSettings.model_validate(GIVEN | given)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"imagegen_model": ""}, "FILM_IMAGEGEN_MODEL"),
        ({"imagegen_steps": 10_000}, "imagegen_steps"),
        ({"imagegen_savings": "magic"}, "no saving magic"),
        ({"imagegen_faces": "adapter"}, "FILM_IMAGEGEN_FACES_ADAPTER"),
        ({"imagegen_model_sha256": "abc"}, "imagegen_model_sha256"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        settings(**given)


def test_no_steps_means_as_many_as_the_pipeline_makes() -> None:
    assert settings(imagegen_steps=0).model.steps == 0


def test_each_gpu_has_the_model_and_its_lanes() -> None:
    two = settings(imagegen_gpus=2, imagegen_batch_max=4)
    assert [model.device for model in two.models] == ["cuda:0", "cuda:1"]
    assert two.lanes == 16


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
def test_a_missing_extra_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    engine = engines(settings(imagegen_model=str(tmp_path)))["diffusers"]()
    with pytest.raises(ModelError, match=r"studio-models\[diffusers\]"):
        engine.load()
