"""A render planned and not made: what it says is what a render then does, and asking leaves no trace."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.causes import Cause
from studio_jobs.domain.differences import Change
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.domain.verdicts import Verdict
from studio_jobs.plan_messages import render_plan
from studio_jobs.reckoning import Reckoning
from studio_jobs.render_plans import RenderPlan
from studio_jobs.spending import Spending
from studio_jobs.store import rows
from studio_jobs.store.cast_edits import CastEdits
from studio_jobs.store.cast_rows import CastMember
from studio_jobs.store.castings import Castings
from studio_platform.clock import SystemClock
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound
from tests.integration.jobs.stage import UNNARRATED, Stage, announcement

SCRIPT = b"""Title: Two Rooms

INT. KITCHEN - NIGHT

Rain on the window. MARA stands by the table and opens a door.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits. Wind in the trees.

MARA
Drive.

INT. CAR - DAY

The engine starts.
"""


@pytest.fixture
async def project(stage: Stage) -> UUID:
    return (await stage.projects.create(stage.workspace, "Test", None)).project_id


async def plan(stage: Stage, project: UUID, script: bytes = SCRIPT, **options: Any) -> RenderPlan:
    await stage.projects.import_screenplay(stage.workspace, project, script, 0)
    request = jobs_pb2.PlanRenderRequest(
        project=f"projects/{project}", options=jobs_pb2.RenderOptions(**{"narrate": False, **options})
    )
    return await stage.submissions.plan(stage.workspace, request)


async def render(stage: Stage, project: UUID, script: bytes = SCRIPT, **options: Any) -> rows.Job:
    await stage.projects.import_screenplay(stage.workspace, project, script, 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}",
        request_id=str(uuid4()),
        options=jobs_pb2.RenderOptions(**{"narrate": False, **options}),
    )
    return await stage.run_to_end(await stage.submissions.submit(stage.workspace, request))


async def ran(stage: Stage, job: rows.Job) -> set[str]:
    """The tasks of a job that a run was made for, by name; of those that share one, the first."""
    tasks = await stage.jobs.tasks_page(stage.workspace, job.job_id, 0, 10_000)
    runs: dict[UUID, str] = {}
    for task in tasks:
        if task["run_id"] is not None and not task["cached"]:
            runs.setdefault(task["run_id"], task["display_name"])
    return set(runs.values())


def named(plan: RenderPlan, verdict: Verdict) -> set[str]:
    """The tasks of a verdict, by name, without those that share another's run."""
    judged = plan.judged
    return {
        task.display_name
        for task in judged.plan.tasks
        if judged.verdicts[task.number] is verdict and task.number not in judged.shared
    }


async def snapshot(stage: Stage) -> dict[str, list[str]]:
    """Every row of every table."""
    async with stage.database.connection() as connection:
        tables = await connection.fetch(
            "select tablename from pg_tables where schemaname = current_schema() order by tablename"
        )
        return {
            row["tablename"]: sorted(
                str(tuple(found))
                for found in await connection.fetch(f'select * from "{row["tablename"]}"')  # noqa: S608 -- a name from the catalogue
            )
            for row in tables
        }


async def test_asking_for_a_plan_changes_no_row_of_any_table(stage: Stage, project: UUID) -> None:
    await render(stage, project)
    await stage.projects.import_screenplay(stage.workspace, project, SCRIPT.replace(b"Drive", b"Go"), 0)
    request = jobs_pb2.PlanRenderRequest(project=f"projects/{project}", options=UNNARRATED)
    before = await snapshot(stage)

    await stage.submissions.plan(stage.workspace, request)

    assert await snapshot(stage) == before
    assert len(before["tasks"]) > 10


async def test_the_plan_of_a_first_render_has_the_tasks_and_keys_that_the_render_commits(
    stage: Stage, project: UUID
) -> None:
    planned = await plan(stage, project)

    job = await render(stage, project)

    tasks = await stage.jobs.tasks_page(stage.workspace, job.job_id, 0, 10_000)
    assert [task["plan_key"] for task in tasks] == list(planned.judged.plan.plan_keys)
    assert named(planned, Verdict.CACHED) == set()
    assert planned.last_job is None


async def test_an_unchanged_second_render_is_all_cached_and_makes_no_run(stage: Stage, project: UUID) -> None:
    first = await render(stage, project)
    stage.executed.clear()

    planned = await plan(stage, project)
    await render(stage, project)

    assert planned.estimates.total.cached == planned.estimates.total.tasks
    assert planned.estimates.total.run_ms.high == 0
    assert (planned.last_job, planned.differences.shots) == (first.job_id, ())
    assert stage.executed == []


EDITS: dict[str, tuple[bytes, bytes]] = {
    "a dialogue line": (b"Only me.", b"Just me, Mara."),
    "an action line": (b"A car waits.", b"A black car waits in the rain."),
    "a heading": (b"INT. CAR - DAY", b"INT. CAR - NIGHT"),
    "a title": (b"Two Rooms", b"Three Rooms"),
    "a new shot": (b"The engine starts.", b"The engine starts.\n\nThe road is empty."),
    "a scene gone": (b"INT. CAR - DAY\n\nThe engine starts.\n", b""),
    "a line said twice": (b"Only me.", b"Is anybody there?"),
}


@pytest.mark.parametrize("edit", EDITS)
async def test_what_a_plan_calls_certain_is_what_a_render_does(
    stage: Stage, project: UUID, edit: str
) -> None:
    await render(stage, project)
    edited = SCRIPT.replace(*EDITS[edit])

    planned = await plan(stage, project, edited)
    runs = await ran(stage, await render(stage, project, edited))

    certain, possible = named(planned, Verdict.RUN), named(planned, Verdict.RUN_UNLESS_EQUAL)
    assert certain <= runs <= certain | possible
    assert not runs & named(planned, Verdict.CACHED)


async def test_a_speech_of_equal_length_may_run_and_its_clip_is_said_to_run_unless_equal(
    stage: Stage, project: UUID
) -> None:
    await render(stage, project)
    edited = SCRIPT.replace(b"Only me.", b"Just me.")

    planned = await plan(stage, project, edited)
    runs = await ran(stage, await render(stage, project, edited))

    spoken = [name for name in named(planned, Verdict.RUN) if name.endswith("Tom")]
    clip = f"{spoken[0].removesuffix(' Tom')} clip"
    assert clip in named(planned, Verdict.RUN_UNLESS_EQUAL)
    assert clip not in runs


async def test_a_changed_line_is_told_as_a_change_of_its_shot_by_the_script(
    stage: Stage, project: UUID
) -> None:
    await render(stage, project)

    planned = await plan(stage, project, SCRIPT.replace(b"Only me.", b"Just me."))

    (shot,) = planned.differences.shots
    assert shot.change is Change.CHANGED
    assert [cause for cause, _ in shot.causes] == [Cause.SCRIPT]
    assert "Only me. -> Just me." in shot.causes[0][1]


async def test_an_engines_new_revision_is_told_as_the_cause(stage: Stage, project: UUID) -> None:
    await render(stage, project)
    await stage.loops.announcements.take(announcement(TaskKind.STILL, revision="2"))

    planned = await plan(stage, project)

    causes = {cause for shot in planned.differences.shots for cause, _ in shot.causes}
    assert causes == {Cause.ENGINE}
    assert planned.differences.unchanged == 0


async def test_another_size_is_compared_with_the_last_render_and_named(stage: Stage, project: UUID) -> None:
    await render(stage, project)

    planned = await plan(stage, project, size={"width_px": 640, "height_px": 360})

    details = {cause: words for shot in planned.differences.shots for cause, words in shot.causes}
    assert details == {Cause.SIZE: "1600 x 900 -> 800 x 450"}


async def test_a_selection_makes_these_scenes_alone_and_shares_every_key_with_the_film(
    stage: Stage, project: UUID
) -> None:
    await render(stage, project)
    stage.executed.clear()

    planned = await plan(stage, project, selection={"scenes": ["1-2"]})
    job = await render(stage, project, selection={"scenes": ["1-2"]})

    kinds = Counter(task.kind for task in planned.judged.plan.tasks)
    assert kinds[TaskKind.SEGMENT] == 2
    assert named(planned, Verdict.RUN) == {"levels"}
    # At its ends a part has neither cards nor the scenes beyond in its sound.
    assert await ran(stage, job) == {"levels", "film", "scene 1 sound", "scene 2 sound"}
    assert planned.judged.plan.tasks[-1].spec.film.title_card_frames == 0
    assert planned.differences.shots == ()


async def test_a_selected_shot_is_made_from_the_keys_that_it_has_in_the_film(
    stage: Stage, project: UUID
) -> None:
    whole = await plan(stage, project)
    shot_id = next(task.shot_id for task in whole.judged.plan.tasks if task.kind is TaskKind.SPEECH)

    one = await plan(stage, project, selection={"shot_ids": [shot_id]})

    keys = {key for task, key in pairs(whole) if task.shot_id == shot_id}
    assert {key for task, key in pairs(one) if task.shot_id} == keys


def pairs(planned: RenderPlan) -> list[tuple[Any, bytes]]:
    plan = planned.judged.plan
    return list(zip(plan.tasks, plan.plan_keys, strict=True))


async def test_a_selection_of_what_there_is_not_is_refused_before_it_starts(
    stage: Stage, project: UUID
) -> None:
    with pytest.raises(InvalidInput, match="nothing called 9") as refused:
        await render(stage, project, selection={"scenes": ["1", "9"]})

    assert refused.value.violations[0].field == "options.selection"
    assert await stage.jobs.page(stage.workspace, None, 1, project) == []


async def test_a_proxy_has_pictures_of_its_own_and_the_films_sound(stage: Stage, project: UUID) -> None:
    await render(stage, project)

    proxy = await plan(stage, project, quality=jobs_pb2.QUALITY_PROXY)

    size = proxy.wanted.options.size
    kinds = {task.kind for task, verdict in verdicts(proxy) if verdict is Verdict.CACHED}
    assert (size.width_px, size.height_px) == (480, 270)
    assert kinds == {TaskKind.SPEECH, TaskKind.MUSIC, TaskKind.EFFECTS}


def verdicts(planned: RenderPlan) -> list[tuple[Any, Verdict]]:
    judged = planned.judged
    return [(task, judged.verdicts[task.number]) for task in judged.plan.tasks]


async def test_a_render_over_its_budget_is_refused_with_both_figures_and_no_job(
    stage: Stage, project: UUID
) -> None:
    await price(stage)
    await stage.projects.import_screenplay(stage.workspace, project, SCRIPT, 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}", request_id=str(uuid4()), budget_micros=2_000, options=UNNARRATED
    )

    with pytest.raises(FailedPrecondition) as refused:
        await stage.submissions.submit(stage.workspace, request)

    assert refused.value.reason == "OVER_BUDGET"
    assert refused.value.metadata["budget_micros"] == "2000"
    assert int(refused.value.metadata["expected_micros"]) > 2_000
    assert "0.0020 EUR" in refused.value.user_text
    assert await stage.jobs.page(stage.workspace, None, 1, project) == []


async def test_a_render_within_its_budget_starts(stage: Stage, project: UUID) -> None:
    await price(stage)
    await stage.projects.import_screenplay(stage.workspace, project, SCRIPT, 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}", request_id=str(uuid4()), budget_micros=10**12, options=UNNARRATED
    )

    job = await stage.submissions.submit(stage.workspace, request)

    assert job.state is JobState.PENDING


async def price(stage: Stage) -> None:
    """Stills cost 1,000 a call, and 2,000 a second."""
    said = announcement(TaskKind.STILL)
    said.price_micros_per_call, said.price_micros_per_second = 1_000, 2_000
    await stage.loops.announcements.take(said)


async def timed(stage: Stage, project: UUID, run_ms: int, **options: Any) -> rows.Job:
    """A render whose runs all take so long."""
    await stage.projects.import_screenplay(stage.workspace, project, SCRIPT, 0)

    def timed_success(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        result = stage.success(order)
        result.run_ms = run_ms
        return result

    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}",
        request_id=str(uuid4()),
        options=jobs_pb2.RenderOptions(**{"narrate": False, **options}),
    )
    job = await stage.submissions.submit(stage.workspace, request)
    return await stage.run_to_end(job, timed_success)


async def test_what_a_job_spent_is_counted_once_and_stays_when_prices_change(
    stage: Stage, project: UUID
) -> None:
    await price(stage)
    job = await timed(stage, project, 500)
    stills = sum(row["kind"] == TaskKind.STILL for row in await tasks_of(stage, job))
    spending = Spending(stage.database, "EUR")
    at_once = await spending.of(await stage.job(job))

    await Reckoning(stage.database, SystemClock()).step()
    await stage.loops.announcements.take(announcement(TaskKind.STILL))

    assert await spending.of(await stage.job(job)) == at_once
    assert at_once.cost_micros == stills * (1_000 + 500 * 2_000 // 1_000)
    assert (at_once.runs, at_once.run_ms) == (len(stage.executed), 500 * len(stage.executed))


async def tasks_of(stage: Stage, job: rows.Job) -> Any:
    return await stage.jobs.tasks_page(stage.workspace, job.job_id, 0, 10_000)


async def test_runs_teach_what_the_next_ones_take(stage: Stage, project: UUID) -> None:
    await timed(stage, project, 800)
    await Reckoning(stage.database, SystemClock()).step()
    await stage.loops.announcements.take(announcement(TaskKind.STILL, revision="2"))

    planned = await plan(stage, project)

    stills = [
        planned.estimates.tasks[task.number].run_ms
        for task, verdict in verdicts(planned)
        if task.kind is TaskKind.STILL and verdict is Verdict.RUN
    ]
    assert stills
    assert {band.expected for band in stills} == {800}
    assert all(band.low <= 800 <= band.high <= 2 * 800 for band in stills)


async def test_the_message_has_every_task_with_its_verdict_and_sums_that_agree(
    stage: Stage, project: UUID
) -> None:
    await render(stage, project)

    message = render_plan(await plan(stage, project, SCRIPT.replace(b"Only", b"Just")), "EUR")

    assert message.total.tasks == len(message.tasks) == sum(stage.tasks for stage in message.stages)
    assert message.total.runs == sum(
        task.verdict == jobs_pb2.VERDICT_RUN and not task.shared for task in message.tasks
    )
    assert message.wall_ms.low <= message.wall_ms.expected <= message.wall_ms.high
    assert message.currency == "EUR"


async def test_a_text_is_planned_as_if_it_were_imported_and_is_not(stage: Stage, project: UUID) -> None:
    await render(stage, project)
    edited = SCRIPT.replace(b"Only me.", b"Just me.")
    request = jobs_pb2.PlanRenderRequest(project=f"projects/{project}", content=edited, options=UNNARRATED)

    of_text = await stage.submissions.plan(stage.workspace, request)

    assert await stage.projects.revision(stage.workspace, project, 2) is None
    assert pairs(of_text) == pairs(await plan(stage, project, edited))


async def test_a_film_without_a_project_is_planned_and_finds_the_speech_of_other_films(
    stage: Stage, project: UUID
) -> None:
    await render(stage, project)

    planned = await stage.submissions.plan(
        stage.workspace, jobs_pb2.PlanRenderRequest(content=SCRIPT, options=UNNARRATED)
    )

    cached = {task.kind for task, verdict in verdicts(planned) if verdict is Verdict.CACHED}
    assert cached == {TaskKind.SPEECH}
    assert render_plan(planned, "EUR").project == ""


async def test_another_workspaces_project_is_not_found(stage: Stage, project: UUID) -> None:
    request = jobs_pb2.PlanRenderRequest(project=f"projects/{project}", content=SCRIPT, options=UNNARRATED)

    with pytest.raises(NotFound):
        await stage.submissions.plan(uuid4(), request)


@pytest.mark.parametrize(
    ("edit", "cause"),
    [
        ({"look": "a tall woman in a red coat"}, Cause.LOOK),
        ({"edited_voice": "bf_emma"}, Cause.VOICE),
        ({"seed": 7}, Cause.SEED),
    ],
)
async def test_an_edit_of_the_cast_is_told_as_the_cause(
    stage: Stage, project: UUID, edit: dict[str, Any], cause: Cause
) -> None:
    await render(stage, project)
    await edit_mara(stage, project, edit)

    planned = await plan(stage, project)
    runs = await ran(stage, await render(stage, project))

    causes = {found for shot in planned.differences.shots for found, _ in shot.causes}
    certain, possible = named(planned, Verdict.RUN), named(planned, Verdict.RUN_UNLESS_EQUAL)
    assert cause in causes
    assert Cause.OTHER not in causes
    assert certain <= runs <= certain | possible


async def edit_mara(stage: Stage, project: UUID, edit: dict[str, Any]) -> None:
    castings = Castings(stage.database)
    mara = next(m for m in await castings.members(stage.workspace, project) if m.character == "MARA")

    def change(found: CastMember, _cast: object) -> CastMember:
        return replace(found, part=replace(found.part, **edit))

    edits = CastEdits(stage.log)
    assert await edits.edit_member(stage.workspace, project, uuid4(), mara.member_id, change, 0)


async def test_a_repeated_request_answers_with_its_job_whatever_prices_have_become(
    stage: Stage, project: UUID
) -> None:
    await stage.projects.import_screenplay(stage.workspace, project, SCRIPT, 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}", request_id=str(uuid4()), budget_micros=2_000, options=UNNARRATED
    )
    first = await stage.submissions.submit(stage.workspace, request)
    await price(stage)

    again = await stage.submissions.submit(stage.workspace, request)

    assert again.job_id == first.job_id
