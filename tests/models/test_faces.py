"""A character's face from shot to shot: portraits of the cast, shown to the model."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.faces import FacesChoice
from studio_imagegen.orders import Figure, StillOrder
from studio_models.choices import ModelChoice
from studio_models.loading import ModelError
from tests.models.runs import Handle
from tests.models.stills import Levels, finished, levels
from tests.models.tiny import WORDS

MARA = Figure("MARA", "a tall woman in a red coat", seed=3)
TOM = Figure("TOM", "an old man with a beard", seed=4)
SHOT = StillOrder(96, 64, seed=7, shot_size="CLOSE", figures=(MARA, TOM), speaker="MARA", prompt=WORDS[0])


@pytest.fixture(scope="module")
def choice(sdxl: Path) -> ModelChoice:
    return ModelChoice(str(sdxl), device="cpu", steps=3, pixels_max=96 * 96)


def loaded(choice: ModelChoice, faces: FacesChoice) -> DiffusersEngine:
    engine = DiffusersEngine(choice, batch_max=2, faces=faces)
    engine.load()
    return engine


@pytest.fixture(scope="module")
def adapting(choice: ModelChoice, adapter: Path) -> DiffusersEngine:
    weights = "sdxl_models/ip-adapter_sdxl.safetensors"
    return loaded(choice, FacesChoice("adapter", str(adapter), weights, permille=1000))


@pytest.fixture(scope="module")
def beginning(choice: ModelChoice) -> DiffusersEngine:
    return loaded(choice, FacesChoice("image", permille=500))


@pytest.fixture(scope="module")
def plain(choice: ModelChoice) -> DiffusersEngine:
    return loaded(choice, FacesChoice())


@pytest.fixture(params=["adapting", "beginning"])
def engine(request: pytest.FixtureRequest) -> DiffusersEngine:
    made: DiffusersEngine = request.getfixturevalue(request.param)
    return made


def drawn(engine: DiffusersEngine, order: StillOrder) -> Levels:
    return levels(engine.run_batch([order], [Handle()])[0])


def test_who_speaks_decides_whose_face_a_shot_is_drawn_after(engine: DiffusersEngine) -> None:
    of_mara, of_tom = drawn(engine, SHOT), drawn(engine, replace(SHOT, speaker="TOM"))
    assert not np.array_equal(of_mara, of_tom)
    assert finished(engine.run_batch([SHOT], [Handle()])[0]).facts["face"] == "MARA"


def test_a_face_is_the_same_wherever_its_figure_stands(engine: DiffusersEngine) -> None:
    moved = replace(SHOT, figures=(TOM, replace(MARA, side=1)))
    assert np.array_equal(drawn(engine, SHOT), drawn(engine, moved))


def test_another_look_is_another_face(engine: DiffusersEngine) -> None:
    changed = replace(SHOT, figures=(replace(MARA, look="an old sailor"), TOM))
    assert not np.array_equal(drawn(engine, SHOT), drawn(engine, changed))


def test_another_process_draws_the_same_face(choice: ModelChoice, beginning: DiffusersEngine) -> None:
    fresh = loaded(choice, FacesChoice("image", permille=500))
    assert np.array_equal(drawn(fresh, SHOT), drawn(beginning, SHOT))


def test_a_shot_in_which_no_face_is_large_is_drawn_as_ever(
    engine: DiffusersEngine, plain: DiffusersEngine
) -> None:
    wide = replace(SHOT, shot_size="WIDE")
    assert np.abs(drawn(engine, wide) - drawn(plain, wide)).max() <= 2
    assert "face" not in finished(engine.run_batch([wide], [Handle()])[0]).facts


def painted(colour: str) -> bytes:
    memory = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(memory, "PNG")
    return memory.getvalue()


def test_a_brought_portrait_is_shown_in_place_of_a_drawn_one(engine: DiffusersEngine) -> None:
    def brought(colour: str, **changes: object) -> StillOrder:
        portrayed = replace(MARA, portrait=painted(colour), **changes)  # type: ignore[arg-type]  # by name
        return replace(SHOT, figures=(portrayed, TOM))

    red = drawn(engine, brought("darkred"))

    assert not np.array_equal(red, drawn(engine, SHOT))
    assert not np.array_equal(red, drawn(engine, brought("darkblue")))
    assert np.array_equal(red, drawn(engine, brought("darkred", look="an old sailor", seed=9)))
    assert engine.group(brought("darkred")) == engine.group(brought("darkred", side=1))


def test_brought_portraits_that_no_model_was_shown_are_told(plain: DiffusersEngine) -> None:
    order = replace(SHOT, figures=(replace(MARA, portrait=painted("darkred")), TOM))

    assert finished(plain.run_batch([order], [Handle()])[0]).facts["portraits_not_shown"] == "MARA"


def test_faces_of_a_batch_are_those_that_they_are_alone(engine: DiffusersEngine) -> None:
    other = replace(SHOT, speaker="TOM", seed=8)
    orders = [SHOT, other if engine.group(other) == engine.group(SHOT) else replace(SHOT, seed=8)]
    together = engine.run_batch(orders, [Handle(), Handle()])
    for outcome, order in zip(together, orders, strict=True):
        assert np.abs(levels(outcome) - drawn(engine, order)).max() <= 2


def test_an_adapter_would_mix_the_faces_of_a_batch_so_each_has_its_own(adapting: DiffusersEngine) -> None:
    assert adapting.group(SHOT) != adapting.group(replace(SHOT, speaker="TOM"))
    assert adapting.group(SHOT) == adapting.group(replace(SHOT, seed=8))


def test_shots_with_a_face_and_without_are_not_drawn_together(engine: DiffusersEngine) -> None:
    assert engine.group(SHOT) != engine.group(replace(SHOT, figures=()))


def test_faces_change_the_keys_of_pictures_and_are_told(choice: ModelChoice, engine: DiffusersEngine) -> None:
    told, plain = engine.describe(), DiffusersEngine(choice).describe()
    assert told.model_revision != plain.model_revision
    assert any("faces" in capability for capability in told.capabilities)


def test_an_adapter_that_is_not_there_is_refused(choice: ModelChoice, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can't be loaded"):
        loaded(choice, FacesChoice("adapter", str(tmp_path), "none.safetensors"))


def test_a_family_without_an_adapter_says_what_there_is_instead(adapter: Path) -> None:
    from studio_imagegen.engines.diffusers.likeness import Adapter

    class Other:
        """A pipeline of another family."""

    pipeline: Any = Other()
    with pytest.raises(ModelError, match="FILM_IMAGEGEN_FACES=image"):
        Adapter(FacesChoice("adapter", str(adapter)), may_download=False).prepare(pipeline)
