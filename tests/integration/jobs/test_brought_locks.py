"""A locked shot keeps the files that somebody brought for it, with their credits."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest

from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.store.approvals import APPROVED, Approvals
from studio_jobs.store.approving import Approving
from studio_jobs.store.boards import Boards
from studio_jobs.store.shot_renders import ShotRenders
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter
from studio_platform.errors import FailedPrecondition
from tests.integration.jobs.stage import SPEECH_LENGTH_MS
from tests.integration.jobs.test_brought_media import (
    cutting,
    line_of,
    objects,
    picture,
    replace,
    restore,
    shot_id,
    sound,
    specs,
)
from tests.integration.jobs.test_timeline import SCRIPT, CuttingRoom, lock, unlock

__all__ = ["cutting", "objects"]

OTHER_LINE = SCRIPT.replace(b"Is anybody there?", b"Is anybody there now?")


def footage() -> bytes:
    form = PictureForm(128, 72, 24, 1, 12)
    with ClipWriter(form) as writer:
        for shade in range(form.length_frames):
            writer.write_rgb(np.full((form.height_px, form.width_px, 3), 10 * shade, np.uint8))
    return writer.data


async def test_a_brought_line_is_kept_and_credited_after_it_was_taken_back(cutting: CuttingRoom) -> None:
    line = await line_of(cutting, "1.2")
    brought = await replace(cutting, line, sound(SPEECH_LENGTH_MS))
    await cutting.render()

    held = await lock(cutting, "1.2")
    assert await cutting.render() == set()
    await restore(cutting, line)
    await cutting.bring(OTHER_LINE)

    assert held.lock.lines[0].speech == brought.artifact
    assert list(held.lock.brought) == [brought]
    assert await cutting.render() == set()
    assert list((await specs(cutting))["film"].film.credits) == ["Voice: J. Doe (CC-BY-4.0)"]


async def test_a_brought_clip_is_kept_without_a_still_and_fitted(cutting: CuttingRoom) -> None:
    target = timeline_pb2.MediaTarget(clip=await shot_id(cutting, "1.2"))
    brought = await replace(cutting, target, footage())
    await cutting.render()

    held = await lock(cutting, "1.2")
    await restore(cutting, target)
    await cutting.bring(OTHER_LINE)

    assert held.lock.clip == brought.artifact
    assert not held.lock.HasField("still")
    assert await cutting.render() == set()
    planned = await specs(cutting)
    assert "scene 1 shot 2 still" not in planned
    assert planned["scene 1 cut"].segment.shots[1].fitted
    assert list(planned["film"].film.credits) == ["Footage: J. Doe (CC-BY-4.0)"]


async def test_a_file_that_came_or_went_after_the_render_must_be_rendered_first(cutting: CuttingRoom) -> None:
    target = timeline_pb2.MediaTarget(still=await shot_id(cutting, "1.1"))
    await cutting.render()

    await replace(cutting, target, picture())
    with pytest.raises(FailedPrecondition, match="brought files changed"):
        await lock(cutting, "1.1")
    await cutting.render()
    await lock(cutting, "1.1")
    await unlock(cutting, "1.1")
    await restore(cutting, target)

    with pytest.raises(FailedPrecondition, match="brought files changed"):
        await lock(cutting, "1.1")


async def test_a_shot_with_a_brought_still_is_locked_by_its_approval(cutting: CuttingRoom) -> None:
    shot, database = await shot_id(cutting, "1.1"), cutting.stage.database
    brought = await replace(cutting, timeline_pb2.MediaTarget(still=shot), picture())
    await cutting.render()
    boards = Boards(database, Breakdowns(database))
    approving = Approving(boards, ShotRenders(database), cutting.stage.log, Approvals(database))

    approval = await approving.approve(cutting.stage.workspace, cutting.project, shot, None, "", UUID(int=7))

    assert approval.decision == APPROVED
    kept = (await cutting.shots())["1.1"].lock
    assert (kept.still, list(kept.brought)) == (brought.artifact, [brought])
