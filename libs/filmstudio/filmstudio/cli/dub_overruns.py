"""Speech of outputs in other languages that takes longer than its place: said after a render."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from filmstudio.cli.plain import plain
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2


async def overruns(studio: FilmStudio, job: jobs_pb2.Job) -> dict[str, list[dict[str, Any]]]:
    """What the reports of dubbed outputs say, by the outputs' names. Raises FilmStudioError, OSError."""
    found: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory(prefix="film-") as folder:
        for output in job.outputs:
            if not output.language or output.captions_only:
                continue
            path = Path(folder) / "report.json"
            await studio.download(job.name, path, jobs_pb2.ASSET_REPORT, output=output.name)
            told = json.loads(path.read_text(encoding="utf-8")).get("overruns", [])
            if told:
                found[output.name] = told
    return found


def warnings(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """A line for each speech: whose, its seconds, the seconds there are, and what is not heard of it."""
    return [_warning(name, speech) for name, speeches in found.items() for speech in speeches]


def _warning(name: str, speech: dict[str, Any]) -> str:
    seconds = f"takes {speech['speech_ms'] / 1000:.1f} s, and has {speech['place_ms'] / 1000:.1f} s"
    cut = f"; its last {speech['cut_ms'] / 1000:.1f} s are not heard" if speech["cut_ms"] else ""
    said = plain(f"{speech['character']} “{speech['text']}”")
    return f"warning: {name}: {said} {seconds}{cut}; a shorter translation would fit"
