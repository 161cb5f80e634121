"""On a GPU: each saving of memory draws what the model draws without it, nearly. Nobody has run these yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.orders import StillOrder
from studio_models.choices import PROFILES, SAVINGS, ModelChoice
from tests.models.runs import Handle
from tests.models.stills import Levels, levels
from tests.models.tiny import WORDS

ORDER = StillOrder(160, 96, seed=7, prompt=WORDS[0])
WAYS = {**{saving: (saving,) for saving in SAVINGS}, **PROFILES}

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def choice(sdxl: Path) -> ModelChoice:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    return ModelChoice(str(sdxl), device="cuda", steps=4)


def drawn(choice: ModelChoice) -> Levels:
    engine = DiffusersEngine(choice)
    engine.load()
    return levels(engine.run_batch([ORDER], [Handle()])[0])


@pytest.mark.parametrize("way", WAYS)
def test_a_saving_draws_nearly_the_same(choice: ModelChoice, way: str) -> None:
    saving = drawn(replace(choice, savings=WAYS[way]))
    assert np.abs(saving - drawn(choice)).mean() < 8


def test_a_second_gpu_draws_as_the_first(choice: ModelChoice) -> None:
    import torch

    if torch.cuda.device_count() < 2:
        pytest.skip("there is one GPU")
    second = drawn(replace(choice, device="cuda:1"))
    assert np.abs(second - drawn(choice)).mean() < 2
