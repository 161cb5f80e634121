"""The calls of a workspace's webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.calls import Caller
from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc

DELIVERIES_PAGE_MAX = 100


class Webhooks:
    """The webhooks of one account's workspace; each call raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._stub = webhooks_pb2_grpc.WebhooksServiceStub(channel)
        self._caller = caller

    async def create(
        self, url: str, event_types: Sequence[str] = (), display_name: str = ""
    ) -> webhooks_pb2.Webhook:
        """Make a webhook, with its secret; sent twice by a lost answer, it is still one."""
        webhook = webhooks_pb2.Webhook(url=url, event_types=event_types, display_name=display_name)
        request = webhooks_pb2.CreateWebhookRequest(webhook=webhook, request_id=str(uuid4()))
        return await self._caller.unary(self._stub.CreateWebhook, request)

    async def all(self) -> list[webhooks_pb2.Webhook]:
        """All webhooks, the oldest first, without secrets."""
        request = webhooks_pb2.ListWebhooksRequest()
        return list((await self._caller.unary(self._stub.ListWebhooks, request)).webhooks)

    async def update(self, webhook: webhooks_pb2.Webhook, *fields: str) -> webhooks_pb2.Webhook:
        """Change these fields: of url, event_types, display_name and disabled."""
        request = webhooks_pb2.UpdateWebhookRequest(
            webhook=webhook, update_mask=FieldMask(paths=list(fields))
        )
        return await self._caller.unary(self._stub.UpdateWebhook, request)

    async def rotate_secret(self, name: str) -> webhooks_pb2.Webhook:
        """A new secret; the one before signs too for a day."""
        request = webhooks_pb2.RotateWebhookSecretRequest(name=name)
        return await self._caller.unary(self._stub.RotateWebhookSecret, request)

    async def delete(self, name: str) -> None:
        """Delete a webhook with its log."""
        await self._caller.unary(self._stub.DeleteWebhook, webhooks_pb2.DeleteWebhookRequest(name=name))

    async def deliveries(self, webhook: str, most: int) -> list[webhooks_pb2.WebhookDelivery]:
        """The newest messages to a webhook, at most so many, with their attempts."""
        request = webhooks_pb2.ListWebhookDeliveriesRequest(webhook=webhook)
        found: list[webhooks_pb2.WebhookDelivery] = []
        while len(found) < most:
            request.page_size = min(DELIVERIES_PAGE_MAX, most - len(found))
            page = await self._caller.unary(self._stub.ListWebhookDeliveries, request)
            found.extend(page.deliveries)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        return found

    async def replay(self, name: str) -> webhooks_pb2.WebhookDelivery:
        """Send a message again, with its id and body."""
        request = webhooks_pb2.ReplayWebhookDeliveryRequest(name=name)
        return await self._caller.unary(self._stub.ReplayWebhookDelivery, request)
