"""A caller who lets others know of films, and outlives that the gateway is away."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import grpc
import pytest

from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc
from tests.e2e.errands import patiently
from tests.e2e.visitors import Visitor


async def subscribe(somebody: Visitor) -> None:
    """A webhook that leads nowhere made, looked at, changed and removed; nothing was sent to it."""
    stub = webhooks_pb2_grpc.WebhooksServiceStub
    wanted = webhooks_pb2.Webhook(url="http://127.0.0.1:9/film")
    create = webhooks_pb2.CreateWebhookRequest(webhook=wanted, request_id=str(uuid4()))
    made = await patiently(somebody, stub, "CreateWebhook", create)
    listed = await patiently(somebody, stub, "ListWebhooks", webhooks_pb2.ListWebhooksRequest())
    change = webhooks_pb2.UpdateWebhookRequest(
        webhook=webhooks_pb2.Webhook(name=made.name, display_name="Nowhere")
    )
    await patiently(somebody, stub, "UpdateWebhook", change)
    rotate = webhooks_pb2.RotateWebhookSecretRequest(name=made.name)
    rotated = await patiently(somebody, stub, "RotateWebhookSecret", rotate)
    seen = await patiently(somebody, stub, "GetWebhook", webhooks_pb2.GetWebhookRequest(name=made.name))
    log = webhooks_pb2.ListWebhookDeliveriesRequest(webhook=made.name)
    sent = await patiently(somebody, stub, "ListWebhookDeliveries", log)
    replay = webhooks_pb2.ReplayWebhookDeliveryRequest(name=f"{made.name}/deliveries/{uuid4()}")
    for method, request in (
        ("ReplayWebhookDelivery", replay),
        ("DeleteWebhook", webhooks_pb2.DeleteWebhookRequest(name=made.name)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await twice(somebody, stub, method, request)
        assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    assert [each.name for each in listed.webhooks] == [made.name]
    assert (seen.display_name, seen.secret, made.secret != rotated.secret) == ("Nowhere", "", True)
    assert not sent.deliveries


async def twice(somebody: Visitor, stub: Any, method: str, request: Any) -> None:
    """A call whose answer may be lost, and once more."""
    for _ in range(2):
        await patiently(somebody, stub, method, request)
