"""The calls of a workspace's shares."""

from __future__ import annotations

from uuid import uuid4

import grpc

from filmstudio.calls import Caller
from filmstudio.shares.v1 import shares_pb2, shares_pb2_grpc

SHARES_PAGE_MAX = 200


class Shares:
    """The shares of one account's workspace; each call raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._stub = shares_pb2_grpc.SharesServiceStub(channel)
        self._caller = caller

    async def create(
        self, job: str, *, title: str = "", hours: int = 0, password: str = ""
    ) -> shares_pb2.Share:
        """Share a job's film for so many hours (0: until it is revoked), with its link."""
        request = shares_pb2.CreateShareRequest(
            job=job, title=title, hours=hours, password=password, request_id=str(uuid4())
        )
        return await self._caller.unary(self._stub.CreateShare, request)

    async def all(self) -> list[shares_pb2.Share]:
        """All shares, the newest first, without links."""
        request = shares_pb2.ListSharesRequest(page_size=SHARES_PAGE_MAX)
        found: list[shares_pb2.Share] = []
        while True:
            page = await self._caller.unary(self._stub.ListShares, request)
            found.extend(page.shares)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def revoke(self, name: str) -> None:
        """End a share: its link shows nothing any more."""
        await self._caller.unary(self._stub.RevokeShare, shares_pb2.RevokeShareRequest(name=name))
