"""Breakdowns: each text is broken down once while there is room for it."""

from __future__ import annotations

import pytest

from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.screenplay.elements import ScreenplayRefused
from tests.integration.jobs.stage import SCRIPT, Stage

FOUNTAIN = screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN
OTHER = SCRIPT.replace(b"Rooms", b"Doors")


async def test_a_text_is_broken_down_once(stage: Stage) -> None:
    breakdowns = Breakdowns(stage.database)

    first = await breakdowns.of_text(SCRIPT, FOUNTAIN, None)

    assert await breakdowns.of_text(SCRIPT, FOUNTAIN, None) is first


async def test_a_revision_has_the_breakdown_of_its_text_and_ids(stage: Stage) -> None:
    breakdowns = Breakdowns(stage.database)
    job = await stage.submit(SCRIPT)
    kept = await breakdowns.kept_text(stage.workspace, job.project_id, job.revision)

    found = await breakdowns.of_revision(stage.workspace, job.project_id, job.revision)

    assert kept is not None
    assert found is await breakdowns.of_text(*kept)


async def test_another_workspace_has_no_breakdown_of_a_revision(stage: Stage) -> None:
    breakdowns = Breakdowns(stage.database)
    job = await stage.submit(SCRIPT)
    await breakdowns.of_revision(stage.workspace, job.project_id, job.revision)

    assert await breakdowns.of_revision(job.job_id, job.project_id, job.revision) is None


async def test_the_text_that_was_asked_for_longest_ago_makes_room(stage: Stage) -> None:
    breakdowns = Breakdowns(stage.database, text_bytes_max=2 * len(SCRIPT))
    first = await breakdowns.of_text(SCRIPT, FOUNTAIN, None)
    second = await breakdowns.of_text(OTHER, FOUNTAIN, None)
    await breakdowns.of_text(SCRIPT, FOUNTAIN, None)

    await breakdowns.of_text(SCRIPT.replace(b"Rooms", b"Walls"), FOUNTAIN, None)

    assert await breakdowns.of_text(SCRIPT, FOUNTAIN, None) is first
    assert await breakdowns.of_text(OTHER, FOUNTAIN, None) is not second


async def test_a_refused_text_is_refused_again(stage: Stage) -> None:
    breakdowns = Breakdowns(stage.database)

    for _ in range(2):
        with pytest.raises(ScreenplayRefused):
            await breakdowns.of_text(b"", FOUNTAIN, None)
