"""film watch, cancel, retry and download: verbs of one job."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from filmstudio.cli.assets import ASSETS, AssetName
from filmstudio.cli.exits import Exit
from filmstudio.cli.follow import Followed, follow
from filmstudio.cli.job_names import full_name, short
from filmstudio.cli.job_view import state_name
from filmstudio.cli.listing import project_titles
from filmstudio.cli.outputs import require_writable
from filmstudio.cli.quality_gate import checks_of, quality_line
from filmstudio.cli.saving import save
from filmstudio.cli.tables import print_json
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2


async def watch(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """Show a job from its first event until its end. Raises FilmStudioError."""
    job = await studio.job(await full_name(studio, written))
    code = await follow(studio, await _followed(studio, job, as_json=as_json))
    if code is Exit.OK and not as_json:
        await _tell_quality(studio, job)
        print(f"film download {short(job.name)}    fetches the film", file=sys.stderr)
    return code


async def _tell_quality(studio: FilmStudio, job: jobs_pb2.Job) -> None:
    """Say in a line what the quality check found of a finished film; nothing of what has none."""
    if line := quality_line(await checks_of(studio, job)):
        print(line, file=sys.stderr)


async def cancel(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """Ask a job to stop. Raises FilmStudioError."""
    job = await studio.cancel(await full_name(studio, written))
    if as_json:
        print_json([job])
    elif job.cancel_requested:
        print(f"{short(job.name)} stops as soon as what runs is told: {state_name(job.state)}")
    else:
        print(f"{short(job.name)} is {state_name(job.state)}")
    return Exit.OK


async def retry(
    studio: FilmStudio, written: str, output: Path | None, *, as_json: bool, detach: bool
) -> Exit:
    """Start a failed or cancelled job again, watch it, and fetch its film. Raises FilmStudioError."""
    job = await studio.retry(await full_name(studio, written))
    if detach:
        print(json.dumps({"job": job.name}) if as_json else job.name)
        return Exit.OK
    print(job.name, file=sys.stderr)
    code = await follow(studio, await _followed(studio, job, as_json=as_json))
    if code is not Exit.OK:
        return code
    if not as_json:
        await _tell_quality(studio, job)
    if output is not None:
        await save(studio, job.name, output)
        print(json.dumps({"path": str(output)}) if as_json else output)
    elif not as_json:
        print(f"film download {short(job.name)}    fetches the film", file=sys.stderr)
    return Exit.OK


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of a job: which, of which further output, and where to; empty for the studio's choice."""

    asset: AssetName | None = None
    output: str = ""
    path: Path | None = None


async def download(studio: FilmStudio, written: str, wanted: Wanted, *, as_json: bool) -> Exit:
    """Write one file of a finished job, by the name that the studio suggests. Raises FilmStudioError."""
    job = await full_name(studio, written)
    number = jobs_pb2.Asset.Value(ASSETS[wanted.asset]) if wanted.asset else jobs_pb2.ASSET_UNSPECIFIED
    signed = await studio.download_url(job, number, wanted.output)
    # The studio suggests a name, never a folder.
    path = wanted.path if wanted.path is not None else Path(Path(signed.filename).name or "film.bin")
    await asyncio.to_thread(require_writable, path)
    await save(studio, job, path, number, wanted.output)
    fields = {"job": job, "path": str(path), "sha256": signed.sha256, "mediaType": signed.media_type}
    print(json.dumps(fields) if as_json else path)
    return Exit.OK


async def _followed(studio: FilmStudio, job: jobs_pb2.Job, *, as_json: bool) -> Followed:
    titles = {} if as_json else await project_titles(studio, {job.project})
    return Followed(job.name, titles.get(job.project, ""), as_json)
