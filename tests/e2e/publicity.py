"""A caller who lets others know of films, and outlives that the gateway is away."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import grpc
import pytest

from filmstudio.client import connect
from filmstudio.quotas.v1 import quotas_pb2, quotas_pb2_grpc
from filmstudio.shares.v1 import shares_pb2, shares_pb2_grpc
from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc
from tests.e2e.conftest import Studio
from tests.e2e.errands import RETRY_PAUSE_SECONDS, patiently, twice
from tests.e2e.visitors import Visitor

STUB = webhooks_pb2_grpc.WebhooksServiceStub


async def subscribe(somebody: Visitor) -> webhooks_pb2.Webhook:
    """A webhook that leads nowhere."""
    wanted = webhooks_pb2.Webhook(url="http://127.0.0.1:9/film")
    create = webhooks_pb2.CreateWebhookRequest(webhook=wanted, request_id=str(uuid4()))
    made: webhooks_pb2.Webhook = await patiently(somebody, STUB, "CreateWebhook", create)
    return made


async def unsubscribe(somebody: Visitor, made: webhooks_pb2.Webhook) -> None:
    """The webhook looked at, what was to be sent sent again, changed and removed."""
    listed = await patiently(somebody, STUB, "ListWebhooks", webhooks_pb2.ListWebhooksRequest())
    change = webhooks_pb2.UpdateWebhookRequest(
        webhook=webhooks_pb2.Webhook(name=made.name, display_name="Nowhere")
    )
    await patiently(somebody, STUB, "UpdateWebhook", change)
    rotate = webhooks_pb2.RotateWebhookSecretRequest(name=made.name)
    rotated = await patiently(somebody, STUB, "RotateWebhookSecret", rotate)
    seen = await patiently(somebody, STUB, "GetWebhook", webhooks_pb2.GetWebhookRequest(name=made.name))
    sent = await sent_to(somebody, made)
    replay = webhooks_pb2.ReplayWebhookDeliveryRequest(name=sent.name)
    replayed = await patiently(somebody, STUB, "ReplayWebhookDelivery", replay)
    with pytest.raises(grpc.aio.AioRpcError) as gone:
        await twice(somebody, STUB, "DeleteWebhook", webhooks_pb2.DeleteWebhookRequest(name=made.name))
    assert gone.value.code() is grpc.StatusCode.NOT_FOUND
    assert [each.name for each in listed.webhooks] == [made.name]
    assert (seen.display_name, seen.secret, made.secret != rotated.secret) == ("Nowhere", "", True)
    assert replayed.event_type == sent.event_type


async def sent_to(somebody: Visitor, made: webhooks_pb2.Webhook) -> webhooks_pb2.WebhookDelivery:
    """What is told of a job's end, once it is in the log."""
    log = webhooks_pb2.ListWebhookDeliveriesRequest(webhook=made.name)
    while True:
        sent = await patiently(somebody, STUB, "ListWebhookDeliveries", log)
        if sent.deliveries:
            newest: webhooks_pb2.WebhookDelivery = sent.deliveries[0]
            return newest
        await asyncio.sleep(RETRY_PAUSE_SECONDS)


async def share(somebody: Visitor, job: str) -> None:
    """A film shared, found in the list, and shared no more."""
    stub = shares_pb2_grpc.SharesServiceStub
    create = shares_pb2.CreateShareRequest(job=job, request_id=str(uuid4()))
    made = await patiently(somebody, stub, "CreateShare", create)
    listed = await patiently(somebody, stub, "ListShares", shares_pb2.ListSharesRequest())
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await twice(somebody, stub, "RevokeShare", shares_pb2.RevokeShareRequest(name=made.name))
    assert [each.name for each in listed.shares] == [made.name]
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def allow(somebody: Visitor, studio: Studio) -> None:
    """The quota of the account as it is, then the same by a call of the operator's that gives nothing."""
    stub = quotas_pb2_grpc.QuotasServiceStub
    own = await patiently(somebody, stub, "GetQuota", quotas_pb2.GetQuotaRequest())
    async with connect(studio.address, studio.account) as client:
        operator = Visitor(client, somebody.channel)
        given = await patiently(operator, stub, "SetQuota", quotas_pb2.SetQuotaRequest(name=own.name))
    assert given.shots_per_film == own.shots_per_film
