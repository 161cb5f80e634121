"""Stills by a real text-to-image pipeline of random weights."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.orders import StillOrder
from studio_models.choices import ModelChoice
from studio_models.loading import ModelError
from studio_platform.engine import EngineFailure, Product, RunCancelled
from tests.models.tiny import WORDS

Levels = np.ndarray[Any, Any]
ORDER = StillOrder(160, 90, seed=7, prompt=WORDS[0])


class Handle:
    """A run that notes its progress, and is cancelled once it has come so far."""

    def __init__(self, cancelled_at: int | None = None) -> None:
        self.percents: list[int] = []
        self._cancelled_at = cancelled_at

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def raise_if_cancelled(self) -> None:
        if self._cancelled_at is not None and self.percents and self.percents[-1] >= self._cancelled_at:
            raise RunCancelled


@pytest.fixture(scope="module")
def choice(sdxl: Path) -> ModelChoice:
    return ModelChoice(str(sdxl), device="cpu", steps=4)


@pytest.fixture(scope="module")
def engine(choice: ModelChoice) -> DiffusersEngine:
    made = DiffusersEngine(choice, batch_max=2)
    made.load()
    return made


def levels(product: object) -> Levels:
    assert isinstance(product, Product), product
    image = next(part for part in product.parts if part.role == "image")
    return np.asarray(Image.open(io.BytesIO(image.data or b"")).convert("RGB")).astype(int)


def drawn(engine: DiffusersEngine, order: StillOrder) -> Levels:
    return levels(engine.run_batch([order], [Handle()])[0])


def test_a_still_has_the_size_that_is_ordered_though_the_model_draws_in_multiples(
    engine: DiffusersEngine,
) -> None:
    assert drawn(engine, ORDER).shape == (90, 160, 3)


def test_the_same_seed_draws_the_same_picture_and_another_another(engine: DiffusersEngine) -> None:
    first = drawn(engine, ORDER)
    assert np.array_equal(first, drawn(engine, ORDER))
    assert not np.array_equal(first, drawn(engine, replace(ORDER, seed=8)))


def test_another_prompt_draws_another_picture(engine: DiffusersEngine) -> None:
    assert not np.array_equal(drawn(engine, ORDER), drawn(engine, replace(ORDER, prompt=WORDS[1])))


def test_a_picture_of_a_batch_is_the_one_that_it_is_alone_but_for_a_last_digit(
    engine: DiffusersEngine,
) -> None:
    other = replace(ORDER, seed=8)
    together = engine.run_batch([ORDER, other], [Handle(), Handle()])

    for product, order in zip(together, (ORDER, other), strict=True):
        assert np.abs(levels(product) - drawn(engine, order)).max() <= 2


def test_steps_are_reported_as_they_are_made(engine: DiffusersEngine) -> None:
    handle = Handle()
    engine.run_batch([ORDER], [handle])
    assert handle.percents == [23, 47, 71, 95]


def test_a_cancelled_run_ends_at_its_next_step_and_the_next_draws_as_ever(engine: DiffusersEngine) -> None:
    before, handle = drawn(engine, ORDER), Handle(cancelled_at=40)

    with pytest.raises(RunCancelled):
        engine.run_batch([ORDER], [handle])

    assert handle.percents == [23, 47]
    assert np.array_equal(drawn(engine, ORDER), before)


def test_a_cancelled_run_of_a_batch_leaves_its_neighbour_alone(engine: DiffusersEngine) -> None:
    cancelled, kept = engine.run_batch([ORDER, replace(ORDER, seed=8)], [Handle(cancelled_at=40), Handle()])

    assert isinstance(cancelled, RunCancelled)
    assert levels(kept).std() > 0


def test_a_prompt_beyond_the_tokenizer_is_reported_from_the_word_on(engine: DiffusersEngine) -> None:
    long = f"{WORDS[0]} {'zzyzx qwfpgj ' * 10}".rstrip()

    short_product, long_product = (
        engine.run_batch([replace(ORDER, prompt=prompt)], [Handle()])[0] for prompt in ("A door.", long)
    )

    assert isinstance(short_product, Product)
    assert isinstance(long_product, Product)
    assert "prompt_cut_before" not in short_product.facts
    assert (
        long_product.facts["prompt_cut_before"].startswith("zzyzx")
        or "qwfpgj" in (long_product.facts["prompt_cut_before"])
    )


@pytest.mark.parametrize("spoil", [np.zeros_like, lambda picture: picture * np.nan])
def test_an_empty_picture_is_never_delivered(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Levels], Levels]
) -> None:
    processor = engine._pipeline.image_processor
    whole = processor.postprocess
    monkeypatch.setattr(processor, "postprocess", lambda *given, **named: spoil(whole(*given, **named)))

    (outcome,) = engine.run_batch([ORDER], [Handle()])

    assert isinstance(outcome, EngineFailure)
    assert outcome.reason == "EMPTY_PICTURE"


def test_another_number_of_steps_is_another_model_to_the_keys(choice: ModelChoice) -> None:
    keys = {
        DiffusersEngine(changed).describe().model_revision
        for changed in (
            choice,
            replace(choice, steps=5),
            replace(choice, guidance_permille=3000),
            replace(choice, scheduler="DDIMScheduler"),
        )
    }
    assert len(keys) == 4


def test_the_folder_of_a_model_may_be_anywhere(choice: ModelChoice, sdxl: Path, tmp_path: Path) -> None:
    shutil.copytree(sdxl, tmp_path / sdxl.name)
    moved = DiffusersEngine(replace(choice, name=str(tmp_path / sdxl.name)))
    assert moved.describe() == DiffusersEngine(choice).describe()


def test_a_scheduler_is_taken_by_name(choice: ModelChoice) -> None:
    engine = DiffusersEngine(replace(choice, scheduler="DDIMScheduler"))
    engine.load()
    assert drawn(engine, ORDER).shape == (90, 160, 3)


def refused(choice: ModelChoice) -> str:
    with pytest.raises(ModelError) as told:
        DiffusersEngine(choice).load()
    return str(told.value)


def test_a_scheduler_that_there_is_not_is_refused_with_those_there_are(choice: ModelChoice) -> None:
    assert "EulerDiscreteScheduler" in refused(replace(choice, scheduler="NoScheduler"))


def test_an_unknown_model_is_refused_at_once() -> None:
    assert "no folder" in refused(ModelChoice("nobody/has-this", device="cpu"))


def test_weights_that_were_cut_short_are_refused(choice: ModelChoice, sdxl: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(sdxl, folder)
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])

    assert "unet: diffusion_pytorch_model.safetensors has" in refused(replace(choice, name=str(folder)))


def test_a_device_that_is_not_there_is_refused(choice: ModelChoice) -> None:
    assert "no device cuda" in refused(replace(choice, device="cuda"))


def test_offloading_without_a_gpu_is_refused(choice: ModelChoice) -> None:
    assert "needs a GPU" in refused(replace(choice, savings=("model-offload",)))


def test_savings_that_work_everywhere_draw_nearly_the_same(
    engine: DiffusersEngine, choice: ModelChoice
) -> None:
    saving = DiffusersEngine(replace(choice, savings=("attention-slicing", "vae-slicing", "vae-tiling")))
    saving.load()
    assert np.abs(drawn(saving, ORDER) - drawn(engine, ORDER)).mean() < 3
