"""A film whose stills, clips and music come from models, over all processes, one of which is killed."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import av
import pytest

from filmstudio.client import FilmStudio, connect
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from tests.e2e.visitors import SMALL, Visitor, visitor
from tests.models.stack import ModelStudio, model_studio

# Three processes import torch; on a machine with much else to do that alone takes a minute.
pytestmark = pytest.mark.timeout(600)

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "one-minute.fountain"
SIZE = "160x90"
PATIENCE_SECONDS = 300.0
SEED_ORIGIN = "0198c2f4-0000-7000-8000-000000000009"
ONE_LONG_SHOT = b"""Title: Waiting

INT. OFFICE - DAY

MARA
%s
""" % b" ".join([b"So I waited and waited until the evening came and nobody called."] * 5)


@pytest.fixture(scope="module")
def studio(sdxl: Path, ltx: Path, stable_audio: Path) -> Iterator[ModelStudio]:
    with model_studio(sdxl, ltx, stable_audio) as made:
        yield made


async def engines_of(client: FilmStudio, job: str) -> dict[str, str]:
    """Each kind of a job's tasks that were made now, with the engine."""
    tasks = await client.tasks(job)
    return {
        task_pb2.TaskKind.Name(task.kind).removeprefix("TASK_KIND_"): task.pool.rpartition("/")[2]
        for task in tasks
        if not task.cached
    }


async def test_the_sample_is_filmed_by_models_in_three_pools(studio: ModelStudio) -> None:
    output = studio.home / "film.mp4"

    ran = await asyncio.to_thread(
        studio.film, "render", str(SAMPLE), "-o", str(output), "--size", SIZE, "--no-narrate", "--json"
    )

    assert ran.returncode == 0, ran.stderr
    updates = [json.loads(line) for line in ran.stdout.splitlines()]
    job = next(update["event"]["job"] for update in updates if "event" in update)
    shown = [update["progress"].get("previewJpeg") for update in updates if "progress" in update]
    async with connect(studio.address, studio.account) as client:
        engines = await engines_of(client, job)
    assert {engines[kind] for kind in ("STILL", "CLIP", "MUSIC")} == {
        "diffusers-still",
        "diffusers-clip",
        "diffusers-music",
    }
    assert any(base64.b64decode(preview).startswith(b"\xff\xd8") for preview in shown if preview)
    with av.open(str(output), format="mp4") as film:
        lengths = {
            stream.type: float((stream.duration or 0) * (stream.time_base or 0)) for stream in film.streams
        }
        pictures = sum(1 for _ in film.decode(film.streams.video[0]))
    assert pictures == round(lengths["video"] * 24)
    assert abs(lengths["video"] - lengths["audio"]) <= 1 / 24


async def submitted(somebody: Visitor) -> jobs_pb2.Job:
    """The same film's job whoever asks: what a model draws follows from the project's seeds."""
    wanted = projects_pb2.Project(display_name="Waiting", seed_origin=SEED_ORIGIN)
    request = projects_pb2.CreateProjectRequest(project=wanted)
    project = await somebody.ask(projects_pb2_grpc.ProjectsServiceStub, "CreateProject", request)
    revision = await somebody.client.import_screenplay(project.name, ONE_LONG_SHOT)
    return await somebody.client.create_job(project.name, revision.name, SMALL)


async def killed_in_the_middle_of_a_clip(studio: ModelStudio, somebody: Visitor, job: jobs_pb2.Job) -> int:
    """Kill the video generator once it has made some steps of a clip; the percent that it had come to."""
    clips = set[str]()
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(somebody.client.watch(job.name)) as updates:
        async for update in updates:
            progress = update.progress
            if not clips:
                tasks = await somebody.client.tasks(job.name)
                clips = {task.name for task in tasks if task.kind == task_pb2.TASK_KIND_CLIP}
            if progress.task in clips and 0 < progress.percent < 95:
                os.kill(studio.pids()["videogen"], signal.SIGKILL)
                return progress.percent
    raise AssertionError("no clip was seen half made")


async def test_a_model_killed_in_the_middle_of_a_clip_makes_it_again_and_the_film_is_the_same(
    studio: ModelStudio,
) -> None:
    async with visitor(studio) as somebody:
        undisturbed = await somebody.ended(await submitted(somebody), PATIENCE_SECONDS)
    before = studio.pids()["videogen"]

    async with visitor(studio) as another:
        job = await submitted(another)
        percent = await killed_in_the_middle_of_a_clip(studio, another, job)
        made = await another.ended(job, PATIENCE_SECONDS)

    assert 0 < percent < 95
    assert studio.pids()["videogen"] != before
    assert made.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert "CLIP" in made.again
    assert made.film == undisturbed.film
