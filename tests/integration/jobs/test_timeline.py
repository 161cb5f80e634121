"""The timeline of a project: listed, edited through the log, kept over revisions, pinned by jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.plan_messages import render_plan
from studio_jobs.servicers.timeline import TimelineServicer
from studio_jobs.shot_lists import ShotLists
from studio_platform.errors import Aborted, FailedPrecondition, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.cutting_room import cut_lists, timeline_servicer
from tests.integration.jobs.stage import UNNARRATED, Stage, announcement

SCRIPT = b"""Title: Two Rooms

INT. KITCHEN - NIGHT

Rain on the window. MARA opens a door.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits by the gate.
"""
CUT = timeline_pb2.TRANSITION_KIND_CUT
CROSSFADE = timeline_pb2.TRANSITION_KIND_CROSSFADE


@dataclass(slots=True)
class CuttingRoom:
    """One project as its owner sees it; `stage` renders it."""

    stage: Stage
    servicer: TimelineServicer
    project: UUID = field(default_factory=uuid4)

    async def bring(self, script: bytes = SCRIPT) -> None:
        if await self.stage.projects.get(self.stage.workspace, self.project) is None:
            made = await self.stage.projects.create(self.stage.workspace, "Test", None)
            self.project = made.project_id
        await self.stage.projects.import_screenplay(self.stage.workspace, self.project, script, 0)

    async def timeline(self) -> timeline_pb2.Timeline:
        request = timeline_pb2.GetTimelineRequest(project=f"projects/{self.project}")
        return await self.servicer.GetTimeline(request, None)

    async def shots(self) -> dict[str, timeline_pb2.TimelineShot]:
        """By what people call them, in the film's order."""
        return {shot.display_name: shot for scene in (await self.timeline()).scenes for shot in scene.shots}

    async def edit(self, label: str, *mask: str, **edit: Any) -> timeline_pb2.TimelineShot:
        return await self.edit_named((await self.shots())[label].name, *mask, **edit)

    async def edit_named(
        self, name: str, *mask: str, etag: str = "", **edit: Any
    ) -> timeline_pb2.TimelineShot:
        shot = timeline_pb2.TimelineShot(name=name, edit=timeline_pb2.ShotEdit(**edit), etag=etag)
        request = timeline_pb2.UpdateTimelineShotRequest(
            shot=shot, update_mask=FieldMask(paths=[f"edit.{path}" for path in mask])
        )
        return await self.servicer.UpdateTimelineShot(request, None)

    async def move(self, label: str, **place: str) -> timeline_pb2.TimelineShot:
        shots = await self.shots()
        ids = {side: shots[other].name.rsplit("/", 1)[-1] for side, other in place.items()}
        request = timeline_pb2.MoveTimelineShotRequest(name=shots[label].name, **ids)
        return await self.servicer.MoveTimelineShot(request, None)

    async def mix(self, number: int, **levels: timeline_pb2.Level) -> timeline_pb2.TimelineScene:
        scene = (await self.timeline()).scenes[number - 1]
        wanted = timeline_pb2.TimelineScene(name=scene.name, edit=timeline_pb2.SceneEdit(**levels))
        return await self.servicer.UpdateTimelineScene(
            timeline_pb2.UpdateTimelineSceneRequest(scene=wanted), None
        )

    async def title(self, **texts: str) -> timeline_pb2.Titles:
        wanted = timeline_pb2.Titles(name=f"projects/{self.project}/timeline/titles", **texts)
        return await self.servicer.UpdateTitles(timeline_pb2.UpdateTitlesRequest(titles=wanted), None)

    async def render(self) -> set[str]:
        """Make the film as it is now; the names of the tasks that ran."""
        request = jobs_pb2.CreateJobRequest(
            project=f"projects/{self.project}", request_id=str(uuid4()), options=UNNARRATED
        )
        job = await self.stage.submissions.submit(self.stage.workspace, request)
        assert (await self.stage.run_to_end(job)).state is JobState.COMPLETED
        tasks = await self.stage.jobs.tasks_page(self.stage.workspace, job.job_id, 0, 1000)
        return {task["display_name"] for task in tasks if not task["cached"]}


@pytest.fixture
async def room(stage: Stage) -> CuttingRoom:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(stage.workspace)))
    room = CuttingRoom(
        stage,
        timeline_servicer(stage),
    )
    await room.bring()
    return room


async def test_a_cut_list_has_what_was_edited(room: CuttingRoom) -> None:
    otio = pytest.importorskip("opentimelineio", reason="it has no wheel for this Python")
    crossfade = timeline_pb2.Transition(kind=CROSSFADE, length_ms=500)
    await room.edit("1.1", "head_trim_ms", "transition", head_trim_ms=250, transition=crossfade)
    await room.edit("1.2", "hold_ms", hold_ms=1_000)
    await room.move("2.1", before="1.2")
    await room.render()

    (job, *_) = await room.stage.jobs.page(room.stage.workspace, None, 1, room.project)
    made = await cut_lists(room.stage).of(job, jobs_pb2.CUT_LIST_FORMAT_OTIO)

    timeline = otio.adapters.read_from_string(made.content, "otio_json")
    clips = list(timeline.video_tracks()[0].find_clips())
    names = [clip.name for clip in clips if clip.name.startswith("scene")]
    assert names[:2] == ["scene 1 shot 1", "scene 2 shot 1"]
    assert clips[1].source_range.start_time.value == 6
    paths = {media.path: media.task for media in made.media}
    assert {clip.media_reference.target_url for clip in timeline.find_clips()} <= paths.keys()
    tasks = await room.stage.jobs.tasks_page(room.stage.workspace, job.job_id, 0, 1000)
    named = {task["number"]: task["display_name"] for task in tasks}
    assert all(named[paths[clip.media_reference.target_url]].startswith(clip.name) for clip in clips[1:-1])


async def test_a_timeline_lists_scenes_and_shots_with_what_can_be_edited_of_them(room: CuttingRoom) -> None:
    timeline = await room.timeline()

    shots = await room.shots()
    assert [scene.heading for scene in timeline.scenes] == ["INT. KITCHEN - NIGHT", "EXT. STREET - DAY"]
    assert list(shots) == ["1.1", "1.2", "1.3", "2.1"]
    assert list(shots["1.2"].lines) == ["MARA: Is anybody there?"]
    assert list(shots["1.1"].effects) == ["DOOR"]
    assert shots["1.1"].length_ms >= 1500
    assert shots["1.2"].length_ms == 0, "nobody spoke yet"
    assert not timeline.strays


RECUT = {"scene 1 cut", "levels", "scene 1 sound", "film"}


@pytest.mark.parametrize(
    ("edit", "runs"),
    [
        ({"head_trim_ms": 200, "tail_trim_ms": 300}, RECUT),
        ({"hold_ms": 1_000}, RECUT),
        ({"transition": timeline_pb2.Transition(kind=CROSSFADE, length_ms=500)}, RECUT),
        ({"lines": [{"line": 1, "level": {"muted": True}}]}, RECUT),
        ({"lines": [{"line": 1, "level": {"gain_millibels": -300}}]}, RECUT),
    ],
    ids=["trim", "hold", "transition", "mute", "gain"],
)
async def test_a_render_after_an_edit_runs_only_what_shows_it(
    room: CuttingRoom, edit: Mapping[str, Any], runs: set[str]
) -> None:
    await room.render()
    await room.edit("1.2", **edit)

    assert await room.render() == runs
    await room.stage.log.undo(room.stage.workspace, room.project, uuid4())
    assert await room.render() == set()


async def test_titles_run_the_film_alone_and_a_scenes_levels_its_sound(room: CuttingRoom) -> None:
    await room.render()

    await room.title(end_title="Fin")
    assert await room.render() == {"film"}
    await room.mix(1, music=timeline_pb2.Level(muted=True))
    assert await room.render() == {"levels", "scene 1 sound", "film"}


async def test_a_move_between_scenes_runs_both_cuts_and_the_way_back_nothing(room: CuttingRoom) -> None:
    await room.render()

    await room.move("2.1", before="1.2")

    assert list(await room.shots()) == ["1.1", "2.1", "1.2", "1.3"]
    assert await room.render() == RECUT
    await room.move("2.1")
    assert list(await room.shots()) == ["1.1", "1.2", "1.3", "2.1"]
    assert await room.render() == set()


async def test_a_trim_longer_than_the_shot_is_refused_with_both_lengths(room: CuttingRoom) -> None:
    with pytest.raises(InvalidInput, match=r"takes 60000 ms in all, of a shot of \d+ ms"):
        await room.edit("2.1", tail_trim_ms=60_000)

    await room.render()
    length_ms = (await room.shots())["1.2"].length_ms
    with pytest.raises(InvalidInput, match=f"of a shot of {length_ms} ms"):
        await room.edit("1.2", head_trim_ms=length_ms)


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        ({"lines": [{"line": 2, "level": {"muted": True}}]}, "line 2 of a shot of 1"),
        ({"effects": [{"kind": "BELL", "level": {"muted": True}}]}, "names BELL; the shot has none"),
        ({"lines": [{"line": 1, "level": {"muted": True}}] * 2}, "twice"),
        ({"transition": timeline_pb2.Transition(kind=CROSSFADE)}, "needs a length"),
        ({"transition": timeline_pb2.Transition(kind=CUT, length_ms=5)}, "a cut, which has none"),
    ],
)
async def test_an_edit_that_the_shot_cannot_have_is_refused(
    room: CuttingRoom, edit: Mapping[str, Any], text: str
) -> None:
    with pytest.raises(InvalidInput, match=text):
        await room.edit("1.2", **edit)


async def test_shots_that_there_are_not_are_not_edited_moved_or_moved_to(room: CuttingRoom) -> None:
    gone = f"projects/{room.project}/timeline/shots/shot-0000000000000000-1"
    shots = await room.shots()

    with pytest.raises(NotFound):
        await room.edit_named(gone, hold_ms=5)
    with pytest.raises(NotFound):
        await room.servicer.MoveTimelineShot(timeline_pb2.MoveTimelineShotRequest(name=gone), None)
    for anchor in ("shot-0000000000000000-1", shots["1.2"].name.rsplit("/", 1)[-1]):
        request = timeline_pb2.MoveTimelineShotRequest(name=shots["1.2"].name, after=anchor)
        with pytest.raises(InvalidInput, match="after must be"):
            await room.servicer.MoveTimelineShot(request, None)


async def test_edits_stay_over_a_revision_and_those_of_a_lost_shot_come_back_with_it(
    room: CuttingRoom,
) -> None:
    await room.edit("1.2", hold_ms=700)
    await room.edit("2.1", hold_ms=900)
    await room.move("2.1", after="1.2")

    await room.bring(SCRIPT.replace(b"Only me.", b"Only me, Mara.").split(b"EXT. STREET")[0])
    without = await room.timeline()
    shots = await room.shots()

    assert shots["1.2"].edit.hold_ms == 700
    assert {stray.reason for stray in without.strays} == {timeline_pb2.STRAY_REASON_SHOT_GONE}
    await room.bring(SCRIPT)
    back = await room.shots()
    assert list(back) == ["1.1", "1.2", "2.1", "1.3"]
    assert back["2.1"].edit.hold_ms == 900


async def test_edits_of_a_lost_shot_can_be_taken_back_and_no_others_made(room: CuttingRoom) -> None:
    edited = await room.edit("2.1", hold_ms=900)
    await room.bring(SCRIPT.split(b"EXT. STREET")[0])

    with pytest.raises(NotFound):
        await room.edit_named(edited.name, hold_ms=100)
    cleared = await room.edit_named(edited.name, "hold_ms")

    assert not cleared.edit.ListFields()
    assert not (await room.timeline()).strays


async def test_an_edit_on_an_older_state_is_aborted(room: CuttingRoom) -> None:
    before = (await room.shots())["1.2"]
    await room.edit("1.2", hold_ms=100)

    with pytest.raises(Aborted):
        await room.edit_named(before.name, etag=before.etag, head_trim_ms=50)


async def test_a_mask_clears_and_keeps(room: CuttingRoom) -> None:
    await room.edit("1.2", hold_ms=100, head_trim_ms=50, lines=[{"line": 1, "level": {"muted": True}}])

    cleared = await room.edit("1.2", "hold_ms", "lines")

    assert cleared.edit == timeline_pb2.ShotEdit(head_trim_ms=50)
    with pytest.raises(InvalidInput, match=r"not edit\.placement"):
        await room.edit("1.2", "placement")


async def test_a_job_keeps_the_timeline_that_it_was_created_with(room: CuttingRoom) -> None:
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{room.project}", request_id=str(uuid4()), options=UNNARRATED
    )
    job = await room.stage.submissions.submit(room.stage.workspace, request)
    await room.title(title="Another")
    assert await room.stage.loops.planner.step()

    tasks = await room.stage.jobs.tasks_page(room.stage.workspace, job.job_id, 0, 1000)

    assert b"Another" not in tasks[-1]["spec"]


async def test_anothers_timeline_is_not_found(room: CuttingRoom) -> None:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))

    with pytest.raises(NotFound):
        await room.timeline()
    with pytest.raises(NotFound):
        await room.title(title="Mine")


async def test_a_shot_is_called_by_its_scenes_written_number_everywhere(room: CuttingRoom) -> None:
    await room.bring(SCRIPT.replace(b"INT. KITCHEN - NIGHT", b"INT. KITCHEN - NIGHT #7A#"))

    labels = list(await room.shots())
    listed = await ShotLists(room.stage.database, Breakdowns(room.stage.database)).every(
        room.stage.workspace, room.project
    )

    assert labels[0] == "7A.1"
    assert [shot.label for shot in listed] == labels


async def lock(room: CuttingRoom, label: str) -> timeline_pb2.TimelineShot:
    name = (await room.shots())[label].name
    return await room.servicer.LockTimelineShot(timeline_pb2.LockTimelineShotRequest(name=name), None)


async def unlock(room: CuttingRoom, label: str) -> timeline_pb2.TimelineShot:
    name = (await room.shots())[label].name
    return await room.servicer.UnlockTimelineShot(timeline_pb2.UnlockTimelineShotRequest(name=name), None)


async def test_a_lock_alone_runs_nothing_and_a_new_line_of_the_shot_neither(room: CuttingRoom) -> None:
    await room.render()

    held = await lock(room, "1.2")
    assert await room.render() == set()
    await room.bring(SCRIPT.replace(b"Is anybody there?", b"Is anybody there now?"))

    assert held.lock.lines[0].text == "Is anybody there?"
    assert list((await room.shots())["1.2"].lines) == ["MARA: Is anybody there?"]
    assert await room.render() == set()


async def test_an_unlocked_shot_is_made_as_the_screenplay_says_again(room: CuttingRoom) -> None:
    await room.render()
    await lock(room, "1.2")
    await room.bring(SCRIPT.replace(b"Is anybody there?", b"Is anybody there now?"))
    await room.render()

    free = await unlock(room, "1.2")

    assert not free.HasField("lock")
    assert {"scene 1 shot 2 Mara", "scene 1 cut", "film"} <= await room.render()


async def test_no_new_engine_touches_a_locked_shot(room: CuttingRoom) -> None:
    await room.render()
    await lock(room, "1.2")
    for kind in (TaskKind.STILL, TaskKind.CLIP, TaskKind.SPEECH):
        await room.stage.loops.announcements.take(announcement(kind, "2"))

    runs = await room.render()

    assert {"scene 1 shot 1 still", "scene 1 shot 3 Tom", "scene 2 shot 1 clip"} <= runs
    assert not {name for name in runs if name.startswith("scene 1 shot 2")}


async def test_a_plan_shows_what_locks_keep(room: CuttingRoom) -> None:
    await room.render()
    await lock(room, "1.2")

    request = jobs_pb2.PlanRenderRequest(project=f"projects/{room.project}", options=UNNARRATED)
    plan = await room.stage.submissions.plan(room.stage.workspace, request)

    message = render_plan(plan, "EUR")
    kept = {task.display_name for task in message.tasks if task.locked}
    assert kept == {"scene 1 shot 2 still", "scene 1 shot 2 Mara", "scene 1 shot 2 clip"}
    assert {cause.cause for shot in message.diff.shots for cause in shot.causes} == {
        jobs_pb2.CHANGE_CAUSE_LOCK
    }


async def test_a_shot_that_no_render_made_is_not_locked(room: CuttingRoom) -> None:
    with pytest.raises(FailedPrecondition, match="no render has made it yet"):
        await lock(room, "1.2")


async def test_what_a_lock_keeps_is_held_as_long_as_its_project(room: CuttingRoom) -> None:
    await room.render()
    await lock(room, "1.2")
    await unlock(room, "1.2")

    held = await room.stage.database.fetch(
        "select a.kind from held_artifacts h join artifacts a using (workspace_id, content_key)"
        " where h.workspace_id = $1 and h.project_id = $2 order by a.kind",
        room.stage.workspace,
        room.project,
    )

    assert [row["kind"] for row in held] == [TaskKind.STILL, TaskKind.CLIP, TaskKind.SPEECH]
    await room.stage.log.undo(room.stage.workspace, room.project, uuid4())
    assert (await room.shots())["1.2"].HasField("lock")
    assert await room.render() == set()
