"""A render's options with their defaults."""

from __future__ import annotations

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.render_options import completed, kept_options


@pytest.mark.parametrize(
    ("asked", "narrates"),
    [
        (jobs_pb2.RenderOptions(), True),
        (jobs_pb2.RenderOptions(narrate=True), True),
        (jobs_pb2.RenderOptions(narrate=False), False),
    ],
)
def test_a_narrator_reads_unless_the_options_say_no(asked: jobs_pb2.RenderOptions, narrates: bool) -> None:
    full = completed(asked)

    assert full.HasField("narrate")
    assert full.narrate is narrates


def test_a_job_from_before_narration_was_the_default_stays_without_a_narrator() -> None:
    assert completed(kept_options(b"")).narrate is False


def test_a_jobs_options_are_kept_as_they_were_completed() -> None:
    full = completed(jobs_pb2.RenderOptions(quality=jobs_pb2.QUALITY_PROXY))

    assert kept_options(full.SerializeToString()) == full
