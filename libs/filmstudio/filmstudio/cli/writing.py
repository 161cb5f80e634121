"""film write: a first draft about a topic."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf import json_format

from filmstudio.cli.converting import write_whole
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain

if TYPE_CHECKING:
    from filmstudio.client import FilmStudio


async def write_script(
    studio: FilmStudio, topic: str, minutes: int, language: str, output: Path | None, *, as_json: bool
) -> Exit:
    """Print the draft, or write it to a file. Raises FilmStudioError, OSError."""
    written = await studio.write_screenplay(topic, minutes, language)
    if output is not None:
        write_whole(output, written.content)
    if as_json:
        remarks = [json_format.MessageToDict(remark) for remark in written.diagnostics]
        text = {"text": written.content.decode()} if output is None else {"path": str(output)}
        print(json.dumps({"writer": written.writer, **text, "diagnostics": remarks}))
        return Exit.OK
    if output is None:
        sys.stdout.write(written.content.decode())
    for remark in written.diagnostics:
        print(plain(f"film: {remark.text} {remark.suggestion}".strip()), file=sys.stderr)
    if output is not None:
        print(plain(f"{output}: written by {written.writer}; next: film check {output}"))
    return Exit.OK
