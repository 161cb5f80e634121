"""ONNX Runtime without its telemetry: its wheels send events to their maker unless they are told not to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Read once, when the library is loaded; its own function to turn telemetry off comes after the first event.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # type: ignore[import-untyped]  # its wheel carries no types

__all__ = ["onnxruntime", "open_session"]


def open_session(model: bytes | str, level: Any, made: Path | None = None, threads: int = 1) -> Any:
    """A session that computes each run on its caller's thread and, of `threads`, on one less of its own.

    `model` is a serialised one or its file; as optimised it is written to `made`. `level` is onnxruntime's,
    of how much it is optimised first. The samples don't depend on the threads.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Its threads would wait for work by counting, and keep a core from whoever has some.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.graph_optimization_level = level
    if made is not None:
        options.optimized_model_filepath = os.fspath(made)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    # The session keeps the file's bytes, beside its own weights, to fall back on another provider.
    session._model_bytes = None
    return session
