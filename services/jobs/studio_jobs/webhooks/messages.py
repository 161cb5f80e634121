"""Between the contract's messages and webhooks: pure functions."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.webhooks.v1 import webhooks_pb2
from studio_jobs import convert
from studio_jobs.webhooks.endpoints import Attempt, Delivery, Endpoint
from studio_jobs.webhooks.news import DEFAULT_TYPES
from studio_platform.errors import FieldViolation, InvalidInput

FIELDS = ("url", "event_types", "display_name", "disabled")
STATES = {
    "WAITING": webhooks_pb2.DELIVERY_STATE_WAITING,
    "DELIVERED": webhooks_pb2.DELIVERY_STATE_DELIVERED,
    "FAILED": webhooks_pb2.DELIVERY_STATE_FAILED,
}

_DELIVERY_NAME = re.compile(r"webhooks/([0-9a-f-]{36})/deliveries/([0-9a-f-]{36})")


def webhook(endpoint: Endpoint, *, with_secret: bool = False) -> webhooks_pb2.Webhook:
    """The message of a webhook; its secret only where it may be shown."""
    message = webhooks_pb2.Webhook(
        name=f"webhooks/{endpoint.webhook_id}",
        url=endpoint.url,
        event_types=endpoint.event_types,
        display_name=endpoint.display_name,
        disabled=endpoint.disabled,
        disabled_reason=endpoint.disabled_reason,
    )
    if endpoint.failing_since:
        message.failing_since.CopyFrom(convert.timestamp(endpoint.failing_since))
    if endpoint.created_at and endpoint.updated_at:
        message.create_time.CopyFrom(convert.timestamp(endpoint.created_at))
        message.update_time.CopyFrom(convert.timestamp(endpoint.updated_at))
    if with_secret:
        message.secret = f"whsec_{base64.b64encode(endpoint.secret).decode()}"
    return message


def endpoint_of(message: webhooks_pb2.Webhook) -> Endpoint:
    """What a client may say of a webhook."""
    types = tuple(message.event_types) or DEFAULT_TYPES
    name = " ".join(message.display_name.split())
    return Endpoint(UUID(int=0), message.url, types, name, message.disabled)


def asked_fields(wanted: webhooks_pb2.Webhook, mask: FieldMask) -> frozenset[str]:
    """The fields that an update means: those of the mask, or without one those that are set.

    Raises InvalidInput for a mask that names anything else.
    """
    if not mask.paths:
        return frozenset(field for field in FIELDS if getattr(wanted, field))
    if "*" in mask.paths:
        return frozenset(FIELDS)
    unknown = sorted(set(mask.paths) - set(FIELDS))
    if unknown:
        text = f"may hold {', '.join(FIELDS)} only, not {', '.join(unknown)}"
        raise InvalidInput(
            "UPDATE_MASK_INVALID", f"update_mask {text}", violations=(FieldViolation("update_mask", text),)
        )
    return frozenset(mask.paths)


def changed(endpoint: Endpoint, wanted: Endpoint, fields: Collection[str]) -> Endpoint:
    """The webhook with those fields as wanted."""
    return replace(endpoint, **{field: getattr(wanted, field) for field in fields})


def delivery(each: Delivery) -> webhooks_pb2.WebhookDelivery:
    """The message of a delivery."""
    message = webhooks_pb2.WebhookDelivery(
        name=f"webhooks/{each.webhook_id}/deliveries/{each.message_id}",
        event_type=each.event_type,
        job=convert.job_name(each.job_id),
        state=STATES[each.state],
        body=each.body,
        attempts=map(_attempt, each.attempts),
        create_time=convert.timestamp(each.created_at),
    )
    if each.state == "WAITING":
        message.next_attempt_time.CopyFrom(convert.timestamp(each.next_attempt_at))
    return message


def parse_delivery_name(name: str) -> tuple[UUID, UUID]:
    """Webhook and message. Raises InvalidInput."""
    match = _DELIVERY_NAME.fullmatch(name)
    try:
        return (UUID(match[1]), UUID(match[2])) if match else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> tuple[UUID, UUID]:
    raise convert.bad_name("name", "webhooks/{uuid}/deliveries/{uuid}")


def _attempt(attempt: Attempt) -> webhooks_pb2.WebhookAttempt:
    return webhooks_pb2.WebhookAttempt(
        time=convert.timestamp(attempt.began_at),
        duration_ms=attempt.duration_ms,
        status=attempt.status,
        response=attempt.response,
        error=attempt.error,
    )
