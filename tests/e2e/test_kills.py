"""Each service dies in the middle of a film; it comes back, and the film is the same."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from filmstudio.client import connect
from filmstudio.jobs.v1 import jobs_pb2
from tests.e2e.conftest import ACTIONS_OF_FAULTS, SIZE, FaultPoints, Rendered, Studio, rendered
from tests.e2e.visitors import SCRIPT, Made, made_by_a_visitor, visitor

pytestmark = pytest.mark.timeout(180)

KILLS = [point for point, action in ACTIONS_OF_FAULTS.items() if action == "kill"]
JOBS_KILLS = [point for point in KILLS if point.startswith("jobs.")]
CREATE_ANSWERED, WATCH_STREAMING = (point for point in KILLS if point.startswith("gateway."))
TASK_KILLS = [point for point in KILLS if not point.startswith(("jobs.", "gateway."))]


@pytest.fixture(scope="module")
def undisturbed(studio: Studio) -> Made:
    return made_by_a_visitor(studio)


@pytest.mark.parametrize("point", TASK_KILLS)
async def test_a_generator_killed_in_the_middle_of_a_task_makes_it_in_its_next_dispatch(
    studio: Studio, faults: FaultPoints, undisturbed: Made, point: str
) -> None:
    service, kind, _ = point.split(".")
    before = studio.pids()[service]

    faults.arm(point)
    async with visitor(studio) as somebody:
        made = await somebody.ended(await somebody.submitted())

    assert faults.has_struck(point)
    assert studio.pids()[service] != before
    assert made.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert kind.upper() in made.again
    assert made.film == undisturbed.film


@pytest.mark.parametrize("point", JOBS_KILLS)
async def test_the_job_service_killed_while_tasks_run_loses_none_and_repeats_none(
    studio: Studio, faults: FaultPoints, undisturbed: Made, point: str
) -> None:
    before = studio.pids()["jobs"]

    async with visitor(studio) as somebody:
        job = await somebody.submitted()
        await somebody.reached(job, jobs_pb2.JOB_STATE_PROCESSING)
        faults.arm(point)
        made = await somebody.ended(job)

    assert faults.has_struck(point)
    assert studio.pids()["jobs"] != before
    assert made.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert not made.again
    assert made.film == undisturbed.film


def state_entered(line: bytes) -> str:
    """The state that an update of the film command tells of a move to, or nothing."""
    event: dict[str, str] = json.loads(line).get("event", {})
    return event.get("state", "") if event.get("state") != event.get("previousState") else ""


async def watched_render(studio: Studio, faults: FaultPoints, script: Path) -> Rendered:
    """A render by the film command, whose watch is cut by a kill of the gateway when clips are made."""
    output = script.with_suffix(".mp4")
    options = ("-o", str(output), "--size", SIZE, "--project", "Kills", "--json")
    film = await asyncio.create_subprocess_exec(
        *studio.command("render", str(script), *options),
        env=studio.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert film.stdout is not None
    assert film.stderr is not None
    lines: list[bytes] = []
    async for line in film.stdout:
        lines.append(line)
        if state_entered(line) == "JOB_STATE_GENERATING_VIDEO":
            faults.arm(WATCH_STREAMING)
    errors = await film.stderr.read()
    return rendered(await film.wait(), b"".join(lines).decode(), errors.decode(), output)


async def test_the_film_command_survives_a_gateway_killed_in_the_middle_of_its_calls(
    studio: Studio, faults: FaultPoints, undisturbed: Made, tmp_path: Path
) -> None:
    script = tmp_path / "room.fountain"
    script.write_bytes(SCRIPT)
    before = studio.pids()["gateway"]

    faults.arm(CREATE_ANSWERED)
    film = await watched_render(studio, faults, script)
    async with connect(studio.address, studio.account) as client:
        own = await client.job(film.job)
        jobs = [job.name async for job in client.jobs() if job.project == own.project]

    assert faults.has_struck(CREATE_ANSWERED)
    assert faults.has_struck(WATCH_STREAMING)
    assert studio.pids()["gateway"] != before
    assert film.code == 0, film.errors
    assert jobs == [film.job]
    numbers = [int(event["sequence"]) for event in film.events]
    assert numbers == list(range(1, len(numbers) + 1))
    assert film.output.read_bytes() == undisturbed.film
