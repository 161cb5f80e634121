"""What clients are told of a run that failed for good."""

from __future__ import annotations

from typing import Any

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import Stage, TaskKind
from studio_jobs.failures import failure_of_run


def row(reason: str) -> Any:
    return {
        "display_name": "The clip of shot 2",
        "line_first": 12,
        "kind": TaskKind.CLIP,
        "failure_reason": reason,
        "failure_text": "The content policy of models.example refuses it.",
        "failure_log": "HTTP 400: secret",
        "shot_id": "s2",
    }


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("PROVIDER_CONTENT_REFUSED", jobs_pb2.FAILURE_REASON_MODERATION_REFUSED),
        ("SPENDING_LIMIT_REACHED", jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED),
        ("PROVIDER_AWAY", jobs_pb2.FAILURE_REASON_ENGINE_FAILED),
    ],
)
def test_a_providers_refusal_is_a_reason_of_its_own_and_names_the_line(
    reason: str, told: jobs_pb2.FailureReason.ValueType
) -> None:
    failure = failure_of_run(row(reason), {TaskKind.CLIP: Stage.VIDEO})

    assert failure.reason == told
    assert failure.text.startswith("The clip of shot 2 (screenplay line 12): The content policy")
    assert "secret" not in failure.text
