"""Stills by a real text-to-image pipeline of random weights."""

from __future__ import annotations

import inspect
import shutil
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.orders import StillOrder
from studio_models.choices import ModelChoice
from studio_models.inventory import take, write
from studio_models.loading import ModelError
from studio_platform.engine import EngineFailure, RunCancelled
from tests.models.runs import Handle
from tests.models.stills import Levels, finished, levels
from tests.models.tiny import WORDS

ORDER = StillOrder(160, 90, seed=7, prompt=WORDS[0])


@pytest.fixture(scope="module")
def choice(sdxl: Path) -> ModelChoice:
    return ModelChoice(str(sdxl), device="cpu", steps=4)


@pytest.fixture(scope="module")
def engine(choice: ModelChoice) -> DiffusersEngine:
    made = DiffusersEngine(choice, batch_max=2)
    made.load()
    return made


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
        finished(engine.run_batch([replace(ORDER, prompt=prompt)], [Handle()])[0])
        for prompt in ("A door.", long)
    )

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


def test_what_a_failed_picture_held_is_given_back(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[Any]] = []

    def fails(latents: Any, **_: Any) -> Any:
        held.append(weakref.ref(latents))
        raise RuntimeError("a kernel failed")

    monkeypatch.setattr(engine._pipeline.vae, "decode", fails)

    with pytest.raises(RuntimeError, match="kernel") as told:
        engine.run_batch([ORDER], [Handle()])

    assert told.value.__traceback__ is not None
    assert held[0]() is None


def test_a_model_that_is_not_the_one_that_was_asked_for_is_refused(
    choice: ModelChoice, sdxl: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(sdxl, folder)
    inventory = take(folder, "tiny")
    write(folder, inventory)
    asked = replace(choice, name=str(folder), sha256=inventory.sha256)
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)

    assert "vae/diffusion_pytorch_model.safetensors holds something else" in refused(asked)
    assert "comes to" in refused(replace(asked, sha256="0" * 64))


def test_pictures_that_the_models_own_filter_blackened_are_never_delivered(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filtered:
        """What a pipeline with a safety checker answers."""

        def __init__(self, images: Levels) -> None:
            self.images = images
            self.nsfw_content_detected = [True] * len(images)

    whole = type(engine._pipeline).__call__

    def call(self: Any, **given: Any) -> Filtered:
        return Filtered(whole(self, **given).images)

    call.__signature__ = inspect.signature(whole)  # type: ignore[attr-defined]
    monkeypatch.setattr(type(engine._pipeline), "__call__", call)

    (outcome,) = engine.run_batch([ORDER], [Handle()])

    assert isinstance(outcome, EngineFailure)
    assert "filter" in outcome.user_text
