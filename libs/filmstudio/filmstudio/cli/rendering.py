"""film render: from a screenplay on disk to a film on disk."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from filmstudio.cli.assets import ASSETS, TARGET_ASSETS
from filmstudio.cli.choices import Choices
from filmstudio.cli.dub_overruns import overruns, warnings
from filmstudio.cli.exits import Exit
from filmstudio.cli.follow import Followed, follow
from filmstudio.cli.outcomes import further_paths, next_commands, report
from filmstudio.cli.places import Place
from filmstudio.cli.plain import plain
from filmstudio.cli.quality_gate import checks_of, quality_line
from filmstudio.cli.saving import save
from filmstudio.cli.scripts import title_of
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.screenplay.v1 import screenplay_pb2

POOLS_WAIT_SECONDS = 5.0
POOLS_WAIT_AFTER_START_SECONDS = 30.0
POOLS_POLL_SECONDS = 0.25
REMARKS_SHOWN_MAX = 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Render:
    """What to render and where to; `content` is the screenplay's."""

    script: Path
    content: bytes
    output: Path
    project: str = ""
    choices: Choices = field(default_factory=Choices)
    as_json: bool = False
    detach: bool = False

    def alone(self) -> Render:
        """This render without further outputs."""
        return replace(self, choices=replace(self.choices, also=()))

    @property
    def asset(self) -> jobs_pb2.Asset.ValueType:
        """The file that comes of the target, by the suffix of where it goes."""
        assets = TARGET_ASSETS[self.choices.target_name]
        return jobs_pb2.Asset.Value(ASSETS[assets[self.output.suffix.lower()]])


async def render(studio: FilmStudio, place: Place, wanted: Render) -> int:
    """Import, submit, watch, download. Raises FilmStudioError, OSError."""
    began = time.monotonic()
    options = wanted.choices.options()
    title = wanted.project or title_of(wanted.content, wanted.script)
    project = await studio.project_called(title)
    revision = await _imported(studio, project.name, wanted)
    budget_micros = wanted.choices.budget_micros
    job = await with_pools(place, lambda: studio.create_job(project.name, revision, options, budget_micros))
    if wanted.detach:
        print(json.dumps({"job": job.name}) if wanted.as_json else job.name)
        return Exit.OK
    shown_title = title if place.is_local else f"{title} at {place.server}"
    code = await follow(studio, Followed(job.name, shown_title, wanted.as_json))
    if code is not Exit.OK:
        return code
    await save(studio, job.name, wanted.output, wanted.asset)
    done = await studio.job(job.name)
    for name, path in further_paths(done, wanted.output).items():
        await save(studio, job.name, path, wanted.asset, name)
    too_long = await overruns(studio, done)
    for warning in warnings(too_long):
        print(warning, file=sys.stderr)
    checks = await checks_of(studio, done)
    if wanted.as_json:
        quality = {"checks": checks} if checks else {}
        print(json.dumps({"film": {**film_fields(done, wanted.output), **_told(too_long), **quality}}))
    else:
        print(report(done, wanted.output, time.monotonic() - began))
        if checks:
            print(quality_line(checks))
        print(next_commands(job.name, is_local=place.is_local))
    return Exit.OK


def _told(too_long: dict[str, list[dict[str, Any]]]) -> dict[str, object]:
    return {"overruns": too_long} if too_long else {}


def film_fields(job: jobs_pb2.Job, output: Path) -> dict[str, object]:
    """The last line of `--json`: what was made."""
    fields: dict[str, object] = {
        "job": job.name,
        "path": str(output),
        "lengthMs": job.film_length_ms,
        "engines": list(job.engines),
    }
    further = further_paths(job, output)
    if further:
        fields["outputs"] = [{"name": name, "path": str(path)} for name, path in further.items()]
    return fields


async def _imported(studio: FilmStudio, project: str, wanted: Render) -> str:
    """The revision's name; what its reader remarked is said. Raises RefusedError that names the file."""
    try:
        revision = await studio.import_screenplay(project, wanted.content)
    except RefusedError as refused:
        raise RefusedError(f"{wanted.script}: {refused}", refused.cause) from refused
    for remark in revision.diagnostics[:REMARKS_SHOWN_MAX]:
        severity = screenplay_pb2.Severity.Name(remark.severity).removeprefix("SEVERITY_").lower()
        text = plain(f"{remark.text} {remark.suggestion}".strip())
        print(f"{wanted.script}:{remark.line}: {severity}: {text}", file=sys.stderr)
    more = len(revision.diagnostics) - REMARKS_SHOWN_MAX
    if more > 0:
        print(f"{wanted.script}: and {more} more remarks", file=sys.stderr)
    return revision.name


def _pools_wait_seconds(place: Place) -> float:
    """How long pools may take to announce themselves: at this machine's studio, when it has just started."""
    if not place.is_local:
        return 0.0
    return POOLS_WAIT_AFTER_START_SECONDS if place.is_new else POOLS_WAIT_SECONDS


async def with_pools(place: Place, call: Callable[[], Awaitable[T]]) -> T:
    """What a call answers; where no pool makes what is needed, it waits for one a little."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _pools_wait_seconds(place)
    is_told = False
    while True:
        try:
            return await call()
        except RefusedError as refused:
            if refused.cause.reason != "POOL_MISSING" or loop.time() > end:
                raise
        if not is_told:
            print("Waiting for the generators ...", file=sys.stderr, flush=True)
            is_told = True
        await asyncio.sleep(POOLS_POLL_SECONDS)
