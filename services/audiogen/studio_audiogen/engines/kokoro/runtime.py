"""ONNX Runtime without its telemetry: its wheels send events to their maker unless they are told not to."""

from __future__ import annotations

import os

# Read once, when the library is loaded; its own function to turn telemetry off comes after the first event.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # type: ignore[import-untyped]  # its wheel carries no types

__all__ = ["onnxruntime"]
