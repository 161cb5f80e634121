"""What the quality gate found of a film, in one line, from the film's report."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from filmstudio.errors import FilmStudioError
from filmstudio.jobs.v1 import jobs_pb2

if TYPE_CHECKING:
    from filmstudio.client import FilmStudio


async def checks_of(studio: FilmStudio, job: jobs_pb2.Job) -> dict[str, Any]:
    """The checks in the report of a job's film, with its loudness; empty for a target that has none.

    Raises FilmStudioError, OSError.
    """
    if job.options.target not in (jobs_pb2.TARGET_FILM, jobs_pb2.TARGET_ANIMATIC):
        return {}
    with TemporaryDirectory(prefix="film-") as folder:
        path = Path(folder) / "report.json"
        await studio.download(job.name, path, jobs_pb2.ASSET_REPORT)
        try:
            report = json.loads(path.read_bytes())
        except ValueError as error:
            raise FilmStudioError(f"the report of {job.name} can't be read") from error
    checks: dict[str, Any] = report.get("checks", {})
    return {**checks, "loudness_lufs": report.get("loudness_lufs")} if checks else {}


def quality_line(checks: dict[str, Any]) -> str:
    """What was looked at, and how many stretches look wrong and are meant; empty without checks."""
    if not checks:
        return ""
    meant = [str(it["why"]) for it in checks["meant"]]
    named = ", ".join(f"{meant.count(why)} {why}" for why in dict.fromkeys(meant))
    counts = (
        ("pictures_decoded", "picture", "pictures"),
        ("speeches", "speech", "speeches"),
        ("captions", "caption", "captions"),
    )
    counted = ", ".join(f"{checks[it]:,} {one if checks[it] == 1 else many}" for it, one, many in counts)
    loudness = checks.get("loudness_lufs")
    heard = f", {loudness} LUFS" if loudness is not None else ""
    return f"Quality check passed: {counted}{heard}" + (f"; meant: {named}." if named else ".")
