"""The model that set-up prepares says the same as the pinned one, and is used only when it is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from studio_audiogen.assets import AssetsError
from studio_audiogen.engines.kokoro.model import MODEL_NAME, Samples
from studio_audiogen.engines.kokoro.prepared import load_model, prepare, prepared_file
from studio_audiogen.engines.kokoro.runtime import onnxruntime

pytestmark = pytest.mark.heavy

_ASSETS = Path(__file__).resolve().parents[3] / ".assets" / "kokoro"


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of voices in which nothing was prepared."""
    folder = tmp_path_factory.mktemp("assets") / "kokoro"
    folder.mkdir()
    shutil.copytree(_ASSETS / "voices", folder / "voices")
    (folder / MODEL_NAME).symlink_to(_ASSETS / MODEL_NAME)
    return folder


def said(assets: Path) -> Samples:
    return load_model(assets).say("h\u0259l\u02c8O", "af_heart", 1_000).samples


def test_the_prepared_model_says_the_same_samples(assets: Path) -> None:
    pinned = said(assets)

    file = prepare(assets)
    # Who read the pinned model now would fail.
    (assets / MODEL_NAME).rename(assets / "away")
    again = said(assets)
    (assets / "away").rename(assets / MODEL_NAME)

    assert file == prepared_file(assets)
    assert np.array_equal(again, pinned)


def test_a_damaged_one_is_not_used(assets: Path) -> None:
    pinned = said(assets)
    file = prepare(assets)
    with file.open("r+b") as content:
        content.seek(1_000)
        content.write(bytes(100))

    assert np.array_equal(said(assets), pinned)


def test_one_of_another_runtime_is_not_used(assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(assets)
    monkeypatch.setattr(onnxruntime, "__version__", "0.0.0")
    (assets / MODEL_NAME).rename(assets / "away")

    with pytest.raises(AssetsError):
        load_model(assets)

    (assets / "away").rename(assets / MODEL_NAME)


def test_a_phrase_has_the_same_samples_on_one_thread_and_on_two() -> None:
    phrase = "h\u0259l\u02c8O ðˈɛɹ, wˈi lˈɛft ðə kˈiz bI ðə ɹˈɪvəɹ."

    alone, shared = (load_model(_ASSETS, threads).say(phrase, "bm_george", 1_000) for threads in (1, 2))

    assert np.array_equal(shared.samples, alone.samples)
