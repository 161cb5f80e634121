"""The kokoro model's graph, rewritten for speed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # its wheel carries no types
import pytest
from numpy.typing import NDArray

from studio_audiogen.engines.kokoro.graph import (
    signed_products_are_exact,
    with_output,
    with_signed_activations,
)

_MODEL = Path(__file__).parents[3] / ".assets" / "kokoro" / "kokoro-v1.0.int8.onnx"


@pytest.fixture(scope="module")
def model() -> bytes:
    return _MODEL.read_bytes()


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _sound(model: bytes) -> NDArray[np.float32]:
    order = {
        "tokens": np.array([[0, 50, 83, 54, 156, 57, 135, 3, 0]], np.int64),
        "style": np.linspace(-0.2, 0.2, 256, dtype=np.float32)[np.newaxis],
        "speed": np.array([1.0], np.float32),
    }
    samples: NDArray[np.float32] = _session(model).run(None, order)[0]
    return samples


@pytest.mark.skipif(
    not signed_products_are_exact(), reason="this processor has no exact product of unsigned by signed bytes"
)
def test_signed_activations_give_the_same_samples(model: bytes) -> None:
    plain = _sound(model)

    signed = _sound(with_signed_activations(model))

    assert plain.size > 0
    assert np.array_equal(signed, plain)


def test_an_inner_value_becomes_one_more_output(model: bytes) -> None:
    named = with_output(model, "/encoder/Clip_output_0")

    outputs = [output.name for output in _session(named).get_outputs()]

    assert outputs == ["audio", "/encoder/Clip_output_0"]


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(ValueError, match="wire type 7"):
        with_signed_activations(b"\x0f not a model")
