"""A job's end is told with what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmstudio.cli.outcomes import failure_text, length_words, next_commands, progress_words, report
from filmstudio.jobs.v1 import jobs_pb2
from tests.unit.filmstudio.updates import JOB


def test_failure_has_reason_stage_shot_line_and_text() -> None:
    failure = jobs_pb2.Failure(
        reason=jobs_pb2.FAILURE_REASON_DEADLINE_EXCEEDED,
        stage=jobs_pb2.STAGE_VIDEO,
        message="It took too long.",
        shot_id="s-1",
        line=12,
    )

    assert failure_text(JOB, failure).splitlines()[:2] == [
        "film: the job failed: DEADLINE_EXCEEDED (stage clips, shot s-1, screenplay line 12)",
        "  It took too long.",
    ]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (jobs_pb2.FAILURE_REASON_SCREENPLAY_REFUSED, "change the screenplay"),
        (jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED, "change the screenplay"),
        (jobs_pb2.FAILURE_REASON_STORAGE_FAILED, "free some room"),
        (jobs_pb2.FAILURE_REASON_WORKER_CRASHED, "film retry 01a217a0-ecfa"),
    ],
)
def test_next_command_fits_the_reason(reason: jobs_pb2.FailureReason.ValueType, said: str) -> None:
    failure = jobs_pb2.Failure(reason=reason, stage=jobs_pb2.STAGE_IMAGES)

    assert said in failure_text(JOB, failure).splitlines()[-1]


def test_report_tells_file_length_time_and_engines() -> None:
    job = jobs_pb2.Job(name=JOB, film_length_ms=56_900, engines=["storyboard", "camera"])
    job.stages.add(done=16, cached=4)
    job.stages.add(done=4, cached=1)

    assert report(job, Path("film.mp4"), 26.21).split("\n") == [
        "",
        "  film      film.mp4",
        "  length    56.9 s",
        "  took      26.2 s  (15 parts made, 5 taken from before)",
        "  engines   storyboard, camera",
        "",
    ]


def test_studio_elsewhere_is_not_for_us_to_stop() -> None:
    assert "stop the studio" in next_commands(JOB, is_local=True)
    assert "stop the studio" not in next_commands(JOB, is_local=False)


def test_job_without_plan_or_film_has_no_figures() -> None:
    assert (progress_words(jobs_pb2.Job()), length_words(jobs_pb2.Job())) == ("", "")


def test_report_tells_what_was_spent_where_something_has_a_price() -> None:
    job = jobs_pb2.Job(spent=jobs_pb2.Spending(cost_micros=2_130_000, currency="EUR"))

    assert "  cost      2.13 EUR" in report(job, Path("film.mp4"), 1.0).split("\n")
