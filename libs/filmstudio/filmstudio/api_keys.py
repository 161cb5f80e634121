"""API keys of one account."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from datetime import datetime
from uuid import uuid4

import grpc

from filmstudio.auth.v1 import api_keys_pb2, api_keys_pb2_grpc
from filmstudio.calls import Caller

PAGE_MAX = 1000


class ApiKeys:
    """Keys by which programs call as the account. Every method raises errors.FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._caller = caller
        self._stub = api_keys_pb2_grpc.ApiKeysServiceStub(channel)

    async def make(
        self, display_name: str, scopes: Iterable[str] = (), expires_at: datetime | None = None
    ) -> api_keys_pb2.CreateApiKeyResponse:
        """A new key of the workspace that the client is connected for, with its secret.

        Without scopes it has all that keys may have; without an end (aware) it lasts 90 days.
        """
        wanted = api_keys_pb2.ApiKey(display_name=display_name, scopes=scopes)
        if expires_at is not None:
            wanted.expire_time.FromDatetime(expires_at)
        request = api_keys_pb2.CreateApiKeyRequest(api_key=wanted, request_id=str(uuid4()))
        return await self._caller.unary(self._stub.CreateApiKey, request)

    async def all(self) -> AsyncGenerator[api_keys_pb2.ApiKey, None]:
        """All keys of the account, the oldest first."""
        request = api_keys_pb2.ListApiKeysRequest(page_size=PAGE_MAX)
        async for page in self._caller.pages(self._stub.ListApiKeys, request):
            for key in page.api_keys:
                yield key

    async def revoke(self, name: str) -> None:
        """End a key."""
        await self._caller.unary(self._stub.RevokeApiKey, api_keys_pb2.RevokeApiKeyRequest(name=name))
