"""The job service killed at each hand-off of what tells webhooks, on real Postgres, NATS and S3."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest

from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc
from tests.integration.jobs.listener import listening
from tests.integration.jobs.scenes import RETRY_PAUSE_SECONDS, Scene, points_of

A_LEASE_IS_OVER = "update webhooks set leased_until = leased_until - interval '1 hour'"

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]


async def is_delivered(scene: Scene, webhook: str) -> bool:
    """Whether all that the webhook is to be told is in its log as delivered."""
    stub = webhooks_pb2_grpc.WebhooksServiceStub(scene.client.channel)
    request = webhooks_pb2.ListWebhookDeliveriesRequest(webhook=webhook)
    log = (await scene.client.ask(stub.ListWebhookDeliveries, request)).deliveries
    return bool(log) and all(each.state == webhooks_pb2.DELIVERY_STATE_DELIVERED for each in log)


async def test_a_films_end_is_told_whatever_kill_comes_between_and_each_time_as_the_same_message(
    scene: Scene,
) -> None:
    points = points_of("webhooks")
    async with listening() as listener, scene.played(points):
        stub = webhooks_pb2_grpc.WebhooksServiceStub(scene.client.channel)
        wanted = webhooks_pb2.Webhook(url=listener.url)
        create = webhooks_pb2.CreateWebhookRequest(webhook=wanted, request_id=str(uuid4()))
        webhook = await scene.client.ask(stub.CreateWebhook, create)
        job = await scene.client.ended(await scene.client.submit())
        # Whoever was killed holds the webhook for a minute.
        while not scene.process.struck >= points:
            await scene.database.execute(A_LEASE_IS_OVER)
            await asyncio.sleep(RETRY_PAUSE_SECONDS)
        while not await is_delivered(scene, webhook.name):  # noqa: ASYNC110 - another process's work
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    told = [json.loads(heard.body) for heard in listener.heard]
    assert {(each["type"], each["data"]["job"]) for each in told} == {("job.completed", job.name)}
    assert len({heard.headers["webhook-id"] for heard in listener.heard}) == 1
    assert scene.process.struck == points
    assert scene.process.other_ends == []
