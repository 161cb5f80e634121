"""A run's scratch folder: where an engine's files live until they are handed over."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def run_folder(root: Path | None) -> Iterator[Path]:
    """Make a new folder under `root` (the system's own without one); removed when the block fails.

    On success the folder stays, as the product's: the worker uploads its files and removes it.
    """
    if root is not None:
        root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="compose-", dir=root))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def work_folder(folder: Path, name: str = "work") -> Iterator[Path]:
    """Make a folder for what only the run itself needs; removed at the end of the block."""
    work = folder / name
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
