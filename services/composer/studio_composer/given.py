"""What an order brings along: its inputs' files, and the refusal of one that lacks them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio_platform.engine import EngineFailure, Input


def part_path(inputs: Mapping[str, Input], role: str, part: str, where: str) -> Path:
    """Return the file of an input's part. Raises EngineFailure when the order lacks it."""
    path = optional_part(inputs, role, part)
    if path is None:
        raise refusal("INPUT_MISSING", f"The {part} of {where} is missing.")
    return path


def optional_part(inputs: Mapping[str, Input], role: str, part: str) -> Path | None:
    """Return the file of an input's part, if there is one."""
    given = inputs.get(role)
    return given.parts.get(part) if given else None


def refusal(reason: str, user_text: str, error: Exception | None = None) -> EngineFailure:
    """A failure for good."""
    return EngineFailure(reason, user_text, log_text=str(error) if error else user_text, permanent=True)
