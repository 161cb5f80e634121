"""Films edited at random: what their plans call certain is what their renders do."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.verdicts import Verdict
from tests.integration.jobs.stage import Stage, announcement
from tests.integration.jobs.test_render_plans import SCRIPT, named, ran

EDITS_EACH = 4
WORDS = ("rain", "door", "slowly", "window", "again", "night", "Tom", "runs")

Script = list[str]
Edit = Callable[[Script, random.Random], None]


def change_a_word(script: Script, dice: random.Random) -> None:
    at = dice.randrange(2, len(script))
    words = script[at].split(" ")
    words[dice.randrange(len(words))] = dice.choice(WORDS)
    if script[at].upper() != script[at]:
        script[at] = " ".join(words)


def drop_a_paragraph(script: Script, dice: random.Random) -> None:
    if len(script) > 6:
        del script[dice.randrange(2, len(script))]


def repeat_a_paragraph(script: Script, dice: random.Random) -> None:
    at = dice.randrange(2, len(script))
    script.insert(dice.randrange(2, len(script)), script[at])


def swap_two_paragraphs(script: Script, dice: random.Random) -> None:
    one, other = dice.randrange(2, len(script)), dice.randrange(2, len(script))
    script[one], script[other] = script[other], script[one]


def another_title(script: Script, dice: random.Random) -> None:
    script[0] = f"Title: {dice.choice(WORDS)}"


def nothing(script: Script, dice: random.Random) -> None:
    """Render again what is there."""


EDITS: tuple[Edit, ...] = (
    change_a_word,
    drop_a_paragraph,
    repeat_a_paragraph,
    swap_two_paragraphs,
    another_title,
    nothing,
)


def options_of(dice: random.Random) -> jobs_pb2.RenderOptions:
    """Mostly as before; at times smaller, faster, narrated, or the first scene alone."""
    options = jobs_pb2.RenderOptions(narrate=dice.random() < 0.1)
    if dice.random() < 0.15:
        options.quality = jobs_pb2.QUALITY_PROXY
    if dice.random() < 0.15:
        options.rate.CopyFrom(task_pb2.Rate(numerator=30, denominator=1))
    if dice.random() < 0.15:
        options.selection.scenes.append("1")
    return options


async def upgrade(stage: Stage, dice: random.Random) -> None:
    """At times an engine has a new revision."""
    if dice.random() < 0.2:
        kind = dice.choice(list(TaskKind))
        await stage.loops.announcements.take(announcement(kind, revision=str(dice.randrange(2, 9))))


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_edit_a_render_runs_what_its_plan_calls_certain_and_nothing_that_is_cached(
    stage: Stage, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 -- edits, not secrets
    project = (await stage.projects.create(stage.workspace, "Test", None)).project_id
    script = SCRIPT.decode().strip().split("\n\n")
    for _ in range(EDITS_EACH):
        await upgrade(stage, dice)
        content, options = "\n\n".join(script).encode(), options_of(dice)
        request = jobs_pb2.PlanRenderRequest(project=f"projects/{project}", content=content, options=options)

        planned = await stage.submissions.plan(stage.workspace, request)
        await stage.projects.import_screenplay(stage.workspace, project, content, 0)
        create = jobs_pb2.CreateJobRequest(project=request.project, options=options, request_id=str(uuid4()))
        job = await stage.run_to_end(await stage.submissions.submit(stage.workspace, create))

        tasks = await stage.jobs.tasks_page(stage.workspace, job.job_id, 0, 10_000)
        runs = await ran(stage, job)
        certain, possible = named(planned, Verdict.RUN), named(planned, Verdict.RUN_UNLESS_EQUAL)
        assert [task["plan_key"] for task in tasks] == list(planned.judged.plan.plan_keys)
        assert certain <= runs <= certain | possible
        assert not runs & named(planned, Verdict.CACHED)
        dice.choice(EDITS)(script, dice)
