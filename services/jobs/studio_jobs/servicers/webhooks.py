"""WebhooksService."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc
from studio_jobs import convert
from studio_jobs.owner import current_workspace
from studio_jobs.pages import page_size, read_id_token, write_token
from studio_jobs.webhooks import messages
from studio_jobs.webhooks.addresses import AddressRule
from studio_jobs.webhooks.endpoints import Endpoints

DELIVERIES_PAGE_DEFAULT, DELIVERIES_PAGE_MAX = 20, 100


class WebhooksServicer(webhooks_pb2_grpc.WebhooksServiceServicer):
    """Webhooks of the caller's workspace."""

    def __init__(self, endpoints: Endpoints, rule: AddressRule) -> None:
        self._endpoints = endpoints
        self._rule = rule

    async def CreateWebhook(
        self, request: webhooks_pb2.CreateWebhookRequest, context: Any
    ) -> webhooks_pb2.Webhook:
        await self._rule.check(request.webhook.url, "webhook.url")
        request_id = UUID(request.request_id) if request.request_id else None
        wanted = messages.endpoint_of(request.webhook)
        made, shown = await self._endpoints.create(current_workspace(), wanted, request_id)
        return messages.webhook(made, with_secret=shown)

    async def ListWebhooks(
        self, request: webhooks_pb2.ListWebhooksRequest, context: Any
    ) -> webhooks_pb2.ListWebhooksResponse:
        found = await self._endpoints.all(current_workspace())
        return webhooks_pb2.ListWebhooksResponse(webhooks=map(messages.webhook, found))

    async def GetWebhook(self, request: webhooks_pb2.GetWebhookRequest, context: Any) -> webhooks_pb2.Webhook:
        return messages.webhook(await self._endpoints.get(current_workspace(), _webhook_id(request.name)))

    async def UpdateWebhook(
        self, request: webhooks_pb2.UpdateWebhookRequest, context: Any
    ) -> webhooks_pb2.Webhook:
        webhook_id = _webhook_id(request.webhook.name, "webhook.name")
        fields = messages.asked_fields(request.webhook, request.update_mask)
        wanted = messages.endpoint_of(request.webhook)
        known = await self._endpoints.get(current_workspace(), webhook_id)
        if "url" in fields and wanted.url != known.url:
            await self._rule.check(wanted.url, "webhook.url")
        updated = await self._endpoints.update(
            current_workspace(), webhook_id, lambda present: messages.changed(present, wanted, fields)
        )
        return messages.webhook(updated)

    async def RotateWebhookSecret(
        self, request: webhooks_pb2.RotateWebhookSecretRequest, context: Any
    ) -> webhooks_pb2.Webhook:
        rotated = await self._endpoints.rotate(current_workspace(), _webhook_id(request.name))
        return messages.webhook(rotated, with_secret=True)

    async def DeleteWebhook(self, request: webhooks_pb2.DeleteWebhookRequest, context: Any) -> Empty:
        await self._endpoints.delete(current_workspace(), _webhook_id(request.name))
        return Empty()

    async def ListWebhookDeliveries(
        self, request: webhooks_pb2.ListWebhookDeliveriesRequest, context: Any
    ) -> webhooks_pb2.ListWebhookDeliveriesResponse:
        size = page_size(request.page_size, DELIVERIES_PAGE_DEFAULT, DELIVERIES_PAGE_MAX)
        before, webhook_id = read_id_token(request.page_token), _webhook_id(request.webhook, "webhook")
        found = await self._endpoints.deliveries(current_workspace(), webhook_id, before, size + 1)
        return webhooks_pb2.ListWebhookDeliveriesResponse(
            deliveries=map(messages.delivery, found[:size]),
            next_page_token=write_token(str(found[size - 1].message_id)) if len(found) > size else "",
        )

    async def ReplayWebhookDelivery(
        self, request: webhooks_pb2.ReplayWebhookDeliveryRequest, context: Any
    ) -> webhooks_pb2.WebhookDelivery:
        webhook_id, message_id = messages.parse_delivery_name(request.name)
        return messages.delivery(await self._endpoints.replay(current_workspace(), webhook_id, message_id))


def _webhook_id(name: str, field: str = "name") -> UUID:
    return convert.parse_name(name, "webhooks", field)
