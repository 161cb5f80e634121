"""Each service dies in the middle of a film; it comes back, and the film is the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from filmstudio.client import connect
from filmstudio.jobs.v1 import jobs_pb2
from tests.e2e.conftest import ACTIONS_OF_FAULTS, FaultPoints, Studio
from tests.e2e.visitors import SCRIPT, Made, made_by_a_visitor, visitor

pytestmark = pytest.mark.timeout(600)

KILLS = [point for point, action in ACTIONS_OF_FAULTS.items() if action == "kill"]
JOBS_KILLS = [point for point in KILLS if point.startswith("jobs.")]
GATEWAY_KILLS = [point for point in KILLS if point.startswith("gateway.")]
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


async def test_the_film_command_survives_a_gateway_killed_in_the_middle_of_its_calls(
    studio: Studio, faults: FaultPoints, undisturbed: Made, tmp_path: Path
) -> None:
    script = tmp_path / "room.fountain"
    script.write_bytes(SCRIPT)
    before = studio.pids()["gateway"]

    for point in GATEWAY_KILLS:
        faults.arm(point)
    film = await asyncio.to_thread(studio.render, script, "kills.mp4", "Kills")
    async with connect(studio.address, studio.account) as client:
        own = await client.job(film.job)
        jobs = [job.name async for job in client.jobs() if job.project == own.project]

    assert all(map(faults.has_struck, GATEWAY_KILLS))
    assert studio.pids()["gateway"] != before
    assert film.code == 0, film.errors
    assert jobs == [film.job]
    numbers = [int(event["sequence"]) for event in film.events]
    assert numbers == list(range(1, len(numbers) + 1))
    assert film.output.read_bytes() == undisturbed.film
