"""The voices that scripts/voices.py laid out, known without loading a model."""

from __future__ import annotations

from pathlib import Path


def voices_in(assets: Path) -> tuple[str, ...]:
    """Return the names of the voices that are there, sorted; none where there is no such folder."""
    return tuple(sorted(file.stem for file in (assets / "voices").glob("*.bin")))
