"""Quotas on a real Postgres: what may be rendered, what is used of it, and races for the last place."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.quotas.v1 import quotas_pb2
from studio_jobs.domain.states import JobState
from studio_jobs.servicers.quotas import QuotasServicer
from studio_jobs.store import rows
from studio_jobs.store.quotas import QUOTAS, OwnLimits, month_of, next_month
from studio_platform.errors import InvalidInput, ResourceExhausted
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.stage import UNNARRATED, Stage

SHOTS = b"INT. HALL - DAY\n\n" + b"\n\n".join(b"Ada opens door number %d." % number for number in range(6))


async def submitted(stage: Stage, content: bytes = SHOTS, **options: object) -> rows.Job:
    """A job of a new project."""
    project = (await stage.projects.create(stage.workspace, "Test", None)).project_id
    await stage.projects.import_screenplay(stage.workspace, project, content, 0)
    render = jobs_pb2.RenderOptions(**{"narrate": False, **options})  # type: ignore[arg-type]
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}", request_id=str(uuid4()), options=render
    )
    return await stage.submissions.submit(stage.workspace, request)


async def give(stage: Stage, **limits: int) -> None:
    """Limits of the workspace's own."""
    await stage.quotas.give(stage.workspace, OwnLimits(**limits), to_defaults=False)


async def spend(stage: Stage, run_ms: int) -> None:
    """As if runs of this month had taken so long."""
    month = month_of(datetime.now(UTC))
    statement = "insert into run_usage (workspace_id, month, run_ms) values ($1, $2, $3)"
    await stage.database.execute(statement, stage.workspace, month, run_ms)


async def test_of_creations_at_once_no_more_pass_than_there_are_places(stage: Stage) -> None:
    await give(stage, unfinished_jobs_max=3)

    answers = await asyncio.gather(*(submitted(stage) for _ in range(12)), return_exceptions=True)

    assert sum(isinstance(answer, rows.Job) for answer in answers) == 3
    assert {type(answer) for answer in answers if not isinstance(answer, rows.Job)} == {ResourceExhausted}


async def test_another_workspace_waits_for_nobodys_place(stage: Stage) -> None:
    async with stage.database.transaction() as tx:
        await tx.execute(QUOTAS["lock_quota"], uuid4())

        assert (await submitted(stage)).state is JobState.PENDING


async def test_a_film_of_too_many_shots_is_refused_at_once_with_field_limit_and_cure(stage: Stage) -> None:
    await give(stage, shots_per_film_max=2)

    with pytest.raises(InvalidInput) as refused:
        await submitted(stage)

    cure = "Select fewer scenes or shots; an administrator can raise the limit."
    assert refused.value.reason == "TOO_MANY_SHOTS"
    assert [violation.field for violation in refused.value.violations] == ["options.selection"]
    assert refused.value.user_text.endswith(f"a film of this workspace may have 2. {cure}")


async def test_a_part_of_it_within_the_limit_is_accepted(stage: Stage) -> None:
    whole = await submitted(stage)
    shots = [row["shot_id"] for row in await _shots_of(stage, whole)]
    await give(stage, shots_per_film_max=2)
    request = jobs_pb2.CreateJobRequest(project=f"projects/{whole.project_id}", options=UNNARRATED)
    request.options.selection.shot_ids.extend(shots[:2])

    part = await stage.submissions.submit(stage.workspace, request)

    assert (await stage.run_to_end(part)).state is JobState.COMPLETED


async def _shots_of(stage: Stage, job: rows.Job) -> list[rows.Record]:
    await stage.run_to_end(job)
    statement = "select distinct shot_id from tasks where job_id = $1 and shot_id <> '' order by shot_id"
    return list(await stage.database.fetch(statement, job.job_id))


async def test_a_limit_that_sinks_before_planning_fails_the_job_with_field_and_line(stage: Stage) -> None:
    job = await submitted(stage)
    await give(stage, shots_per_film_max=2)

    ended = await stage.run_to_end(job)

    assert ended.failure is not None
    assert ended.failure.reason == jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED
    assert (ended.failure.field, ended.failure.line > 0) == ("options.selection", True)


async def test_the_seconds_of_a_months_runs_are_counted_once_and_the_cache_costs_none(stage: Stage) -> None:
    def timed(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        result = stage.success(order)
        result.run_ms = 700
        return result

    before = await stage.quotas.of(stage.workspace)
    job = await stage.run_to_end(await submitted(stage), timed)
    runs = len(stage.executed)
    again = jobs_pb2.CreateJobRequest(project=f"projects/{job.project_id}", options=UNNARRATED)
    await stage.run_to_end(await stage.submissions.submit(stage.workspace, again), timed)

    assert before.gpu_seconds == 0
    assert (await stage.quotas.of(stage.workspace)).gpu_seconds == runs * 700 // 1000


async def test_with_the_months_seconds_used_up_new_jobs_are_refused_until_it_ends(stage: Stage) -> None:
    accepted = await submitted(stage)
    await give(stage, gpu_seconds_max=60)
    await spend(stage, 61_000)

    with pytest.raises(ResourceExhausted) as refused:
        await submitted(stage)

    assert refused.value.reason == "GPU_SECONDS_USED_UP"
    assert refused.value.metadata["limit"] == "60"
    assert refused.value.metadata["used"] == "61"
    assert refused.value.retry_after_seconds is None
    assert (await stage.run_to_end(accepted)).state is JobState.COMPLETED


async def test_a_quota_tells_limits_use_and_when_it_resets(stage: Stage) -> None:
    await give(stage, gpu_seconds_max=60)
    await spend(stage, 1_500)
    await submitted(stage)
    set_current_identity(Identity(str(uuid4()), str(stage.workspace)))

    quota = await QuotasServicer(stage.quotas).GetQuota(quotas_pb2.GetQuotaRequest(), None)

    assert quota.name == f"workspaces/{stage.workspace}/quota"
    assert (quota.unfinished_jobs.limit, quota.unfinished_jobs.used) == (1_000, 1)
    assert (quota.shots_per_film.limit, quota.shots_per_film.is_own) == (3_000, False)
    assert (quota.gpu_seconds.limit, quota.gpu_seconds.used, quota.gpu_seconds.is_own) == (60, 1, True)
    assert quota.gpu_seconds.reset_time.ToDatetime(UTC) == next_month(month_of(datetime.now(UTC)))


async def test_own_limits_add_up_and_go_back_to_the_studios(stage: Stage) -> None:
    servicer, name = QuotasServicer(stage.quotas), f"workspaces/{uuid4()}/quota"
    await servicer.SetQuota(quotas_pb2.SetQuotaRequest(name=name, unfinished_jobs_max=5), None)
    both = await servicer.SetQuota(quotas_pb2.SetQuotaRequest(name=name, gpu_seconds_max=0), None)
    same = await servicer.SetQuota(quotas_pb2.SetQuotaRequest(name=name), None)
    back = await servicer.SetQuota(
        quotas_pb2.SetQuotaRequest(name=name, to_defaults=True, shots_per_film_max=7), None
    )

    assert (both.unfinished_jobs.limit, both.gpu_seconds.is_own) == (5, True)
    assert same == both
    assert (back.unfinished_jobs.limit, back.shots_per_film.limit, back.gpu_seconds.is_own) == (
        1_000,
        7,
        False,
    )


@pytest.mark.parametrize(
    ("month", "reset"),
    [
        (date(2026, 11, 1), datetime(2026, 12, 1, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_month_ends_where_the_next_one_begins(month: date, reset: datetime) -> None:
    assert next_month(month) == reset
