"""The files that scripts/voices.py lays out: which are missing, and what to do about it."""

from __future__ import annotations

from pathlib import Path


class AssetsError(RuntimeError):
    """A model, voice or dictionary that is missing or not the pinned one, with what to do about it."""


def present(file: Path) -> Path:
    """The file itself. Raises AssetsError when it isn't there."""
    if not file.is_file():
        raise AssetsError(f"{file} is missing: run scripts/voices.py, or set the folder that holds it")
    return file
