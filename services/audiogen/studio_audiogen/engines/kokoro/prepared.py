"""The model as onnxruntime makes it of the pinned one, kept so that a load needn't make it again.

Usage: python -m studio_audiogen.engines.kokoro.prepared FOLDER

Rewriting and optimising are three quarters of a load. What is kept holds for one version of onnxruntime
and for processors that multiply alike, both in its name. Without it, or when it was damaged, a load does
the work.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from studio_audiogen.engines.kokoro.graph import signed_products_are_exact
from studio_audiogen.engines.kokoro.model import MODEL_SHA256, KokoroModel, pinned_model
from studio_audiogen.engines.kokoro.runtime import onnxruntime, open_session


def prepare(assets: Path) -> Path:
    """Keep it, and no other, in the folder that scripts/voices.py laid out. Raises AssetsError, OSError."""
    file = prepared_file(assets)
    file.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        made = Path(folder) / file.name
        # Not all that it can do: the rest is for this very processor.
        level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        open_session(pinned_model(assets), level, made)
        digest = _sha256(made)
        for earlier in file.parent.glob("*.*"):
            earlier.unlink()
        made.replace(file)
    _digest_file(file).write_text(digest)
    return file


def load_model(assets: Path, threads: int = 1) -> KokoroModel:
    """The model, from what was kept if it can be used; it says a phrase on so many threads.

    Raises AssetsError.
    """
    session = _prepared_session(assets, threads)
    if session is None:
        level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        session = open_session(pinned_model(assets), level, threads=threads)
    return KokoroModel(assets, session)


def _prepared_session(assets: Path, threads: int) -> Any | None:
    file = prepared_file(assets)
    try:
        if _digest_file(file).read_text() != _sha256(file):
            return None
    except FileNotFoundError:
        return None
    level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return open_session(os.fspath(file), level, threads=threads)


def prepared_file(assets: Path) -> Path:
    """Where it is kept."""
    products = "signed" if signed_products_are_exact() else "unsigned"
    name = f"{MODEL_SHA256[:12]}-onnxruntime-{onnxruntime.__version__}-{products}.onnx"
    return assets / "prepared" / name


def _digest_file(file: Path) -> Path:
    return file.with_suffix(".sha256")


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


if __name__ == "__main__":
    print(f"voices: prepared {prepare(Path(sys.argv[1]))}")
