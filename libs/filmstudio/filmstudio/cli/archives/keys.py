"""The plan keys of a project's newest text, by which an import is held against its export."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format

from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

JOBS_LOOKED_AT_MAX = 200


@dataclass(frozen=True, slots=True)
class Compared:
    """How many parts an export had, how many have the same key now, and how many are there already."""

    exported: int
    equal: int
    there: int


async def keys_document(studio: FilmStudio, project: str) -> Mapping[str, Any]:
    """The options of the project's newest whole film, its digest, and the keys with these options.

    Without such a film the studio's own options. Without a plan, as before there is a text, no keys.
    """
    job = await _newest_film(studio, project)
    options = job.options if job is not None else jobs_pb2.RenderOptions(narrate=True)
    document: dict[str, Any] = {"options": json_format.MessageToDict(options), "tasks": []}
    if job is not None:
        film = await studio.download_url(job.name)
        document["film"] = {"sha256": film.sha256, "bytes": film.size_bytes, "lengthMs": job.film_length_ms}
    try:
        plan = await studio.plan_render(project, options)
    except RefusedError:
        return document
    document["tasks"] = [
        {
            "name": task.display_name,
            "kind": task_pb2.TaskKind.Name(task.kind).removeprefix("TASK_KIND_"),
            "planKey": task.plan_key,
        }
        for task in plan.tasks
    ]
    return document


async def compared(studio: FilmStudio, project: str, document: Mapping[str, Any]) -> Compared:
    """Hold a project's plan against an export's keys. Raises FilmStudioError where nothing can be planned."""
    options = exported_options(document["options"])
    plan = await studio.plan_render(project, options)
    exported = [task["planKey"] for task in document["tasks"]]
    present = {task.plan_key for task in plan.tasks}
    return Compared(len(exported), sum(key in present for key in exported), plan.total.cached)


def exported_options(document: Mapping[str, Any]) -> jobs_pb2.RenderOptions:
    """The options of an export; those that say nothing of a narrator are from when none was the default.

    Raises json_format.ParseError.
    """
    options = json_format.ParseDict(dict(document), jobs_pb2.RenderOptions())
    options.narrate = options.narrate
    return options


async def _newest_film(studio: FilmStudio, project: str) -> jobs_pb2.Job | None:
    looked_at = 0
    async with aclosing(studio.jobs(JOBS_LOOKED_AT_MAX)) as jobs:
        async for job in jobs:
            looked_at += 1
            is_whole = not job.options.HasField("selection")
            if job.project == project and job.state == jobs_pb2.JOB_STATE_COMPLETED and is_whole:
                return job
            if looked_at == JOBS_LOOKED_AT_MAX:
                break
    return None
