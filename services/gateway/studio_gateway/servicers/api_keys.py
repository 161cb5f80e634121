"""ApiKeysService: keys of the caller's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.auth.v1 import api_keys_pb2, api_keys_pb2_grpc
from studio_gateway.api_keys import NAME_PREFIX, ApiKeys, Wanted
from studio_gateway.convert import api_key_message, moment
from studio_gateway.servicers.pages import cut, page_of
from studio_platform.identity import current_identity


class ApiKeysServicer(api_keys_pb2_grpc.ApiKeysServiceServicer):
    """Of whoever calls."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    async def CreateApiKey(
        self, request: api_keys_pb2.CreateApiKeyRequest, context: Any
    ) -> api_keys_pb2.CreateApiKeyResponse:
        """Makes a key and shows its secret."""
        asked = request.api_key
        wanted = Wanted(
            asked.display_name, frozenset(asked.scopes), moment(asked, "expire_time", "api_key.expire_time")
        )
        request_id = UUID(request.request_id) if request.request_id else None
        made, secret = await self._keys.make(current_identity(), wanted, request_id)
        return api_keys_pb2.CreateApiKeyResponse(api_key=api_key_message(made), secret=secret)

    async def ListApiKeys(
        self, request: api_keys_pb2.ListApiKeysRequest, context: Any
    ) -> api_keys_pb2.ListApiKeysResponse:
        """A page of the caller's keys."""
        size, after = page_of(request)
        found = await self._keys.of(UUID(current_identity().user_id), after, size + 1)
        page, token = cut(found, size, [str(each.key_id) for each in found])
        return api_keys_pb2.ListApiKeysResponse(api_keys=map(api_key_message, page), next_page_token=token)

    async def RevokeApiKey(self, request: api_keys_pb2.RevokeApiKeyRequest, context: Any) -> Empty:
        """Ends a key."""
        key_id = UUID(request.name.removeprefix(NAME_PREFIX))
        await self._keys.revoke(UUID(current_identity().user_id), key_id)
        return Empty()
