"""Where a film goes: looked at before anything is made, so that no hour of rendering ends in a refusal."""

from __future__ import annotations

import tempfile
from pathlib import Path

from filmstudio.cli.assets import TARGET_ASSETS
from filmstudio.errors import RefusedError

_WHAT = {
    ".mp4": "the film is an MP4",
    ".pdf": "a storyboard is a PDF, or HTML",
    ".m4a": "a table read is an M4A",
}
TURNOVER_SUFFIXES = frozenset({".zip", ".otio", ".edl"})
DRAFT_SUFFIXES = frozenset({".fountain", ".spmd", ".txt"})


def film_path(output: Path | None, script: Path, target: str = "film") -> Path:
    """Where what is made of a screenplay goes: `output`, or the screenplay's name here.

    Makes the folder. Raises RefusedError for what can't be written, is the screenplay, or has the name of
    another kind of file.
    """
    suffixes = TARGET_ASSETS[target]
    usual = next(iter(suffixes))
    path = output if output is not None else Path(f"{script.stem}{usual}")
    if path.suffix.lower() not in suffixes:
        raise RefusedError(f"{path}: {_WHAT[usual]}; give it a name that ends in {usual}")
    require_writable(path)
    if path.exists() and script.exists() and path.samefile(script):
        raise RefusedError(f"{path}: this is the screenplay; give the film another name with -o")
    return path


def require_writable(path: Path) -> None:
    """Make the folder and try to write there. Raises RefusedError that names what is in the way."""
    if path.is_dir():
        raise RefusedError(f"{path} is a folder; name a file in it: -o {path / 'film.mp4'}")
    if path.exists() and not path.is_file():
        raise RefusedError(f"{path} is no ordinary file; name one with -o")
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RefusedError(
            f"{folder}: nothing can be written there: {error.strerror}; choose another with -o"
        ) from error


def require_turnover(output: Path) -> None:
    """Raises RefusedError for a name of another kind of file, or one that can't be written."""
    if output.suffix.lower() not in TURNOVER_SUFFIXES:
        raise RefusedError(f"{output}: a cut is a .zip with its files, or an .otio or .edl without them")
    require_writable(output)


def require_new_draft(output: Path) -> None:
    """Raises RefusedError for a file that is there, has another suffix, or can't be written."""
    if output.suffix.lower() not in DRAFT_SUFFIXES:
        raise RefusedError(f"{output}: the draft is Fountain; give it a name that ends in .fountain")
    require_absent(output)
    require_writable(output)


def require_absent(path: Path) -> None:
    """Raises RefusedError for a file that is there."""
    if path.exists():
        raise RefusedError(f"{path} is there already, and a draft replaces nothing; give another name")


def require_fitting(*, watching: bool, detach: bool, is_viewed: bool, has_more: bool = False) -> None:
    """Raises RefusedError for options that don't go together."""
    if watching and has_more:
        raise RefusedError(
            "--watch shows the film alone: leave out --also, and give it when the film is done"
        )
    if watching and detach:
        raise RefusedError("--watch shows each render until its end, --detach none: give one of them")
    if is_viewed and not watching:
        raise RefusedError("--open and --player show the film of a watch: give --watch, too")
