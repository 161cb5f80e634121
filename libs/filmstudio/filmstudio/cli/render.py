"""film render: from a screenplay on disk to a film on disk."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import grpc

from filmstudio.cli.faults import Exit, failure_text, reason_of
from filmstudio.cli.progress import display
from filmstudio.cli.studio import Place
from filmstudio.client import SCREENPLAY_MAX_BYTES, FilmStudio, connect
from filmstudio.jobs.v1 import jobs_pb2

POOLS_WAIT_SECONDS = 30.0
POOLS_POLL_SECONDS = 0.25

_TITLE = re.compile(rb"^title:[ \t]*(?P<title>[^\r\n]+)", re.IGNORECASE | re.MULTILINE)


class BadScreenplayError(Exception):
    """A file that need not be sent; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Render:
    """What to render and where to."""

    script: Path
    output: Path
    project: str = ""
    as_json: bool = False


def read_script(path: Path) -> bytes:
    """The bytes of a screenplay. Raises BadScreenplayError for one that is missing, empty or too large."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadScreenplayError(f"{path}: {error.strerror}. Give the path of a screenplay.") from error
    if not content.strip():
        raise BadScreenplayError(f"{path}: the screenplay is empty. Write at least one scene.")
    if len(content) > SCREENPLAY_MAX_BYTES:
        raise BadScreenplayError(
            f"{path}: the screenplay has {len(content):,} bytes; the limit is {SCREENPLAY_MAX_BYTES:,}. "
            "Split it into several films."
        )
    return content


def title_of(content: bytes, path: Path) -> str:
    """The name of the project: the title entry, or the file's name."""
    found = _TITLE.search(content[:4096])
    title = found["title"].decode("utf-8", "replace").strip(" _*") if found else ""
    return (title or path.stem)[:200]


async def render(place: Place, wanted: Render) -> Exit:
    """Import, submit, watch, download. Raises BadScreenplayError, DownloadError and grpc's errors."""
    started_at = time.monotonic()
    content = read_script(wanted.script)
    async with connect(place.address, place.account) as studio:
        project = await studio.project_called(wanted.project or title_of(content, wanted.script))
        revision = await studio.import_screenplay(project.name, content)
        job = await _submit(studio, project.name, revision.name)
        code = await follow(studio, job.name, as_json=wanted.as_json)
        if code is not Exit.OK:
            return code
        await asyncio.to_thread(wanted.output.parent.mkdir, parents=True, exist_ok=True)
        await studio.download(job.name, wanted.output)
        done = await studio.job(job.name)
    if not wanted.as_json:
        print(report(done, wanted.output, time.monotonic() - started_at))
    return Exit.OK


async def _submit(studio: FilmStudio, project: str, revision: str) -> jobs_pb2.Job:
    """Submit; pools of a studio that has only just started announce themselves within seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + POOLS_WAIT_SECONDS
    while True:
        try:
            return await studio.create_job(project, revision)
        except grpc.aio.AioRpcError as error:
            if reason_of(error) != "POOL_MISSING" or loop.time() > end:
                raise
        await asyncio.sleep(POOLS_POLL_SECONDS)


async def follow(studio: FilmStudio, job: str, *, as_json: bool) -> Exit:
    """Show a job until it is terminal; Ctrl-C asks whether to cancel it or leave it running."""
    watching = asyncio.ensure_future(_watch(studio, job, as_json=as_json))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, watching.cancel)
    try:
        return await watching
    except asyncio.CancelledError:
        loop.remove_signal_handler(signal.SIGINT)
        return await _interrupted(studio, job)
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def _watch(studio: FilmStudio, job: str, *, as_json: bool) -> Exit:
    shown = display(as_json=as_json)
    last = jobs_pb2.JobEvent()
    try:
        async for update in studio.watch(job):
            shown.show(update)
            if update.HasField("event"):
                last = update.event
    finally:
        shown.close()
    if last.state == jobs_pb2.JOB_STATE_COMPLETED:
        return Exit.OK
    if last.state == jobs_pb2.JOB_STATE_CANCELLED:
        print(f"{job} was cancelled.", file=sys.stderr)
        return Exit.CANCELLED
    print(failure_text(last.failure), file=sys.stderr)
    return Exit.JOB_FAILED


async def _interrupted(studio: FilmStudio, job: str) -> Exit:
    answer = "l"
    if sys.stdin.isatty():
        answer = await asyncio.to_thread(input, "\nCancel the job, or leave it running? [c/L] ")
    if answer.strip().lower().startswith("c"):
        await studio.cancel(job)
        print(f"{job} is being cancelled.", file=sys.stderr)
    else:
        print(f"{job} goes on; see it with: film watch {job}", file=sys.stderr)
    return Exit.CANCELLED


def report(job: jobs_pb2.Job, output: Path, seconds: float) -> str:
    """What a person wants to know at the end."""
    done = sum(stage.done for stage in job.stages)
    cached = sum(stage.cached for stage in job.stages)
    return "\n".join(
        [
            "",
            f"  film      {output}",
            f"  length    {job.film_length_ms / 1000:.1f} s",
            f"  took      {seconds:.1f} s  ({done - cached} parts made, {cached} taken from before)",
            f"  engines   {', '.join(job.engines)}",
            "",
            f"  film tasks {job.name}     what was made, by which engine",
            "  film down      stop the studio",
        ]
    )
