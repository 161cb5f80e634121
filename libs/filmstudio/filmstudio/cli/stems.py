"""film stems: speech, music and effects of each scene as they are cut."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from filmstudio.cli.exits import Exit
from filmstudio.cli.job_names import full_name
from filmstudio.cli.outputs import require_writable
from filmstudio.cli.saving import save
from filmstudio.client import FilmStudio
from filmstudio.errors import NotFoundError
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

STEMS = (jobs_pb2.ASSET_STEM_DIALOGUE, jobs_pb2.ASSET_STEM_MUSIC, jobs_pb2.ASSET_STEM_EFFECTS)


async def save_stems(studio: FilmStudio, written: str, folder: Path, *, as_json: bool) -> Exit:
    """Write three files of each scene of a job into a folder. Raises FilmStudioError."""
    job = await full_name(studio, written)
    cuts = [task for task in await studio.tasks(job) if task.kind == task_pb2.TASK_KIND_SEGMENT]
    saved = []
    for cut in cuts:
        number = int(cut.name.rpartition("/")[2])
        for asset in STEMS:
            try:
                signed = await studio.download_url(job, asset, task=number)
            except NotFoundError:
                # The picture of a further output: it has the film's sound.
                break
            path = folder / Path(signed.filename).name
            await asyncio.to_thread(require_writable, path)
            await save(studio, job, path, asset, task=number)
            saved.append({"task": cut.name, "path": str(path), "sha256": signed.sha256})
            if not as_json:
                print(path)
    if not saved:
        raise NotFoundError(f"{job} has no stems: none of its scenes is cut")
    if as_json:
        print(json.dumps({"job": job, "stems": saved}))
    return Exit.OK
