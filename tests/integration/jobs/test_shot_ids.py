"""The ids of shots from import to import and from job to job, on real Postgres."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.screenplay import break_down, read
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.identities import unpacked
from tests.integration.jobs.stage import SCRIPT, UNNARRATED, Stage

TWENTY = (Path(__file__).parents[3] / "samples" / "twenty-shots.fountain").read_bytes()
STILL = task_pb2.TASK_KIND_STILL


async def project_of(stage: Stage) -> UUID:
    return (await stage.projects.create(stage.workspace, "Test", None)).project_id


async def imported(stage: Stage, project: UUID, script: bytes) -> list[str]:
    """The ids that an import of a text keeps."""
    kept = await stage.projects.import_screenplay(stage.workspace, project, script, 0)
    assert kept is not None
    row = await stage.database.fetchrow(SQL["revision"], stage.workspace, project, kept.number)
    assert row is not None
    return [shot.shot_id for scene in unpacked(row["identities"]) for shot in scene.shots]


async def stills(stage: Stage, job: rows.Job) -> dict[str, int]:
    """The seed of each shot of a planned job."""
    assert await stage.loops.planner.step()
    tasks = await stage.jobs.tasks_page(stage.workspace, job.job_id, 0, 1000)
    return {
        task["shot_id"]: task_pb2.TaskSpec.FromString(task["spec"]).seed
        for task in tasks
        if task["kind"] == STILL
    }


async def test_a_first_import_keeps_the_ids_of_the_words(stage: Stage) -> None:
    project = await project_of(stage)

    kept = await imported(stage, project, TWENTY)

    fresh = break_down(read(TWENTY))
    assert kept == [shot.shot_id for scene in fresh.scenes for shot in scene.shots]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"INT. RADIO WORKSHOP - EVENING", b"INT. RADIO SHOP - NIGHT"),
        (b"full of dead radios.", b"full of old and dead radios."),
        (b"There is no broken bridge.", b"Which bridge?"),
    ],
)
async def test_an_edit_of_one_line_changes_no_id(stage: Stage, old: bytes, new: bytes) -> None:
    project = await project_of(stage)
    before = await imported(stage, project, TWENTY)

    after = await imported(stage, project, TWENTY.replace(old, new))

    assert after == before


async def test_edits_of_edits_keep_the_ids_of_the_first_import(stage: Stage) -> None:
    project = await project_of(stage)
    before = await imported(stage, project, TWENTY)
    text = TWENTY
    for old, new in (
        (b"There is no broken bridge.", b"There is no bridge."),
        (b"There is no bridge.", b"No bridge."),
        (b"INT. RADIO WORKSHOP", b"INT. SHED"),
    ):
        text = text.replace(old, new)
        after = await imported(stage, project, text)

    assert after == before


async def test_an_edited_shot_is_rendered_with_the_seed_that_it_had(stage: Stage) -> None:
    project = await project_of(stage)
    first = await stills(stage, await stage.submit(SCRIPT, project))

    second = await stills(stage, await stage.submit(SCRIPT.replace(b"Only me.", b"Just me."), project))

    assert second == first


async def test_a_job_of_an_older_revision_has_the_ids_of_that_revision(stage: Stage) -> None:
    project = await project_of(stage)
    await imported(stage, project, SCRIPT)
    edited = await imported(stage, project, SCRIPT.replace(b"INT. KITCHEN", b"INT. CELLAR"))
    await imported(stage, project, b"EXT. SEA - DAY\n\nWaves.\n")

    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}",
        revision=f"projects/{project}/revisions/2",
        request_id=str(uuid4()),
        options=UNNARRATED,
    )
    job = await stage.submissions.submit(stage.workspace, request)

    assert list(await stills(stage, job)) == edited


async def test_a_revision_kept_without_ids_has_those_of_its_words(stage: Stage) -> None:
    """One that the service before this column kept."""
    project = await project_of(stage)
    before = await imported(stage, project, SCRIPT)
    await stage.database.execute("update screenplay_revisions set identities = null")

    planned = await stills(stage, await stage.submit(SCRIPT, project))
    after = await imported(stage, project, SCRIPT.replace(b"Only me.", b"Just me."))

    assert list(planned) == before
    assert after == before
