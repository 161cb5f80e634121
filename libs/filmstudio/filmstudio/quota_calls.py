"""Calls about quotas."""

from __future__ import annotations

import grpc

from filmstudio.calls import Caller
from filmstudio.quotas.v1 import quotas_pb2, quotas_pb2_grpc


class Quotas:
    """How much workspaces may render. Every method raises errors.FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._caller = caller
        self._stub = quotas_pb2_grpc.QuotasServiceStub(channel)

    async def get(self) -> quotas_pb2.Quota:
        """The quota of the session's workspace, and what of it is used."""
        return await self._caller.unary(self._stub.GetQuota, quotas_pb2.GetQuotaRequest())

    async def give(
        self,
        workspace: str,
        *,
        unfinished_jobs: int | None = None,
        shots_per_film: int | None = None,
        gpu_seconds: int | None = None,
        to_defaults: bool = False,
    ) -> quotas_pb2.Quota:
        """Give a workspace ("workspaces/{uuid}") limits of its own, as administrators may.

        None leaves a limit as it is, `to_defaults` takes all away first. `gpu_seconds` are a month's; 0 is
        no limit.
        """
        request = quotas_pb2.SetQuotaRequest(
            name=f"{workspace}/quota",
            to_defaults=to_defaults,
            unfinished_jobs_max=unfinished_jobs,
            shots_per_film_max=shots_per_film,
            gpu_seconds_max=gpu_seconds,
        )
        return await self._caller.unary(self._stub.SetQuota, request)
