"""film convert: a screenplay in another format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from filmstudio.cli.exits import Exit
from filmstudio.cli.outputs import require_writable
from filmstudio.errors import RefusedError

if TYPE_CHECKING:
    from filmstudio.client import FilmStudio

FORMATS = {".fountain": "FOUNTAIN", ".spmd": "FOUNTAIN", ".txt": "FOUNTAIN", ".fdx": "FDX", ".json": "JSON"}


def require_target(output: Path, script: Path) -> None:
    """Raises RefusedError for a name of no format, the screenplay itself, and what can't be written."""
    if output.suffix.lower() not in FORMATS:
        raise RefusedError(f"{output}: the name tells the format; let it end in .fountain, .fdx or .json")
    require_writable(output)
    if output.exists() and script.exists() and output.samefile(script):
        raise RefusedError(f"{output}: this is the screenplay itself; give another name with -o")


async def convert_script(
    studio: FilmStudio, name: str, content: bytes, output: Path, *, as_json: bool
) -> Exit:
    """Write the text to `output` in the format of its suffix, whole or not at all.

    Raises FilmStudioError, OSError.
    """
    from filmstudio.screenplay.v1 import screenplay_pb2

    target = screenplay_pb2.ScreenplayFormat.Value(f"SCREENPLAY_FORMAT_{FORMATS[output.suffix.lower()]}")
    try:
        converted = await studio.convert_screenplay(content, target)
    except RefusedError as error:
        raise RefusedError(f"{name}: {error}", error.cause) from error
    write_whole(output, converted.content)
    if as_json:
        written = {"path": str(output), "bytes": len(converted.content), "verbatim": converted.verbatim}
        print(json.dumps(written))
    else:
        same = ", the same bytes" if converted.verbatim else ""
        print(f"{output}: {len(converted.content):,} bytes{same}")
    return Exit.OK


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: who reads it sees the old one or the new one. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
