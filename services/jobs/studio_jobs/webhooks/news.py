"""What of a job's events webhooks are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from google.protobuf.json_format import MessageToJson

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.webhooks.v1 import webhooks_pb2
from studio_platform.ids import new_id

CREATED, PROGRESSED = "job.created", "job.progressed"
ENDS = {
    jobs_pb2.JOB_STATE_COMPLETED: "job.completed",
    jobs_pb2.JOB_STATE_FAILED: "job.failed",
    jobs_pb2.JOB_STATE_CANCELLED: "job.cancelled",
}
DEFAULT_TYPES = tuple(ENDS.values())
FAILURE_CHARACTERS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class News:
    """A message to whoever is told of its type; the body is the JSON of a webhooks.v1.WebhookMessage."""

    message_id: UUID
    event_type: str
    body: str


def news_of(project: str, events: Iterable[jobs_pb2.JobEvent]) -> list[News]:
    """What is told of these events of a job of a project, in their order."""
    told = [(event_type, event) for event in events if (event_type := _type_of(event))]
    # Ids of one millisecond have no order of their own.
    ids = sorted(new_id() for _ in told)
    return [
        News(message_id, event_type, _body(project, event_type, event))
        for message_id, (event_type, event) in zip(ids, told, strict=True)
    ]


def _type_of(event: jobs_pb2.JobEvent) -> str:
    """Empty for an event that is no move."""
    if event.sequence == 1:
        return CREATED
    if event.state == event.previous_state:
        return ""
    return ENDS.get(event.state, PROGRESSED)


def _body(project: str, event_type: str, event: jobs_pb2.JobEvent) -> str:
    data = webhooks_pb2.JobNews(
        job=event.job,
        project=project,
        sequence=event.sequence,
        state=event.state,
        previous_state=event.previous_state,
    )
    if event.HasField("failure"):
        data.failure.CopyFrom(event.failure)
        data.failure.message = data.failure.message[:FAILURE_CHARACTERS_MAX]
    message = webhooks_pb2.WebhookMessage(type=event_type, timestamp=event.time, data=data)
    return MessageToJson(message, indent=None)
