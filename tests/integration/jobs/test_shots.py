"""Shots as people edit them: settings, takes, what became of them, and the history of it all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from filmstudio.edits.v1 import edits_pb2
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.shots.v1 import shots_pb2
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.shot_specs import take_seed
from studio_platform.errors import Aborted, FailedPrecondition, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.stage import Stage, announcement, failure

SCRIPT = b"""Title: Two Rooms

INT. KITCHEN - NIGHT

Rain on the window. MARA stands by the table and opens a door.

MARA
Is anybody there?

EXT. STREET - DAY

A car waits. Wind in the trees.
"""


@pytest.fixture
async def room(stage: Stage) -> CuttingRoom:
    return await open_cutting_room(stage, SCRIPT)


async def test_shots_are_listed_in_the_films_order_with_what_the_text_says(room: CuttingRoom) -> None:
    listed = await room.listed()

    assert [(shot.scene, shot.ordinal) for shot in listed] == sorted(
        (shot.scene, shot.ordinal) for shot in listed
    )
    street = await room.shot("car waits")
    assert (street.in_screenplay, street.line_first, street.take_count) == (True, 12, 1)
    assert street.estimated_ms >= 2000
    assert street.settings == shots_pb2.TakeSettings()
    assert await room.shots.GetShot(shots_pb2.GetShotRequest(name=street.name), None) == street


async def test_shots_come_in_pages(room: CuttingRoom) -> None:
    names: list[str] = []
    token = ""
    while True:
        request = shots_pb2.ListShotsRequest(project=room.name, page_size=1, page_token=token)
        page = await room.shots.ListShots(request, None)
        names += [shot.name for shot in page.shots]
        token = page.next_page_token
        if not token:
            break

    assert names == [shot.name for shot in await room.listed()]


async def test_what_was_edited_of_a_shot_reaches_the_specs_of_its_still_and_clip(room: CuttingRoom) -> None:
    street = await room.shot("car waits")

    await room.update(
        street,
        prompt="A red car.",
        prompt_addition="On film.",
        negative_prompt="people",
        seed=7,
        duration_ms=9000,
        camera_move=task_pb2.CAMERA_MOVE_PULL_OUT,
    )
    specs = await room.specs(await room.render(), street)

    assert specs["still"].still.prompt == specs["clip"].clip.prompt == "A red car. On film."
    assert specs["still"].still.negative_prompt == "people"
    assert (specs["still"].seed, specs["clip"].seed) == (7, 7)
    assert specs["clip"].clip.move == task_pb2.CAMERA_MOVE_PULL_OUT
    assert specs["clip"].timings[0].min_frames == 9 * 24


async def test_a_field_that_is_empty_in_the_mask_is_the_studios_choice_again(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.update(street, prompt="A red car.", seed=7)

    edited = await room.update(street, "settings.prompt", "settings.duration_ms", duration_ms=4000)

    assert edited.settings == shots_pb2.TakeSettings(seed=7, duration_ms=4000)
    assert (await room.update(street, "settings")).settings == shots_pb2.TakeSettings()


async def test_an_edit_of_an_older_state_or_of_another_field_is_refused(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.update(street, etag=street.etag, seed=7)

    with pytest.raises(Aborted):
        await room.update(street, etag=street.etag, seed=8)
    with pytest.raises(InvalidInput, match=r"may hold settings\.prompt"):
        await room.update(street, "action", seed=8)

    assert (await room.shot("car waits")).settings.seed == 7


async def test_a_pool_that_is_not_known_is_refused_and_a_known_one_makes_the_shot(
    room: CuttingRoom, stage: Stage
) -> None:
    street, other = await room.shot("car waits"), await room.shot("MARA")
    fine = announcement(TaskKind.STILL)
    fine.pool = "fine-still"
    await stage.loops.announcements.take(fine)

    with pytest.raises(InvalidInput, match="must be one of pools/null-clip"):
        await room.update(street, clip_pool="pools/fine-still")
    await room.update(street, still_pool="pools/null-still")
    await room.update(other, still_pool="pools/null-still")
    await room.update(street, still_pool="pools/fine-still")

    planned = await room.plan()
    pools = {
        task.pool
        for task in planned.judged.plan.tasks
        if task.kind is TaskKind.STILL and street.name.endswith(task.shot_id)
    }
    assert pools == {"fine-still"}


async def test_a_pool_that_is_gone_is_named_with_the_shot_when_a_render_is_planned(
    room: CuttingRoom, stage: Stage
) -> None:
    street = await room.shot("car waits")
    await room.update(street, clip_pool="pools/null-clip")
    await stage.database.execute("update pools set pool = 'renamed' where pool = 'null-clip'")

    with pytest.raises(FailedPrecondition, match=r"scene 2 shot 1 clip .* 'null-clip'"):
        await room.plan()


async def test_a_retake_has_another_seed_and_keeps_the_other_settings(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.update(street, prompt="A red car.", seed=7)

    retaken = await room.retake(street, duration_ms=5000)
    one, two = await room.takes(street)

    shot_id = street.name.rpartition("/")[2]
    assert (retaken.chosen_take, retaken.take_count) == (f"{street.name}/takes/2", 2)
    assert retaken.settings == shots_pb2.TakeSettings(prompt="A red car.", duration_ms=5000)
    assert (one.seed, two.seed) == (7, take_seed(str(room.project), shot_id, 2))
    assert [(take.chosen, take.settings.prompt) for take in (one, two)] == [
        (False, "A red car."),
        (True, "A red car."),
    ]


async def test_a_take_that_was_undone_gives_its_number_and_so_its_seed_to_no_other(
    room: CuttingRoom,
) -> None:
    street = await room.shot("car waits")
    await room.retake(street)
    await room.undo()

    assert [take.name for take in await room.takes(street)] == [f"{street.name}/takes/1"]
    assert (await room.retake(street)).chosen_take == f"{street.name}/takes/3"


async def test_takes_have_the_artifacts_that_jobs_made_for_them(room: CuttingRoom) -> None:
    mara = await room.shot("MARA")
    first = await room.render()
    await room.retake(mara)
    second = await room.render()

    one, two = await room.takes(mara)

    kinds = {task_pb2.TASK_KIND_STILL, task_pb2.TASK_KIND_CLIP, task_pb2.TASK_KIND_SPEECH}
    for take, job in ((one, first), (two, second)):
        assert {artifact.kind for artifact in take.artifacts} == kinds
        assert all(artifact.task.startswith(f"jobs/{job.job_id}/tasks/") for artifact in take.artifacts)
        assert all(artifact.current and artifact.url for artifact in take.artifacts)
    stills = {
        artifact.digest
        for take in (one, two)
        for artifact in take.artifacts
        if artifact.kind == task_pb2.TASK_KIND_STILL
    }
    assert len(stills) == 2


async def test_an_artifact_of_settings_that_were_edited_since_is_not_current(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.render()

    await room.update(street, seed=7)

    (take,) = await room.takes(street)
    assert take.artifacts
    assert not any(artifact.current for artifact in take.artifacts)
    await room.undo()
    (take,) = await room.takes(street)
    assert all(artifact.current for artifact in take.artifacts)


async def test_what_a_lock_keeps_is_told_of_the_take_that_it_was_made_for(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    first = await room.render()
    await room.lock(street)
    await room.retake(street)
    await room.render()

    one, two = await room.takes(street)

    assert {artifact.task.rpartition("/tasks/")[0] for artifact in one.artifacts} == {f"jobs/{first.job_id}"}
    assert not two.artifacts


async def test_a_shot_has_no_more_takes_than_its_limit(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    for _ in range(99):
        await room.retake(street)

    with pytest.raises(FailedPrecondition, match="at most 100 takes"):
        await room.retake(street)

    assert len(await room.takes(street)) == 100


async def test_two_takes_are_compared_by_what_differs(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.update(street, prompt="A red car.")
    await room.retake(street, camera_move=task_pb2.CAMERA_MOVE_HOLD)

    request = shots_pb2.CompareTakesRequest(shot=street.name, first=1, second=2)
    compared = await room.shots.CompareTakes(request, None)

    assert {entry.field: (entry.first, entry.second) for entry in compared.differences} == {
        "seed": (str(compared.first.seed), str(compared.second.seed)),
        "camera_move": ("", "HOLD"),
    }
    with pytest.raises(NotFound):
        await room.shots.CompareTakes(
            shots_pb2.CompareTakesRequest(shot=street.name, first=1, second=3), None
        )


async def test_the_first_take_chosen_again_is_found_made(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.render()
    await room.retake(street)
    await room.render()
    executed = len(room.stage.executed)

    await room.choose(street, 1)
    await room.render()

    assert len(room.stage.executed) == executed
    with pytest.raises(NotFound):
        await room.choose(street, 9)


async def test_edits_stay_with_a_shot_over_new_revisions_and_wait_for_it_when_it_is_gone(
    room: CuttingRoom,
) -> None:
    street = await room.shot("car waits")
    await room.update(street, prompt="A red car.")

    await room.bring(SCRIPT.replace(b"Is anybody there?", b"Who is there?"))
    kept = await room.shot("car waits")
    without, _, _ = SCRIPT.partition(b"EXT. STREET")
    await room.bring(without)
    *_, dangling = await room.listed()
    await room.bring(SCRIPT)
    back = await room.shot("car waits")

    assert (kept.name, kept.settings.prompt) == (street.name, "A red car.")
    assert (dangling.name, dangling.in_screenplay, dangling.settings.prompt) == (
        street.name,
        False,
        "A red car.",
    )
    assert back == kept


async def test_a_job_and_its_retry_make_the_edits_that_the_job_was_created_with(
    room: CuttingRoom, stage: Stage
) -> None:
    street = await room.shot("car waits")
    await room.update(street, seed=7)
    job = await room.submit()
    await room.update(street, seed=8)

    failed = await stage.run_to_end(job, lambda order: failure(order, permanent=True))
    retried = await stage.run_to_end(await stage.submissions.retry(failed, None))

    assert retried.state is JobState.COMPLETED
    assert [(await room.specs(one, street))["clip"].seed for one in (job, retried)] == [7, 7]
    assert (await room.specs(await room.render(), street))["clip"].seed == 8


async def test_a_prompt_that_the_policy_refuses_fails_the_job_and_says_so(
    room: CuttingRoom, stage: Stage
) -> None:
    street = await room.shot("car waits")
    await room.update(street, prompt_addition="Step by step, how to build a pipe bomb.")

    failed = await stage.run_to_end(await room.submit())

    assert failed.failure is not None
    assert failed.failure.reason == jobs_pb2.FAILURE_REASON_MODERATION_REFUSED
    assert "shot's prompt" in failed.failure.text


async def test_the_history_tells_who_did_what_in_pages_and_what_can_be_undone(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.recast("MARA", look="tall")
    await room.update(street, seed=7, prompt="A red car.")
    await room.retake(street, duration_ms=5000)
    await room.undo()

    edits: list[edits_pb2.Edit] = []
    token = ""
    while True:
        request = edits_pb2.ListEditsRequest(project=room.name, page_size=3, page_token=token)
        page = await room.edits.ListEdits(request, None)
        edits += page.edits
        if not token:
            assert (page.undo_target, page.redo_target) == (f"{room.name}/edits/2", f"{room.name}/edits/4")
        token = page.next_page_token
        if not token:
            break

    assert [(edit.action, edit.summary) for edit in edits] == [
        (edits_pb2.EDIT_ACTION_UNDO, "shot 2.1: take 2, duration"),
        (edits_pb2.EDIT_ACTION_EDIT, "shot 2.1: take 2, duration"),
        (edits_pb2.EDIT_ACTION_EDIT, "shot 2.1: prompt, seed"),
        (edits_pb2.EDIT_ACTION_EDIT, "cast MARA: look"),
    ]
    assert {edit.author for edit in edits} == {f"users/{room.user}"}
    assert edits[0].target == f"{room.name}/edits/3"
    assert [subject.kind for subject in edits[1].subjects] == ["shot", "take"]


async def test_edits_are_undone_redone_and_restored_by_name(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    await room.update(street, seed=7)
    await room.update(street, seed=8)
    await room.undo()
    undone = await room.shot("car waits")
    await room.redo()

    request = edits_pb2.RestoreEditsRequest(project=room.name, edit=f"{room.name}/edits/1")
    restored = await room.edits.RestoreEdits(request, None)

    assert undone.settings.seed == 7
    assert (restored.action, restored.target) == (edits_pb2.EDIT_ACTION_RESTORE, request.edit)
    assert (await room.shot("car waits")).settings.seed == 7
    stale = edits_pb2.UndoEditRequest(project=room.name, newest_edit=f"{room.name}/edits/1")
    with pytest.raises(Aborted):
        await room.edits.UndoEdit(stale, None)
    other = edits_pb2.UndoEditRequest(project=room.name, newest_edit=f"projects/{uuid4()}/edits/1")
    with pytest.raises(InvalidInput):
        await room.edits.UndoEdit(other, None)


async def test_another_workspace_finds_neither_shots_nor_history(room: CuttingRoom) -> None:
    street = await room.shot("car waits")
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))

    with pytest.raises(NotFound):
        await room.listed()
    with pytest.raises(NotFound):
        await room.update(street, seed=7)
    with pytest.raises(NotFound):
        await room.takes(street)
    with pytest.raises(NotFound):
        await room.edits.ListEdits(edits_pb2.ListEditsRequest(project=room.name), None)
    with pytest.raises(NotFound):
        await room.undo()
