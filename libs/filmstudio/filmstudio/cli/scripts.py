"""The screenplay on disk, read before anything is started."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from filmstudio.errors import RefusedError

SCREENPLAY_MAX_BYTES = 2 * 1024 * 1024
TITLE_PAGE_MAX_BYTES = 4096
NAME_MAX_CHARS = 200
STANDARD_INPUT = "-"
INPUT_NAME = "<stdin>"

SCRIPT_SUFFIXES = frozenset((".fountain", ".txt", ".fdx", ".md", ".spmd"))

_TITLE = re.compile(rb"^title:[ \t]*(?P<title>[^\r\n]+)", re.IGNORECASE | re.MULTILINE)


def read_script(path: Path) -> bytes:
    """The bytes of a screenplay. Raises RefusedError for one that is missing, empty or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(SCREENPLAY_MAX_BYTES + 1)
            size_bytes = path.stat().st_size
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror}. Give the path of a screenplay.") from error
    _require_size(str(path), content, size_bytes)
    return content


def _require_size(name: str, content: bytes, size_bytes: int) -> None:
    if not content.strip():
        raise RefusedError(f"{name}: the screenplay is empty. Write at least one scene.")
    if len(content) > SCREENPLAY_MAX_BYTES:
        raise RefusedError(
            f"{name}: the screenplay has {max(size_bytes, len(content)):,} bytes; the limit is "
            f"{SCREENPLAY_MAX_BYTES:,}. Split it into several films."
        )


def read_scripts(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    """Names and bytes of screenplays; "-" is standard input. Raises RefusedError as read_script does."""
    return [
        _read_input() if str(path) == STANDARD_INPUT else (str(path), read_script(path)) for path in paths
    ]


def _read_input() -> tuple[str, bytes]:
    content = sys.stdin.buffer.read(SCREENPLAY_MAX_BYTES + 1)
    _require_size(INPUT_NAME, content, len(content))
    return INPUT_NAME, content


def script_or_nothing(written: str) -> bytes:
    """The bytes of a screenplay; empty for a text that names no file, and so may name a project.

    Raises RefusedError as read_script does.
    """
    path = Path(written)
    is_file = path.exists() or path.suffix.lower() in SCRIPT_SUFFIXES
    return read_script(path) if is_file else b""


def title_of(content: bytes, path: Path) -> str:
    """The name of the project: the title entry, or the file's name."""
    found = _TITLE.search(content[:TITLE_PAGE_MAX_BYTES])
    title = found["title"].decode("utf-8", "replace").strip(" _*") if found else ""
    return (title or path.stem)[:NAME_MAX_CHARS]
